"""What each kind of signed act does: roll call, approval of papers, closing.

Rules A1, G45: each is decided by the rules that decide the same act without a signature; the signature adds evidence,
never a right. What the person chose (which papers, which word about their presence) is taken from the statement; what
it says about them is compared with this server's own state.

Usage::

    deed = Deeds(papers_approval, meetings.with_holders).of("close", meeting, body, by=By("u-…"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.meetings import model
from server.meetings.commands import By, Command, RecordPresence, Step
from server.meetings.model import Draft, Log
from server.statements.errors import StatementKindUnknown
from server.statements.model import Deed
from wire import declare
from wire.fields import Fields
from wire.ids import MeetingId, PaperId
from wire.phases import Change
from wire.state import MeetingState, Presence
from wire.statement import APPROVE_PAPERS, ATTEND, CLOSE, MAX_PAPERS, PRESENCES

#: approve(log, papers, by, statement) → the events; raises what the papers' feature refuses
Approve = Callable[[Log, Sequence[PaperId], By, str], Sequence[Draft]]
#: A closing with the devices whose keys it recalls, and with what the house wants of it.
Complete = Callable[[MeetingId, Command], Command]

KINDS: Final = (ATTEND, APPROVE_PAPERS, CLOSE)


@dataclass(frozen=True, slots=True)
class Deeds:
    """Makes deeds of what people chose."""

    approve: Approve
    complete: Complete

    def of(self, kind: str, meeting: MeetingId, chosen: dict[str, Any], *, by: By) -> Deed:
        """The deed; ``chosen`` is the body of a statement, of which only the person's own choice is read.

        Raises StatementKindUnknown, BadField.
        """
        match kind:
            case "attend":
                return self.attend(Presence(Fields(chosen, ATTEND).choice("presence", PRESENCES)), by)
            case "approve_papers":
                entries = Fields(chosen, APPROVE_PAPERS).objects("papers", limit=MAX_PAPERS)
                return self.approval([PaperId(entry.id("paper", "p")) for entry in entries], by)
            case "close":
                return self.closing(meeting, by)
        raise StatementKindUnknown(kind=kind[:40])

    def attend(self, presence: Presence, by: By) -> Deed:
        """Roll call: the person is there, late, gone or back."""

        def drafts(log: Log, sha256: str) -> Sequence[Draft]:
            return model.decide(log, RecordPresence(presence, sha256), by)

        return Deed(ATTEND, body=lambda _state: {"presence": presence.value}, drafts=drafts)

    def approval(self, papers: Sequence[PaperId], by: By) -> Deed:
        """The chair approves the newest versions of ``papers``."""

        def body(state: MeetingState) -> dict[str, Any]:
            return declare.approval_body(state, papers)

        return Deed(APPROVE_PAPERS, body=body, drafts=lambda log, sha256: self.approve(log, papers, by, sha256))

    def closing(self, meeting: MeetingId, by: By) -> Deed:
        """The chair closes the meeting."""

        def drafts(log: Log, sha256: str) -> Sequence[Draft]:
            command = self.complete(meeting, Step(Change.CLOSE, statement=sha256))
            return model.decide(log, command, by)

        return Deed(CLOSE, body=declare.closing_body, drafts=drafts)
