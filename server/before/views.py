"""What one reader is told of what is said before a meeting.

Rules W143, W144: each remark and request goes through the rule that says whether they may read it; nothing here says
how many there are that they may not.

Usage: ``board(state, reader)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.before import advance, remarks
from server.before.sight import Reader, Sight
from wire.agenda import numbers
from wire.before import HOPING, WRITABLE, Advance, Remark
from wire.before_fold import may_come
from wire.fields import print_instant
from wire.phases import HOLDING, Phase
from wire.quorum import here
from wire.state import ItemState, MeetingState


def board(state: MeetingState, reader: Reader) -> dict[str, Any]:
    """Everything that the reader may know of one meeting, and what they may do."""
    known, numbered, sight = state.before, numbers(state.agenda), Sight(state, reader)
    is_real = state.rehearsal is None
    there = here(state) if known.advances else frozenset[str]()
    is_before = state.phase is Phase.APPROVED and is_real
    return {
        "remarks": [
            _remark(state, each, reader, numbered) | {"may_answer": is_real and sight.may_answer(each)}
            for each in known.remarks
            if sight.reads(each)
        ],
        "advances": [
            _request(state, each, reader, numbered, there)
            | {"may_decide": sight.leads and _is_decided_now(state, each)}
            for item in dict.fromkeys(each.item for each in known.advances)
            for each in known.of_item(item)
            if advance.may_read(state, each, reader.by, reads_record=reader.reads_record)
        ],
        "may_write": is_before and remarks.may_write(state, reader.person),
        "may_ask": is_before and advance.may_ask(state, reader.person),
        "may_lead": is_real and state.phase in HOLDING and sight.leads,
    }


def _remark(state: MeetingState, each: Remark, reader: Reader, numbered: Mapping[str, str]) -> dict[str, Any]:
    paper, answered = state.paper(each.paper), each.answer
    return {
        "remark": each.remark,
        **_item(state, each.item, numbered),
        "paper": each.paper or None,
        "paper_title": "" if paper is None else paper.title,
        "page": each.page,
        "kind": each.kind.value,
        "readers": each.readers.value,
        "text": each.text,
        "person": each.person,
        "name": each.name,
        "position": each.position,
        "unit": each.unit,
        "written_at": print_instant(each.written_at),
        "changed_at": None if each.changed_at is None else print_instant(each.changed_at),
        "revision": each.revision,
        "answer": None
        if answered is None
        else {
            "text": answered.text,
            "person": answered.person,
            "name": answered.name,
            "at": print_instant(answered.at),
        },
        "mine": each.person == reader.person,
        "may_change": remarks.may_change(state, each, reader),
    }


def _request(
    state: MeetingState, each: Advance, reader: Reader, numbered: Mapping[str, str], there: frozenset[str]
) -> dict[str, Any]:
    is_open = state.phase in HOLDING and not each.joined
    is_mine = each.person == reader.person
    return {
        "advance": each.advance,
        **_item(state, each.item, numbered),
        "person": each.person,
        "name": each.name,
        "position": each.position,
        "unit": each.unit,
        "about": each.about,
        "minutes": each.minutes,
        "asked_at": print_instant(each.asked_at),
        "state": each.state.value,
        "reason": each.reason,
        "joined": each.joined,
        "here": each.person in there,
        # Represented by somebody, or with an item to leave: accepted or not, they are not called.
        "may_come": may_come(state, each),
        "mine": is_mine,
        "may_withdraw": is_mine and is_open and each.state in HOPING and not advance.is_left(state, each),
        "may_hand_in": is_mine and advance.may_hand_in(state, each),
    }


def _is_decided_now(state: MeetingState, each: Advance) -> bool:
    item = state.item(each.item)
    is_open = state.phase in HOLDING and not each.joined and each.state in WRITABLE
    return is_open and item is not None and item.state is not ItemState.DONE


def _item(state: MeetingState, item: str, numbered: Mapping[str, str]) -> dict[str, Any]:
    """Empty where the item is not on the agenda any more."""
    known = state.item(item)
    title = "" if known is None else known.title
    return {"item": item, "item_number": numbered.get(item, ""), "item_title": title}
