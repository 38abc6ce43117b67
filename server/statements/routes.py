"""HTTP of signed acts: what is to be declared, the signed act, and the evidence that is kept.

Rules: ``expected`` gives the value and its words, ``ask`` the same sealed for the bridge of the caller's PC (G56); what
a card signs is made from that value by the program that holds the card, never here. ``POST`` takes statement,
certificate and signature and does the act.

Usage: ``app.register_blueprint(blueprint(StatementDesk(statements, deeds, clock, seal=…, demanded=…)))``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings.commands import By
from server.statements.deeds import Deeds
from server.statements.errors import StatementKindUnknown, StatementUnknown
from server.statements.ports import KeptStatement
from server.statements.service import Doing, StatementService
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body
from wire.asking import Kind
from wire.declare import Maker
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.state import MemberRole
from wire.statement import MAX_PAPERS, SignedStatement, Statement, digest
from wire.wording import LANGUAGES, words

_PATH: Final = "/api/meetings/<meeting>/statements"
_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)


@dataclass(frozen=True, slots=True)
class StatementDesk:
    """What the views work with."""

    statements: StatementService
    deeds: Deeds
    clock: Clock
    #: a question to the bridge of the browser that calls (base 64); raises BridgeUnknown
    seal: Callable[[Kind, Mapping[str, Any]], str]
    #: the kinds that the house wants signed
    demanded: frozenset[str]

    def expected(self, meeting: MeetingId, kind: str, chosen: dict[str, Any]) -> Statement:
        """What the caller would declare now."""
        by = By(actor().person_id)
        deed = self.deeds.of(kind, meeting, chosen, by=by)
        return self.statements.expected(meeting, deed, Maker(by.person, None, self.clock.now()))

    def perform(self, meeting: MeetingId, kind: str, signed: SignedStatement) -> dict[str, Any]:
        """What the caller has signed."""
        said, caller = Statement.read(signed.statement), actor()
        if said.kind != kind:
            raise StatementKindUnknown(kind=said.kind)
        by, now = By(caller.person_id), self.clock.now()
        deed = self.deeds.of(kind, meeting, said.body, by=by)
        content = {"meeting": meeting, "statement": digest(signed.statement)}
        key = ActKey(act_id(), caller.label, f"signed:{kind}", content)
        return self.statements.perform(meeting, deed, signed, doing=Doing(Maker(by.person, None, now), key, now))


def blueprint(desk: StatementDesk) -> Blueprint:
    """All routes of signed acts."""
    routes = Blueprint("statements", __name__)
    _acting(routes, desk)
    _reading(routes, desk)
    return routes


def _acting(routes: Blueprint, desk: StatementDesk) -> None:
    @routes.get(f"{_PATH}/expected/<kind>")
    @allow(member=ANY_MEMBER)
    def get_expected_statement(meeting: str, kind: str) -> ResponseReturnValue:
        chosen = {
            "presence": request.args.get("presence", "present"),
            "papers": [{"paper": paper} for paper in request.args.getlist("paper")],
        }
        found = desk.expected(MeetingId(meeting), kind, chosen)
        shown = {language: words(found, language)._asdict() for language in LANGUAGES}
        return answer({"statement": found.to_value(), "sha256": found.sha256, "words": shown})

    @routes.post(f"{_PATH}/<kind>/ask")
    @allow(member=ANY_MEMBER, act=False)
    def ask_for_statement(meeting: str, kind: str) -> ResponseReturnValue:
        fields = body()
        papers = fields.ids("papers", "p", limit=MAX_PAPERS) if fields.has("papers") else ()
        presence = fields.text("presence", limit=20) if fields.has("presence") else "present"
        fields.end()
        chosen = {"presence": presence, "papers": [{"paper": paper} for paper in papers]}
        found = desk.expected(MeetingId(meeting), kind, chosen)
        return answer({"message": desk.seal(Kind.STATEMENT, {"statement": found.to_value()})})

    @routes.post(f"{_PATH}/<kind>")
    @allow(member=ANY_MEMBER)
    def perform_signed_act(meeting: str, kind: str) -> ResponseReturnValue:
        signed = SignedStatement.read(body())
        return answer(desk.perform(MeetingId(meeting), kind, signed))


def _reading(routes: Blueprint, desk: StatementDesk) -> None:
    @routes.get(_PATH)
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def list_statements(meeting: str) -> ResponseReturnValue:
        found = desk.statements.of_meeting(MeetingId(meeting))
        return answer({"statements": [_listed(one) for one in found], "demanded": sorted(desk.demanded)})

    @routes.get(f"{_PATH}/<sha256>")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def get_statement(meeting: str, sha256: str) -> ResponseReturnValue:
        if len(sha256) != 64:
            raise StatementUnknown
        found = desk.statements.one(MeetingId(meeting), sha256)
        held = {name: base64.b64encode(data).decode("ascii") for name, data in _held(found)}
        return answer({**_listed(found), **held})


def _held(found: KeptStatement) -> tuple[tuple[str, bytes], ...]:
    return ("bytes", found.statement), ("cms", found.cms)


def _listed(found: KeptStatement) -> dict[str, Any]:
    said = Statement.read(found.statement)
    return {
        "sha256": found.sha256,
        "kind": found.kind,
        "person": found.person,
        "name": said.name,
        "certificate": found.certificate,
        "seq": found.seq,
        "made_at": print_instant(said.made_at),
        "received_at": print_instant(found.received_at),
        "statement": said.to_value(),
        "words": {language: words(said, language)._asdict() for language in LANGUAGES},
    }
