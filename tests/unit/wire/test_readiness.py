"""Who is ready for a vote, on its way to the chair's seat (W126)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.meeting_log import named
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields
from wire.messages.acts import MAX_DATA_BYTES
from wire.readiness import Counts, Opening, Short, Waited
from wire.votes import VoteKind

LINE = Waited(named("u", "lan"), "Lan (demo)", "unready", "offline", "A3")
SHORT = Short(Counts(45, 43, 40, represented=1, recused=2), (LINE,), 3)


@pytest.mark.parametrize("opening", [Opening(named("v", "1")), Opening(None, VoteKind.SECRET, named("i", "one"))])
def test_W126_the_question_comes_back_as_it_went(opening: Opening) -> None:
    assert Opening.read(Fields(opening.to_value(), "data")) == opening


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "open"},
        {"kind": "loud", "item": named("i", "one")},
        {"vote": named("v", "1"), "kind": "open"},
        {"vote": "v-1"},
        {"vote": named("v", "1"), "seen": 1},
    ],
)
def test_W126_any_other_question_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Opening.read(Fields(data, "data"))


def test_W126_the_answer_comes_back_as_it_went() -> None:
    assert Short.read(SHORT.to_value()) == SHORT
    changes: list[dict[str, Any]] = [{"people": [LINE.to_value() | {"standing": "ready"}]}, {"able": -1}, {"more": ""}]
    for change in [*changes, {"ballots": []}]:
        with pytest.raises(WireError):
            Short.read(SHORT.to_value() | change)


def test_W126_what_does_not_fit_is_counted_and_the_first_stay() -> None:
    lines = [
        Waited(named("u", f"n{number}"), f"{number:03} " + "Ệ" * 196, "away", "not_here", "Ghế " * 20)
        for number in range(500)
    ]
    told = Short.fitting(SHORT.counts, lines)
    assert len(canonical.encode(told.to_value())) < MAX_DATA_BYTES
    assert told.people == tuple(lines[: len(told.people)])
    assert (len(told.people) > 40, len(told.people) + told.more) == (True, 500)
    assert Short.fitting(SHORT.counts, lines[:9]).more == 0
