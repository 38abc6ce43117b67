"""The auditor's entries as a table for a spreadsheet: CSV in UTF-8 with a byte order mark, as Excel wants it.

Rules: a cell that a spreadsheet would calculate begins with an apostrophe; times are those of Vietnam.

Usage: ``table(reader.take(...))``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wire.fields import parse_instant

HEAD: Final = ("STT", "Thời điểm", "Sổ", "Cuộc họp", "Số", "Người thực hiện", "Việc", "Chi tiết", "SHA-256")
_VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))
#: What Excel, LibreOffice and their relatives take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def table(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One line an entry."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in rows:
        at = "" if row["at"] is None else parse_instant(row["at"]).astimezone(_VIETNAM).isoformat(sep=" ")
        who = row["actor_name"] or row["actor"]
        details = json.dumps(row["data"], ensure_ascii=False, sort_keys=True)
        cells = (row["number"], at, row["log"], row["title"], row["seq"], who, row["kind"], details, row["hash"])
        writer.writerow([_safe(str(cell)) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
