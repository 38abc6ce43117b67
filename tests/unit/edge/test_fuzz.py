"""Rooms in bad weather: loss, delay, reordering, kills, power cuts – and in the end every seat has what the log says.

Rules: everything random comes from the seed in the test's name; a seed that fails becomes a test of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.model import LinkState
from tests.support.fake_disk import PowerCut
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import TwinMeeting
from wire.phases import LIVE

PEOPLE = ("chair", "lan", "secretary")


class Storm:
    """One seeded room: seats, people, a meeting and everything that goes wrong."""

    def __init__(self, tmp_path: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.room = SeatRoom(tmp_path, seed=seed)
        self.seats = [self.room.seat(label) for label in ("A1", "A3")]
        self.meeting: TwinMeeting = self.room.twin.prepare_meeting()
        self.room.run(2)
        self.promised: list[str] = []
        self.papers = 0

    def go_wrong(self) -> None:
        """One thing happens."""
        happenings = (
            self.weather, self.weather, self.kill, self.power, self.cut_disk, self.broker, self.server, self.publish,
            self.publish, self.epoch, self.person, self.person, self.act, self.act, self.act, self.time,
        )  # fmt: skip
        self.survive(self.chance.choice(happenings))
        self.run(self.chance.uniform(0.25, 4))

    def run(self, seconds: float) -> None:
        """Time goes on; a disk may lose its power on the way."""
        end = self.room.clock.s + seconds
        while self.room.clock.s < end:
            self.survive(lambda: self.room.run(0.25))

    def survive(self, happening: Callable[[], None]) -> None:
        """Whatever loses power on the way starts again."""
        try:
            happening()
        except PowerCut:
            for seat in self.seats:
                self.restart(seat, cold=True)

    # ---------------------------------------------------- happenings

    def weather(self) -> None:
        self.room.weather.loss = self.chance.choice((0.0, 0.05, 0.3))
        self.room.weather.delay_s = self.chance.choice((0.0, 0.3, 2.0))

    def kill(self) -> None:
        self.restart(self.chance.choice(self.seats), cold=False)

    def power(self) -> None:
        self.restart(self.chance.choice(self.seats), cold=True)

    def cut_disk(self) -> None:
        self.chance.choice(self.seats).disk.cut_after(self.chance.randrange(1, 12))

    def restart(self, seat: TestSeat, *, cold: bool) -> None:
        if cold:
            seat.lose_power()
        else:
            seat.kill()
        seat.start()
        seat.connect()

    def broker(self) -> None:
        for seat in self.seats:
            seat.disconnect()
        self.run(self.chance.uniform(0, 3))
        for seat in self.seats:
            seat.connect()

    def server(self) -> None:
        self.room.twin.is_up = False
        self.run(self.chance.uniform(0, 10))
        self.room.twin.restart()
        self.room.twin.is_up = True

    def publish(self) -> None:
        self.papers += 1
        plain = self.chance.randbytes(self.chance.choice((10, 70_000, 300_000)))
        self.room.twin.publish(self.meeting, f"paper{self.papers}", plain)

    def epoch(self) -> None:
        self.room.twin.start_epoch(self.meeting)

    def person(self) -> None:
        self.chance.choice(self.seats).sign_in(self.chance.choice(PEOPLE))

    def act(self) -> None:
        seat = self.chance.choice(self.seats)
        act = named("a", str(self.chance.random()))
        kind = "meeting_recess" if self.meeting.log.state.phase == "open" else "present_stop"
        request = seat.act("present_stop" if kind != "meeting_recess" else kind, act)
        if seat.answer(request) == "":
            self.promised.append(act)

    def time(self) -> None:
        self.room.clock.jump_s = self.chance.choice((0, 1e9, -1e9))
        self.run(30)

    # ---------------------------------------------------- the end

    def settle(self) -> None:
        """The weather clears, and everything has time."""
        self.room.weather.loss = self.room.weather.delay_s = 0.0
        for seat in self.seats:
            seat.disk._cut_in = None  # noqa: SLF001 - the power is good from now on
            if seat.seat is None:
                seat.start()
            seat.connect()
        for _ in range(40):
            self.run(3)
            self.room.twin.repair(at_most=100)

    def check(self) -> None:
        """What must be true of every seat."""
        twin = self.room.twin
        for seat in self.seats:
            state = seat.on.state
            assert state.link.state is LinkState.ONLINE
            followed = state.meetings[self.meeting.id]
            assert followed.state == self.meeting.log.state
            assert not followed.fault
            kept = seat.on._ports.vault.find(self.meeting.id)  # noqa: SLF001 - the disk is compared with the log
            assert kept is not None
            assert kept.state == self.meeting.log.state
            assert set(kept.chunks) == set(self.meeting.papers)
            assert all(chunks.have.full and chunks.recheck() == 0 for chunks in kept.chunks.values())
            for where, held in kept.keyring.papers.items():
                assert held.key == self.meeting.papers[where].key
            assert state.queue == ()
            have = twin.devices[seat.signer.key_id].have
            assert {where for where, bitmap in have.items() if bitmap.full} == set(self.meeting.papers)
        done = [act.act for act in twin.performed]
        assert len(done) == len(set(done)), "an act was done twice"
        assert set(self.promised) <= set(twin.outcomes), "an act that was accepted was lost"

    def recall(self) -> None:
        """The meeting ends while everything still goes wrong; then nothing is left anywhere."""
        if self.meeting.log.state.phase not in LIVE:
            self.room.twin.add(self.meeting, "meeting_opened")
        self.room.twin.close(self.meeting)
        for _ in range(8):
            self.survive(
                self.chance.choice((self.weather, self.kill, self.power, self.cut_disk, self.broker, self.server))
            )
            self.run(2)
        self.settle()
        for seat in self.seats:
            assert set(self.meeting.receipts) == set(self.meeting.holders)
            left = [name for name in seat.disk.all_names() if name.startswith(("meetings/", "papers/"))]
            assert left == []
            assert seat.on.state.queue == ()
            content = seat.disk.content()
            assert all(paper.key.reveal() not in content for paper in self.meeting.papers.values())


@pytest.mark.parametrize("seed", range(12))
def test_M3_every_seat_ends_with_the_state_of_the_log(tmp_path: Path, seed: int) -> None:
    storm = Storm(tmp_path, seed)
    for _ in range(30):
        storm.go_wrong()
    storm.settle()
    storm.check()
    storm.recall()
