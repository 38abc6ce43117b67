"""Taking papers in: a first version, a further one, the stub of a state secret (P1–P4).

Rules: a file is checked, made safe and encrypted before the log hears of it; version and event are written in one
transaction, and an upload that comes to no end leaves nothing. Only what is on the disk for good is acknowledged.

Usage::

    submissions.submit(meeting, NewPaper(item, title, "normal", file_name), inbox, asked=Asked(actor, act, now))
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sealing.papers import new_paper_key
from server.errors import Unavailable
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey
from server.identity.model import Actor
from server.meetings.errors import NoSuchItem, PhaseNotAllowed
from server.meetings.model import Draft, Log, must_be_prepared
from server.papers import model
from server.papers.errors import (
    PaperFileMissing,
    PaperUnknown,
    PaperWrongState,
    SecrecyMarkFound,
    SecrecyRefused,
)
from server.papers.ports import FileCheck, Files, Meetings, PaperStore, Received, StoredVersion
from server.papers.sealer import ManifestSealer, Sealed
from server.unit import UnitOfWork
from wire import ids
from wire.ids import MeetingId, PaperId
from wire.phases import HOLDING, PREPARING, Phase
from wire.secret import Secret
from wire.state import MeetingState, Secrecy
from wire.topics import PaperVersion

CHANGING: Final = PREPARING | HOLDING


class Wrapping(Protocol):
    """Keeps keys safe in the database."""

    def wrap(self, key: Secret) -> bytes:
        """The key, wrapped."""
        ...

    def unwrap(self, wrapped: bytes) -> Secret:
        """The key again."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime

    def key(self, kind: str, content: Any) -> ActKey:
        """The act."""
        return ActKey(self.act, self.actor.label, kind, content)


@dataclass(frozen=True, slots=True)
class NewPaper:
    """What comes with a first version. ``secrecy`` is the word the person chose."""

    item: str
    title: str
    secrecy: str
    file_name: str


@dataclass(frozen=True, slots=True)
class For:
    """The request that a paper is handed in for (W138); ``check`` raises unless it may be, by the newest state."""

    request: str
    check: Callable[[MeetingState], None]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the use cases work with."""

    unit: UnitOfWork
    store: PaperStore
    ledger: ActLedger
    meetings: Meetings
    files: Files
    check: FileCheck
    sealer: ManifestSealer
    master: Wrapping
    random: Callable[[int], bytes]
    #: whether the house wants the chair's signature under an approval
    approval_must_be_signed: bool = False


@dataclass(slots=True)
class Submissions:
    """The way of a file into a meeting."""

    tools: Tools
    #: paper → the act that is making its next version
    _busy: dict[str, str] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def submit(
        self, meeting: MeetingId, new: NewPaper, inbox: Received, *, asked: Asked, wanted: For | None = None
    ) -> dict[str, Any]:
        """A first version; gives ``{seq, paper, version, pages, warnings}``.

        Raises PaperRefused and its leaves, PaperBadName, PaperFileMissing, SecrecyMissing, NoSuchItem,
        PhaseNotAllowed, DiskFull.
        """
        secrecy = model.chosen_secrecy(new.secrecy)
        if not self.version_made(asked):
            # Before a large file is looked into; an act that was done is answered as it was, whatever holds now.
            _check_place(self.tools.meetings.state(meeting), new.item)
        if not model.keeps_content(secrecy):
            return self._submit_stub(meeting, new, inbox, asked=asked, wanted=wanted)
        _check_file(inbox, new.file_name)
        title = model.clean_title(new.title, file_name=new.file_name)
        version = PaperVersion(PaperId(ids.new("p", self.tools.random(ids.RANDOM_BYTES))), 1)
        paper = _Submitted(version, new.item, title=title, secrecy=secrecy, wanted=wanted)
        return self._take(meeting, paper, inbox, asked=asked)

    def replace(
        self,
        meeting: MeetingId,
        paper: PaperId,
        file_name: str,
        *,
        inbox: Received,
        asked: Asked,
        wanted: For | None = None,
    ) -> dict[str, Any]:
        """A further version of a paper (P3); gives what :meth:`submit` gives and raises the same, and PaperUnknown."""
        known = self.tools.meetings.state(meeting).paper(paper)
        if known is None:
            raise PaperUnknown(paper=paper)
        if not model.keeps_content(known.secrecy):
            raise SecrecyRefused
        _check_file(inbox, file_name)
        with self._alone(paper, asked.act):
            version = PaperVersion(paper, known.version + 1)
            submitted = _Submitted(version, known.item, title=known.title, secrecy=known.secrecy, wanted=wanted)
            return self._take(meeting, submitted, inbox, asked=asked)

    def version_made(self, asked: Asked) -> int:
        """Which version the act has made, 0 when it is new; whether it is this very one, the ledger says later."""
        with self.tools.unit.read() as tx:
            done = self.tools.ledger.find(tx, asked.act)
        return 0 if done is None else int(done.answer.get("version", 1))

    def _take(self, meeting: MeetingId, paper: _Submitted, inbox: Received, *, asked: Asked) -> dict[str, Any]:
        checked = self.tools.check.check(inbox)
        found = checked.findings
        if found.mark is not None:
            raise SecrecyMarkFound(mark=found.mark)
        key = new_paper_key()
        with checked.keep.reader() as plain:
            made = self.tools.files.encrypt(plain, paper.version, key=key)
        try:
            sealed = self.tools.sealer.seal(meeting, paper.version, made=made, pages=found.pages)
            stored = self._stored(meeting, paper.version, sealed, key=key, now=asked.now)
            submission = _Submission(paper, stored, sealed, found)
            answer = self._record(meeting, submission, asked)
        except BaseException:
            self._discard_unknown(paper.version)
            raise
        if (answer["paper"], answer["version"]) != paper.version:
            # The same act again: it was answered before, and this copy of the file is not needed.
            self._discard_unknown(paper.version)
        return answer

    def _record(self, meeting: MeetingId, submission: _Submission, asked: Asked) -> dict[str, Any]:
        paper, stored = submission.paper, submission.stored
        data = _event(paper, submission.found, sealed=submission.sealed, owner=asked.actor.person_id)
        # Which number a further version gets is no part of what was asked: asked again, it would be the next one.
        paper_id = paper.version.paper if paper.version.version > 1 else None
        content = {**data, "meeting": meeting, "paper": paper_id, "version": None}

        def decide(log: Log) -> Sequence[Draft]:
            _check_place(log.state, paper.item)
            _check_next(log.state, paper.version)
            if paper.wanted is not None:
                paper.wanted.check(log.state)
            return (Draft("paper_submitted", data),)

        def also(tx: Any, _state: MeetingState) -> dict[str, Any]:
            self.tools.store.add(tx, stored)
            return {
                "paper": paper.version.paper,
                "version": paper.version.version,
                "pages": submission.found.pages,
                "warnings": submission.found.warnings(),
            }

        key = asked.key("submit_paper", content)
        return self.tools.meetings.change(
            meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key, also=also
        )

    def _submit_stub(
        self, meeting: MeetingId, new: NewPaper, inbox: Received, *, asked: Asked, wanted: For | None
    ) -> dict[str, Any]:
        """P4: that there is such a paper, and nothing of it."""
        secrecy = model.chosen_secrecy(new.secrecy)
        if inbox.upload.plain_bytes:
            raise SecrecyRefused
        title = model.stub_title(secrecy, new.title)
        if title or secrecy is not Secrecy.TOP_SECRET:
            title = model.clean_title(title, file_name="")
        version = PaperVersion(PaperId(ids.new("p", self.tools.random(ids.RANDOM_BYTES))), 1)
        stub = _Submitted(version, new.item, title=title, secrecy=secrecy, wanted=wanted)
        data = _event(stub, None, sealed=None, owner=asked.actor.person_id)

        def decide(log: Log) -> Sequence[Draft]:
            _check_place(log.state, new.item)
            if wanted is not None:
                wanted.check(log.state)
            return (Draft("paper_submitted", data),)

        def also(_tx: Any, _state: MeetingState) -> dict[str, Any]:
            return {"paper": version.paper, "version": 1, "pages": 0, "warnings": ["stub-only"]}

        key = asked.key("submit_paper", {**data, "meeting": meeting, "paper": None})
        return self.tools.meetings.change(
            meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key, also=also
        )

    def _stored(
        self, meeting: MeetingId, version: PaperVersion, sealed: Sealed, *, key: Secret, now: dt.datetime
    ) -> StoredVersion:
        return StoredVersion(
            version=version,
            meeting=meeting,
            plain_bytes=sealed.manifest.plain_bytes,
            pages=sealed.manifest.pages,
            manifest=sealed.envelope,
            manifest_sha256=sealed.sha256,
            wrapped_key=self.tools.master.wrap(key),
            created_at=now,
        )

    def _discard_unknown(self, version: PaperVersion) -> None:
        """Remove the file unless its version was committed after all."""
        with self.tools.unit.read() as tx:
            known = self.tools.store.find(tx, version)
        if known is None:
            self.tools.files.discard(version)

    @contextmanager
    def _alone(self, paper: str, act: str) -> Iterator[None]:
        """One new version of a paper at a time: both would have the same number and the same file."""
        with self._guard:
            busy = self._busy.get(paper)
            if busy == act:
                raise Unavailable  # sent again while the first is still being looked into: soon it has its answer
            if busy is not None:
                raise PaperWrongState(state="uploading")
            self._busy[paper] = act
        try:
            yield
        finally:
            with self._guard:
                del self._busy[paper]


@dataclass(frozen=True, slots=True)
class _Submitted:
    version: PaperVersion
    item: str
    title: str = field(kw_only=True)
    secrecy: Secrecy = field(kw_only=True)
    wanted: For | None = field(kw_only=True, default=None)


@dataclass(frozen=True, slots=True)
class _Submission:
    paper: _Submitted
    stored: StoredVersion
    sealed: Sealed
    found: model.Findings


def _event(paper: _Submitted, found: model.Findings | None, *, sealed: Sealed | None, owner: str) -> dict[str, Any]:
    wanted = {} if paper.wanted is None else {"request": paper.wanted.request}
    return {
        "paper": paper.version.paper,
        "item": paper.item,
        "title": paper.title,
        "secrecy": paper.secrecy.value,
        "version": paper.version.version,
        "pages": 0 if found is None else found.pages,
        "size_bytes": 0 if sealed is None else sealed.manifest.plain_bytes,
        "plain_sha256": "" if sealed is None else sealed.manifest.plain_sha256,
        "owner": owner,
        "signed": found is not None and found.is_signed,
        **wanted,
    }


def _check_file(inbox: Received, file_name: str) -> None:
    # A form whose file was left empty still has the field, without a name.
    if not file_name or not inbox.upload.exists:
        raise PaperFileMissing
    model.check_file_name(file_name)


def _check_place(state: MeetingState, item: str) -> None:
    must_be_prepared(state)
    in_phase(state, CHANGING)
    if state.item(item) is None:
        raise NoSuchItem(item=item)


def _check_next(state: MeetingState, version: PaperVersion) -> None:
    """A version follows the newest one, and is no surprise to anybody."""
    known = state.paper(version.paper)
    if (0 if known is None else known.version) + 1 != version.version:
        raise PaperWrongState(state="replaced")


def in_phase(state: MeetingState, allowed: frozenset[Phase]) -> None:
    """Raise :class:`PhaseNotAllowed` in any other phase."""
    if state.phase not in allowed:
        raise PhaseNotAllowed(phase=state.phase.value)
