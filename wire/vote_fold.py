"""Vote events → state (W66, W67): the part of the fold that knows votes.

Rules: as ``wire/fold.py``. Every reader of the log refuses a closing whose ballots are not exactly those that were
committed to, so nothing can be added, changed or left out between the acknowledgement and the publication.

Usage: ``HANDLERS[event.kind](state, event, data)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from wire import secret_fold
from wire.ballots import NONCE_BYTES, commitment
from wire.election_marks import MAX_CANDIDATES, NOBODY, SAID_LIMIT, Election
from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.state import Display, DisplayMode, MeetingState
from wire.votes import (
    RUNNING,
    Answer,
    Ballot,
    Base,
    Elector,
    Meaning,
    Proxy,
    Rule,
    Share,
    Taken,
    Tie,
    Turnout,
    Vote,
    VoteChange,
    VoteKind,
    VoteState,
    step,
)

PREPARED: Final = "vote_prepared"
TAKEN: Final = "ballots_taken"
#: In the data of a closing: nobody closed it, its time was over.
CLOCK: Final = "clock"
MAX_VOTES: Final = 500
MAX_ANSWERS: Final = 10
MAX_ELECTORS: Final = 1_000
MAX_WEIGHT: Final = 1_000
#: So many people may entrust their ballots to one.
MAX_HELD: Final = 2
MAX_SECONDS: Final = 24 * 3600
MAX_QUESTION: Final = 2000
MAX_SHARE: Final = 1_000
_NOT_TAKEN: Final = frozenset({VoteKind.HANDS, VoteKind.SECRET})


def read_prepared(data: Fields) -> Vote:
    """What a prepared vote says of itself; raises :class:`BadField`."""
    election = _election(data.object("election")) if data.has("election") else None
    most = MAX_ANSWERS if election is None else MAX_CANDIDATES
    answers = tuple(_answer(entry) for entry in data.objects("answers", limit=most))
    if len(answers) < (2 if election is None else 1) or len({each.answer for each in answers}) != len(answers):
        raise BadField("vote_prepared.answers", "are fewer than two, or one stands twice")
    weights = tuple(_weight(entry) for entry in data.objects("weights", limit=MAX_ELECTORS))
    if len({person for person, _ in weights}) != len(weights):
        raise BadField("vote_prepared.weights", "names a person twice")
    kind, rule = VoteKind(data.choice("kind", frozenset(VoteKind))), read_rule(data.object("rule"))
    if election is not None:
        _must_elect(election, answers, kind=kind, rule=rule)
    if kind is VoteKind.SECRET and (weights or rule.tie is Tie.CHAIR):
        raise BadField("vote_prepared.kind", "is secret, with weights or a casting vote that would name a ballot")
    return Vote(
        vote=data.id("vote", "v"),
        item=data.id("item", "i"),
        kind=kind,
        question=data.text("question", limit=MAX_QUESTION),
        template=data.text("template", limit=40),
        answers=answers,
        rule=rule,
        seconds=data.number("seconds", high=MAX_SECONDS),
        weights=weights,
        proxies=_proxies(data, kind) if data.has("proxies") else (),
        repeats=data.id("repeats", "v") if data.has("repeats") else None,
        reason=data.text("reason", limit=2000) if data.has("reason") else "",
        election=election,
    )


def _proxies(data: Fields, kind: VoteKind) -> tuple[Proxy, ...]:
    """Nobody entrusts twice, to themselves, or hands on what was entrusted to them (W107)."""
    proxies = tuple(_proxy(entry) for entry in data.objects("proxies", limit=MAX_ELECTORS))
    away, holders = [each.person for each in proxies], [each.holder for each in proxies]
    if len(set(away)) != len(away) or set(away) & set(holders):
        raise BadField("vote_prepared.proxies", "entrust twice, to themselves, or on")
    if any(holders.count(holder) > MAX_HELD for holder in holders):
        raise BadField("vote_prepared.proxies", f"entrust more than {MAX_HELD} to one person")
    if proxies and kind is not VoteKind.OPEN:
        raise BadField("vote_prepared.proxies", "are of a vote whose ballots only their voters can cast")
    return proxies


def _proxy(data: Fields) -> Proxy:
    proxy = Proxy(person=data.id("person", "u"), holder=data.id("holder", "u"))
    data.end()
    return proxy


def _election(data: Fields) -> Election:
    most = data.number("most", low=1, high=MAX_CANDIDATES)
    least = data.number("least", low=0, high=most)
    election = Election(least=least, most=most, seats=data.number("seats", low=1, high=MAX_CANDIDATES))
    data.end()
    return election


def _must_elect(election: Election, answers: tuple[Answer, ...], *, kind: VoteKind, rule: Rule) -> None:
    """Candidates are for nothing and against nothing, and neither hands nor a chair's vote can fill a seat."""
    if kind is VoteKind.HANDS or rule.tie is Tie.CHAIR or rule.base is Base.DECIDED:
        raise BadField("vote_prepared.election", "is by hands, or by a rule for a proposal")
    if any(each.means is not Meaning.OTHER or "," in each.answer or each.answer == NOBODY for each in answers):
        raise BadField("vote_prepared.answers", "are no candidates")
    if max(election.most, election.seats) > len(answers):
        raise BadField("vote_prepared.election", "has more marks, or seats, than candidates")


def _prepared(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    fresh = read_prepared(data)
    if state.item(fresh.item) is None:
        raise BadField("vote_prepared.item", "is not on the agenda")
    if fresh.repeats is not None and state.vote(fresh.repeats) is None:
        raise BadField("vote_prepared.repeats", "is no vote of this meeting")
    known = state.vote(fresh.vote)
    if known is not None and known.state is not VoteState.CREATED:
        raise BadField("vote_prepared.vote", "was opened already")
    if known is not None:
        return _with(state, fresh)
    if len(state.votes) >= MAX_VOTES:
        raise BadField("vote_prepared.vote", f"would be more than {MAX_VOTES}")
    return replace(state, votes=(*state.votes, fresh))


def _answer(data: Fields) -> Answer:
    answer = Answer(
        answer=data.text("answer", limit=20),
        text=data.text("text", limit=200),
        means=Meaning(data.choice("means", frozenset(Meaning))),
    )
    data.end()
    return answer


def _weight(data: Fields) -> tuple[str, int]:
    weight = data.id("person", "u"), data.number("weight", low=1, high=MAX_WEIGHT)
    data.end()
    return weight


def read_rule(data: Fields) -> Rule:
    """Base, majority, quorum and what happens at a tie; raises BadField."""
    rule = Rule(
        base=Base(data.choice("base", frozenset(Base))),
        majority=_share(data.object("majority")),
        quorum=_share(data.object("quorum")) if data.has("quorum") else None,
        tie=Tie(data.choice("tie", frozenset(Tie))),
    )
    data.end()
    return rule


def _share(data: Fields) -> Share:
    den = data.number("den", low=1, high=MAX_SHARE)
    share = Share(num=data.number("num", low=0, high=den), den=den, more=data.flag("more"))
    data.end()
    return share


def _opened(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    vote = _moved(state, data, VoteChange.OPEN)
    roll = tuple(_elector(entry) for entry in data.objects("roll", limit=MAX_ELECTORS))
    if len({each.person for each in roll}) != len(roll):
        raise BadField("vote_opened.roll", "names a person twice")
    recused = data.ids("recused", "u", limit=MAX_ELECTORS) if data.has("recused") else ()
    if {each.person for each in roll} & set(recused):
        raise BadField("vote_opened.recused", "stand on the roll")
    here, proxies = {each.person for each in roll if each.present}, set(vote.proxies)
    held = [Proxy(each.person, each.by) for each in roll if each.by is not None]
    if any(one not in proxies or one.holder not in here or one.person in here for one in held):
        raise BadField("vote_opened.roll", "has a proxy that was not given, or is not needed")
    chair = data.id("chair", "u") if data.has("chair") else None
    turnout = Turnout(len(roll), len(here), voting=sum(1 for each in roll if each.votes))
    shown = replace(state, display=Display(DisplayMode.VOTE))
    key = secret_fold.read_key(data) if vote.kind is VoteKind.SECRET else ""
    ends_at = event.at + dt.timedelta(seconds=vote.seconds) if vote.seconds else None
    opened = replace(
        vote,
        roll=roll,
        recused=recused,
        chair=chair,
        turnout=turnout,
        token_key=key,
        opened_at=event.at,
        ends_at=ends_at,
    )
    return _with(shown, opened)


def _elector(data: Fields) -> Elector:
    elector = Elector(
        person=data.id("person", "u"),
        name=data.text("name", limit=200),
        weight=data.number("weight", low=1, high=MAX_WEIGHT),
        present=data.flag("present"),
        by=data.id("by", "u") if data.has("by") else None,
    )
    data.end()
    return elector


def _stepped(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    vote = _moved(state, data, VoteChange(event.kind))
    reason = data.text("reason", limit=2000) if data.has("reason") else vote.reason
    return _with(state, _timed(replace(vote, reason=reason), event))


def _timed(vote: Vote, event: Event) -> Vote:
    """The clock stands still during a pause: what was left is left."""
    if vote.state is VoteState.PAUSED:
        return replace(vote, paused_at=event.at)
    if vote.state is not VoteState.OPEN or vote.ends_at is None or vote.paused_at is None:
        return vote
    return replace(vote, ends_at=vote.ends_at + (event.at - vote.paused_at), paused_at=None)


def _announced(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    vote = _moved(state, data, VoteChange.ANNOUNCE)
    shown = replace(state, display=Display(DisplayMode.VOTE))
    return _with(shown, replace(vote, announced_at=event.at))


def _taken(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    vote = _known(state, data)
    if vote.state not in RUNNING or vote.kind in _NOT_TAKEN:
        raise BadField("ballots_taken.vote", "takes no ballots")
    fresh = tuple(_commitment(entry) for entry in data.objects("ballots", limit=MAX_ELECTORS))
    may = {each.person for each in vote.roll if each.votes} - {each.person for each in vote.taken}
    people = [each.person for each in fresh]
    if not may.issuperset(people) or len(set(people)) != len(people):
        raise BadField("ballots_taken.ballots", "holds somebody who may not vote, or has voted")
    turnout = replace(vote.turnout, cast=vote.turnout.cast + len(fresh))
    return _with(state, replace(vote, taken=(*vote.taken, *fresh), turnout=turnout))


def _given(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return _with(state, secret_fold.given(_known(state, data), data))


def _called(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    before = _known(state, data)
    return _with(state, secret_fold.called(before, _moved(state, data, VoteChange.CALL), data))


def _awaited(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    return _with(state, secret_fold.awaited(_known(state, data), data))


def _commitment(data: Fields) -> Taken:
    taken = Taken(data.id("person", "u"), data.hex("commitment", size=32))
    data.end()
    return taken


def _closed(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    by_clock = data.has("by") and data.choice("by", frozenset({CLOCK})) == CLOCK
    if by_clock and not _known(state, data).is_over(event.at):
        raise BadField("vote_closed.by", "is the clock, whose time is not over")
    vote = replace(_moved(state, data, VoteChange.CLOSE), closed_at=event.at, by_clock=by_clock)
    if vote.kind is VoteKind.HANDS:
        return _with(state, _counted(vote, data))
    if vote.kind is VoteKind.SECRET:
        return _with(state, secret_fold.closed(event.meeting, vote, data))
    ballots = tuple(_ballot(entry) for entry in data.objects("ballots", limit=MAX_ELECTORS))
    promised = {each.person: each.commitment for each in vote.taken}
    kept = {each.person: _opens_to(event.meeting, vote, each) for each in ballots}
    if len(kept) != len(ballots) or kept != promised:
        raise BadField("vote_closed.ballots", "are not those that were committed to")
    return _with(state, replace(vote, ballots=ballots))


def _opens_to(meeting: str, vote: Vote, ballot: Ballot) -> str:
    if not vote.has_answer(ballot.answer):
        raise BadField("vote_closed.ballots", "hold an answer that was not asked for")
    return commitment(
        meeting, vote.vote, ballot.person, answer=ballot.answer, nonce=ballot.nonce, statement=ballot.statement
    )


def _ballot(data: Fields) -> Ballot:
    ballot = Ballot(
        person=data.id("person", "u"),
        answer=data.text("answer", limit=SAID_LIMIT),
        nonce=data.hex("nonce", size=NONCE_BYTES),
        statement=data.hex("statement", size=32) if data.has("statement") else "",
    )
    data.end()
    return ballot


def _counted(vote: Vote, data: Fields) -> Vote:
    hands = tuple(_count(entry) for entry in data.objects("hands", limit=MAX_ANSWERS))
    if sorted(answer for answer, _ in hands) != sorted(each.answer for each in vote.answers):
        raise BadField("vote_closed.hands", "do not count each answer once")
    cast = sum(count for _, count in hands)
    if cast > vote.turnout.present:
        raise BadField("vote_closed.hands", "are more than those present")
    return replace(vote, hands=hands, turnout=replace(vote.turnout, cast=cast))


def _count(data: Fields) -> tuple[str, int]:
    count = data.text("answer", limit=20), data.number("count", high=MAX_ELECTORS)
    data.end()
    return count


def _moved(state: MeetingState, data: Fields, change: VoteChange) -> Vote:
    vote = _known(state, data)
    return replace(vote, state=step(vote.state, change))


def _known(state: MeetingState, data: Fields) -> Vote:
    vote = state.vote(data.id("vote", "v"))
    if vote is None:
        raise BadField("vote", "was never prepared")
    return vote


def _with(state: MeetingState, vote: Vote) -> MeetingState:
    return replace(state, votes=tuple(vote if each.vote == vote.vote else each for each in state.votes))


#: Every kind of event about votes.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {
    PREPARED: _prepared,
    TAKEN: _taken,
    secret_fold.GIVEN: _given,
    secret_fold.AWAITED: _awaited,
    VoteChange.CALL.value: _called,
    VoteChange.OPEN.value: _opened,
    VoteChange.PAUSE.value: _stepped,
    VoteChange.RESUME.value: _stepped,
    VoteChange.WITHDRAW.value: _stepped,
    VoteChange.CLOSE.value: _closed,
    VoteChange.ANNOUNCE.value: _announced,
}
