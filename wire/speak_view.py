"""Speaking as screens read it (W44, W94).

Rules S2, S3: a running turn carries the moment it ends by the log's times, so that a screen needs nothing but the
server's clock; who waits carries their place. What a reader may not know was taken out before (``visible``).

Usage: ``section(state)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from wire.fields import print_instant
from wire.remembered import Remembered
from wire.speak_order import Sum, ranked, totals
from wire.speaking import Speaking, SpeakingRules, Speech, SpeechKind
from wire.state import MeetingState

#: A queue of a hundred is printed at every request to speak; of it one entry is new.
_MADE: Final = Remembered(1024)


def section(state: MeetingState) -> dict[str, Any]:
    """``{rules, speeches, people, groups}``; totals are of the rules' span, around the item that is dealt with."""
    speaking = state.speaking
    active = state.active_item
    found = totals(speaking, None if active is None else active.item)
    places = {
        each.speech: place
        for item in dict.fromkeys(each.item for each in speaking.speeches)
        for place, each in enumerate(ranked(speaking, item), 1)
    }
    return {
        "rules": rules(speaking.rules),
        "speeches": [_MADE.of(_speech, each, places.get(each.speech, 0)) for each in speaking.speeches],
        "people": [{"person": person, **_sum(each)} for person, each in found.people.items()],
        "groups": [{"unit": unit, **_sum(each)} for unit, each in found.groups.items()],
    }


def rules(chosen: SpeakingRules) -> dict[str, Any]:
    """The house's rules as JSON: what ``speaking_rules_set`` holds."""
    return {
        "order": chosen.order.value,
        "seconds": {kind.value: chosen.seconds.of(kind) for kind in SpeechKind},
        "warn": chosen.warn_s,
        "person": chosen.person_s,
        "group": chosen.group_s,
        "span": chosen.span.value,
        "cuts": chosen.cuts,
    }


def visible(speaking: Speaking, items: Collection[str], person: str | None) -> Speaking:
    """As a member sees it (None: the room's display): turns on ``items``; why one was refused is theirs to know."""
    shown = tuple(
        each if each.person == person else replace(each, reason="", written=None, by="")
        for each in speaking.speeches
        if each.item in items
    )
    return replace(speaking, speeches=shown)


def _speech(each: Speech, place: int) -> dict[str, Any]:
    return {
        "speech": each.speech,
        "item": each.item,
        "person": each.person,
        "kind": each.kind.value,
        "name": each.name,
        "position": each.position,
        "unit": each.unit,
        "state": each.state.value,
        "place": place,
        "by": each.by,
        "in_advance": each.in_advance,
        "reason": each.reason,
        "asked_at": print_instant(each.asked_at),
        "called_at": _moment(each.called_at),
        "started_at": _moment(each.started_at),
        "ended_at": _moment(each.ended_at),
        "limit_ms": each.limit_ms,
        "spent_ms": each.spent_ms,
        "since": _moment(each.since),
        "ends_at": _moment(each.ends_at),
        "by_clock": each.by_clock,
        "written": None
        if each.written is None
        else {"sha256": each.written.sha256, "characters": each.written.characters, "at": _moment(each.written.at)},
    }


def _sum(found: Sum) -> dict[str, int]:
    return {"turns": found.turns, "ms": found.ms}


def _moment(value: dt.datetime | None) -> str | None:
    return None if value is None else print_instant(value)
