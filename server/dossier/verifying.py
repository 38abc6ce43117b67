"""Checks a dossier, without server and network, and names what is wrong.

Rules G49, W73: in this order – the files are those of the index, the log is whole and folds, the record knows its
events and this export, every signed act and the log hold each other, every signature holds and its certificate was
good then, metadata and openings say what files and log say, every paper is the file that members were given, every
signed one is the file the log names and its signatures hold, signed minutes say of the record what it says. What
cannot be confirmed (no anchor, no key of the record) is told apart from what is wrong.

Usage::

    found = Findings()
    verify(files, Checking(anchors, now), found)
    found.status, found.text()
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from server.dossier import acts, metadata, minutes, openings, papers, recorded, signatures
from server.dossier.acts import SignedAct
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import EVENTS, INDEX, LEFT_OUT, Index, read_evidence
from server.signing.check import check, is_covered
from server.signing.errors import SigningFileEncrypted, SigningFileRefused
from server.signing.verdict import Result, Verdict
from server.trust.model import Kept
from server.verify import read_log
from wire.errors import WireError
from wire.events import Event
from wire.statement import Statement, digest
from wire.wording import LANGUAGES, words

#: A stated moment of material is shown, never trusted: what counts stands in the material itself.
_LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def verify(files: Mapping[str, bytes], checking: Checking, found: Findings) -> None:
    """All of a dossier."""
    index = verify_files(files, found)
    checking.anchors.tell(found)
    events = verify_events(files, index, checking=checking, found=found)
    if events is None:
        return
    _acts(files, events, checking=checking, found=found)
    metadata.check(files, events, found)
    openings.check(files, events, found)
    papers.check(files, events, None if index is None else index.without, found)
    left_out = frozenset() if index is None else frozenset(index.left_out)
    _papers(files, events, left_out=left_out, checking=checking, found=found)


def verify_events(
    files: Mapping[str, bytes], index: Index | None, *, checking: Checking, found: Findings
) -> list[Event] | None:
    """The log and what the record says of it; None when it is not whole."""
    log = read_log(files.get(EVENTS, b""))
    if log.events and index is not None and index.meeting != log.events[0].meeting:
        found.wrong("log-other-meeting")
    if log.fault is None:
        found.right("log", events=len(log.events), hash=log.events[-1].hash)
        recorded.check(files, log.events, checking, found)
        return log.events
    # An event that was exchanged, with all hashes after it made anew, shows only where something no longer fits.
    recorded.check_beginning(files, log, found)
    found.wrong(log.fault.code, **log.fault.data)
    return None


def verify_log(data: bytes, found: Findings) -> list[Event] | None:
    """An exported log alone; None when it is not whole."""
    log = read_log(data)
    if log.fault is not None:
        found.wrong(log.fault.code, **log.fault.data)
        return None
    found.right("log", events=len(log.events), hash=log.events[-1].hash)
    return log.events


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


def verify_files(files: Mapping[str, bytes], found: Findings) -> Index | None:
    """Whether the files are those of the index; None without one that can be read."""
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


def _papers(
    files: Mapping[str, bytes],
    events: Sequence[Event],
    *,
    left_out: Collection[str],
    checking: Checking,
    found: Findings,
) -> None:
    kept = _loose_material(files)
    for opened in (event for event in events if event.kind == "round_opened"):
        round_id = opened.data["round"]
        steps = [event for event in events if event.data.get("round") == round_id and "sha256" in event.data]
        path = f"signed/{round_id}.pdf"
        if path not in files and round_id in left_out and opened.data["kind"] in LEFT_OUT:
            found.unsure("pdf-left-out", path=path, title=opened.data["title"])
            continue
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
        minutes.check(pdf, path, events, found)
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
        Kept(name.rpartition(".")[2], name, files[name], _LONG_AGO, None, _LONG_AGO)
        for name in files
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
