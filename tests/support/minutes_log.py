"""Whole meetings for the minutes: logs of arbitrary moves, and a count of them that shares nothing with the product.

Rules: a move that the fold refuses did not happen. The count reads the raw events alone: kinds, moments and data.

Usage::

    log = played(moves)
    Count(log.events).turns[item, person, "speech"]
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, described, item, member, named
from tests.support.votes import prepared
from wire.errors import WireError
from wire.events import Event
from wire.phases import Phase

PEOPLE = ("chair", "an", "binh", "cuc", "dung")
ITEMS = ("one", "two", "three")
HALF = {"num": 1, "den": 2, "more": True}
Move = tuple[str, Any]
_NEVER = {"absent", "excused"}
_THERE = {"present", "late", "returned"}


def moves() -> st.SearchStrategy[list[Move]]:
    """Words of the roll, items, recesses, turns to speak, votes by hand, conclusions."""
    who, what = st.sampled_from(PEOPLE), st.sampled_from(ITEMS)
    presence = st.sampled_from(sorted(_NEVER | _THERE | {"left"}))
    kind = st.sampled_from(["speech", "question", "answer", "order"])
    serial = st.integers(0, 5)
    return st.lists(
        st.one_of(
            st.tuples(st.just("roll"), st.tuples(who, presence)),
            st.tuples(st.just("item"), what),
            st.tuples(st.sampled_from(["recess", "resume"]), st.none()),
            st.tuples(st.just("ask"), st.tuples(serial, who, what, kind)),
            st.tuples(st.sampled_from(["start", "pause", "go_on", "stop"]), serial),
            st.tuples(st.just("write"), serial),
            st.tuples(st.just("vote"), st.tuples(serial, what, st.integers(0, 5), st.integers(0, 5), st.booleans())),
            st.tuples(st.just("conclude"), st.tuples(what, st.sampled_from(["", "Giao Phòng 1."]))),
        ),
        max_size=40,
    )


def played(said: Sequence[Move], *, closes: bool = True) -> MeetingLog:
    """The log of an open meeting in which all this happened, one minute each."""
    log = MeetingLog()
    log.add("meeting_created", {**described(), "roll": {"by_self": True, "quorum": HALF}})
    people = [member(name, "chair" if name == "chair" else "member") for name in PEOPLE]
    log.add("members_set", {"members": [*people, member("secretary", "secretary"), member("guest", "guest")]})
    log.add("agenda_set", {"items": [item(name) for name in ITEMS]})
    for step in ("meeting_submitted", "meeting_approved", "meeting_opened"):
        log.add(step)
    for kind, about in said:
        # The server begins nothing in a recess.
        if kind == "item" and log.state.phase is not Phase.OPEN:
            continue
        for event, data in _events(kind, about):
            try:
                log.add(event, data)
            except WireError:
                break
    if closes:
        log.add("meeting_closed", {})
    return log


def _events(kind: str, about: Any) -> list[tuple[str, dict[str, Any]]]:
    simple = {"recess": "meeting_recessed", "resume": "meeting_resumed"}
    turns = {"start": "started", "pause": "paused", "go_on": "resumed", "stop": "stopped"}
    if kind in simple:
        return [(simple[kind], {})]
    if kind == "item":
        return [("item_started", {"item": named("i", about)})]
    if kind in turns:
        return [(f"speech_{turns[kind]}", {"speech": named("q", str(about))})]
    if kind == "write":
        return [("speech_written", {"speech": named("q", str(about)), "text": "Ý kiến."})]
    if kind == "roll":
        who, presence = about
        return [("attendance_recorded", {"person": named("u", who), "presence": presence, "method": "staff"})]
    if kind == "conclude":
        return [("item_concluded", {"item": named("i", about[0]), "text": about[1]})]
    if kind == "ask":
        serial, who, what, word = about
        data = {"speech": named("q", str(serial)), "person": named("u", who), "item": named("i", what), "kind": word}
        return [("speech_asked", data)]
    return _vote(*about)


def _vote(serial: int, what: str, favour: int, against: int, announced: bool) -> list[tuple[str, dict[str, Any]]]:  # noqa: FBT001
    vote = named("v", str(serial))
    lines = [{"person": named("u", name), "name": name, "weight": 1, "present": True} for name in PEOPLE]
    hands = [
        {"answer": answer, "count": count} for answer, count in (("for", favour), ("against", against), ("abstain", 0))
    ]
    found = [
        ("vote_prepared", prepared(str(serial), item=named("i", what), kind="hands", seconds=0)),
        ("vote_opened", {"vote": vote, "roll": lines, "chair": named("u", "chair")}),
        ("vote_closed", {"vote": vote, "hands": hands}),
    ]
    return [*found, ("vote_announced", {"vote": vote})] if announced else found


class Count:
    """Figures of a log, counted by walking over its events with nothing but pencil and paper."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.came: set[str] = set()
        self.late: Counter[str] = Counter()
        self.turns: Counter[tuple[str, str, str]] = Counter()
        self.ms: Counter[tuple[str, str, str]] = Counter()
        self.dealt_ms: Counter[str] = Counter()
        self.hands: dict[str, dict[str, int]] = {}
        self.announced: set[str] = set()
        self.written: dict[str, str] = {}
        self.conclusions: dict[str, str] = {}
        self._asked: dict[str, tuple[str, str, str]] = {}
        self._begun: set[str] = set()
        self._speaks: tuple[str, dt.datetime] | None = None
        self._item: tuple[str, dt.datetime] | None = None
        self._active = ""
        for event in events:
            self._read(event, event.data)

    def _read(self, event: Event, data: dict[str, Any]) -> None:
        kind = event.kind
        if kind == "attendance_recorded":
            self._roll(data["person"], data["presence"])
        elif kind == "item_started":
            self._dealt(event.at, data["item"])
        elif kind in {"meeting_recessed", "meeting_closed"}:
            self._silence(event.at)
            self._dealt(event.at, None)
        elif kind == "meeting_resumed":
            self._item = (self._active, event.at) if self._active else None
        elif kind == "speech_asked":
            self._asked[data["speech"]] = (data["item"], data["person"], data["kind"])
        elif kind in {"speech_started", "speech_resumed"}:
            self._speech(event.at, data["speech"])
        elif kind in {"speech_paused", "speech_stopped"}:
            self._silence(event.at, data["speech"])
        elif kind == "speech_written":
            self.written[data["speech"]] = self._asked[data["speech"]][0]
        elif kind == "vote_closed":
            self.hands[data["vote"]] = {one["answer"]: one["count"] for one in data["hands"]}
        elif kind == "vote_announced":
            self.announced.add(data["vote"])
        elif kind == "item_concluded":
            self.conclusions[data["item"]] = data["text"]

    def _roll(self, person: str, presence: str) -> None:
        if presence in _NEVER:
            self.came.discard(person)
            self.late.pop(person, None)
        elif presence in _THERE:
            self.came.add(person)
            self.late[person] += presence == "late"

    def _speech(self, at: dt.datetime, speech: str) -> None:
        if speech not in self._begun:
            self._begun.add(speech)
            self.turns[self._asked[speech]] += 1
        self._speaks = (speech, at)

    def _silence(self, at: dt.datetime, speech: str | None = None) -> None:
        if self._speaks is not None and speech in {None, self._speaks[0]}:
            self.ms[self._asked[self._speaks[0]]] += (at - self._speaks[1]) // dt.timedelta(milliseconds=1)
            self._speaks = None

    def _dealt(self, at: dt.datetime, wanted: str | None) -> None:
        if self._item is not None:
            self.dealt_ms[self._item[0]] += (at - self._item[1]) // dt.timedelta(milliseconds=1)
        if wanted is not None and wanted != self._active:
            # Who speaks when the meeting goes on to something else has spoken.
            if self._active:
                self._silence(at)
            self._active = wanted
        self._item = None if wanted is None else (wanted, at)
