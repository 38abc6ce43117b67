"""HTTP of consultation slips.

Rules: a view reads the body and calls one use case. Secretaries write; who leads a slip, and who was asked, is decided
by the slip itself, so those routes are open to whoever is signed in and answer 404 or 403 to others.

Usage: ``app.register_blueprint(blueprint(SlipDesk(slips, leading, answering, showing, clock, seal=…)))``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.consultations import reading
from server.consultations.answering import Answering, Given
from server.consultations.errors import ConsultationUnknown
from server.consultations.leading import Leading
from server.consultations.service import SlipService
from server.consultations.showing import Showing
from server.consultations.tools import Asked
from server.identity.model import Role
from server.search.model import parse
from server.web import act_id, actor, allow, answer, body
from wire.asking import Kind
from wire.ballots import NONCE_BYTES
from wire.fields import Fields
from wire.statement import MAX_QUESTIONS, SignedStatement

PATH: Final = "/api/consultations"
ONE: Final = f"{PATH}/<consultation>"
_SLIP: Final = re.compile(r"f-[a-z2-7]{16}", re.ASCII)
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class SlipDesk:
    """What the views work with."""

    slips: SlipService
    leading: Leading
    answering: Answering
    showing: Showing
    clock: Clock
    #: a question to the bridge of the browser that calls (base 64); raises BridgeUnknown
    seal: Callable[[Kind, Mapping[str, Any]], str]

    def asked(self, *, reads: bool = False) -> Asked:
        """Who calls."""
        return Asked(actor(), "" if reads else act_id(), self.clock.now())


def slip_id(text: str) -> str:
    """Of the address; raises ConsultationUnknown."""
    if _SLIP.fullmatch(text) is None:
        raise ConsultationUnknown
    return text


def blueprint(desk: SlipDesk) -> Blueprint:
    """All routes of slips but their papers and documents."""
    routes = Blueprint("consultations", __name__)
    _reading(routes, desk)
    _drafting(routes, desk)
    _sending(routes, desk)
    _leading(routes, desk)
    _answering(routes, desk)
    return routes


def _reading(routes: Blueprint, desk: SlipDesk) -> None:
    @routes.get(PATH)
    @allow(signed_in=True)
    def list_consultations() -> ResponseReturnValue:
        if "q" in request.args:
            return answer(desk.showing.found(parse(request.args["q"]), asked=desk.asked(reads=True)))
        return answer(desk.showing.lists(asked=desk.asked(reads=True)))

    @routes.get(ONE)
    @allow(signed_in=True)
    def read_consultation(consultation: str) -> ResponseReturnValue:
        asked = desk.asked(reads=True)
        desk.answering.opened(slip_id(consultation), asked=asked)
        return answer(desk.showing.one(slip_id(consultation), asked=asked))

    @routes.get(f"{ONE}/bundle")
    @allow(signed_in=True)
    def consultation_bundle(consultation: str) -> ResponseReturnValue:
        return answer(desk.showing.bundle(slip_id(consultation), asked=desk.asked(reads=True)))


def _drafting(routes: Blueprint, desk: SlipDesk) -> None:
    @routes.post(PATH)
    @allow(Role.SECRETARY)
    def create_consultation() -> ResponseReturnValue:
        return answer(desk.slips.create(reading.wording(body()), asked=desk.asked()), 201)

    @routes.put(ONE)
    @allow(Role.SECRETARY)
    def edit_consultation(consultation: str) -> ResponseReturnValue:
        fields = body()
        revision, wording = fields.number("revision", low=1), reading.wording(fields.object("wording"))
        fields.end()
        return answer(desk.slips.edit(slip_id(consultation), wording, revision=revision, asked=desk.asked()))

    @routes.delete(ONE)
    @allow(Role.SECRETARY)
    def drop_consultation(consultation: str) -> ResponseReturnValue:
        return answer(desk.slips.drop(slip_id(consultation), asked=desk.asked()))


def _sending(routes: Blueprint, desk: SlipDesk) -> None:
    @routes.post(f"{ONE}/submit")
    @allow(Role.SECRETARY)
    def submit_consultation(consultation: str) -> ResponseReturnValue:
        return answer(desk.slips.submit(slip_id(consultation), revision=_revision(body()), asked=desk.asked()))

    @routes.post(f"{ONE}/take-back")
    @allow(Role.SECRETARY)
    def take_consultation_back(consultation: str) -> ResponseReturnValue:
        body().end()
        return answer(desk.slips.take_back(slip_id(consultation), asked=desk.asked()))

    @routes.post(f"{ONE}/return")
    @allow(signed_in=True)
    def return_consultation(consultation: str) -> ResponseReturnValue:
        return answer(desk.slips.send_back(slip_id(consultation), _reason(body()), asked=desk.asked()))

    @routes.post(f"{ONE}/send")
    @allow(signed_in=True)
    def send_consultation(consultation: str) -> ResponseReturnValue:
        return answer(desk.slips.send(slip_id(consultation), revision=_revision(body()), asked=desk.asked()))


def _leading(routes: Blueprint, desk: SlipDesk) -> None:
    @routes.post(f"{ONE}/extend")
    @allow(signed_in=True)
    def extend_consultation(consultation: str) -> ResponseReturnValue:
        fields = body()
        until = reading.deadline(fields)
        return answer(desk.leading.extend(slip_id(consultation), until, _reason(fields), asked=desk.asked()))

    @routes.post(f"{ONE}/remind")
    @allow(signed_in=True)
    def remind_recipients(consultation: str) -> ResponseReturnValue:
        fields = body()
        people = fields.ids("people", "u", limit=reading.MAX_RECIPIENTS) if fields.has("people") else ()
        fields.end()
        return answer(desk.leading.remind(slip_id(consultation), people, asked=desk.asked()))

    @routes.post(f"{ONE}/remove")
    @allow(signed_in=True)
    def remove_recipient(consultation: str) -> ResponseReturnValue:
        fields = body()
        person = fields.id("person", "u")
        return answer(desk.leading.remove(slip_id(consultation), person, _reason(fields), asked=desk.asked()))

    @routes.post(f"{ONE}/close")
    @allow(signed_in=True)
    def close_consultation(consultation: str) -> ResponseReturnValue:
        return answer(desk.leading.close(slip_id(consultation), _reason(body()), asked=desk.asked()))

    @routes.post(f"{ONE}/withdraw")
    @allow(signed_in=True)
    def withdraw_consultation(consultation: str) -> ResponseReturnValue:
        return answer(desk.leading.withdraw(slip_id(consultation), _reason(body()), asked=desk.asked()))


def _answering(routes: Blueprint, desk: SlipDesk) -> None:
    @routes.put(f"{ONE}/draft")
    @allow(signed_in=True)
    def keep_draft(consultation: str) -> ResponseReturnValue:
        fields = body()
        revision, entries = fields.number("revision", high=_MOST), _entries(fields)
        fields.end()
        kept = desk.answering.keep_draft(slip_id(consultation), entries, revision=revision, asked=desk.asked())
        return answer(kept)

    @routes.post(f"{ONE}/answer")
    @allow(signed_in=True)
    def hand_in(consultation: str) -> ResponseReturnValue:
        fields = body()
        entries, nonce = _entries(fields), fields.hex("nonce", size=NONCE_BYTES)
        seen = fields.number("seen", high=_MOST)
        draft = fields.number("draft", high=_MOST) if fields.has("draft") else None
        # What was signed is read to the last field; without it nothing else may be there.
        signed = SignedStatement.read(fields) if fields.has("statement") else None
        fields.end()
        given = Given(entries, nonce, seen, signed, draft)
        return answer(desk.answering.hand_in(slip_id(consultation), given, asked=desk.asked()), 201)

    @routes.post(f"{ONE}/answer/ask")
    @allow(signed_in=True, act=False)
    def ask_for_answer(consultation: str) -> ResponseReturnValue:
        fields = body()
        entries = _entries(fields)
        fields.end()
        found = desk.answering.expected(slip_id(consultation), entries, asked=desk.asked(reads=True))
        return answer({"message": desk.seal(Kind.STATEMENT, {"statement": found.to_value()})})


def _entries(fields: Fields) -> list[dict[str, Any]]:
    """One object for each question; read against the slip by its service."""
    found = fields.items("answers", limit=MAX_QUESTIONS)
    for each in found:
        Fields(each, "body.answers")
    return found


def _revision(fields: Fields) -> int:
    found = fields.number("revision", low=1)
    fields.end()
    return found


def _reason(fields: Fields) -> str:
    found = " ".join(fields.text("reason", limit=reading.MAX_REASON).split())
    fields.end()
    return found
