"""Speaking as values: a turn and its life cycle, the house's rules, and how much time is left (S1, S2).

Rules W92, W94: what is not in the table is an error; docs/diagrams/speech.mmd is generated from it. One turn is called
or goes on at a time; one that was interrupted (``paused``) waits beside it. All times are those of the log's events, in
whole milliseconds, so every screen that holds the log counts the same.

Usage::

    step(SpeechState.WAITING, SpeechChange.CALL) is SpeechState.CALLED
    left_ms(speech, now)          # 0 or less: hết giờ; None: no limit
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Final

from wire.transitions import stepper


class SpeechKind(enum.StrEnum):
    """phát biểu · kiến nghị về thủ tục · chất vấn · giải trình."""

    SPEECH = "speech"
    ORDER = "order"
    QUESTION = "question"
    ANSWER = "answer"


class SpeechState(enum.StrEnum):
    """đang chờ ⇄ được mời → đang nói ⇄ tạm dừng → đã nói; bị từ chối; đã rút; đã gửi bằng văn bản."""

    WAITING = "waiting"
    CALLED = "called"
    SPEAKING = "speaking"
    PAUSED = "paused"
    ENDED = "ended"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    WRITTEN = "written"


class SpeechChange(enum.StrEnum):
    """What moves a turn on; each is also the kind of the event that records it."""

    CALL = "speech_called"
    PUT_BACK = "speech_put_back"
    START = "speech_started"
    PAUSE = "speech_paused"
    RESUME = "speech_resumed"
    STOP = "speech_stopped"
    REFUSE = "speech_refused"
    CANCEL = "speech_cancelled"
    WRITE = "speech_written"


TABLE: Final[dict[tuple[SpeechState, SpeechChange], SpeechState]] = {
    (SpeechState.WAITING, SpeechChange.CALL): SpeechState.CALLED,
    (SpeechState.WAITING, SpeechChange.START): SpeechState.SPEAKING,
    (SpeechState.WAITING, SpeechChange.REFUSE): SpeechState.REFUSED,
    (SpeechState.WAITING, SpeechChange.CANCEL): SpeechState.CANCELLED,
    (SpeechState.WAITING, SpeechChange.WRITE): SpeechState.WRITTEN,
    (SpeechState.CALLED, SpeechChange.START): SpeechState.SPEAKING,
    (SpeechState.CALLED, SpeechChange.PUT_BACK): SpeechState.WAITING,
    (SpeechState.CALLED, SpeechChange.REFUSE): SpeechState.REFUSED,
    (SpeechState.CALLED, SpeechChange.CANCEL): SpeechState.CANCELLED,
    (SpeechState.SPEAKING, SpeechChange.PAUSE): SpeechState.PAUSED,
    (SpeechState.SPEAKING, SpeechChange.STOP): SpeechState.ENDED,
    (SpeechState.PAUSED, SpeechChange.RESUME): SpeechState.SPEAKING,
    (SpeechState.PAUSED, SpeechChange.STOP): SpeechState.ENDED,
    (SpeechState.REFUSED, SpeechChange.WRITE): SpeechState.WRITTEN,
    (SpeechState.WRITTEN, SpeechChange.WRITE): SpeechState.WRITTEN,
}

#: In one meeting.
MAX_SPEECHES: Final = 5_000
#: Called or going on: one at a time in a meeting.
IN_TURN: Final = frozenset({SpeechState.CALLED, SpeechState.SPEAKING})
#: Begun and not over.
BEGUN: Final = frozenset({SpeechState.SPEAKING, SpeechState.PAUSED})
#: Not over: the person need not, and cannot, ask for the same once more.
STANDING: Final = frozenset({SpeechState.WAITING, SpeechState.CALLED, SpeechState.SPEAKING, SpeechState.PAUSED})
#: What counts as somebody's turns and time; points of order and answers are at nobody's cost (docs/adr/0021).
COUNTED: Final = frozenset({SpeechKind.SPEECH, SpeechKind.QUESTION})


#: The next state; raises :class:`wire.errors.PhaseError`.
step: Final = stepper(TABLE)


class Order(enum.StrEnum):
    """ai đăng ký trước · ai nói ít lượt hơn · chủ tọa sắp xếp (S3)."""

    FIRST = "first"
    FEWEST = "fewest"
    CHAIR = "chair"


class Span(enum.StrEnum):
    """What turns and budgets are counted over."""

    ITEM = "item"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long a turn of each kind may take; 0: no limit."""

    speech: int = 300
    order: int = 60
    question: int = 120
    answer: int = 300

    def of(self, kind: SpeechKind) -> int:
        """For a turn of this kind."""
        return {
            SpeechKind.SPEECH: self.speech,
            SpeechKind.ORDER: self.order,
            SpeechKind.QUESTION: self.question,
            SpeechKind.ANSWER: self.answer,
        }[kind]


@dataclass(frozen=True, slots=True)
class SpeakingRules:
    """What the house has chosen. Budgets in seconds, 0: none; ``cuts``: the clock ends a turn whose time is over."""

    order: Order = Order.FIRST
    seconds: Seconds = field(default_factory=Seconds)
    warn_s: int = 30
    person_s: int = 0
    group_s: int = 0
    span: Span = Span.MEETING
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A speech handed in in writing (S4): its text stands in the log, only its SHA-256 (hexadecimal) in the state."""

    sha256: str
    characters: int
    at: dt.datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Speech:
    """One registration and what became of it. Name, position and unit are as they were when it was made.

    ``limit_ms``: what the turn may take in all, None without a limit; ``spent_ms``: what its ended stretches took;
    ``since``: when the stretch that goes on began.
    """

    speech: str
    item: str
    person: str
    kind: SpeechKind
    name: str
    position: str
    unit: str
    asked_at: dt.datetime
    by: str = ""
    state: SpeechState = SpeechState.WAITING
    #: where the chair has put it; None: behind those, as it came
    place: int | None = None
    reason: str = ""
    limit_ms: int | None = None
    spent_ms: int = 0
    since: dt.datetime | None = None
    called_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    by_clock: bool = False
    written: Paper | None = None
    #: asked for before the meeting opened (W145)
    in_advance: bool = False

    @property
    def ends_at(self) -> dt.datetime | None:
        """When its time is over; None while it does not go on, or has no limit."""
        if self.since is None or self.limit_ms is None:
            return None
        return self.since + dt.timedelta(milliseconds=self.limit_ms - self.spent_ms)

    def is_over(self, now: dt.datetime) -> bool:
        """Whether it goes on and its time is over."""
        ends_at = self.ends_at
        return ends_at is not None and now >= ends_at


@dataclass(frozen=True, slots=True)
class Speaking:
    """All that the log says about speaking, in the order of asking."""

    rules: SpeakingRules = field(default_factory=SpeakingRules)
    speeches: tuple[Speech, ...] = ()

    def speech(self, speech: str) -> Speech | None:
        """A turn by id."""
        return next((each for each in self.speeches if each.speech == speech), None)

    @property
    def in_turn(self) -> Speech | None:
        """Who was called, or speaks."""
        return next((each for each in self.speeches if each.state in IN_TURN), None)


def stretch_ms(since: dt.datetime, until: dt.datetime) -> int:
    """Whole milliseconds between two moments of a log; a clock that went back took no time."""
    return max(0, (until - since) // dt.timedelta(milliseconds=1))


def spent_ms(speech: Speech, now: dt.datetime) -> int:
    """How long it has taken so far, pauses not counted."""
    running = 0 if speech.since is None else stretch_ms(speech.since, now)
    return speech.spent_ms + running


def left_ms(speech: Speech, now: dt.datetime) -> int | None:
    """What is left of its time; negative once it is over, None without a limit."""
    return None if speech.limit_ms is None else speech.limit_ms - spent_ms(speech, now)
