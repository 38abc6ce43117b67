"""HTTP of votes.

Rules: a view reads the body and calls one use case; what a vote looks like comes with the meeting's sections.

Usage: ``app.register_blueprint(blueprint(voting, clock, seal=asker(consoles)))``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings.commands import By
from server.voting import reading
from server.voting.errors import NoSuchVote
from server.voting.model import to_value
from server.voting.service import Ask, VotingService
from server.web import act_id, actor, allow, answer, body
from wire import ids
from wire.asking import Kind
from wire.declare import Maker
from wire.election_marks import SAID_LIMIT
from wire.errors import BadId
from wire.ids import MeetingId
from wire.secret_fold import MAX_RUNS
from wire.state import MemberRole
from wire.votes import VoteChange

#: A question to the bridge of the browser that calls (base 64); raises BridgeUnknown.
Seal = Callable[[Kind, Mapping[str, Any]], str]
#: By vote.
Progress = Callable[[str], dict[str, Any]]
_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_VOTERS: Final = (MemberRole.CHAIR, MemberRole.MEMBER)


def blueprint(voting: VotingService, clock: Clock, *, seal: Seal, progress: Progress) -> Blueprint:
    """All routes under ``/api/meetings/<m>/votes``.

    ``seal`` asks the bridge of the caller's PC (G56); ``progress`` tells how far the collection of a secret vote is.
    """
    routes = Blueprint("voting", __name__, url_prefix="/api/meetings/<meeting>/votes")

    def ask(kind: str, content: Any) -> Ask:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        return Ask(by, who.label, ActKey(act_id(), who.label, kind, content), clock.now())

    _preparing(routes, voting, ask)
    _leading(routes, voting, ask)

    @routes.post("/<vote>/ballot")
    @allow(member=_VOTERS)
    def cast(meeting: str, vote: str) -> ResponseReturnValue:
        ballot = reading.ballot(body(), _vote(vote), actor().person_id)
        content = {"meeting": meeting, "vote": vote, "answer": ballot.answer, "nonce": ballot.nonce}
        content |= {"for": ballot.person} if ballot.person != actor().person_id else {}
        asked = ask("cast", content)
        return answer(voting.cast(MeetingId(meeting), ballot, key=asked.key, now=asked.now), 201)

    @routes.post("/<vote>/ballot/ask")
    @allow(member=_VOTERS, act=False)
    def ask_for_ballot(meeting: str, vote: str) -> ResponseReturnValue:
        fields = body()
        chosen = fields.text("answer", limit=SAID_LIMIT)
        fields.end()
        found = voting.declared(
            MeetingId(meeting), _vote(vote), Maker(actor().person_id, None, clock.now()), answer=chosen
        )
        return answer({"message": seal(Kind.STATEMENT, {"statement": found.to_value()})})

    @routes.get("/ready")
    @allow(Role.SECRETARY, member=_LEADERS)
    def ready(meeting: str) -> ResponseReturnValue:
        who = actor()
        by = By(who.person_id, is_secretary=who.has(Role.SECRETARY))
        vote, asked = reading.asked(request.args)
        return answer(voting.ready(MeetingId(meeting), asked, by, vote=vote).to_value())

    @routes.get("/<vote>/collection")
    @allow(Role.SECRETARY, member=_LEADERS)
    def collection(meeting: str, vote: str) -> ResponseReturnValue:
        voting.must_know(MeetingId(meeting), _vote(vote))
        return answer(progress(_vote(vote)))

    @routes.get("/<vote>/bundle")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def bundle(meeting: str, vote: str) -> ResponseReturnValue:
        return answer(voting.bundle(MeetingId(meeting), _vote(vote)))

    return routes


def _preparing(routes: Blueprint, voting: VotingService, ask: Callable[[str, Any], Ask]) -> None:
    @routes.post("")
    @allow(Role.SECRETARY, member=_LEADERS)
    def prepare(meeting: str) -> ResponseReturnValue:
        new = reading.new_vote(body())
        asked = ask("prepare_vote", {"meeting": meeting, "new": to_value("", new)})
        return answer(voting.prepare(MeetingId(meeting), new, vote=None, ask=asked), 201)

    @routes.put("/<vote>")
    @allow(Role.SECRETARY, member=_LEADERS)
    def change(meeting: str, vote: str) -> ResponseReturnValue:
        new = reading.new_vote(body())
        asked = ask("prepare_vote", {"meeting": meeting, "vote": vote, "new": to_value(vote, new)})
        return answer(voting.prepare(MeetingId(meeting), new, vote=_vote(vote), ask=asked))


def _leading(routes: Blueprint, voting: VotingService, ask: Callable[[str, Any], Ask]) -> None:
    def step(meeting: str, vote: str, change: VoteChange, *, reason: str = "") -> ResponseReturnValue:
        asked = ask(change.value, {"meeting": meeting, "vote": vote, "reason": reason})
        return answer(voting.step(MeetingId(meeting), _vote(vote), change, ask=asked, reason=reason))

    @routes.post("/<vote>/open")
    @allow(Role.SECRETARY, member=_LEADERS)
    def open_vote(meeting: str, vote: str) -> ResponseReturnValue:
        body().end()
        return step(meeting, vote, VoteChange.OPEN)

    @routes.post("/<vote>/pause")
    @allow(Role.SECRETARY, member=_LEADERS)
    def pause(meeting: str, vote: str) -> ResponseReturnValue:
        body().end()
        return step(meeting, vote, VoteChange.PAUSE)

    @routes.post("/<vote>/resume")
    @allow(Role.SECRETARY, member=_LEADERS)
    def resume(meeting: str, vote: str) -> ResponseReturnValue:
        body().end()
        return step(meeting, vote, VoteChange.RESUME)

    @routes.post("/<vote>/announce")
    @allow(Role.SECRETARY, member=_LEADERS)
    def announce(meeting: str, vote: str) -> ResponseReturnValue:
        body().end()
        return step(meeting, vote, VoteChange.ANNOUNCE)

    @routes.post("/<vote>/withdraw")
    @allow(Role.SECRETARY, member=_LEADERS)
    def withdraw(meeting: str, vote: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=2000)
        fields.end()
        return step(meeting, vote, VoteChange.WITHDRAW, reason=reason)

    @routes.post("/<vote>/close")
    @allow(Role.SECRETARY, member=_LEADERS)
    def close(meeting: str, vote: str) -> ResponseReturnValue:
        fields = body()
        hands = reading.hands(fields) if fields.has("hands") else ()
        fields.end()
        asked = ask(VoteChange.CLOSE.value, {"meeting": meeting, "vote": vote, "hands": [list(h) for h in hands]})
        return answer(voting.close(MeetingId(meeting), _vote(vote), ask=asked, hands=hands))

    @routes.post("/<vote>/go_on")
    @allow(Role.SECRETARY, member=_LEADERS)
    def go_on(meeting: str, vote: str) -> ResponseReturnValue:
        fields = body()
        run = fields.number("run", low=1, high=MAX_RUNS)
        fields.end()
        asked = ask("go_on_vote", {"meeting": meeting, "vote": vote, "run": run})
        return answer(voting.go_on(MeetingId(meeting), _vote(vote), run=run, ask=asked))


def _vote(text: str) -> str:
    try:
        return ids.parse("v", text)
    except BadId:
        raise NoSuchVote(vote=text[:40]) from None
