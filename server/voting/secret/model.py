"""What may happen to secret votes: lines of given ballots in, drafts of events out.

Rules W77, W78, W80: pure. A ballot is given to who may vote, at a seat, once. The close calls a collection where
ballots were given, and never of fewer than three.

Usage: ``begin(state, vote, by, given=lines, call=NextCall(key, relays))``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.meetings.model import Draft
from server.voting import errors
from server.voting.secret.ports import GivenBallot
from wire.errors import WireError
from wire.secret_ballots import LEAST_BALLOTS, LEAST_RELAYS, RELAYS, SecretBallot, receipt_of
from wire.secret_fold import AWAITED, GIVEN, MAX_RUNS, must_be_valid
from wire.votes import Awaited, Vote, VoteChange, VoteKind, VoteState

CLOSING: Final = "closing"
RESTARTED: Final = "restarted"
INCOMPLETE: Final = "incomplete"
RELAY_SILENT: Final = "relay_silent"


@dataclass(frozen=True, slots=True)
class NextCall:
    """The next collection: what ballots are sealed to, who mixes, and why it is called."""

    key: bytes
    relays: tuple[str, ...]
    reason: str = CLOSING


def record(vote: Vote, given: Sequence[GivenBallot]) -> tuple[Draft, ...]:
    """The lines that are not in the log yet; none when all are."""
    known = {each.person for each in vote.given}
    lines = [_line(each) for each in given if each.person not in known]
    return (Draft(GIVEN, {"vote": vote.vote, "ballots": lines}),) if lines else ()


def _line(ballot: GivenBallot) -> dict[str, Any]:
    return {
        "person": ballot.person,
        "device": ballot.device,
        "blinded": ballot.blinded,
        "relay": ballot.relay,
    }


def begin(vote: Vote, given: Sequence[GivenBallot], call: NextCall) -> tuple[Draft, ...]:
    """Close a vote of which nobody took a ballot; else call the collection. Raises TooFewBallots."""
    if not given:
        return (Draft(VoteChange.CLOSE.value, {"vote": vote.vote, "ballots": []}),)
    if len(given) < LEAST_BALLOTS:
        raise errors.TooFewBallots(given=len(given), least=LEAST_BALLOTS)
    return (*record(vote, given), called(vote, call))


def called(vote: Vote, call: NextCall) -> Draft:
    """The next run of the collection; raises NoMoreRuns."""
    run = 1 if vote.call is None else vote.call.run + 1
    if run > MAX_RUNS:
        raise errors.NoMoreRuns(runs=MAX_RUNS)
    data = {"vote": vote.vote, "run": run, "key": call.key.hex(), "relays": list(call.relays), "reason": call.reason}
    return Draft(VoteChange.CALL.value, data)


def awaited(vote: Vote, told: Awaited, *, run: int) -> tuple[Draft, ...]:
    """What the run waits for; nothing when that stands there already, or the run is over (W104)."""
    is_this = vote.state is VoteState.COLLECTING and vote.call is not None and vote.call.run == run
    if not is_this or (vote.awaited is not None and (vote.awaited.asks or not told.asks)):
        return ()
    data: dict[str, Any] = {"vote": vote.vote, "run": run, "missing": told.missing}
    return (Draft(AWAITED, {**data, "asks": told.asks} if told.asks else data),)


def choose_relays(
    given: Iterable[GivenBallot],
    *,
    here: frozenset[str],
    without: frozenset[str],
    random: Callable[[int], bytes],
) -> tuple[str, ...]:
    """The keys of three seats, or of all: by chance, those that are connected first, the avoided ones last."""
    by_key = {each.relay: each.device for each in given}
    chance = {key: random(16) for key in sorted(by_key)}

    def rank(key: str) -> tuple[bool, bool, bytes]:
        device = by_key[key]
        return device in without, device not in here, chance[key]

    return tuple(sorted(by_key, key=rank)[:RELAYS])


def without_silent(given: Sequence[GivenBallot], silent: frozenset[str]) -> Sequence[GivenBallot]:
    """Those that may mix after relays were silent: the others, while they are two; else all again."""
    left = [each for each in given if each.device not in silent]
    return left if len({each.relay for each in left}) >= LEAST_RELAYS else given


def opened(meeting: str, vote: Vote, packed: Iterable[bytes]) -> tuple[SecretBallot, ...]:
    """The ballots that count, in the order of their receipts; what is no ballot of this vote is left out."""
    found: dict[str, SecretBallot] = {}
    for each in packed:
        try:
            ballot = SecretBallot.unpack(each)
            must_be_valid(meeting, vote, ballot)
        except WireError:
            continue
        found[receipt_of(meeting, vote.vote, ballot)] = ballot
    return tuple(found[receipt] for receipt in sorted(found))


def published(vote: str, ballots: Iterable[SecretBallot]) -> Draft:
    """The close with its ballots."""
    return Draft(VoteChange.CLOSE.value, {"vote": vote, "ballots": [each.to_value() for each in ballots]})


def must_be_secret(vote: Vote) -> None:
    """Raise unless the vote is secret."""
    if vote.kind is not VoteKind.SECRET:
        raise errors.NotASecretVote


def must_be_free(ballot: GivenBallot, given: Iterable[GivenBallot]) -> None:
    """Raise RelayKeyTaken when another device has given the key of this one."""
    if any(each.relay == ballot.relay and each.device != ballot.device for each in given):
        raise errors.RelayKeyTaken
