"""Rules W77–W82, V8: what the log takes of a secret vote, and what the recount finds."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import secret_votes as secret
from tests.support.meeting_log import MeetingLog, named
from tests.support.votes import prepared
from wire import recount, recount_secret
from wire.bundle import bundle_of
from wire.errors import BadBundle, BadField, PhaseError, WireError
from wire.secret_ballots import PACKED_BYTES, SecretBallot
from wire.tally import verdict
from wire.view import sections
from wire.visibility import for_display, for_person
from wire.votes import VoteState

NAMES = ["lan", "minh", "ha", "binh"]
ANSWERS = {"lan": "for", "minh": "against", "ha": "for", "binh": "for"}


@pytest.fixture
def log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    return log


def _ballots(log: MeetingLog, vote: str) -> dict[str, SecretBallot]:
    return {name: secret.ballot(log, vote, name, answer) for name, answer in ANSWERS.items()}


def _collecting(log: MeetingLog) -> tuple[str, dict[str, SecretBallot]]:
    vote = secret.open_secret(log, NAMES)
    ballots = _ballots(log, vote)
    log.add("ballots_given", secret.given(vote, NAMES))
    log.add("ballots_called", secret.called(vote, NAMES))
    return vote, ballots


def test_W77_the_log_says_who_was_given_a_ballot_and_nothing_of_answers(log: MeetingLog) -> None:
    vote = secret.open_secret(log, NAMES)
    log.add("ballots_given", secret.given(vote, ["lan", "minh"]))
    shown = sections(log.state)["votes"][0]
    assert shown["turnout"] == {"entitled": 4, "present": 4, "cast": 2, "voting": 4}
    assert [line["voted"] for line in shown["roll"]] == [True, True, False, False]
    assert shown["result"] is None
    for again in (["lan"], ["ha", "ha"], ["stranger"]):
        with pytest.raises(BadField):
            log.add("ballots_given", secret.given(vote, again))
    with pytest.raises(BadField):
        log.add("ballots_taken", {"vote": vote, "ballots": []})


def test_W77_weights_and_a_casting_vote_would_name_a_ballot(log: MeetingLog) -> None:
    rule = {**prepared()["rule"], "tie": "chair"}
    with pytest.raises(BadField):
        log.add("vote_prepared", prepared(kind="secret", rule=rule))
    with pytest.raises(BadField):
        log.add("vote_prepared", prepared(kind="secret", weights=[{"person": named("u", "lan"), "weight": 2}]))


def test_W78_a_collection_is_called_of_three_ballots_or_more_and_mixed_by_three_of_the_seats(log: MeetingLog) -> None:
    vote = secret.open_secret(log, NAMES)
    log.add("ballots_given", secret.given(vote, ["lan", "minh"]))
    with pytest.raises(BadField):
        log.add("ballots_called", secret.called(vote, ["lan", "minh"]))
    log.add("ballots_given", secret.given(vote, ["ha"]))
    for relays in (["lan", "minh"], ["lan", "lan", "minh"], ["lan", "minh", "binh"]):
        with pytest.raises(BadField):
            log.add("ballots_called", secret.called(vote, relays))
    log.add("ballots_called", secret.called(vote, NAMES[:3]))
    with pytest.raises(BadField):
        log.add("ballots_called", secret.called(vote, NAMES[:3]))
    log.add("ballots_called", secret.called(vote, NAMES[:3], run=2, reason="restarted"))
    found = log.state.vote(vote)
    assert found is not None
    assert found.state is VoteState.COLLECTING
    with pytest.raises(BadField):
        log.add("ballots_given", secret.given(vote, ["binh"]))
    with pytest.raises(PhaseError):
        log.add("vote_paused", {"vote": vote})


def test_W80_the_close_publishes_ballots_without_names_in_the_order_of_their_receipts(log: MeetingLog) -> None:
    vote = secret.whole(log, ANSWERS)
    found = log.state.vote(vote)
    assert found is not None
    counted = {line.answer: line.votes for line in verdict(found).lines}
    assert counted == {"for": 3, "against": 1, "abstain": 0}
    assert list(found.receipts) == sorted(found.receipts)
    assert "person" not in json.dumps([each.to_value() for each in found.secret])


def _twice(ballots: list[SecretBallot]) -> list[SecretBallot]:
    return [*ballots[:3], ballots[0]]


def _changed(ballots: list[SecretBallot]) -> list[SecretBallot]:
    return [*ballots[:3], replace(ballots[3], answer="against")]


def _forged(ballots: list[SecretBallot]) -> list[SecretBallot]:
    return [*ballots[:3], replace(ballots[3], signature="00" * 255 + "02")]


def _unasked(ballots: list[SecretBallot]) -> list[SecretBallot]:
    return [*ballots[:3], replace(ballots[3], answer="maybe")]


@pytest.mark.parametrize("bend", [_twice, _changed, _forged, _unasked])
def test_W80_a_ballot_that_is_there_twice_changed_or_unsigned_stops_every_reader(
    bend: Callable[[list[SecretBallot]], list[SecretBallot]], log: MeetingLog
) -> None:
    vote, ballots = _collecting(log)
    with pytest.raises(BadField):
        log.add("vote_closed", secret.closed(log, vote, bend(list(ballots.values()))))
    log.add("vote_closed", secret.closed(log, vote, ballots.values()))


def test_W80_more_ballots_than_were_given_or_another_order_stop_every_reader(log: MeetingLog) -> None:
    vote = secret.open_secret(log, NAMES)
    ballots = _ballots(log, vote)
    log.add("ballots_given", secret.given(vote, NAMES[:3]))
    with pytest.raises(BadField):  # closed without a collection
        log.add("vote_closed", secret.closed(log, vote, [ballots[name] for name in NAMES[:3]]))
    log.add("ballots_called", secret.called(vote, NAMES[:3]))
    with pytest.raises(BadField):
        log.add("vote_closed", secret.closed(log, vote, ballots.values()))
    data = secret.closed(log, vote, [ballots[name] for name in NAMES[:3]])
    with pytest.raises(BadField):
        log.add("vote_closed", {**data, "ballots": data["ballots"][::-1]})


def test_W80_before_the_announcement_members_see_no_ballot_and_only_their_own_line(log: MeetingLog) -> None:
    vote = secret.whole(log, ANSWERS)
    for state, lines in ((for_person(log.state, named("u", "lan")), 1), (for_display(log.state), 0)):
        (shown,) = sections(state)["votes"]
        assert shown["secret"]["ballots"] == []
        assert shown["result"] is None
        assert len(shown["roll"]) == lines
    log.add("vote_announced", {"vote": vote})
    (shown,) = sections(for_display(log.state))["votes"]
    assert len(shown["secret"]["ballots"]) == 4
    assert shown["result"]["outcome"] == "passed"


@pytest.mark.parametrize("answer", ["for", "đồng ý, có ý kiến ạ"])
def test_W78_a_packed_ballot_has_one_size_whatever_it_says(answer: str) -> None:
    ballot = SecretBallot(answer, "11" * 32, "22" * 32, "33" * 256)
    assert len(ballot.packed()) == PACKED_BYTES
    assert SecretBallot.unpack(ballot.packed()) == ballot
    for bent in (ballot.packed()[:-1], ballot.packed()[:-1] + b"\x01", b"", bytes(PACKED_BYTES)):
        with pytest.raises(WireError):
            SecretBallot.unpack(bent)


def _bundle(log: MeetingLog) -> dict[str, Any]:
    name = secret.whole(log, ANSWERS)
    vote = log.state.vote(name)
    assert vote is not None
    return bundle_of(vote, log.events, title=log.state.title)


def test_W82_the_recount_is_the_announced_result_and_finds_a_ballot_by_its_receipt(log: MeetingLog) -> None:
    found = recount.recount(json.dumps(_bundle(log)).encode())
    assert (found.outcome, found.favour, found.given, found.cast) == ("passed", 3, 4, 4)
    vote = log.state.votes[0]
    assert [receipt for receipt, _ in found.receipts] == list(vote.receipts)


def test_W82_the_recount_shares_no_code_with_the_check_of_server_and_seats() -> None:
    tree = ast.parse(Path(recount_secret.__file__).read_text(encoding="utf-8"))
    ours = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {module for module in ours if module.startswith("wire")} <= {"wire", "wire.errors"}


@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda data: data["ballots"].append(data["ballots"][0]), "only 4 were given"),
        (lambda data: data["ballots"].__setitem__(1, data["ballots"][0]), "twice"),
        (lambda data: data["ballots"][0].update(nonce="00" * 32), "not signed"),
        (lambda data: data["ballots"][0].update(signature="00" * 256), "not signed"),
        (lambda data: data["ballots"][0].update(answer="maybe"), "not asked for"),
        (lambda data: data["ballots"].pop(), "announced counts"),
    ],
)
def test_W82_a_bundle_with_a_bent_ballot_is_found(bend: Callable[[Any], None], says: str, log: MeetingLog) -> None:
    bundle = _bundle(log)
    event = next(each for each in bundle["events"] if each["kind"] == "vote_closed")
    bend(event["data"])
    rest = {name: value for name, value in event.items() if name != "hash"}
    event["hash"] = recount.hash_of(rest)
    with pytest.raises(BadBundle, match=says):
        recount.recount(json.dumps(bundle).encode())


def test_W82_a_ballot_given_twice_or_to_a_stranger_is_found(log: MeetingLog) -> None:
    bundle = _bundle(log)
    event = next(each for each in bundle["events"] if each["kind"] == "ballots_given")
    event["data"]["ballots"][1]["person"] = event["data"]["ballots"][0]["person"]
    event["hash"] = recount.hash_of({name: value for name, value in event.items() if name != "hash"})
    with pytest.raises(BadBundle, match="two ballots were given"):
        recount.recount(json.dumps(bundle).encode())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_W80_after_a_call_fewer_than_three_ballots_stop_every_reader(count: int, log: MeetingLog) -> None:
    vote, ballots = _collecting(log)
    with pytest.raises(BadField):
        log.add("vote_closed", secret.closed(log, vote, list(ballots.values())[:count]))
    log.add("vote_closed", secret.closed(log, vote, list(ballots.values())[:3]))


def test_W78_two_relays_are_enough_when_others_were_silent_and_never_one(log: MeetingLog) -> None:
    vote, _ = _collecting(log)
    for names, reason in ((["lan"], "relay_silent"), (["lan", "minh"], "incomplete"), (["lan", "lan"], "relay_silent")):
        with pytest.raises(BadField):
            log.add("ballots_called", secret.called(vote, names, run=2, reason=reason))
    log.add("ballots_called", secret.called(vote, ["lan", "minh"], run=2, reason="relay_silent"))


def test_W77_one_relays_key_is_not_given_to_two_devices(log: MeetingLog) -> None:
    vote = secret.open_secret(log, NAMES)
    data = secret.given(vote, NAMES)
    data["ballots"][1]["relay"] = data["ballots"][0]["relay"]
    with pytest.raises(BadField):
        log.add("ballots_given", data)
    data["ballots"][1]["device"] = data["ballots"][0]["device"]
    log.add("ballots_given", data)


def test_W104_a_run_says_once_what_it_waits_for_and_once_what_the_chair_is_asked(log: MeetingLog) -> None:
    vote = secret.open_secret(log, NAMES)
    told = {"vote": vote, "run": 1, "missing": 1}
    with pytest.raises(BadField):
        log.add("ballots_awaited", told)  # nothing is collected
    log.add("ballots_given", secret.given(vote, NAMES))
    log.add("ballots_called", secret.called(vote, NAMES))
    for wrong in ({"run": 2}, {"missing": 0}, {"missing": len(NAMES) + 1}, {"asks": "nothing"}):
        with pytest.raises(BadField):
            log.add("ballots_awaited", {**told, **wrong})
    log.add("ballots_awaited", told)
    with pytest.raises(BadField):
        log.add("ballots_awaited", told)
    log.add("ballots_awaited", {**told, "missing": 0, "asks": "ballots-lost"})
    with pytest.raises(BadField):
        log.add("ballots_awaited", {**told, "asks": "ballots-lost"})
