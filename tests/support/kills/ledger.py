"""What every voter was told, against what was published: nothing lost, doubled or miscounted (V4, W67, V10).

Rules: who was told "recorded" is in the published list exactly once, with the answer that was cast; who was told
anything else is not in it at all; nobody else is. The sums are added up here, by hand, and by the independent count.

Usage: ``check(bundle, ballots)`` with the ballots by person.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.support.kills.voter import RECORDED, Ballot
from wire import recount


def check(bundle: dict[str, Any], ballots: Mapping[str, Ballot]) -> str:
    """How many counted, in words; raises AssertionError, BadBundle."""
    found = recount.recount(json.dumps(bundle).encode())
    counted = {who: ballot for who, ballot in ballots.items() if ballot.told == RECORDED}
    (closed,) = [event["data"] for event in bundle["events"] if event["kind"] == "vote_closed"]
    if found.kind == "secret":
        _secret(found, counted)
    else:
        _open(closed["ballots"], counted)
        _in_the_log(bundle, counted)
    assert dict(found.counts) == _sums(bundle, counted), (found.counts, counted)
    assert found.cast == len(counted)
    told = Counter(ballot.told for ballot in ballots.values())
    return ", ".join(f"{count} {word}" for word, count in sorted(told.items()))


def _open(published: list[dict[str, Any]], counted: Mapping[str, Ballot]) -> None:
    assert len(published) == len({line["person"] for line in published}), "a ballot was doubled"
    lines = {line["person"]: line["answer"] for line in published}
    expected = {who: ballot.answer for who, ballot in counted.items()}
    assert lines == expected, f"published {lines}, recorded {expected}"


def _in_the_log(bundle: dict[str, Any], counted: Mapping[str, Ballot]) -> None:
    takings = [event["data"]["ballots"] for event in bundle["events"] if event["kind"] == "ballots_taken"]
    taken = [line["person"] for lines in takings for line in lines]
    assert sorted(taken) == sorted(counted), "the log's commitments are not those that were acknowledged"


def _secret(found: recount.Recounted, counted: Mapping[str, Ballot]) -> None:
    expected = {ballot.receipt: ballot.answer for ballot in counted.values()}
    assert len(found.receipts) == len(expected), (found.receipts, expected)
    assert dict(found.receipts) == expected
    assert found.given == len(counted)


def _sums(bundle: dict[str, Any], counted: Mapping[str, Ballot]) -> dict[str, int]:
    (prepared,) = [event["data"] for event in bundle["events"] if event["kind"] == "vote_prepared"]
    sums = {each["answer"]: 0 for each in prepared["answers"]}
    for ballot in counted.values():
        for mark in ballot.answer.split(","):
            sums[mark] += 1
    return sums
