"""Who could cast a ballot if the vote were opened now, and why the others could not.

Rules W114, A2: pure. What is said here decides nothing: ``server/voting/model.py`` freezes the roll at the opening, and
whoever is present stands on it as present, able or not. That is why it is said before. Hands are counted by people, so
who is there is ready. An open ballot is cast at a seat or a console, a named one where a token signs, a secret one at a
seat and nowhere else (docs/adr/0025).

Usage::

    found = readiness(state, Asked(kind, item), Sights(seats, consoles), By("u-…"))
    found.able, [line for line in found.lines if line.standing is Standing.UNREADY]
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from server.meetings.commands import By
from server.voting.model import present, voters
from wire.places import is_recused
from wire.readiness import Counts, Short, Waited
from wire.state import MeetingState, Member
from wire.votes import Proxy, VoteKind

#: Screens of a seat on which its person votes; one that has not said yet is believed that somebody sits there.
_WORKING: Final = frozenset({"signed_in", ""})
#: Ends the word of the roll for who sits there all the same.
SEATED: Final = "_seated"
#: What a reader's state means to who has to sign (W113); of a seat that did not say, the worst is said.
_READERS: Final = {"signs": "", "no_signing": "no_signing", "unusable": "token_bad", "absent": "token_out"}


class Standing(enum.StrEnum):
    """Can cast now · is there and cannot · casts through a proxy · is not there and will not vote."""

    READY = "ready"
    UNREADY = "unready"
    REPRESENTED = "represented"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class SeatSight:
    """What is known of the seat at which somebody is signed in; ``token`` as in W113."""

    label: str
    online: bool
    screen: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Sights:
    """Where people are: seats by person; consoles that show this meeting, and whether a token began them."""

    seats: Mapping[str, SeatSight] = field(default_factory=dict)
    consoles: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """For which vote: its kind, its item, whose ballots are entrusted."""

    kind: VoteKind
    item: str
    proxies: tuple[Proxy, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One voter. ``why``: a word for what is in the way, empty when nothing is; ``holder``: who casts it for them."""

    person: str
    name: str
    standing: Standing
    why: str = ""
    seat: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """People, not weights; those who had to leave the item are in none of the numbers."""

    lines: tuple[Line, ...]
    recused: int

    def count(self, *standings: Standing) -> int:
        """How many are in one of these."""
        return sum(1 for line in self.lines if line.standing in standings)

    @property
    def counts(self) -> Counts:
        """The numbers."""
        return Counts(
            entitled=len(self.lines),
            present=self.count(Standing.READY, Standing.UNREADY),
            able=self.count(Standing.READY),
            represented=self.count(Standing.REPRESENTED),
            recused=self.recused,
        )

    def to_value(self) -> dict[str, Any]:
        """As JSON (docs/API.md)."""
        people = [{name: getattr(line, name) for name in Line.__slots__} for line in self.lines]
        return {**self.counts.to_value(), "people": people}

    def in_short(self) -> Short:
        """For a seat (W126): who could not cast a ballot, first those whom the opening would ask about."""
        waited = [line for line in self.lines if line.standing in (Standing.UNREADY, Standing.AWAY)]
        # The sort is stable: within each of the three the order of the places stays.
        waited.sort(key=lambda line: 0 if line.standing is Standing.UNREADY else 1 if line.why.endswith(SEATED) else 2)
        lines = (Waited(each.person, each.name, each.standing.value, each.why, each.seat) for each in waited)
        return Short.fitting(self.counts, lines)


def readiness(state: MeetingState, asked: Asked, sights: Sights, by: By) -> Readiness:
    """Everybody who would stand on the roll of a vote that ``by`` opened now."""
    everybody = voters(state)
    voting = [member for member in everybody if not is_recused(state, member.person, asked.item)]
    here = present(state, by) & {member.person for member in voting}
    held = {each.person: each.holder for each in asked.proxies if each.holder in here}
    lines = [_line(state, member, asked.kind, here=here, held=held, sights=sights) for member in voting]
    return Readiness(tuple(lines), len(everybody) - len(voting))


def _line(
    state: MeetingState,
    member: Member,
    kind: VoteKind,
    *,
    here: frozenset[str],
    held: Mapping[str, str],
    sights: Sights,
) -> Line:
    person, seat = member.person, sights.seats.get(member.person)
    label = member.seat_label if seat is None else seat.label
    if person in here:
        why = _in_the_way(kind, seat, console=sights.consoles.get(person))
        return Line(person, member.name, Standing.UNREADY if why else Standing.READY, why, label)
    if person in held:
        holder = state.member(held[person])
        return Line(person, member.name, Standing.REPRESENTED, "", label, "" if holder is None else holder.name)
    return Line(person, member.name, Standing.AWAY, _why_away(state, person), label)


def _in_the_way(kind: VoteKind, seat: SeatSight | None, *, console: bool | None) -> str:
    """Why somebody who is there could cast no ballot now; empty when they could."""
    if kind is VoteKind.HANDS:
        return ""
    at_seat = _at_seat(kind, seat)
    by_console = (kind is VoteKind.OPEN and console is not None) or (kind is VoteKind.NAMED and console is True)
    if at_seat == "" or by_console:
        return ""
    if console is not None and seat is None:
        return "console_secret" if kind is VoteKind.SECRET else "console_password"
    return at_seat


def _at_seat(kind: VoteKind, seat: SeatSight | None) -> str:
    if seat is None:
        return "nowhere"
    if not seat.online:
        return "offline"
    if seat.screen not in _WORKING:
        return "locked" if seat.screen == "locked" else "behind"
    return _READERS.get(seat.token, "token_out") if kind is VoteKind.NAMED else ""


def _why_away(state: MeetingState, person: str) -> str:
    """Why somebody is not counted as there: the newest word of the roll, and that they sit there all the same."""
    known = state.presence_of(person)
    if known is None:
        return "not_here"
    # A word of the roll beats the seat (W87): whoever came after it has to be put right there.
    is_seated = any(each == person for each, _ in state.seated)
    return f"{known.presence.value}{SEATED}" if is_seated else known.presence.value
