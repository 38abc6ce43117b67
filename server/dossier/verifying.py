"""Checks a dossier, without server and network, and names what is wrong.

Rules G49, W73: in this order – the files are those of the index, the log is whole and folds, the record knows its
events and this export, every signed act and the log hold each other, every signature holds and its certificate was
good then, every signed paper is the file the log names and its signatures hold. What cannot be confirmed (no anchor, no
key of the record) is told apart from what is wrong.

Usage::

    found = Findings()
    verify(files, Checking(anchors, now), found)
    found.status, found.text()
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.dossier import acts, recorded, signatures
from server.dossier.acts import SignedAct
from server.dossier.anchors import Anchors
from server.dossier.findings import Findings
from server.dossier.layout import EVENTS, INDEX, Index, read_evidence
from server.signing.check import check, is_covered
from server.signing.errors import SigningFileEncrypted, SigningFileRefused
from server.signing.verdict import Result, Verdict
from server.trust.model import Kept
from wire import canonical
from wire.errors import WireError
from wire.events import Event, check_chain
from wire.fields import Fields
from wire.fold import fold
from wire.statement import Statement, digest
from wire.wording import LANGUAGES, words

#: A stated moment of material is shown, never trusted: what counts stands in the material itself.
_LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Checking:
    """What a check is made with."""

    anchors: Anchors
    now: dt.datetime


def verify(files: Mapping[str, bytes], checking: Checking, found: Findings) -> None:
    """All of a dossier."""
    index = _index(files, found)
    checking.anchors.tell(found)
    events = _log(files.get(EVENTS, b""), found)
    if events is None:
        return
    if index is not None and index.meeting != events[0].meeting:
        found.wrong("log-other-meeting")
    recorded.check(files, events, checking.anchors, found)
    _acts(files, events, checking=checking, found=found)
    _papers(files, events, checking=checking, found=found)


def verify_log(data: bytes, found: Findings) -> list[Event] | None:
    """An exported log alone; None when it is not whole."""
    return _log(data, found)


def verify_pdf(pdf: bytes, name: str, *, kept: Sequence[Kept], checking: Checking, found: Findings) -> list[str]:
    """The signatures of one file; the fingerprints of the certificates whose signatures hold."""
    try:
        report = check(pdf, known=checking.anchors.known, kept=kept, now=checking.now)
    except SigningFileEncrypted:
        found.unsure("pdf-encrypted", path=name)
        return []
    except SigningFileRefused:
        found.wrong("pdf-unreadable", path=name)
        return []
    if not report.signatures:
        found.unsure("pdf-unsigned", path=name)
    for one in report.signatures:
        _signature(one, name, found)
    return [one.fingerprint for one in report.signatures if one.result is not Result.BROKEN]


def verify_statement(statement: bytes, cms: bytes, *, name: str, checking: Checking, found: Findings) -> None:
    """One signed act by itself: its signature, and who it leads to at the moment it states."""
    try:
        said = Statement.read(statement)
    except WireError as exc:
        found.wrong("statement-unreadable", path=name, why=str(exc))
        return
    _judged(said, cms, name=name, kept=(), at=said.made_at, checking=checking, found=found)


def _index(files: Mapping[str, bytes], found: Findings) -> Index | None:
    if INDEX not in files:
        found.wrong("index-missing")
        return None
    try:
        index = Index.read(files[INDEX])
    except WireError as exc:
        found.wrong("index-broken", why=str(exc))
        return None
    differences = list(index.differences(files))
    for what, name in differences:
        found.wrong(f"file-{what}", path=name)
    if not differences:
        found.right("index", files=len(index.files), title=index.title, made_at=index.made_at)
    return index


def _log(data: bytes, found: Findings) -> list[Event] | None:
    try:
        value = canonical.decode_lenient(data)
        entries = value if isinstance(value, list) else Fields(value, "file").items("events", limit=1_000_000)
        events = [Event.from_value(entry) for entry in entries]
        if not events:
            found.wrong("log-empty")
            return None
        check_chain(events, after=None, meeting=events[0].meeting)
        fold(events)
    except WireError as exc:
        found.wrong("log-broken", why=str(exc))
        return None
    found.right("log", events=len(events), hash=events[-1].hash)
    return events


def _acts(files: Mapping[str, bytes], events: Sequence[Event], *, checking: Checking, found: Findings) -> None:
    done = {act.sha256: act for act in acts.acts_of(events)}
    held = {name[len("statements/") : -len(".json")] for name in files if _is_statement(name)}
    for sha256 in sorted(held - done.keys()):
        found.wrong("statement-unused", path=f"statements/{sha256}.json")
    for sha256, act in done.items():
        if sha256 in held:
            _act(files, act, checking=checking, found=found)
        else:
            found.wrong("statement-missing", seq=act.seq, sha256=sha256)


def _act(files: Mapping[str, bytes], act: SignedAct, *, checking: Checking, found: Findings) -> None:
    path = f"statements/{act.sha256}"
    data = files[f"{path}.json"]
    if digest(data) != act.sha256:
        found.wrong("statement-other", path=f"{path}.json", seq=act.seq)
        return
    try:
        said = Statement.read(data)
    except WireError as exc:
        found.wrong("statement-unreadable", path=f"{path}.json", why=str(exc))
        return
    where = act.differs(said)
    if where:
        found.wrong("statement-differs", path=f"{path}.json", seq=act.seq, where=where)
    try:
        kept, _ = read_evidence(files.get(f"{path}.evidence.json", b""), files)
    except WireError:
        found.wrong("evidence-unreadable", path=f"{path}.evidence.json")
        kept = ()
    at, cms = act.events[0].at, files.get(f"{path}.p7s", b"")
    # A ballot is published later than it was cast.
    moment = said.made_at if act.part is not None else at
    _judged(said, cms, name=f"{path}.p7s", kept=kept, at=moment, checking=checking, found=found, seq=act.seq)


def _judged(
    said: Statement,
    cms: bytes,
    *,
    name: str,
    kept: Sequence[Kept],
    at: dt.datetime,
    checking: Checking,
    found: Findings,
    seq: int = 0,
) -> None:
    judged = signatures.judge(said, cms, anchors=checking.anchors, kept=kept, at=at, now=checking.now)
    facts = judged.facts
    told = {
        "path": name,
        "name": said.name,
        "kind": {language: words(said, language).title for language in LANGUAGES},
        "certificate": "–" if facts is None else facts.name,
        "fingerprint": "–" if facts is None else facts.fingerprint,
        "at": at,
        "seq": seq,
    }
    if not judged.code:
        found.right("statement", **told)
    elif judged.code == "statement-form":
        found.wrong("statement-form", path=name)
    elif judged.broken:
        found.wrong("statement-wrong", **told, why=(judged.code,))
    else:
        found.unsure("statement-unsure", **told, why=(judged.code,))


def _papers(files: Mapping[str, bytes], events: Sequence[Event], *, checking: Checking, found: Findings) -> None:
    kept = _loose_material(files)
    for opened in (event for event in events if event.kind == "round_opened"):
        round_id = opened.data["round"]
        steps = [event for event in events if event.data.get("round") == round_id and "sha256" in event.data]
        path = f"signed/{round_id}.pdf"
        if path not in files:
            found.wrong("pdf-missing", path=path, seq=opened.seq)
            continue
        pdf = files[path]
        wrong = [step.seq for step in steps if _prefix(pdf, step) != step.data["sha256"]]
        if wrong:
            found.wrong("pdf-differs", path=path, seq=wrong[0])
            continue
        if len(steps) == 1:
            found.right("pdf-no-signature-yet", path=path, title=opened.data["title"])
            continue
        if len(pdf) != steps[-1].data["size_bytes"] and not _is_covered(pdf):
            found.wrong("pdf-longer", path=path, seq=steps[-1].seq)
            continue
        signers = verify_pdf(pdf, path, kept=kept, checking=checking, found=found)
        missing = [step for step in steps if step.kind == "paper_signed" and step.data["certificate"] not in signers]
        for step in missing:
            found.wrong("pdf-signer-missing", path=path, seq=step.seq)


def _is_covered(pdf: bytes) -> bool:
    """What came after the last signature of a person is a time-stamp (G18), and it covers everything."""
    try:
        return is_covered(pdf)
    except (SigningFileEncrypted, SigningFileRefused):
        return False


def _prefix(pdf: bytes, step: Event) -> str:
    size = step.data["size_bytes"]
    return hashlib.sha256(pdf[:size]).hexdigest() if size <= len(pdf) else ""


def _loose_material(files: Mapping[str, bytes]) -> tuple[Kept, ...]:
    return tuple(
        Kept(name.rpartition(".")[2], name, data, _LONG_AGO, None, _LONG_AGO)
        for name, data in files.items()
        if name.startswith("material/")
    )


def _signature(one: Verdict, path: str, found: Findings) -> None:
    at = one.stamped_at or one.claimed_at
    told = {
        "path": path,
        "who": one.who,
        "fingerprint": one.fingerprint,
        "at": "–" if at is None else at,
        "why": one.reasons,
    }
    match one.result:
        case Result.VALID:
            found.right("pdf-signature", **told)
        case Result.BROKEN:
            found.wrong("pdf-signature-wrong", **told)
        case _:
            found.unsure("pdf-signature-unsure", **told)


def _is_statement(name: str) -> bool:
    return name.startswith("statements/") and name.endswith(".json") and not name.endswith(".evidence.json")
