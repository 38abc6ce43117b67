"""Turns to speak in a meeting's log, written as a playbook.

Rules: every line is so many seconds after the one before, so times can be told exactly.

Usage::

    floor = Floor(); one = floor.ask("lan")
    floor.do("speech_started", one); floor.wait(30); floor.do("speech_stopped", one)
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from tests.support.meeting_log import MeetingLog, item, member, named
from wire import fold
from wire.events import Event
from wire.speak_view import rules as rules_value
from wire.speaking import SpeakingRules, Speech
from wire.state import MeetingState

RULES = rules_value(SpeakingRules())


class Floor:
    """An open meeting at its first item, with a chair, three members of two units and a guest."""

    def __init__(self) -> None:
        self.log = MeetingLog().created()
        units = {"lan": "Phòng 1", "minh": "Phòng 1", "hoa": "Phòng 2"}
        people = [member("chair", "chair"), member("secretary", "secretary"), member("guest", "guest")]
        people += [{**member(name, "member"), "unit": unit} for name, unit in units.items()]
        self.log.add("members_set", {"members": people})
        self.log.add("agenda_set", {"items": [item("one"), item("two"), item("shut", visibility="hidden")]})
        for kind in ("meeting_submitted", "meeting_approved", "meeting_opened"):
            self.log.add(kind)
        self.log.add("item_started", {"item": named("i", "one")})
        last = self.log.state.last
        assert last is not None
        self.now = last.at
        self._serial = itertools.count(1)

    @property
    def state(self) -> MeetingState:
        return self.log.state

    def wait(self, seconds: float) -> None:
        """Time goes by (or back: a clock that jumps)."""
        self.now += dt.timedelta(seconds=seconds)

    def add(self, kind: str, data: dict[str, Any] | None = None, *, actor: str = "system") -> MeetingState:
        """One event, now."""
        event = Event.after(
            self.state.last, meeting=self.log.meeting, at=self.now, actor=actor, kind=kind, data=data or {}
        )
        self.log.state = fold.apply(self.state, event)
        self.log.events.append(event)
        return self.state

    def ask(self, name: str, kind: str = "speech", *, on: str = "one") -> str:
        """Somebody asks to speak; the id of the turn."""
        speech = named("q", f"{name} {next(self._serial)}")
        asked = {"speech": speech, "item": named("i", on), "person": named("u", name), "kind": kind}
        self.add("speech_asked", asked, actor=f"person:{named('u', name)}")
        return speech

    def do(self, kind: str, speech: str, **data: Any) -> Speech:
        """A step of a turn."""
        self.add(kind, {"speech": speech, **data})
        return self.speech(speech)

    def spoke(self, name: str, seconds: float, kind: str = "speech") -> str:
        """Somebody asked, spoke and ended."""
        speech = self.ask(name, kind)
        self.do("speech_started", speech)
        self.wait(seconds)
        self.do("speech_stopped", speech)
        return speech

    def rules(self, **changes: Any) -> None:
        """The house chooses."""
        self.add("speaking_rules_set", {**RULES, **changes})

    def speech(self, speech: str) -> Speech:
        found = self.state.speaking.speech(speech)
        assert found is not None
        return found
