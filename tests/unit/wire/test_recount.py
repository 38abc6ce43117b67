"""Rules V10, W69: the bundle is counted by something that shares nothing with the first count."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, named
from tests.support.votes import MORE_THAN_HALF, TWO_THIRDS, open_vote, whole
from wire import canonical, recount
from wire.bundle import bundle_of
from wire.errors import BadBundle, WireError
from wire.events import Event
from wire.fields import parse_instant

NAMES = [f"n{number}" for number in range(12)]


def _bundle(answers: dict[str, str], *, absent: int = 0, **changes: Any) -> dict[str, Any]:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    present = NAMES[: len(NAMES) - absent]
    vote = whole(log, answers, present, absent=NAMES[len(present) :], **changes)
    return bundle_of(vote, log.events, title=log.state.title)


def _printed(bundle: dict[str, Any]) -> bytes:
    return json.dumps(bundle, ensure_ascii=False).encode()


ballots = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["for", "against", "abstain"]))


@given(
    ballots,
    st.sampled_from(["all", "present", "cast", "decided"]),
    st.sampled_from([MORE_THAN_HALF, TWO_THIRDS]),
    st.sampled_from([None, TWO_THIRDS]),
    st.sampled_from(["fails", "chair"]),
)
def test_V10_the_recount_is_the_announced_result(
    answers: dict[str, str], base: str, majority: Any, quorum: Any, tie: str
) -> None:
    rule = {"base": base, "majority": majority, "quorum": quorum, "tie": tie}
    bundle = _bundle(answers, rule=rule)
    found = recount.recount(_printed(bundle))
    assert (found.outcome, found.favour, found.of) == tuple(bundle["result"][k] for k in ("outcome", "favour", "of"))
    assert found.cast == len(answers)


def test_V10_the_counter_imports_nothing_of_the_servers_count() -> None:
    tree = ast.parse(Path(recount.__file__).read_text(encoding="utf-8"))
    ours = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {module for module in ours if module.startswith("wire")} <= {"wire", "wire.errors"}


def _rehash(event: dict[str, Any]) -> None:
    body = {name: value for name, value in event.items() if name != "hash"}
    read = Event(
        meeting=body["meeting"], seq=body["seq"], at=parse_instant(body["at"]), actor=body["actor"], kind=body["kind"],
        data=body["data"], prev=body["prev"],
    )  # fmt: skip
    event["hash"] = read.hash


def _event(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in bundle["events"] if each["kind"] == kind)
    return found


def _flip(bundle: dict[str, Any]) -> None:
    _event(bundle, "vote_closed")["data"]["ballots"][0]["answer"] = "against"


def _flip_and_rehash(bundle: dict[str, Any]) -> None:
    _flip(bundle)
    _rehash(_event(bundle, "vote_closed"))


def _drop(bundle: dict[str, Any]) -> None:
    del _event(bundle, "vote_closed")["data"]["ballots"][0]
    _rehash(_event(bundle, "vote_closed"))


def _double(bundle: dict[str, Any]) -> None:
    closed = _event(bundle, "vote_closed")["data"]["ballots"]
    closed.append(copy.deepcopy(closed[0]))
    _rehash(_event(bundle, "vote_closed"))


def _stranger(bundle: dict[str, Any]) -> None:
    _event(bundle, "vote_closed")["data"]["ballots"][0]["person"] = named("u", "stranger")
    _rehash(_event(bundle, "vote_closed"))


def _result(bundle: dict[str, Any]) -> None:
    bundle["result"]["outcome"] = "rejected"


def _counts(bundle: dict[str, Any]) -> None:
    bundle["result"]["counts"][0]["votes"] += 1


def _swap(bundle: dict[str, Any]) -> None:
    bundle["events"][1:3] = reversed(bundle["events"][1:3])


def _no_ballots(bundle: dict[str, Any]) -> None:
    bundle["events"] = [each for each in bundle["events"] if each["kind"] != "ballots_taken"]


def _truncate(bundle: dict[str, Any]) -> None:
    del bundle["events"][-2:]


def _other_vote(bundle: dict[str, Any]) -> None:
    bundle["vote"] = named("v", "other")


def _format(bundle: dict[str, Any]) -> None:
    bundle["format"] = "x"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_flip, "was changed"),
        (_flip_and_rehash, "not the one that was acknowledged"),
        (_drop, "acknowledged ballots are missing"),
        (_double, "two ballots"),
        (_stranger, "not on the roll"),
        (_result, "announced result"),
        (_counts, "announced counts"),
        (_swap, "does not follow"),
        (_no_ballots, "not the one that was acknowledged"),
        (_truncate, "cannot be read"),
        (_other_vote, "another vote"),
        (_format, "no bundle"),
    ],
)
def test_W69_every_change_is_named(change: Callable[[dict[str, Any]], None], words: str) -> None:
    bundle = _bundle(dict.fromkeys(NAMES[:8], "for") | dict.fromkeys(NAMES[8:], "against"))
    recount.recount(_printed(bundle))
    change(bundle)
    with pytest.raises(BadBundle, match=words):
        recount.recount(_printed(bundle))


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_W01_what_is_no_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        recount.recount(data)


def test_V1_a_show_of_hands_is_counted_too() -> None:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    vote = open_vote(log, NAMES, kind="hands")
    hands = [{"answer": "for", "count": 7}, {"answer": "against", "count": 5}, {"answer": "abstain", "count": 0}]
    log.add("vote_closed", {"vote": vote, "hands": hands})
    folded = log.state.vote(vote)
    assert folded is not None
    bundle = bundle_of(folded, log.events, title="")
    found = recount.recount(canonical.encode(bundle))
    assert (found.favour, found.of, found.outcome) == (7, 12, "passed")
