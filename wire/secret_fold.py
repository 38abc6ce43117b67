"""Events of secret votes → the vote (W77–W80): who was given a ballot, collections, what was published.

Rules: as ``wire/vote_fold.py``, which calls these. Every reader of the log refuses a ballot that was not signed by the
vote's key, stands there twice, or is one more than were given; and a list that is not in the order of the ballots' own
hashes, for any other order could tell something.

Usage: ``given(vote, data)``, ``called(before, moved, data)``, ``awaited(vote, data)``, ``closed(meeting, vote, data)``;
each gives the vote.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from wire.blind import MODULUS_BITS, MODULUS_BYTES
from wire.errors import BadField, BadSignature
from wire.fields import Fields
from wire.secret_ballots import LEAST_BALLOTS, LEAST_RELAYS, RELAYS, SecretBallot, must_be_signed, receipt_of
from wire.votes import Awaited, Call, Given, Vote, VoteKind, VoteState

GIVEN: Final = "ballots_given"
AWAITED: Final = "ballots_awaited"
#: Why a collection is called: the close; the server was started anew; a relay did not answer; ballots were missing.
REASONS: Final = frozenset({"closing", "restarted", "relay_silent", "incomplete"})
#: What the chair is asked (W104): go on without the lost ballots; collect once more; nothing but withdraw.
LOST: Final = "ballots-lost"
TOO_FEW: Final = "too-few-handed-in"
NO_MORE: Final = "no-more-runs"
ASKS: Final = frozenset({LOST, TOO_FEW, NO_MORE})
MAX_BALLOTS: Final = 1_000
MAX_RUNS: Final = 100
_KEY_BYTES: Final = 32


def read_key(data: Fields) -> str:
    """The modulus that signs blind, in ``vote_opened``."""
    key = data.hex("token_key", size=MODULUS_BYTES)
    if int(key, 16).bit_length() != MODULUS_BITS or not int(key, 16) & 1:
        raise BadField("vote_opened.token_key", f"is no modulus of {MODULUS_BITS} bits")
    return key


def given(vote: Vote, data: Fields) -> Vote:
    """``ballots_given``: by name, once a person, while the vote is open or paused."""
    if vote.kind is not VoteKind.SECRET or vote.state not in {VoteState.OPEN, VoteState.PAUSED}:
        raise BadField("ballots_given.vote", "gives no ballots")
    fresh = tuple(_given(entry) for entry in data.objects("ballots", limit=MAX_BALLOTS))
    may = {each.person for each in vote.roll if each.present} - {each.person for each in vote.given}
    people = [each.person for each in fresh]
    if not may.issuperset(people) or len(set(people)) != len(people):
        raise BadField("ballots_given.ballots", "name somebody who may not vote, or has a ballot")
    owners = {(each.relay, each.device) for each in (*vote.given, *fresh)}
    if len(owners) != len({relay for relay, _ in owners}):
        raise BadField("ballots_given.ballots", "give one relay's key to two devices")
    turnout = replace(vote.turnout, cast=vote.turnout.cast + len(fresh))
    return replace(vote, given=(*vote.given, *fresh), turnout=turnout)


def _given(data: Fields) -> Given:
    line = Given(
        person=data.id("person", "u"),
        device=data.id("device", "d"),
        blinded=data.hex("blinded", size=32),
        relay=data.hex("relay", size=_KEY_BYTES),
    )
    data.end()
    return line


def called(before: Vote, moved: Vote, data: Fields) -> Vote:
    """``ballots_called``: the next run, with relays from among the seats that were given a ballot."""
    if before.kind is not VoteKind.SECRET:
        raise BadField("ballots_called.vote", "is not secret")
    run = 1 if before.call is None else before.call.run + 1
    relays = tuple(_relay(value) for value in data.items("relays", limit=RELAYS))
    call = Call(
        run=data.number("run", low=run, high=min(run, MAX_RUNS)),
        key=data.hex("key", size=_KEY_BYTES),
        relays=relays,
        reason=data.choice("reason", REASONS),
    )
    known = {each.relay for each in before.given}
    if len(before.given) < LEAST_BALLOTS:
        raise BadField("ballots_called.vote", f"has fewer than {LEAST_BALLOTS} ballots")
    most = min(RELAYS, len(known))
    # Who did not answer cannot be made to: then two of the seats do, and the log says why.
    least = min(LEAST_RELAYS, most) if call.reason == "relay_silent" and before.call is not None else most
    if len(set(relays)) != len(relays) or not least <= len(relays) <= most or not known.issuperset(relays):
        raise BadField("ballots_called.relays", "are not so many, each another seat that was given a ballot")
    return replace(moved, call=call, awaited=None)


def awaited(vote: Vote, data: Fields) -> Vote:
    """``ballots_awaited``: so many are missing in the run that goes on, or the chair is asked; each once a run."""
    if vote.state is not VoteState.COLLECTING or vote.call is None:
        raise BadField("ballots_awaited.vote", "is not collected")
    data.number("run", low=vote.call.run, high=vote.call.run)
    told = Awaited(
        missing=data.number("missing", high=len(vote.given)),
        asks=data.choice("asks", ASKS) if data.has("asks") else "",
    )
    if vote.awaited is not None and (vote.awaited.asks or not told.asks):
        raise BadField("ballots_awaited.run", "was told of before")
    if not told.asks and not told.missing:
        raise BadField("ballots_awaited.missing", "is nothing, and nobody is asked")
    return replace(vote, awaited=told)


def _relay(value: object) -> str:
    return Fields({"relay": value}, "ballots_called").hex("relay", size=_KEY_BYTES)


def closed(meeting: str, vote: Vote, data: Fields) -> Vote:
    """``vote_closed`` of a secret vote: the ballots, in the order of their receipts."""
    ballots = tuple(SecretBallot.read(entry) for entry in data.objects("ballots", limit=MAX_BALLOTS))
    if ballots and vote.call is None:
        raise BadField("vote_closed.ballots", "were never collected")
    if vote.call is not None and len(ballots) < LEAST_BALLOTS:
        raise BadField("vote_closed.ballots", f"are fewer than {LEAST_BALLOTS}: so few would name their voters")
    if len(ballots) > len(vote.given):
        raise BadField("vote_closed.ballots", "are more than were given")
    receipts = [receipt_of(meeting, vote.vote, each) for each in ballots]
    if sorted(set(receipts)) != receipts:
        raise BadField("vote_closed.ballots", "hold one twice, or are not in the order of their receipts")
    for ballot in ballots:
        must_be_valid(meeting, vote, ballot)
    return replace(vote, secret=ballots, receipts=tuple(receipts))


def must_be_valid(meeting: str, vote: Vote, ballot: SecretBallot) -> None:
    """Raise :class:`BadField` unless it answers what was asked and is signed with the vote's key."""
    if not vote.has_answer(ballot.answer):
        raise BadField("secret_ballot.answer", "was not asked for")
    try:
        must_be_signed(meeting, vote.vote, ballot, token_key=vote.token_key)
    except BadSignature as exc:
        raise BadField("secret_ballot.signature", "is not the vote's") from exc
