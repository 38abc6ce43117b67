"""V8, W79: what is stored and published carries no order; an attacker who knows the order wins only where it leaks."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from sealing.boxes import BoxKey
from sealing.onions import Place, open_ballots, peel, seal_ballot
from server.db import migrate
from server.db.engine import Database
from server.settings import Settings
from server.voting.secret import model
from server.voting.secret.collection import Anew, Collection, Mixing, Opening
from tests.support import secret_votes as secret
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.secret_room import SecretRoom
from wire.secret import Secret
from wire.secret_ballots import SecretBallot
from wire.votes import Vote

NAMES = [f"v{number}" for number in range(30)]
Publish = Callable[[str, Vote, Sequence[bytes]], tuple[SecretBallot, ...]]


class Scene:
    """Thirty ballots, sealed once; played in any order."""

    def __init__(self) -> None:
        chance = random.Random(30)
        log = MeetingLog().prepared()
        log.add("meeting_opened")
        name = secret.open_secret(log, NAMES)
        vote = log.state.vote(name)
        assert vote is not None
        self.vote = vote
        self.ballots = {who: secret.ballot(log, name, who, chance.choice(["for", "against"])) for who in NAMES}
        self.keys = [BoxKey.from_secret(Secret(secret.chance(f"relay {at}", 32))) for at in range(3)]
        self.urn = BoxKey.from_secret(Secret(secret.chance("urn", 32)))
        self.place = Place(MEETING, name, 1)
        relays = [key.public for key in self.keys]
        self.boxes = {
            who: seal_ballot(ballot.packed(), key=self.urn.public, relays=relays, place=self.place)
            for who, ballot in self.ballots.items()
        }

    def played(
        self, order: Sequence[str], publish: Publish = model.opened
    ) -> tuple[list[Any], tuple[SecretBallot, ...]]:
        """What each relay was given, and what was published, when the seats hand in in this order."""
        now = Collection(
            MEETING, self.vote.vote, 1, relays=tuple(named("d", f"r{at}") for at in range(3)),
            wanted={named("d", who): 1 for who in NAMES},
        )  # fmt: skip
        for who in order:
            now = now.dropped(named("d", who), (self.boxes[who],))
        seen: list[Any] = []
        for _ in range(9):
            now, task = now.advanced(0.0)
            if isinstance(task, Opening):
                packed = open_ballots(task.boxes, key=self.urn, place=self.place)
                return seen, publish(MEETING, self.vote, packed)
            assert isinstance(task, Mixing)
            seen.append(task.boxes)
            inner = peel(task.boxes, key=self.keys[task.layer], layer=task.layer, layers=3, place=self.place)
            now = now.mixed(task.device, task.layer, inner)
        raise AssertionError("the collection came to no end")


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


def test_V8_what_relays_are_given_and_what_is_published_is_the_same_whatever_the_order(scene: Scene) -> None:
    first = scene.played(NAMES)
    for seed in range(3):
        assert scene.played(random.Random(seed).sample(NAMES, len(NAMES))) == first


def _matches(order: Sequence[str], scene: Scene, published: Sequence[SecretBallot]) -> int:
    """The best an attacker can do who knows who handed in when: the ballots forwards, or backwards."""
    mine = [scene.ballots[who] for who in order]
    forwards = sum(left == right for left, right in zip(mine, published, strict=True))
    backwards = sum(left == right for left, right in zip(mine, reversed(published), strict=True))
    return max(forwards, backwards)


def test_V8_an_attacker_who_knows_the_order_does_no_better_than_chance_and_wins_where_it_leaks(scene: Scene) -> None:
    chance, found, leaked = random.Random(8), [], []
    for _ in range(4):
        order = chance.sample(NAMES, len(NAMES))

        def leaky(_meeting: str, _vote: Vote, _packed: Sequence[bytes], order: list[str] = order) -> Any:
            return tuple(scene.ballots[who] for who in order)  # as a server that stores what comes as it comes

        found.append(_matches(order, scene, scene.played(order)[1]))
        leaked.append(_matches(order, scene, scene.played(order, leaky)[1]))
    # By chance one of thirty is right each way, so eight in all; more than twenty come once in ten thousand times.
    assert sum(found) <= 20
    assert leaked == [30] * 4


@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 3, 0, 2)])
def test_V8_the_bytes_of_the_database_are_the_same_whatever_the_order(order: tuple[int, ...], tmp_path: Path) -> None:
    assert _dump(tmp_path / "one", order) == _dump(tmp_path / "two", (0, 1, 2, 3))


def _dump(folder: Path, order: Sequence[int]) -> str:
    folder.mkdir()
    database = Database(Settings(data_dir=folder).database)
    migrate.upgrade(database)
    room = SecretRoom(database, voters=4, word="fixed")
    for number, answer in enumerate(["for", "against", "abstain", "for"]):
        room.ask(number, answer)
    room.record()
    room.call()
    for number in order:
        room.drop(number)
    room.settle()
    assert len(room.found.secret) == 4
    with database.read() as tx:
        raw: Any = tx.connection.driver_connection
        dumped = "\n".join(raw.iterdump())
    database.close()
    return dumped


def test_W79_a_relay_that_answers_for_another_or_with_more_is_not_heard(scene: Scene) -> None:
    wanted = {named("d", who): 1 for who in NAMES[:3]}
    relays = tuple(named("d", who) for who in NAMES[:3])
    now = Collection(MEETING, scene.vote.vote, 1, relays=relays, wanted=wanted)
    for who in NAMES[:3]:
        now = now.dropped(named("d", who), (scene.boxes[who],))
    now, task = now.advanced(0.0)
    assert isinstance(task, Mixing)
    inner = peel(task.boxes, key=scene.keys[0], layer=0, layers=3, place=scene.place)
    for device, layer, boxes in (
        (relays[1], 0, inner), (relays[0], 1, inner), (relays[0], 0, (*inner, inner[0][::-1])),
        (relays[0], 0, task.boxes),
    ):  # fmt: skip
        assert now.mixed(device, layer, boxes) == now
    assert now.advanced(1.0)[1] is None
    assert isinstance(now.advanced(3.0)[1], Mixing)
    assert now.advanced(7.0)[1] == Anew("relay_silent", frozenset({relays[0]}))
    assert now.mixed(relays[0], 0, inner).layer == 1


def test_W78_fewer_than_three_boxes_are_never_mixed_whoever_is_given_up(scene: Scene) -> None:
    devices = [named("d", who) for who in NAMES[:4]]
    wanted = dict.fromkeys(devices, 1)
    now = Collection(MEETING, scene.vote.vote, 2, relays=tuple(devices[:3]), wanted=wanted, given_up=frozenset(devices))
    for count, who in enumerate(NAMES[:3]):
        assert now.advanced(0.0) == (now, None), count
        now = now.dropped(named("d", who), (scene.boxes[who],))
    assert isinstance(now.advanced(0.0)[1], Mixing)
