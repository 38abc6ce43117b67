"""Use cases of speaking: ask, lead the queue, hand in in writing, read what was handed in.

Rules S1, W28: everything is an event of the meeting's log, committed before it is acknowledged; an act happens once.
Requests that come at the same moment are appended one after the other, none is lost; with one commit where
:meth:`SpeakingService.ask_all` is given them together.

Usage::

    speaking.ask(meeting, Asking("i-…", "u-…", SpeechKind.SPEECH), ask=Ask(by, "person:u-…", key, now))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.idempotency.service import ActKey
from server.meetings.commands import By
from server.meetings.logbook import Change, Decide
from server.meetings.model import Draft, Log
from server.meetings.ports import Also
from server.meetings.service import MeetingService
from server.speaking import errors, model
from server.speaking.model import Asking
from wire import ids
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.speaking import SpeakingRules, SpeechChange
from wire.state import MeetingState


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, as what the log calls them, under which idempotency key, when."""

    by: By
    actor: str
    key: ActKey
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A step that is asked for; ``ends``: whose turn the asking screen shows as going on."""

    speech: str
    change: SpeechChange
    reason: str = ""
    ends: str | None = None


class SpeakingService:
    """The queues of all meetings."""

    def __init__(self, meetings: MeetingService, *, random: Callable[[int], bytes]) -> None:
        self._meetings: Final = meetings
        self._random: Final = random

    def set_rules(self, meeting: MeetingId, chosen: SpeakingRules, *, ask: Ask) -> dict[str, Any]:
        """Choose order, times and budgets; gives ``{seq}``."""
        return self._change(meeting, lambda log: model.set_rules(log.state, chosen, by=ask.by), ask=ask)

    def ask(self, meeting: MeetingId, asking: Asking, *, ask: Ask) -> dict[str, Any]:
        """Register; gives ``{seq, speech}``, of the request that stands already if there is one."""
        change = self._asking(asking, ask)
        return self._change(meeting, change.decide, ask=ask, also=lambda _tx, state: change.says(state))

    def ask_all(self, meeting: MeetingId, asked: Sequence[tuple[Asking, Ask]]) -> Sequence[dict[str, Any] | None]:
        """Register many with one commit, in this order; their answers, None for who has to ask alone."""
        return self._meetings.change_all(meeting, [self._asking(asking, ask) for asking, ask in asked])

    def _asking(self, asking: Asking, ask: Ask) -> Change:
        name = ids.new("q", self._random(ids.RANDOM_BYTES))

        def name_it(state: MeetingState) -> dict[str, Any]:
            found = model.standing(state, asking)
            return {"speech": name if found is None else found.speech}

        def decide(log: Log) -> Sequence[Draft]:
            return model.ask(log.state, name, asking, by=ask.by)

        return Change(ask.actor, ask.now, decide, ask.key, name_it)

    def move(self, meeting: MeetingId, wanted: Move, *, ask: Ask) -> dict[str, Any]:
        """One step of a turn; gives ``{seq}``."""

        def decide(log: Log) -> Sequence[Draft]:
            return model.move(
                log.state, wanted.speech, wanted.change, by=ask.by, reason=wanted.reason, ends=wanted.ends
            )

        return self._change(meeting, decide, ask=ask)

    def extend(self, meeting: MeetingId, speech: str, seconds: int, *, ask: Ask) -> dict[str, Any]:
        """More time for a turn; gives ``{seq}``."""
        return self._change(meeting, lambda log: model.extend(log.state, speech, seconds, by=ask.by), ask=ask)

    def arrange(self, meeting: MeetingId, item: str, speeches: Sequence[str], *, ask: Ask) -> dict[str, Any]:
        """The chair's order; gives ``{seq}``."""
        return self._change(meeting, lambda log: model.arrange(log.state, item, speeches, by=ask.by), ask=ask)

    def write(self, meeting: MeetingId, speech: str, text: str, *, ask: Ask) -> dict[str, Any]:
        """Hand in in writing; gives ``{seq}``."""
        return self._change(meeting, lambda log: model.write(log.state, speech, text, by=ask.by), ask=ask)

    def written(self, meeting: MeetingId, speech: str, by: By, *, reads_record: bool) -> dict[str, Any]:
        """``{speech, name, item, text, sha256, at}`` as it was handed in last; raises NoSuchSpeech."""
        state = self._meetings.state(meeting)
        found = model.known(state, speech)
        if found.written is None or not model.may_read(state, found, by, reads_record=reads_record):
            raise errors.NoSuchSpeech(speech=speech)
        texts = (each for each in reversed(self._meetings.events(meeting)) if each.kind == SpeechChange.WRITE.value)
        text = next(each.data["text"] for each in texts if each.data["speech"] == speech)
        return {
            "speech": speech,
            "name": found.name,
            "item": found.item,
            "text": text,
            "sha256": found.written.sha256,
            "at": print_instant(found.written.at),
        }

    def stop_by_clock(self, meeting: MeetingId, speech: str, *, now: dt.datetime) -> None:
        """End a turn whose time is over, where the house wants that."""

        def decide(log: Log) -> Sequence[Draft]:
            return model.stop_by_clock(log.state, speech, now=now)

        self._meetings.change(meeting, actor="system", now=now, decide=decide)

    def _change(self, meeting: MeetingId, decide: Decide, *, ask: Ask, also: Also | None = None) -> dict[str, Any]:
        return self._meetings.change(meeting, actor=ask.actor, now=ask.now, decide=decide, key=ask.key, also=also)
