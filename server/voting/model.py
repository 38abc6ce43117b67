"""What may happen to votes: commands in, drafts of events out.

Rules V1–V3, A2: pure; who may vote are chair and members of the meeting, present are those whom the roll call or
their seat shows (A1), and whoever opens the vote. The life cycle is the table in ``wire/votes.py``. One vote at a time.

Usage::

    drafts = open_vote(state, vote, By("u-…"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.errors import NotAllowed
from server.meetings import errors as meeting_errors
from server.meetings.commands import LEADERS, By
from server.meetings.model import Draft, may, must_be_real
from server.voting import errors
from wire.election_marks import Election
from wire.errors import PhaseError
from wire.phases import LIVE, PREPARING, Phase
from wire.places import Place, is_recused, places
from wire.quorum import here
from wire.secret_ballots import LEAST_BALLOTS
from wire.state import MeetingState, Member, MemberRole
from wire.vote_fold import CLOCK, MAX_HELD, PREPARED, TAKEN
from wire.votes import RUNNING, Answer, Base, Proxy, Rule, Tie, Vote, VoteChange, VoteKind, VoteState, step


@dataclass(frozen=True, slots=True)
class NewVote:
    """A vote as it is written by whoever prepares it."""

    item: str
    kind: VoteKind
    question: str
    template: str
    answers: tuple[Answer, ...]
    rule: Rule
    seconds: int
    weights: tuple[tuple[str, int], ...] = ()
    proxies: tuple[Proxy, ...] = ()
    repeats: str | None = None
    reason: str = ""
    election: Election | None = None


@dataclass(frozen=True, slots=True)
class StoredBallot:
    """A ballot as it is kept until the close. ``recorded``: its commitment stands in the log."""

    vote: str
    person: str
    answer: str
    nonce: str
    commitment: str
    statement: str = ""
    recorded: bool = False


def known(state: MeetingState, vote: str) -> Vote:
    """The vote; raises NoSuchVote."""
    found = state.vote(vote)
    if found is None:
        raise errors.NoSuchVote(vote=vote)
    return found


def voters(state: MeetingState) -> tuple[Member, ...]:
    """Those who have a vote: chair, members, and substitutes to whom it was granted (A3)."""
    return tuple(place.voter for place in places(state))


def present(state: MeetingState, by: By) -> frozenset[str]:
    """Who is there as the quorum counts them (A4), and whoever opens the vote."""
    return here(state) | ({by.person} - {each.member for each in state.substitutes})


def must_lead(state: MeetingState, by: By) -> None:
    """Raise unless ``by`` may prepare and lead votes here."""
    if not may(state, LEADERS, by):
        raise meeting_errors.NotAMember if state.member(by.person) is None else NotAllowed


def _must_be_open_to(state: MeetingState, vote: str, new: NewVote) -> None:
    if state.phase not in PREPARING | LIVE:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    if new.kind is VoteKind.NAMED:
        must_be_real(state)
    before = state.vote(vote)
    if before is not None and before.state is not VoteState.CREATED:
        raise errors.VoteStateNotAllowed(state=before.state.value)


def prepare(state: MeetingState, vote: str, new: NewVote, *, by: By) -> tuple[Draft, ...]:
    """A new vote, or one that is not open yet in other words."""
    must_lead(state, by)
    _must_be_open_to(state, vote, new)
    if state.item(new.item) is None:
        raise meeting_errors.NoSuchItem(item=new.item)
    if new.repeats is not None:
        known(state, new.repeats)
        if not new.reason:
            raise errors.RepeatWithoutReason
    if new.proxies:
        _must_entrust(state, new)
    texts = [answer.text.strip().casefold() for answer in new.answers]
    # One candidate for one seat is the usual case of electing a chair.
    least = 2 if new.election is None else 1
    if len(texts) < least or len(set(texts)) != len(texts):
        raise errors.AnswerTwice
    if new.election is not None:
        _must_elect(new, new.election)
    if new.weights and new.kind is VoteKind.HANDS:
        raise errors.WeightsWithHands
    if new.kind is VoteKind.SECRET and (new.weights or new.rule.tie is Tie.CHAIR):
        raise errors.SecretNamesNobody
    if not {person for person, _ in new.weights} <= {place.member.person for place in places(state)}:
        raise errors.WeightWithoutVote
    return (Draft(PREPARED, to_value(vote, new)),)


def _must_entrust(state: MeetingState, new: NewVote) -> None:
    """Whose ballots others may cast (W107)."""
    if new.kind is not VoteKind.OPEN:
        raise errors.ProxyNotHere
    away, holders = [each.person for each in new.proxies], [each.holder for each in new.proxies]
    if not {*away, *holders} <= {member.person for member in voters(state)}:
        raise errors.WeightWithoutVote
    if len(set(away)) != len(away) or set(away) & set(holders):
        raise errors.ProxyTwice
    full = next((holder for holder in holders if holders.count(holder) > MAX_HELD), None)
    if full is not None:
        found = state.member(full)
        raise errors.ProxiesTooMany(name="" if found is None else found.name, most=MAX_HELD)


def _must_elect(new: NewVote, election: Election) -> None:
    if new.kind is VoteKind.HANDS or new.rule.tie is Tie.CHAIR or new.rule.base is Base.DECIDED:
        raise errors.ElectionByRule
    if max(election.most, election.seats) > len(new.answers):
        raise errors.TooFewCandidates(candidates=len(new.answers), needed=max(election.most, election.seats))


def to_value(vote: str, new: NewVote) -> dict[str, Any]:
    """The data of ``vote_prepared``."""
    quorum = new.rule.quorum
    majority = new.rule.majority
    value: dict[str, Any] = {
        "vote": vote,
        "item": new.item,
        "kind": new.kind.value,
        "question": new.question,
        "template": new.template,
        "answers": [{"answer": a.answer, "text": a.text, "means": a.means.value} for a in new.answers],
        "rule": {
            "base": new.rule.base.value,
            "majority": {"num": majority.num, "den": majority.den, "more": majority.more},
            "quorum": None if quorum is None else {"num": quorum.num, "den": quorum.den, "more": quorum.more},
            "tie": new.rule.tie.value,
        },
        "seconds": new.seconds,
        "weights": [{"person": person, "weight": weight} for person, weight in new.weights],
    }
    if new.proxies:
        value["proxies"] = [{"person": each.person, "holder": each.holder} for each in new.proxies]
    if new.repeats is not None:
        value["repeats"] = new.repeats
    if new.reason:
        value["reason"] = new.reason
    if new.election is not None:
        election = new.election
        value["election"] = {"least": election.least, "most": election.most, "seats": election.seats}
    return value


def open_vote(state: MeetingState, vote: str, by: By, *, token_key: str = "") -> tuple[Draft, ...]:
    """Open it, with the roll as it is now (A2); a secret one with the key that signs blind."""
    must_lead(state, by)
    found = _stepping(state, vote, VoteChange.OPEN)
    if state.phase is not Phase.OPEN:
        raise meeting_errors.PhaseNotAllowed(phase=state.phase.value)
    running = next((each for each in state.votes if each.state in RUNNING), None)
    if running is not None:
        raise errors.AnotherVoteRunning(question=running.question)
    # Whoever has to leave the item has no vote on it, and casts none for others.
    recused = [place.voter.person for place in places(state) if is_recused(state, place.voter.person, found.item)]
    voting = [place for place in places(state) if place.voter.person not in recused]
    here = present(state, by) & {place.voter.person for place in voting}
    roll = [_line(found, place, here) for place in voting]
    there = sum(1 for line in roll if line["present"])
    if not there:
        raise errors.NobodyPresent
    if found.kind is VoteKind.SECRET and there < LEAST_BALLOTS:
        raise errors.TooFewForSecret(present=there, least=LEAST_BALLOTS)
    chair = next((member.person for member in state.members if member.role is MemberRole.CHAIR), None)
    data: dict[str, Any] = {"vote": vote, "roll": roll}
    if recused:
        data["recused"] = recused
    if found.kind is VoteKind.SECRET:
        data["token_key"] = token_key
    return (Draft(VoteChange.OPEN.value, data if chair is None else {**data, "chair": chair}),)


def _line(vote: Vote, place: Place, here: frozenset[str]) -> dict[str, Any]:
    """A voter on the roll; the place keeps its weight, and a proxy counts when its holder is here and its giver not."""
    voter, weight = place.voter, dict(vote.weights).get(place.member.person, 1)
    is_here = voter.person in here
    line: dict[str, Any] = {"person": voter.person, "name": voter.name, "weight": weight, "present": is_here}
    holder = next((each.holder for each in vote.proxies if each.person == voter.person), None)
    return {**line, "by": holder} if holder in here and not is_here else line


def move(state: MeetingState, vote: str, change: VoteChange, *, by: By, reason: str = "") -> tuple[Draft, ...]:
    """Pause, resume, announce or withdraw it."""
    must_lead(state, by)
    _stepping(state, vote, change)
    data: dict[str, Any] = {"vote": vote}
    return (Draft(change.value, {**data, "reason": reason} if reason else data),)


def close_by_clock(
    state: MeetingState, vote: str, *, stored: Sequence[StoredBallot], now: dt.datetime
) -> tuple[Draft, ...]:
    """Close what its clock has ended, as the chair would; nothing when somebody was faster, or paused it meanwhile."""
    found = known(state, vote)
    if not found.is_over(now):
        return ()
    ballots = [_published(each) for each in sorted(stored, key=lambda each: each.person)]
    data = {"vote": vote, "ballots": ballots, "by": CLOCK}
    return (*record(found, stored), Draft(VoteChange.CLOSE.value, data))


def close(
    state: MeetingState, vote: str, by: By, *, stored: Sequence[StoredBallot], hands: tuple[tuple[str, int], ...]
) -> tuple[Draft, ...]:
    """Close it and publish its ballots; those that were not in the log yet come first."""
    must_lead(state, by)
    found = _stepping(state, vote, VoteChange.CLOSE)
    if found.kind is VoteKind.HANDS:
        _check_hands(found, hands)
        counted = [{"answer": answer, "count": count} for answer, count in hands]
        return (Draft(VoteChange.CLOSE.value, {"vote": vote, "hands": counted}),)
    ballots = [_published(each) for each in sorted(stored, key=lambda each: each.person)]
    return (*record(found, stored), Draft(VoteChange.CLOSE.value, {"vote": vote, "ballots": ballots}))


def must_collect(state: MeetingState, vote: str, by: By) -> Vote:
    """The secret vote that is to be closed; raises unless its ballots may be collected."""
    must_lead(state, by)
    return _stepping(state, vote, VoteChange.CALL)


def record(vote: Vote, stored: Sequence[StoredBallot]) -> tuple[Draft, ...]:
    """The commitments that are not in the log yet; none when all are."""
    taken = {each.person for each in vote.taken}
    fresh = [each for each in stored if each.person not in taken]
    lines = [{"person": each.person, "commitment": each.commitment} for each in fresh]
    return (Draft(TAKEN, {"vote": vote.vote, "ballots": lines}),) if lines else ()


def must_vote(state: MeetingState, vote: str, person: str, *, answer: str, by: str | None = None) -> Vote:
    """The vote the ballot is for; raises unless the person may cast it, or ``by`` for them (W107).

    Whether it is open the store says (V3).
    """
    found = known(state, vote)
    if found.kind is VoteKind.HANDS:
        raise errors.HandsNotBallots
    if found.kind is VoteKind.SECRET:
        raise errors.SecretAtSeats
    if not found.has_answer(answer):
        raise errors.NoSuchAnswer
    return must_be_on_the_roll(state, vote, person, by=by)


def must_be_on_the_roll(state: MeetingState, vote: str, person: str, *, by: str | None = None) -> Vote:
    """The vote; raises unless it runs and the person was there when it was opened, or ``by`` holds their ballot."""
    found = known(state, vote)
    if found.state not in RUNNING:
        # Also while the opening is being written down: without a roll nobody may vote yet.
        raise errors.VoteNotOpen(state=found.state.value)
    elector = found.elector(person)
    if elector is None:
        raise errors.NotOnTheRoll
    if any(is_recused(state, who, found.item) for who in {person, by or person}):
        # Who has to leave the item since the vote was opened gives no ballot, for nobody.
        raise errors.NotOnTheRoll
    if by is not None and by != person:
        if elector.by != by:
            raise errors.NotTheirProxy
        return found
    if not elector.present:
        raise errors.NotPresentAtOpening
    return found


def _check_hands(vote: Vote, hands: tuple[tuple[str, int], ...]) -> None:
    if sorted(answer for answer, _ in hands) != sorted(each.answer for each in vote.answers):
        raise errors.HandsMissing
    counted = sum(count for _, count in hands)
    if counted > vote.turnout.present:
        raise errors.HandsTooMany(counted=counted, present=vote.turnout.present)


def _published(ballot: StoredBallot) -> dict[str, Any]:
    line = {"person": ballot.person, "answer": ballot.answer, "nonce": ballot.nonce}
    return {**line, "statement": ballot.statement} if ballot.statement else line


def _stepping(state: MeetingState, vote: str, change: VoteChange) -> Vote:
    found = known(state, vote)
    try:
        step(found.state, change)
    except PhaseError:
        raise errors.VoteStateNotAllowed(state=found.state.value) from None
    return found
