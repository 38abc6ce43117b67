"""What becomes of papers that were taken in: approved, returned, published, read (P2, P5).

Rules: the chair decides about the newest version; publishing names each manifest in the log; who may not read a paper
is told that there is none.

Usage::

    papers.approve(meeting, paper, asked)
    papers.publish(meeting, asked)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pages.model import Document
from server.errors import NotAllowed
from server.meetings.commands import CHAIR, By
from server.meetings.model import Draft, Log, may
from server.papers import model
from server.papers.errors import ApprovalMustBeSigned, NothingToPublish, PaperUnknown, PaperWrongState
from server.papers.ports import StoredVersion
from server.papers.submission import CHANGING, Asked, Tools, in_phase
from wire.ids import MeetingId, PaperId
from wire.phases import HOLDING
from wire.state import MeetingState, Paper, PaperState
from wire.topics import PaperVersion


@dataclass(frozen=True, slots=True)
class PaperService:
    """All papers."""

    tools: Tools

    # Deciding

    def approve(self, meeting: MeetingId, paper: PaperId, asked: Asked) -> dict[str, Any]:
        """The chair approves the newest version; raises PaperUnknown, PaperWrongState, PhaseNotAllowed.

        Raises ApprovalMustBeSigned in a house that wants a signature: :meth:`signed_approval` then.
        """
        if self.tools.approval_must_be_signed:
            raise ApprovalMustBeSigned
        draft = Draft("paper_approved", {"paper": paper})
        return self._decide(meeting, paper, asked, draft=draft, states=frozenset({PaperState.SUBMITTED}))

    @staticmethod
    def signed_approval(log: Log, papers: Sequence[PaperId], by: By, statement: str) -> Sequence[Draft]:
        """The events of an approval that the chair signed; raises NotAllowed and as :meth:`approve`."""
        if not may(log.state, CHAIR, by):
            raise NotAllowed
        in_phase(log.state, CHANGING)
        for paper in papers:
            _must_be(log.state, paper, frozenset({PaperState.SUBMITTED}))
        return [Draft("paper_approved", {"paper": paper, "statement": statement}) for paper in papers]

    def send_back(self, meeting: MeetingId, paper: PaperId, reason: str, *, asked: Asked) -> dict[str, Any]:
        """The chair returns the newest version with a reason; raises as :meth:`approve`."""
        draft = Draft("paper_returned", {"paper": paper, "reason": reason})
        states = frozenset({PaperState.SUBMITTED, PaperState.APPROVED})
        return self._decide(meeting, paper, asked, draft=draft, states=states)

    def _decide(
        self, meeting: MeetingId, paper: PaperId, asked: Asked, *, draft: Draft, states: frozenset[PaperState]
    ) -> dict[str, Any]:
        def decide(log: Log) -> Sequence[Draft]:
            in_phase(log.state, CHANGING)
            _must_be(log.state, paper, states)
            return (draft,)

        key = asked.key(draft.kind, {**draft.data, "meeting": meeting})
        return self.tools.meetings.change(meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key)

    def publish(self, meeting: MeetingId, asked: Asked) -> dict[str, Any]:
        """Give all approved papers out; gives ``{seq, papers}``. Raises NothingToPublish, PhaseNotAllowed."""
        published: list[dict[str, Any]] = []

        def decide(log: Log) -> Sequence[Draft]:
            in_phase(log.state, HOLDING)
            papers = model.to_publish(log.state)
            if not papers:
                raise NothingToPublish
            published[:] = [self._publication(paper) for paper in papers]
            return [Draft("paper_published", data) for data in published]

        def also(_tx: Any, _state: MeetingState) -> dict[str, Any]:
            return {"papers": [{"paper": data["paper"], "version": data["version"]} for data in published]}

        key = asked.key("publish_papers", {"meeting": meeting})
        return self.tools.meetings.change(
            meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key, also=also
        )

    # Reading

    def document(
        self, meeting: MeetingId, version: PaperVersion, reader: model.Reader, *, page: int | None = None
    ) -> tuple[Document, MeetingState]:
        """What the renderer needs to show a version to ``reader``; raises PaperUnknown when they may not see it."""
        state = self.tools.meetings.state(meeting)
        if not model.may_read(state, version, reader, page=page):
            raise PaperUnknown(paper=version.paper)
        stored = self._find(version)
        if stored is None or stored.meeting != meeting:
            raise PaperUnknown(paper=version.paper)
        return self._opened(stored), state

    def file(self, version: PaperVersion) -> Document | None:
        """A version's file with its key, None when there is none; for the server itself, whoever asks."""
        stored = self._find(version)
        return None if stored is None else self._opened(stored)

    def known_versions(self) -> set[PaperVersion]:
        """All versions that have a file."""
        with self.tools.unit.read() as tx:
            return self.tools.store.versions(tx)

    def _opened(self, stored: StoredVersion) -> Document:
        key = self.tools.master.unwrap(stored.wrapped_key)
        return Document(self.tools.files.path(stored.version), stored.plain_bytes, stored.version, key)

    def _publication(self, paper: Paper) -> dict[str, Any]:
        version = PaperVersion(PaperId(paper.paper), paper.version)
        stored = self._find(version)
        if stored is None:
            raise PaperUnknown(paper=paper.paper)
        return {"paper": paper.paper, "version": paper.version, "manifest_sha256": stored.manifest_sha256}

    def _find(self, version: PaperVersion) -> StoredVersion | None:
        with self.tools.unit.read() as tx:
            return self.tools.store.find(tx, version)


def _must_be(state: MeetingState, paper: PaperId, states: frozenset[PaperState]) -> None:
    """Raise PaperUnknown, PaperWrongState."""
    known = state.paper(paper)
    if known is None:
        raise PaperUnknown(paper=paper)
    if known.state not in states:
        raise PaperWrongState(state=known.state.value)
