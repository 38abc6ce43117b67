"""wire/README.md says what the code does: its exchange opens, its tables are complete."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from tests.support import mutate
from tests.vectors import exchange
from wire import fold, lanes, messages, topics
from wire.errors import WireError
from wire.lanes import Sealing
from wire.manifest import Manifest

_README = exchange.README.read_text(encoding="utf-8")
_STEPS = ["hello", "welcome", "join", "key", "events", "offer", None, "have", "act", "ack", "receipt"]


def _table(heading: str) -> str:
    """The rows under the table whose first column is headed ``heading``."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", _README, re.MULTILINE)
    assert found is not None
    return found.group(1)


def _first_column(heading: str) -> list[str]:
    return [word for row in _table(heading).splitlines() for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_the_exchange_in_the_readme_is_the_one_that_is_kept() -> None:
    assert exchange.readme_section(exchange.read()) in _README, (
        "python -m tests.vectors.exchange, if the contract was meant to change"
    )


def test_W11_every_step_of_the_exchange_opens_on_its_lane() -> None:
    steps = exchange.opened(exchange.read())
    assert [None if step.signed is None else step.signed.type for step in steps] == _STEPS
    for step in steps:
        lane = lanes.of(step.topic)
        assert lane.types >= ({step.signed.type} if step.signed else set())
        if step.signed is not None:
            assert messages.parse(step.signed.type, step.signed.value()) == step.message()


def test_W24_numbers_rise_in_each_direction() -> None:
    steps = [step for step in exchange.opened(exchange.read()) if lanes.of(step.topic).sealing is Sealing.BOX]
    for tree in ("u", "s"):
        heads = [step.message().head for step in steps if step.topic.tree == tree]
        assert [head.number for head in heads] == list(range(1, len(heads) + 1))
        assert {head.session for head in heads} == {heads[0].session}


def test_W33_the_chunk_of_the_exchange_is_the_one_of_its_manifest() -> None:
    steps = {None if step.signed is None else step.signed.type: step for step in exchange.opened(exchange.read())}
    envelope = exchange.inner_manifest(steps["offer"].message())
    Manifest.from_value(envelope.value()).check_chunk(0, steps[None].payload)


@pytest.mark.parametrize("place", range(len(_STEPS)))
def test_W22_no_step_opens_on_the_topic_of_another(place: int) -> None:
    kept = exchange.read()
    for other in {step["topic"] for step in kept["steps"]} - {kept["steps"][place]["topic"]}:
        if Sealing.CHUNK in {lanes.of(topics.parse(topic)).sealing for topic in (other, kept["steps"][place]["topic"])}:
            continue
        moved: dict[str, Any] = copy.deepcopy(kept)
        moved["steps"][place]["topic"] = other
        with pytest.raises(WireError):
            exchange.opened(moved)


def test_W04_the_readme_lists_every_message() -> None:
    assert sorted(_first_column("type")) == sorted(messages.TYPES)


def test_W43_the_readme_lists_every_kind_of_event() -> None:
    assert sorted(_first_column("kind")) == sorted(fold.kinds())


def test_W11_the_readme_lists_every_lane() -> None:
    text = _table("lane")
    for tree, lane in lanes.TABLE:
        row = next(row for row in text.splitlines() if f"`{tree}/" in row and re.search(rf"\b{lane}\b", row))
        kind = {Sealing.BOX: "box", Sealing.ROOM: "room frame", Sealing.CHUNK: "chunk", Sealing.EMPTY: "empty"}
        assert kind[lanes.TABLE[tree, lane].sealing] in row


def test_W01_a_broken_exchange_raises_only_our_errors() -> None:
    kept = exchange.read()
    for place, step in enumerate(exchange.opened(kept)):
        if step.signed is None:
            continue
        for broken in mutate.flipped_bits(step.payload[:40]):
            changed: dict[str, Any] = copy.deepcopy(kept)
            changed["steps"][place]["payload"] = exchange.b64(broken + step.payload[40:])
            changed["steps"] = [s for s in changed["steps"][:place] if "/key" in s["topic"]] + [changed["steps"][place]]
            with pytest.raises(WireError):
                exchange.opened(changed)
