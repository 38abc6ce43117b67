"""Whether signed minutes say what the log says: what they tell of it is compared with a draft made of it anew (BB11).

Rules: only of a file that carries such a value; uploaded minutes are a file like any other. The log within it must be
the beginning of the log that is checked. What differs and says so is no fault; what differs and does not is named.

Usage: ``check(pdf, "signed/k-….pdf", events, found)``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Final

import pikepdf

from server.documents.attaching import files_of
from server.dossier.findings import Findings
from server.dossier.layout import EVENTS
from server.minutes.evidence import DOSSIER, VALUE, differences
from server.verify import read_log
from wire.errors import WireError
from wire.events import Event

#: Paragraphs that are named; a file in which all are wrong is named by the first.
_MOST: Final = 5


def check(pdf: bytes, path: str, events: Sequence[Event], found: Findings) -> None:
    """Compare; nothing is found of a file without the value."""
    try:
        files = files_of(pdf)
    except (pikepdf.PdfError, ValueError):
        return
    if VALUE not in files:
        return
    if not _begins(files.get(DOSSIER, b""), events):
        found.wrong("minutes-other-log", path=path)
        return
    try:
        wrong = list(differences(files[VALUE], events))
    except WireError as exc:
        found.wrong("minutes-unreadable", path=path, why=str(exc))
        return
    for name in wrong[:_MOST]:
        found.wrong("minutes-differ", path=path, paragraph=name)
    if not wrong:
        found.right("minutes", path=path)


def _begins(dossier: bytes, events: Sequence[Event]) -> bool:
    """Whether the log that was frozen with the minutes is the beginning of this one."""
    try:
        with zipfile.ZipFile(io.BytesIO(dossier)) as archive:
            log = read_log(archive.read(EVENTS))
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        return False
    return (
        log.fault is None and [event.hash for event in log.events] == [each.hash for each in events][: len(log.events)]
    )
