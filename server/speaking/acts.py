"""Acts of the seats about speaking: a member's own request, and what whoever leads does from where they sit.

Rules W92: what a person asks for at a seat is theirs; on somebody's behalf only whoever leads asks.

Usage: ``services.seat_acts |= seat_acts(speaking)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from server.meetings.commands import By
from server.meetings.gathered import read_each
from server.meetings.ports import ActTogether, SeatAct, Seated
from server.speaking import reading
from server.speaking.service import Ask, SpeakingService
from wire.fields import Fields
from wire.ids import MeetingId
from wire.speaking import SpeechChange

#: kind of act → step of a turn; the kinds of ``edge/acts.py``
STEPS: Final = {
    "speech_call": SpeechChange.CALL,
    "speech_put_back": SpeechChange.PUT_BACK,
    "speech_start": SpeechChange.START,
    "speech_pause": SpeechChange.PAUSE,
    "speech_resume": SpeechChange.RESUME,
    "speech_stop": SpeechChange.STOP,
    "speech_refuse": SpeechChange.REFUSE,
    "speech_cancel": SpeechChange.CANCEL,
}


def seat_acts(speaking: SpeakingService) -> dict[str, SeatAct]:
    """By kind of act."""

    def asked(data: Fields, seated: Seated) -> dict[str, Any]:
        return speaking.ask(seated.meeting, reading.asking(data, seated.person), ask=_ask(seated))

    def extended(data: Fields, seated: Seated) -> dict[str, Any]:
        speech, seconds = data.id("speech", "q"), reading.seconds(data)
        data.end()
        return speaking.extend(seated.meeting, speech, seconds, ask=_ask(seated))

    def written(data: Fields, seated: Seated) -> dict[str, Any]:
        speech, text = data.id("speech", "q"), reading.text(data)
        data.end()
        return speaking.write(seated.meeting, speech, text, ask=_ask(seated))

    acts: dict[str, SeatAct] = {"speech_ask": asked, "speech_extend": extended, "speech_write": written}
    return acts | {kind: _step(speaking, change) for kind, change in STEPS.items()}


def together(speaking: SpeakingService) -> dict[str, ActTogether]:
    """By kind of act what is performed for many with one commit."""

    def ask(meeting: MeetingId, acts: Sequence[tuple[Fields, Seated]]) -> Sequence[dict[str, Any] | None]:
        read = read_each(acts, lambda data, seated: (reading.asking(data, seated.person), _ask(seated)))
        done = iter(speaking.ask_all(meeting, [one for one in read if one is not None]))
        return [None if one is None else next(done) for one in read]

    return {"speech_ask": ask}


def _step(speaking: SpeakingService, change: SpeechChange) -> SeatAct:
    def stepped(data: Fields, seated: Seated) -> dict[str, Any]:
        return speaking.move(seated.meeting, reading.move(data, change), ask=_ask(seated))

    return stepped


def _ask(seated: Seated) -> Ask:
    return Ask(By(seated.person), f"person:{seated.person}", seated.key, seated.now)
