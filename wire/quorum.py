"""Who is in the room, who counts, and whether they are enough (A4, W87).

Rules: pure, in whole numbers. There is whom the roll's newest word says so, and who sits signed in at a seat while the
roll says nothing about them: a word of the roll beats the seat. After the close it is who was there at the close. Chair
and members count; guests, outside presenters and the secretary do not; in a place with a substitute who has the vote,
the substitute counts (A3). Without a rule nothing is needed and nothing is met.

Usage::

    counted = quorum(state)
    counted.present, counted.entitled, counted.need, counted.met
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from wire.fields import Fields
from wire.places import places
from wire.state import LATE_AFTER, MeetingState, RollRules
from wire.tally import meets, needed
from wire.votes import Share

MAX_SHARE: Final = 1_000
MAX_LATE_AFTER: Final = 120
_MINUTE: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Quorum:
    """People, not weights. ``need``: the least number that is enough; None without a rule."""

    present: int
    entitled: int
    need: int | None
    met: bool


def here(state: MeetingState) -> frozenset[str]:
    """Who is in the room now."""
    known = {entry.person for entry in state.attendance}
    told = {entry.person for entry in state.attendance if entry.presence.is_there}
    seated = ({person for person, _ in state.seated} | set(state.stayed)) - known
    # Never both of one place: whoever is replaced is not there, whatever was said before (A3).
    return frozenset(told | seated) - {each.member for each in state.substitutes}


def quorum(state: MeetingState) -> Quorum:
    """The arithmetic as it is now."""
    there = here(state)
    counted = places(state)
    present = sum(1 for place in counted if place.voter.person in there)
    rule = state.roll_rules.quorum
    if rule is None:
        return Quorum(present, len(counted), None, met=False)
    return Quorum(present, len(counted), needed(len(counted), rule), met=meets(present, len(counted), rule))


def in_time_until(opened_at: dt.datetime | None, starts_at: dt.datetime | None, rules: RollRules) -> dt.datetime | None:
    """Who comes later than this is late (W156): counted from the appointed time, or from a later opening.

    None before the opening: nobody is late yet.
    """
    return None if opened_at is None else max(opened_at, starts_at or opened_at) + rules.grace


def section(state: MeetingState) -> dict[str, Any]:
    """The section ``quorum`` of every screen."""
    found, rules = quorum(state), state.roll_rules
    return {
        "present": found.present,
        "entitled": found.entitled,
        "need": found.need,
        "met": found.met,
        "by_self": rules.by_self,
        "late_after": rules.grace // _MINUTE,
        "rule": None if rules.quorum is None else share_value(rules.quorum),
    }


def share_value(share: Share) -> dict[str, Any]:
    """A share as JSON."""
    return {"num": share.num, "den": share.den, "more": share.more}


def read_share(data: Fields) -> Share:
    """A share of a whole; raises BadField."""
    den = data.number("den", low=1, high=MAX_SHARE)
    share = Share(num=data.number("num", low=0, high=den), den=den, more=data.flag("more"))
    data.end()
    return share


def rules_value(rules: RollRules) -> dict[str, Any]:
    """As ``meeting_created`` and ``meeting_described`` hold them in ``roll``.

    What everybody assumes is left out: a seat from before the field reads the meeting all the same.
    """
    late = {} if rules.late_after in {None, LATE_AFTER} else {"late_after": rules.late_after}
    return {"by_self": rules.by_self, "quorum": None if rules.quorum is None else share_value(rules.quorum), **late}


def read_rules(data: Fields) -> RollRules:
    """What a meeting wants of its roll; raises BadField."""
    rules = RollRules(
        quorum=read_share(data.object("quorum")) if data.has("quorum") else None,
        by_self=data.flag("by_self"),
        late_after=data.number("late_after", high=MAX_LATE_AFTER) if data.has("late_after") else None,
    )
    data.end()
    return rules
