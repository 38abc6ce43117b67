"""HTTP of speaking.

Rules: a view reads the body and calls one use case; what the queue looks like comes with the meeting's sections.

Usage: ``app.register_blueprint(blueprint(speaking, clock))``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings.commands import By
from server.speaking import reading
from server.speaking.errors import NoSuchSpeech
from server.speaking.service import Ask, SpeakingService
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.errors import BadId
from wire.ids import MeetingId
from wire.speak_fold import read_rules
from wire.speak_view import rules as rules_value
from wire.speaking import MAX_SPEECHES, SpeechChange
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_EVERYONE: Final = tuple(MemberRole)
Asks: TypeAlias = Callable[[str, Any], Ask]


def blueprint(speaking: SpeakingService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings/<m>/speaking``."""
    routes = Blueprint("speaking", __name__, url_prefix="/api/meetings/<meeting>/speaking")

    def ask(kind: str, content: Any) -> Ask:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        return Ask(by, who.label, ActKey(act_id(), who.label, kind, content), clock.now())

    _own(routes, speaking, ask)
    _queue(routes, speaking, ask)
    _turns(routes, speaking, ask)
    return routes


def _own(routes: Blueprint, speaking: SpeakingService, ask: Asks) -> None:
    @routes.post("")
    @allow(Role.SECRETARY, member=_EVERYONE)
    def register(meeting: str) -> ResponseReturnValue:
        asking = reading.asking(body(), actor().person_id)
        content = {"meeting": meeting, "item": asking.item, "person": asking.person, "kind": asking.kind.value}
        return answer(speaking.ask(MeetingId(meeting), asking, ask=ask("speech_ask", content)), 201)

    @routes.post("/<speech>/cancel")
    @allow(Role.SECRETARY, member=_EVERYONE)
    def cancel(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.CANCEL, meeting=meeting, speech=speech)

    @routes.post("/<speech>/text")
    @allow(member=_EVERYONE)
    def write(meeting: str, speech: str) -> ResponseReturnValue:
        fields = body()
        text = reading.text(fields)
        fields.end()
        asked = ask("speech_write", {"meeting": meeting, "speech": speech, "text": text})
        return answer(speaking.write(MeetingId(meeting), _speech(speech), text, ask=asked), 201)

    @routes.get("/<speech>/text")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_EVERYONE)
    def written(meeting: str, speech: str) -> ResponseReturnValue:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        found = speaking.written(MeetingId(meeting), _speech(speech), by, reads_record=who.has(Role.AUDITOR))
        return answer(found)


def _queue(routes: Blueprint, speaking: SpeakingService, ask: Asks) -> None:
    @routes.put("/rules")
    @allow(Role.SECRETARY, member=_LEADERS)
    def set_rules(meeting: str) -> ResponseReturnValue:
        fields = body()
        chosen = read_rules(fields)
        fields.end()
        asked = ask("speaking_rules", {"meeting": meeting, "rules": rules_value(chosen)})
        return answer(speaking.set_rules(MeetingId(meeting), chosen, ask=asked))

    @routes.put("/queue")
    @allow(Role.SECRETARY, member=_LEADERS)
    def arrange(meeting: str) -> ResponseReturnValue:
        fields = body()
        item, speeches = fields.id("item", "i"), fields.ids("speeches", "q", limit=MAX_SPEECHES)
        fields.end()
        asked = ask("speaking_order", {"meeting": meeting, "item": item, "speeches": list(speeches)})
        return answer(speaking.arrange(MeetingId(meeting), item, speeches, ask=asked))


def _turns(routes: Blueprint, speaking: SpeakingService, ask: Asks) -> None:
    @routes.post("/<speech>/call")
    @allow(Role.SECRETARY, member=_LEADERS)
    def call(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.CALL, meeting=meeting, speech=speech)

    @routes.post("/<speech>/put_back")
    @allow(Role.SECRETARY, member=_LEADERS)
    def put_back(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.PUT_BACK, meeting=meeting, speech=speech)

    @routes.post("/<speech>/start")
    @allow(Role.SECRETARY, member=_LEADERS)
    def start(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.START, meeting=meeting, speech=speech)

    @routes.post("/<speech>/pause")
    @allow(Role.SECRETARY, member=_LEADERS)
    def pause(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.PAUSE, meeting=meeting, speech=speech)

    @routes.post("/<speech>/resume")
    @allow(Role.SECRETARY, member=_LEADERS)
    def resume(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.RESUME, meeting=meeting, speech=speech)

    @routes.post("/<speech>/refuse")
    @allow(Role.SECRETARY, member=_LEADERS)
    def refuse(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.REFUSE, meeting=meeting, speech=speech)

    @routes.post("/<speech>/stop")
    @allow(Role.SECRETARY, member=_EVERYONE)
    def stop(meeting: str, speech: str) -> ResponseReturnValue:
        return _step(speaking, ask, SpeechChange.STOP, meeting=meeting, speech=speech)

    @routes.post("/<speech>/extend")
    @allow(Role.SECRETARY, member=_LEADERS)
    def extend(meeting: str, speech: str) -> ResponseReturnValue:
        fields = body()
        seconds = reading.seconds(fields)
        fields.end()
        asked = ask("speech_extend", {"meeting": meeting, "speech": speech, "seconds": seconds})
        return answer(speaking.extend(MeetingId(meeting), _speech(speech), seconds, ask=asked))


def _step(
    speaking: SpeakingService, ask: Asks, change: SpeechChange, *, meeting: str, speech: str
) -> ResponseReturnValue:
    wanted = reading.move(body(), change, speech=_speech(speech))
    content = {"meeting": meeting, "speech": speech, "reason": wanted.reason, "ends": wanted.ends}
    return answer(speaking.move(MeetingId(meeting), wanted, ask=ask(change.value, content)))


def _speech(text: str) -> str:
    try:
        return ids.parse("q", text)
    except BadId:
        raise NoSuchSpeech(speech=text[:40]) from None
