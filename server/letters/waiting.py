"""What of the office's documents waits for somebody on their first page (N9, N16).

Rules: who prepares a meeting is told of invitations to a time or room that it has no more; a member of notices and
resolutions whose file they have not had. Having the file is all that is kept of it.

Usage: ``WaitingLetters(letters).received(actor, now=now)``.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Final

from server.errors import Unavailable
from server.identity.model import Actor, Role
from server.letters.model import Letter
from server.letters.seen import Seen
from server.letters.service import LetterService
from server.meetings.ports import MeetingRow
from wire.ids import MeetingId
from wire.phases import PREPARING
from wire.places import LEADING
from wire.state import MemberRole

_LOG: Final = logging.getLogger("letters")
#: For so long people are asked to read what was issued.
_LATELY: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    """Of all meetings."""

    letters: LetterService

    def outdated(self, actor: Actor) -> list[tuple[MeetingRow, Seen]]:
        """Invitations that were put up, signed or issued for another time or room, of the meetings one prepares."""
        with self.letters.tools.unit.read() as tx:
            wanted = {each.meeting for each in self.letters.tools.store.inviting(tx)}
        prepared = [
            row
            for row, role in self.letters.tools.meetings.meetings_of(actor)
            if row.id in wanted and row.phase in PREPARING and row.rehearsal_of is None
            if actor.has(Role.SECRETARY) or role is MemberRole.SECRETARY
        ]
        return [(row, each) for row in prepared for each in self.letters.all(row.id) if each.outdated]

    def received(self, actor: Actor, *, now: dt.datetime) -> list[tuple[MeetingRow, Letter]]:
        """Notices and resolutions that came lately and whose file one has not had, the newest first."""
        rows = {
            row.id: row
            for row, role in self.letters.tools.meetings.meetings_of(actor)
            if role is not None and role not in LEADING and row.rehearsal_of is None
        }
        with self.letters.tools.unit.read() as tx:
            found = self.letters.tools.store.unopened(tx, actor.person_id, since=now - _LATELY)
        return [(rows[MeetingId(each.meeting)], each) for each in found if each.meeting in rows]

    def has_read(self, round_id: str, actor: Actor, now: dt.datetime) -> None:
        """Somebody has the file that a round signed; where that cannot be kept they have it all the same."""
        try:
            with self.letters.tools.unit.begin() as tx:
                self.letters.tools.store.open(tx, round_id, actor.person_id, at=now)
        except Unavailable as away:
            _LOG.warning("that the file of %s was given is not kept: %s", round_id, type(away).__name__)
