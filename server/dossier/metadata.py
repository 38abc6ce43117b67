"""The metadata of a dossier as archives take it in: XML with the fields of NĐ 30/2020, Phụ lục VI, Phần II.

Rules D2: pure. Names of elements and order are those of the decree; what its fields have no room for is cut to their
length. Whoever checks a dossier reads it again: each document that has a file is that file, each paper is the log's,
the totals are those of the lines, title and days are the log's. No entity of any kind is read.

Usage::

    files[METADATA] = encoded(contents, Filing(creator="Viện …", maintenance="10 năm"))
    wrong = differences(files[METADATA], files, events)
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it has no types

from server.documents.model import clean
from server.dossier.contents import Contents, Listed, day
from server.dossier.findings import Findings
from server.dossier.layout import METADATA, PAPERS, entry_of
from wire.events import Event
from wire.fold import fold

LANGUAGE: Final = "Tiếng Việt"
RIGHTS: Final = "Nội bộ"
#: Of a dossier for which no time was decided on.
UNDECIDED: Final = "Chưa xác định"
_CUTS: Final = {"Title": 500, "Maintenance": 30, "Creator": 30, "Subject": 500, "CodeNumber": 11, "CodeNotation": 30,
                "TypeName": 100, "OrganName": 200, "FullName": 50, "Position": 100, "Description": 500}  # fmt: skip
_MOST_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Filing:
    """What the archive says of it: the agency, for how long it is kept, its own number (``03/2026``), the year."""

    creator: str
    maintenance: str = UNDECIDED
    notation: str = ""
    year: int = 0


def encoded(contents: Contents, filing: Filing) -> bytes:
    """UTF-8, with its declaration."""
    root = ET.Element("HoSo")
    code = ET.SubElement(root, "FileCode")
    _add(code, "FileCatalog", str(filing.year or contents.ended.year))
    _add(code, "FileNotation", filing.notation)
    _add(root, "Title", contents.title)
    _add(root, "Maintenance", filing.maintenance)
    _add(root, "Rights", RIGHTS)
    _add(root, "Creator", filing.creator)
    _add(root, "Language", LANGUAGE)
    _add(root, "StartDate", contents.began.isoformat())
    _add(root, "EndDate", contents.ended.isoformat())
    _add(root, "DocTotal", str(len(contents.lines)))
    _add(root, "PageTotal", str(contents.pages))
    _add(root, "Description", "Hồ sơ cuộc họp, lập trên hệ thống phòng họp không giấy")
    documents = ET.SubElement(root, "Documents")
    for number, line in enumerate(contents.lines, 1):
        _document(documents, number, line)
    ET.indent(root)
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found + b"\n"


def check(files: Mapping[str, bytes], events: Sequence[Event], found: Findings) -> None:
    """Of a whole log; a dossier from before there was such a file has none, which its index knows."""
    if METADATA not in files:
        return
    try:
        wrong = list(differences(files[METADATA], files, events))
    except (ET.ParseError, ValueError) as exc:
        found.wrong("metadata-unreadable", path=METADATA, why=type(exc).__name__)
        return
    for where in wrong[:5]:
        found.wrong("metadata-differs", path=METADATA, where=where)
    if not wrong:
        found.right("metadata", path=METADATA)


def differences(data: bytes, files: Mapping[str, bytes], events: Sequence[Event]) -> Iterator[str]:
    """Where it does not say what files and log say; raises ValueError for what is no such XML."""
    if len(data) > _MOST_BYTES:
        raise ValueError("too long")
    root = fromstring(data, forbid_dtd=True)
    if root.tag != "HoSo":
        raise ValueError("no HoSo")
    state = fold(events)
    expected = {
        "Title": _cut("Title", state.title),
        "StartDate": day(events[0].at).isoformat(),
        "EndDate": day(state.closed_at or events[-1].at).isoformat(),
    }
    yield from (name for name, value in expected.items() if root.findtext(name, "") != value)
    lines = root.findall("Documents/Document")
    if root.findtext("DocTotal") != str(len(lines)):
        yield "DocTotal"
    if root.findtext("PageTotal") != str(sum(int(line.findtext("PageAmount", "0")) for line in lines)):
        yield "PageTotal"
    papers = {event.data["plain_sha256"] for event in events if event.kind == "paper_submitted"}
    listed = set()
    for line in lines:
        path, sha256 = line.findtext("File", ""), line.findtext("SHA256", "")
        listed.add(path)
        is_right = entry_of(files, path).sha256 == sha256 if path in files else not path and sha256 in papers
        if not is_right:
            yield f"Document {line.findtext('DocOrdinal', '')}"
    yield from (name for name in files if name.startswith(("signed/", PAPERS)) and name not in listed)


def _document(parent: ET.Element, number: int, line: Listed) -> None:
    found = ET.SubElement(parent, "Document")
    _add(found, "DocOrdinal", str(number))
    _add(found, "TypeName", line.kind)
    _add(found, "CodeNumber", line.number)
    _add(found, "CodeNotation", line.notation)
    _add(found, "IssuedDate", line.on.isoformat())
    _add(found, "OrganName", line.author)
    _add(found, "Subject", line.subject)
    _add(found, "Language", LANGUAGE)
    _add(found, "PageAmount", str(line.pages))
    _add(found, "Description", line.note)
    for position, name in line.signers:
        signer = ET.SubElement(found, "SignerInfo")
        _add(signer, "Position", position)
        _add(signer, "FullName", name)
    _add(found, "File", line.path)
    _add(found, "SHA256", line.sha256)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _cut(name, text)


def _cut(name: str, text: str) -> str:
    return clean(text).strip()[: _CUTS.get(name, 500)]
