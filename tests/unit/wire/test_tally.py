"""Rules V6, V9: counting, against a count that knows nothing of the first."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from wire.tally import Outcome, hundredths, lines, meets, needed, verdict
from wire.votes import Answer, Ballot, Base, Elector, Meaning, Rule, Share, Tie, Turnout, Vote, VoteKind, VoteState

Person = tuple[int, bool, str | None]
ANSWERS = (
    Answer("for", "Tán thành", Meaning.FOR),
    Answer("against", "Không tán thành", Meaning.AGAINST),
    Answer("abstain", "Không biểu quyết", Meaning.ABSTAIN),
)
HALF, TWO_THIRDS = Share(1, 2, more=True), Share(2, 3, more=False)

shares = st.integers(1, 12).flatmap(lambda den: st.builds(Share, st.integers(0, den), st.just(den), more=st.booleans()))
electors = st.lists(
    st.tuples(st.integers(1, 5), st.booleans(), st.sampled_from(["for", "against", "abstain", None])), max_size=14
)
rules = st.builds(Rule, st.sampled_from(Base), shares, st.none() | shares, st.sampled_from(Tie))


def _vote(people: Sequence[Person], rule: Rule, *, chair: int | None = 0) -> Vote:
    roll = tuple(Elector(f"u{n}", f"Người {n} (demo)", weight, here) for n, (weight, here, _) in enumerate(people))
    cast = tuple(
        Ballot(f"u{n}", answer, "") for n, (_, here, answer) in enumerate(people) if here and answer is not None
    )
    turnout = Turnout(len(roll), sum(each.present for each in roll), len(cast))
    return Vote(
        "v", "i", VoteKind.OPEN, "?", "approve", ANSWERS, rule,
        state=VoteState.CLOSED, chair=None if chair is None else f"u{chair}", roll=roll, turnout=turnout, ballots=cast,
        closed_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    )  # fmt: skip


def _brute(people: Sequence[Person], rule: Rule) -> Outcome:
    """One vote at a time, with fractions and nothing of the module's."""
    cast = [(w, answer) for w, here, answer in people for _ in [0] if here and answer is not None]
    yes = sum(w for w, answer in cast if answer == "for")
    no = sum(w for w, answer in cast if answer == "against")
    bases = {
        Base.ALL: sum(w for w, _, _ in people),
        Base.PRESENT: sum(w for w, here, _ in people if here),
        Base.CAST: sum(w for w, _ in cast),
        Base.DECIDED: yes + no,
    }

    def enough(part: int, whole: int, share: Share) -> bool:
        if not whole:
            return False
        wanted = Fraction(share.num, share.den)
        return Fraction(part, whole) > wanted if share.more else Fraction(part, whole) >= wanted

    if rule.quorum and not enough(sum(1 for _, here, _ in people if here), len(people), rule.quorum):
        return Outcome.NO_QUORUM
    of = bases[rule.base]
    if enough(yes, of, rule.majority):
        return Outcome.PASSED
    exact = of and rule.majority.more and Fraction(rule.majority.num, rule.majority.den) == Fraction(1, 2)
    tied = exact and yes == no and Fraction(yes, of) == Fraction(1, 2)
    chairs = next((answer for n, (_, here, answer) in enumerate(people) if n == 0 and here), None)
    return Outcome.PASSED if tied and rule.tie is Tie.CHAIR and chairs == "for" else Outcome.REJECTED


@given(electors, rules)
def test_V6_the_verdict_is_that_of_an_independent_count(people: Sequence[Person], rule: Rule) -> None:
    assert verdict(_vote(people, rule)).outcome is _brute(people, rule)


@given(electors, rules, st.randoms(use_true_random=False))
def test_V6_the_order_of_ballots_changes_nothing(people: Sequence[Person], rule: Rule, random: Random) -> None:
    vote = _vote(people, rule)
    ballots = list(vote.ballots)
    random.shuffle(ballots)
    assert verdict(dataclasses.replace(vote, ballots=tuple(ballots))) == verdict(vote)


@given(st.integers(0, 500), shares)
def test_V6_what_is_needed_is_the_least_that_meets_the_share(whole: int, share: Share) -> None:
    least = needed(whole, share)
    assert not any(meets(part, whole, share) for part in range(min(least, whole + 1)))
    assert least > whole or meets(least, whole, share)


@given(st.integers(0, 500), st.integers(1, 500), shares)
def test_V6_a_percentage_never_looks_like_a_share_it_misses(part: int, whole: int, share: Share) -> None:
    if not meets(part, whole, share) and share.more is False:
        assert Fraction(hundredths(part, whole), 10_000) < Fraction(share.num, share.den)
    assert abs(Fraction(hundredths(part, whole), 10_000) - Fraction(part, whole)) < Fraction(1, 10_000)


def test_V6_abstentions_are_no_approvals() -> None:
    people = [(1, True, "abstain")] * 20 + [(1, True, "for")] * 10
    for base in (Base.ALL, Base.PRESENT, Base.CAST):
        assert verdict(_vote(people, Rule(base, HALF, None, Tie.FAILS))).outcome is Outcome.REJECTED
    assert verdict(_vote(people, Rule(Base.DECIDED, HALF, None, Tie.FAILS))).outcome is Outcome.PASSED


def test_V6_twenty_of_twenty_five_present_are_more_than_half_of_thirty() -> None:
    people = [(1, True, "for")] * 20 + [(1, True, "against")] * 5 + [(1, False, None)] * 5
    found = verdict(_vote(people, Rule(Base.ALL, HALF, TWO_THIRDS, Tie.FAILS)))
    assert (found.favour, found.of, found.need, found.outcome) == (20, 30, 16, Outcome.PASSED)
    assert (found.people_present, found.people_all, found.quorum_need, found.has_quorum) == (25, 30, 20, True)


def test_V6_two_thirds_of_thirty_is_twenty_and_not_one_less() -> None:
    rule = Rule(Base.ALL, TWO_THIRDS, None, Tie.FAILS)
    outcomes = [verdict(_vote([(1, True, "for")] * n + [(1, True, None)] * (30 - n), rule)).outcome for n in (19, 20)]
    assert outcomes == [Outcome.REJECTED, Outcome.PASSED]


def test_V6_without_quorum_nothing_is_decided() -> None:
    people = [(1, True, "for")] * 19 + [(1, False, None)] * 11
    assert verdict(_vote(people, Rule(Base.ALL, HALF, TWO_THIRDS, Tie.FAILS))).outcome is Outcome.NO_QUORUM


def test_V6_a_tie_goes_with_the_chair_only_when_the_rule_says_so_and_only_at_the_exact_half() -> None:
    def outcome(chair: str, yes: int, no: int, away: int, tie: Tie) -> Outcome:
        others = [(1, True, "for")] * yes + [(1, True, "against")] * no + [(1, True, None)] * away
        return verdict(_vote([(1, True, chair), *others], Rule(Base.ALL, HALF, None, tie))).outcome

    assert outcome("for", 14, 15, 0, Tie.FAILS) is Outcome.REJECTED
    assert outcome("for", 14, 15, 0, Tie.CHAIR) is Outcome.PASSED
    assert outcome("against", 15, 14, 0, Tie.CHAIR) is Outcome.REJECTED
    assert outcome("for", 9, 10, 10, Tie.CHAIR) is Outcome.REJECTED, "ten of thirty are no half"


def test_V9_weights_are_counted_and_heads_are_told() -> None:
    found = _vote([(5, True, "for"), (1, True, "against"), (1, True, "against")], Rule(Base.ALL, HALF, None, Tie.FAILS))
    assert [(line.votes, line.people) for line in lines(found)] == [(5, 1), (2, 2), (0, 0)]
    assert verdict(found).outcome is Outcome.PASSED


def test_V6_of_nothing_nothing_is_enough() -> None:
    rule = Rule(Base.CAST, Share(0, 1, more=False), None, Tie.CHAIR)
    assert verdict(_vote([(1, True, None)], rule)).outcome is Outcome.REJECTED
