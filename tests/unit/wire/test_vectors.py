"""The golden files: what the contract means byte for byte, for Python and the browser alike."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.vectors import make
from wire import canonical, ids, topics
from wire.ballots import commitment
from wire.errors import BadJson, BadTopic, WireError
from wire.events import Event, check_chain
from wire.fold import fold
from wire.ids import DeviceId, RoomId
from wire.view import sections


def _read(name: str) -> Any:
    return json.loads((make.HERE / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(make.made()))
def test_a_golden_file_is_what_the_contract_says_today(name: str) -> None:
    text = (make.HERE / name).read_text(encoding="utf-8")
    assert text == make.printed(make.made()[name]), "python -m tests.vectors.make, if the contract was meant to change"


@pytest.mark.parametrize("vector", _read("canonical.json")["values"], ids=lambda vector: vector["name"])
def test_W03_canonical_bytes_are_the_golden_ones(vector: Any) -> None:
    assert canonical.encode(vector["value"]).hex() == vector["hex"]
    assert canonical.decode(bytes.fromhex(vector["hex"])) == vector["value"]


@pytest.mark.parametrize("vector", _read("canonical.json")["refused"], ids=lambda vector: vector["name"])
def test_W03_bytes_that_are_not_canonical_are_refused(vector: Any) -> None:
    with pytest.raises(BadJson):
        canonical.decode(bytes.fromhex(vector["hex"]))


def test_W40_the_golden_chain_holds() -> None:
    golden = _read("events.json")
    check_chain([Event.from_value(value) for value in golden["events"]], after=None, meeting=golden["meeting"])


@pytest.mark.parametrize("broken", _read("events.json")["broken"], ids=lambda broken: broken["name"])
def test_W41_every_broken_chain_is_noticed(broken: Any) -> None:
    with pytest.raises(WireError):
        check_chain(
            [Event.from_value(value) for value in broken["events"]], after=None, meeting=_read("events.json")["meeting"]
        )


def test_W66_the_golden_vote_folds_to_the_golden_sections() -> None:
    golden = _read("ballots.json")
    events = [Event.from_value(value) for value in golden["events"]]
    assert sections(fold(events))["votes"] == golden["votes"]


@pytest.mark.parametrize("ballot", _read("ballots.json")["ballots"], ids=lambda ballot: ballot["commitment"][:8])
def test_W67_a_ballot_is_bound_to_the_golden_commitment(ballot: Any) -> None:
    said = {name: ballot[name] for name in ("answer", "nonce", "statement")}
    assert commitment(ballot["meeting"], ballot["vote"], ballot["person"], **said) == ballot["commitment"]


@pytest.mark.parametrize("device", _read("pairing.json")["devices"], ids=lambda device: device["code"])
def test_W50_screen_and_console_show_the_same_digits(device: Any) -> None:
    key = base64.b64decode(device["spki"])
    assert (ids.device_id(key), ids.pairing_code(key)) == (device["device"], device["code"])


def test_W10_the_golden_topics_are_all_there_are() -> None:
    golden = _read("topics.json")
    assert [str(topics.parse(text)) for text in golden["topics"]] == golden["topics"]
    for text in golden["refused"]:
        with pytest.raises(BadTopic):
            topics.parse(text)


def test_W12_the_golden_grants_are_those_of_a_seat() -> None:
    golden = _read("topics.json")["grants"]
    grants = topics.device_grants(DeviceId(golden["device"]), RoomId(golden["room"]))
    assert [f"{grant.access} {grant.filter}" for grant in grants] == golden["lines"]


def test_W44_the_golden_patches_lead_from_start_to_end() -> None:
    golden = _read("view-patch.json")
    seq, shown = golden["start"]["seq"], golden["start"]["sections"]
    for patch in golden["patches"]:
        assert patch["base"] == seq
        seq, shown = patch["seq"], shown | patch["sections"]
    assert (seq, shown) == (golden["end"]["seq"], golden["end"]["sections"])
    state = fold(Event.from_value(value) for value in _read("events.json")["events"])
    assert sections(state) == shown
