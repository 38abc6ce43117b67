"""The policy of roll-outs: who is told what, when the next stage begins, what stops it (D5)."""

from __future__ import annotations

import collections
import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from server.updates.model import MOST_TRIES, Progress, Rollout, RolloutState, Stage, Terminal
from server.updates.plan import AGAIN_AFTER, BUSY_FOR, GONE_AFTER, RETRY_AFTER, Outcome, Word, look
from wire.ids import DeviceId, RoomId
from wire.messages import Release

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
RELEASE = Release("20261124.080000", "pc", 1, "ab" * 32, "20261001.0", NOW + dt.timedelta(days=90))
OLD = "20261101.080000"
LAB, HALL = RoomId("r-lab"), RoomId("r-hall")
ROLLOUT = Rollout("a-1", RELEASE.sha256, DeviceId("d-0"), LAB, 24, NOW, "person:it")


def terminal(name: str, room: RoomId = LAB, **parts: object) -> Terminal:
    return replace(Terminal(DeviceId(name), name, room, online=True, image=OLD, compatible="pc"), **parts)  # type: ignore[arg-type]


def at(
    name: str, state: str = "", *, said: str = "fetch", ago: dt.timedelta = dt.timedelta(0), **parts: object
) -> Progress:
    return replace(Progress(DeviceId(name), "a-9", said, NOW - ago, state=state), **parts)  # type: ignore[arg-type]


def seen(
    terminals: Sequence[Terminal],
    *progress: Progress,
    rollout: Rollout = ROLLOUT,
    quiet: bool = True,
    now: dt.datetime = NOW,
) -> Outcome:
    known = {each.device: each for each in progress}
    return look(rollout, RELEASE, terminals, known, is_quiet=lambda _room: quiet, now=now)


LONE = [terminal("d-0")]


def test_D5_the_first_seat_alone_is_told_at_first() -> None:
    others = [terminal(f"d-{number}") for number in range(1, 9)]
    assert seen([*LONE, *others]).words == (Word(DeviceId("d-0"), "fetch"),)


@pytest.mark.parametrize(
    ("state", "said", "word"),
    [("fetched", "fetch", "install"), ("installed", "install", "restart"), ("cancelled", "fetch", "fetch")],
)
def test_D5_what_is_done_is_followed_by_the_next_word(state: str, said: str, word: str) -> None:
    assert seen(LONE, at("d-0", state, said=said)).words == (Word(DeviceId("d-0"), word),)


@pytest.mark.parametrize("state", ["", "fetching", "installing", "restarting"])
def test_D5_what_goes_on_is_waited_for_and_said_again_after_a_while(state: str) -> None:
    said = {"installing": "install", "restarting": "restart"}.get(state, "fetch")
    assert seen(LONE, at("d-0", state, said=said)).words == ()
    late = at("d-0", state, said=said, ago=AGAIN_AFTER)
    assert seen(LONE, late).words == (Word(DeviceId("d-0"), said),)
    # Whoever still tells how far it is is not asked.
    assert seen(LONE, replace(late, heard_at=NOW)).words == ()


def test_D5_nothing_is_said_to_a_room_that_is_not_quiet_nor_to_who_is_off() -> None:
    assert seen(LONE, quiet=False).words == ()
    assert seen(LONE, at("d-0", "fetched"), quiet=False).words == ()
    assert seen([terminal("d-0", online=False)]).words == ()


def test_D5_who_is_busy_is_asked_again_later() -> None:
    busy = at("d-0", "installed", said="restart", reason="busy")
    assert seen(LONE, busy).words == ()
    assert seen(LONE, replace(busy, said_at=NOW - BUSY_FOR)).words == (Word(DeviceId("d-0"), "restart"),)


@pytest.mark.parametrize("reason", ["unreachable", "no-space", "interrupted", "truncated", "no-clock"])
def test_D5_what_lies_in_the_network_or_the_moment_is_tried_again_and_not_for_ever(reason: str) -> None:
    failed = at("d-0", "failed", reason=reason)
    assert seen(LONE, failed).rollout.state is RolloutState.RUNNING
    assert seen(LONE, failed).words == ()
    later = replace(failed, said_at=NOW - RETRY_AFTER)
    assert seen(LONE, later).words == (Word(DeviceId("d-0"), "fetch"),)
    assert seen(LONE, replace(later, tries=MOST_TRIES)).words == ()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("fallen-back", "unwell"),
        ("failed", "signature"),
        ("failed", "tampered"),
        ("failed", "wrong-device"),
        ("failed", "install"),
    ],
)
def test_D5_one_that_falls_back_or_cannot_take_it_stops_everything(state: str, reason: str) -> None:
    others = [terminal(f"d-{number}") for number in range(1, 9)]
    outcome = seen([*LONE, *others], at("d-0", state, reason=reason), at("d-1", "fetched"))
    assert outcome.rollout.state is RolloutState.STOPPED
    assert outcome.rollout.fault == ("d-0", reason)
    assert outcome.words == ()


def test_D5_one_that_was_well_and_runs_another_image_later_fell_back() -> None:
    well = at("d-0", "good", said="restart", ago=AGAIN_AFTER)
    assert seen(LONE, well).rollout.fault == ("d-0", "unwell")
    # How it is comes a moment after that it is well.
    assert seen(LONE, replace(well, said_at=NOW)).rollout.fault is None
    assert seen([terminal("d-0", image=RELEASE.version)], well).rollout.fault is None


def test_D5_the_next_stage_begins_when_this_one_has_stayed_well_long_enough() -> None:
    well, done = terminal("d-0", image=RELEASE.version), at("d-0", "good", said="restart")
    others = [terminal("d-1"), terminal("d-2", HALL)]
    first = seen([well, *others], done).rollout
    assert (first.stage, first.ready_at) == (Stage.LAB, NOW)
    soon = seen([well, *others], done, rollout=first, now=NOW + dt.timedelta(hours=23, minutes=59))
    assert soon.rollout == first
    second = seen([well, *others], done, rollout=first, now=NOW + dt.timedelta(hours=24)).rollout
    assert (second.stage, second.ready_at) == (Stage.ROOM, None)
    assert seen([well, *others], done, rollout=second).words == (Word(DeviceId("d-1"), "fetch"),)


def test_D5_a_stage_that_is_not_well_any_more_waits_anew() -> None:
    well, done = terminal("d-0", image=RELEASE.version), at("d-0", "good", said="restart")
    ready = replace(ROLLOUT, stage=Stage.ROOM, ready_at=NOW)
    # One that was off when the others were done has come.
    assert seen([well, terminal("d-1")], done, rollout=ready).rollout.ready_at is None


def test_D5_a_stage_waits_for_nobody_who_is_off_but_the_last_one_for_all() -> None:
    well, done = terminal("d-0", image=RELEASE.version), at("d-0", "good", said="restart")
    off = terminal("d-1", online=False)
    assert seen([well, off], done, rollout=replace(ROLLOUT, stage=Stage.ROOM)).rollout.ready_at == NOW
    last = replace(ROLLOUT, stage=Stage.ALL)
    assert seen([well, off], done, rollout=last).rollout.state is RolloutState.RUNNING
    left_out = at("d-1", said="", skipped=True)
    assert seen([well, off], done, left_out, rollout=last).rollout.state is RolloutState.DONE


def test_D5_a_stage_in_which_nobody_has_it_is_not_ready() -> None:
    assert seen([terminal("d-0", online=False)]).rollout.ready_at is None
    assert seen(LONE, at("d-0", skipped=True)).rollout.ready_at is None


def test_D5_who_has_the_image_already_is_told_nothing() -> None:
    assert seen([terminal("d-0", image=RELEASE.version)]).words == ()


def test_D5_other_machines_are_left_alone() -> None:
    everybody = replace(ROLLOUT, stage=Stage.ALL)
    others = [terminal("d-1", compatible="pi"), terminal("d-2", compatible="")]
    assert [word.device for word in seen([*LONE, *others], rollout=everybody).words] == ["d-0"]


def test_D5_in_the_whole_house_four_fetch_at_once() -> None:
    everybody = replace(ROLLOUT, stage=Stage.ALL)
    rooms = [terminal(f"d-{number}", RoomId(f"r-{number}")) for number in range(9)]
    assert len(seen(rooms, rollout=everybody).words) == 4
    fetching = [at(f"d-{number}", "fetching") for number in range(3)]
    assert [word.kind for word in seen(rooms, *fetching, rollout=everybody).words] == ["fetch"]


def test_D5_one_that_never_said_what_it_takes_keeps_the_last_stage_open() -> None:
    well, done = terminal("d-0", image=RELEASE.version), at("d-0", "good", said="restart")
    unknown = terminal("d-1", online=False, compatible=None)
    assert seen([well, unknown], done, rollout=replace(ROLLOUT, stage=Stage.ROOM)).rollout.ready_at == NOW
    last = replace(ROLLOUT, stage=Stage.ALL)
    assert seen([well, unknown], done, rollout=last).rollout.state is RolloutState.RUNNING
    assert (
        seen([well, unknown], done, at("d-1", said="", skipped=True), rollout=last).rollout.state is RolloutState.DONE
    )


def test_D5_past_its_last_day_it_stops() -> None:
    outcome = seen(LONE, now=RELEASE.expires)
    assert outcome.rollout.state is RolloutState.STOPPED
    assert outcome.rollout.fault == ("d-0", "expired")


def test_D5_one_that_went_off_in_the_middle_holds_its_place_for_a_while() -> None:
    everybody = replace(ROLLOUT, stage=Stage.ALL)
    gone = terminal("d-0", online=False)
    others = [terminal("d-1"), terminal("d-2")]
    assert seen([gone, *others], at("d-0", "restarting", said="restart"), rollout=everybody).words == ()
    lost = at("d-0", "restarting", said="restart", ago=GONE_AFTER)
    assert len(seen([gone, *others], lost, rollout=everybody).words) == 1


@pytest.mark.parametrize("state", [RolloutState.STOPPED, RolloutState.DONE, RolloutState.ENDED])
def test_D5_nothing_is_said_for_one_that_does_not_go_on(state: RolloutState) -> None:
    rollout = replace(ROLLOUT, state=state)
    assert seen(LONE, at("d-0", "fetched"), rollout=rollout) == Outcome(rollout)


@dataclass
class _House:
    """Seats that do what they are told, some of them slowly, some off for a while."""

    rng: random.Random
    seats: list[Terminal]
    progress: dict[DeviceId, Progress] = field(default_factory=dict)
    most_at_once: collections.Counter[RoomId] = field(default_factory=collections.Counter)

    def told(self, word: Word, now: dt.datetime) -> None:
        before = self.progress.get(word.device)
        self.progress[word.device] = (
            Progress(word.device, "a-9", word.kind, now)
            if before is None
            else replace(before, said=word.kind, said_at=now)
        )

    def live(self, now: dt.datetime) -> None:
        for number, seat in enumerate(self.seats):
            is_on = self.rng.random() > 0.1
            has = self.progress.get(seat.device)
            if has is not None and is_on and self.rng.random() < 0.5 and has.state != "good":
                done = {"fetch": "fetched", "install": "installed", "restart": "good"}[has.said]
                self.progress[seat.device] = replace(has, state=done, heard_at=now)
                image = RELEASE.version if done == "good" else seat.image
                self.seats[number] = replace(seat, image=image, online=is_on)
            else:
                self.seats[number] = replace(seat, online=is_on)
        at_work = collections.Counter(
            seat.room
            for seat in self.seats
            if seat.device in self.progress and self.progress[seat.device].state != "good"
        )
        self.most_at_once |= at_work


@pytest.mark.parametrize("seed", range(8))
def test_D5_everybody_gets_it_in_the_end_and_never_more_than_a_quarter_of_a_room_at_once(seed: int) -> None:
    rng = random.Random(seed)
    sizes = {LAB: rng.randint(1, 9), HALL: rng.randint(1, 30), RoomId("r-third"): rng.randint(1, 3)}
    seats = [terminal(f"d-{room}-{number}", room) for room, size in sizes.items() for number in range(size)]
    seats[0] = replace(seats[0], device=DeviceId("d-0"))
    house, rollout, now, loud = _House(rng, seats), replace(ROLLOUT, soak_h=1), NOW, RoomId("r-third")
    for _ in range(4_000):
        now += dt.timedelta(minutes=2)
        meeting = {loud} if rng.random() < 0.5 else set()
        quiet = {room: room not in meeting for room in sizes}
        outcome = look(rollout, RELEASE, house.seats, house.progress, is_quiet=quiet.__getitem__, now=now)
        told = {word.device for word in outcome.words}
        assert not any(seat.room in meeting and seat.device in told for seat in house.seats)
        rollout = outcome.rollout
        for word in outcome.words:
            house.told(word, now)
        house.live(now)
        if rollout.is_over:
            break
    assert rollout.state is RolloutState.DONE
    assert all(seat.image == RELEASE.version for seat in house.seats)
    for room, most in house.most_at_once.items():
        assert most <= max(1, sizes[room] // 4)
