"""A roll-out, both ends: the server's policy and the decisions of seats; words lost, plugs pulled (D5, W176, W177)."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from edge.commands import Command, FetchRelease, InstallRelease, KeepUpdate, RestartForUpdate, SayUpdate
from edge.events import FoundWell, UpdateCame, UpdateFound, UpdateWent
from edge.model import Now, State
from edge.updates import rules
from edge.updates.values import Task
from server.updates.model import Progress, Rollout, RolloutState, Stage, Terminal
from server.updates.plan import Word, look
from server.updates.rollouts import heard_of, told_of
from tests.support.meeting_log import named
from wire import ids
from wire.ids import DeviceId, RoomId
from wire.messages import Release

START = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
OLD = "20261101.080000"
RELEASE = Release("20261124.080000", "pc", 1, "ab" * 32, "20261001.0", START + dt.timedelta(days=900))
ROOM = RoomId("r-1")
#: How long somebody pulls plugs; afterwards seats start when they are told to, and else not.
PULLED_S = 3600.0
#: What a machine does in one look of half a minute.
LOOK = dt.timedelta(seconds=30)


@dataclass
class Machine:
    """A seat with two slots: its agent's own decisions, and root's unit, the boot loader and the plug by dice."""

    device: DeviceId
    rng: random.Random
    #: the release never gets well on it
    is_bad: bool = False
    running: str = OLD
    slot: str = OLD
    boots: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    state: State = field(default_factory=State)
    kept: Task | None = None
    doing: str = ""
    said: list[Task] = field(default_factory=list)
    online: bool = False

    def start(self, now: Now) -> None:
        """The power comes on: from the slot that was made the first, unless it has no try left."""
        self.running = OLD if self.is_bad else self.slot
        self.slot = self.running
        self.state, self.doing, self.online = State(), "", True
        found = UpdateFound(self.kept, self.running, f"boot-{next(self.boots)}")
        self._do(rules.found(self.state, found, now))
        self.said += [each.task for each in rules.say_again(self.state) if isinstance(each, SayUpdate)]

    def told(self, word: UpdateCame, now: Now) -> None:
        self._do(rules.came(self.state, word, now))

    def live(self, now: Now) -> None:
        """Half a minute of work, the plug, or a start."""
        if not self.online:
            if self.rng.random() < 0.5:
                self.start(now)
        elif self.doing == "restart" or (now.s < PULLED_S and self.rng.random() < 0.1):
            self.online = False
        elif self.doing in {"fetch", "install"} and self.rng.random() < 0.7:
            state, self.doing = {"fetch": "fetched", "install": "installed"}[self.doing], ""
            if self.rng.random() < 0.1:
                event = UpdateWent(RELEASE.sha256, "failed", 0, self.rng.choice(["unreachable", "no-space"]))
            else:
                self.slot = RELEASE.version if state == "installed" else self.slot
                event = UpdateWent(RELEASE.sha256, state, 100)
            self._do(rules.went(self.state, event, now))
        else:
            self._do(rules.well(self.state, FoundWell(), now))

    def _do(self, result: tuple[State, tuple[Command, ...]]) -> None:
        self.state, commands = result
        for command in commands:
            match command:
                case KeepUpdate(task):
                    self.kept = task
                case FetchRelease():
                    self.doing = "fetch"
                case InstallRelease():
                    self.doing = "install"
                case RestartForUpdate():
                    self.doing = "restart"
                case SayUpdate(task):
                    self.said.append(task)


@dataclass
class House:
    """The server's end, as ``Rollouts.go_on`` does it, with messages that may be lost either way."""

    rng: random.Random
    machines: list[Machine]
    rollout: Rollout
    now: dt.datetime = START
    progress: dict[DeviceId, Progress] = field(default_factory=dict)
    names: Iterator[int] = field(default_factory=itertools.count)

    def step(self) -> None:
        self.now += LOOK
        clock = Now((self.now - START).total_seconds(), self.now)
        for machine in self.machines:
            machine.live(clock)
            for task in machine.said if machine.online else ():
                if self.rng.random() > 0.1:
                    self._heard(machine.device, task)
            machine.said.clear()
        terminals = [
            Terminal(each.device, each.device, ROOM, each.online, each.running, "pc") for each in self.machines
        ]
        outcome = look(self.rollout, RELEASE, terminals, self.progress, is_quiet=lambda _room: True, now=self.now)
        self.rollout = outcome.rollout
        for word in outcome.words:
            self._tell(word, clock)

    def _heard(self, device: DeviceId, task: Task) -> None:
        at = self.progress.get(device)
        if at is not None:
            self.progress[device] = heard_of(at, task.update, task.state, task.done, task.reason, now=self.now)

    def _tell(self, word: Word, clock: Now) -> None:
        at = told_of(self.progress.get(word.device), word, new=self._new, now=self.now)
        self.progress[word.device] = at
        machine = next(each for each in self.machines if each.device == word.device)
        if machine.online and self.rng.random() > 0.1:
            machine.told(UpdateCame(at.update, word.kind, RELEASE), clock)

    def _new(self) -> str:
        return ids.new("a", f"update{next(self.names):04d}".encode()[: ids.RANDOM_BYTES])


def house(seed: int, *, bad: bool) -> House:
    rng = random.Random(seed)
    machines = [Machine(DeviceId(named("d", f"seat-{number}")), rng) for number in range(rng.randint(2, 9))]
    machines[rng.randrange(len(machines))].is_bad = bad
    rollout = Rollout("a-1", RELEASE.sha256, machines[0].device, ROOM, 1, START, "person:it")
    return House(rng, machines, rollout)


@pytest.mark.parametrize("seed", range(25))
def test_D5_whatever_is_lost_and_pulled_every_seat_has_it_in_the_end(seed: int) -> None:
    found = house(seed, bad=False)
    for _ in range(20_000):
        found.step()
        assert found.rollout.state is not RolloutState.STOPPED
        # What failed three times by the network is IT's to try again.
        found.progress = {device: at for device, at in found.progress.items() if at.tries < 3 or at.state != "failed"}
        if found.rollout.is_over:
            break
    assert found.rollout.state is RolloutState.DONE
    assert {each.running for each in found.machines} == {RELEASE.version}


@pytest.mark.parametrize("seed", range(25))
def test_D5_one_that_does_not_get_well_runs_the_old_image_and_stops_the_rollout(seed: int) -> None:
    found = house(seed, bad=True)
    bad = next(each for each in found.machines if each.is_bad)
    for _ in range(20_000):
        found.step()
        found.progress = {device: at for device, at in found.progress.items() if at.tries < 3 or at.state != "failed"}
        if found.rollout.state is RolloutState.STOPPED:
            break
    assert found.rollout.fault == (bad.device, "unwell")
    assert bad.running == OLD
    if found.rollout.stage is Stage.LAB:
        assert all(each.running == OLD for each in found.machines)
