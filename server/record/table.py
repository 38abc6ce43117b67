"""The auditor's entries as a table for a spreadsheet: CSV.

Rules: what people read comes first, in Vietnamese, times by Vietnam's clocks; what was written stands beside it,
untouched: the kinds and ids, the data as JSON, the hash.

Usage: ``table(reader.take(...))``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import web
from server import spreadsheets
from server.record.wording import kind_of
from wire.entries import HOUSE
from wire.fields import parse_instant

HEAD: Final = (
    "STT", "Thời điểm (giờ Việt Nam)", "Nhật ký", "Cuộc họp", "Số", "Người thực hiện", "Việc", "Nội dung",
    "Mã nhật ký", "Mã người thực hiện", "Mã việc", "Dữ liệu gốc (JSON)", "SHA-256",
)  # fmt: skip
_LANGUAGE: Final = "vi"
_VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))


def table(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One line an entry."""
    lines = ([str(cell) for cell in (*_worded(row), *_written(row))] for row in rows)
    return spreadsheets.csv_of(itertools.chain([HEAD], lines))


def _worded(row: Mapping[str, Any]) -> tuple[Any, ...]:
    at = "" if row["at"] is None else parse_instant(row["at"]).astimezone(_VIETNAM).isoformat(" ", "seconds")
    texts = web.catalogue(_LANGUAGE)["entries"]
    log = texts["group"]["house" if row["log"] == HOUSE else "meeting"]
    what = kind_of(row["log"], row["kind"], _LANGUAGE) if row["kind"] else texts["unreadable"]
    content = "\n".join(f"{label}: {value}" for label, value in row["words"][_LANGUAGE])
    return row["number"], at, log, row["title"], row["seq"], _who(row, texts), what, content


def _who(row: Mapping[str, Any], texts: Mapping[str, Any]) -> str:
    if row["actor_name"] or not row["actor"]:
        return str(row["actor_name"])
    return str(texts["device" if row["actor"].startswith("device:") else "system"])


def _written(row: Mapping[str, Any]) -> tuple[Any, ...]:
    data = json.dumps(row["data"], ensure_ascii=False, sort_keys=True)
    return row["log"], row["actor"], row["kind"], data, row["hash"]
