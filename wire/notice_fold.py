"""Events about messages → state (W96): the part of the fold that knows them.

Rules: as ``wire/fold.py``. A message to the wall is shown by its sending, and taken away with it.

Usage: ``HANDLERS[event.kind](state, event, data)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.notices import Notice, NoticeChange, NoticeTo, step
from wire.state import Display, DisplayMode, MeetingState

PREPARED: Final = "notice_prepared"
READ: Final = "notice_read"
MAX_NOTICES: Final = 1_000
MAX_TEXT: Final = 500
MAX_PEOPLE: Final = 1_000
#: Of a countdown.
MAX_SECONDS: Final = 24 * 3600


def _prepared(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    fresh = Notice(
        notice=data.id("notice", "g"),
        to=NoticeTo(data.choice("to", frozenset(NoticeTo))),
        text=data.text("text", limit=MAX_TEXT),
        people=data.ids("people", "u", limit=MAX_PEOPLE),
        seconds=data.number("seconds", high=MAX_SECONDS),
        by=event.actor.removeprefix("person:"),
        prepared_at=event.at,
    )
    if state.notice(fresh.notice) is not None or len(state.notices) >= MAX_NOTICES:
        raise BadField("notice_prepared.notice", f"is there already, or would be more than {MAX_NOTICES}")
    if fresh.to is NoticeTo.WALL and fresh.people:
        raise BadField("notice_prepared.people", "cannot be chosen for the wall")
    if any(state.member(person) is None for person in fresh.people):
        raise BadField("notice_prepared.people", "are not all members")
    return replace(state, notices=(*state.notices, fresh))


def _sent(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    notice = replace(_moved(state, event, data), sent_at=event.at)
    if notice.to is NoticeTo.WALL:
        display = Display(DisplayMode.MESSAGE, notice.text, until=notice.ends_at, notice=notice.notice)
        return _with(replace(state, display=display), notice)
    people = notice.people or tuple(member.person for member in state.members if member.person != notice.by)
    return _with(state, replace(notice, people=people))


def _withdrawn(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    notice = _moved(state, event, data)
    is_shown = state.display.notice == notice.notice
    return _with(replace(state, display=Display(DisplayMode.ITEM)) if is_shown else state, notice)


def _read(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    notice, person = _known(state, data), data.id("person", "u")
    if not notice.waits_for(person):
        raise BadField("notice_read.person", "was not sent it, or has read it")
    return _with(state, replace(notice, read=(*notice.read, (person, event.at))))


def _moved(state: MeetingState, event: Event, data: Fields) -> Notice:
    notice = _known(state, data)
    return replace(notice, state=step(notice.state, NoticeChange(event.kind)))


def _known(state: MeetingState, data: Fields) -> Notice:
    notice = state.notice(data.id("notice", "g"))
    if notice is None:
        raise BadField("notice", "was never prepared")
    return notice


def _with(state: MeetingState, notice: Notice) -> MeetingState:
    return replace(state, notices=tuple(notice if each.notice == notice.notice else each for each in state.notices))


#: Every kind of event about messages.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    PREPARED: _prepared,
    READ: _read,
    NoticeChange.SEND.value: _sent,
    NoticeChange.WITHDRAW.value: _withdrawn,
}
