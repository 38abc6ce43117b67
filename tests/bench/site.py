"""The measured site: server, broker with the production configuration, seats; started, driven and ended.

Rules: everything lies in one temporary folder and ends with it. Seats keep their stores below ``stores``.

Usage::

    with Site(folder, place, seats=32) as site:
        with site.seated(32, per_process=4, stores=Path("/dev/shm/x")) as room:
            sample = room.deliver(size=64 * MIB, timeout_s=120)
"""

from __future__ import annotations

import getpass
import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from deploy.render import Broker, broker_values, render
from tests.bench.meter import Meter, Used
from tests.bench.places import Place, module
from tests.bench.seats import Plan, SeatPlan
from tests.bench.slots import Slot, Slots
from tests.support.broker import free_ports
from tests.support.poll import until

MOSQUITTO: Final = "/usr/sbin/mosquitto"
_ENDING_S: Final = 30.0


@dataclass(frozen=True)
class Sample:
    """One delivery: how long until the last seat had it, until the server knew, and what it cost."""

    took_s: float
    known_s: float
    first_s: float
    used: dict[str, Used]
    chunks: int
    room_chunks: int
    repairs: int
    octets: int
    lost: int
    finished_s: tuple[float, ...]
    left_server: int


class BrokerProcess:
    """A mosquitto whose configuration is the template of ``deploy``; only ports and paths are the measurement's."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.seats_port, self.server_port = free_ports(2)
        self._place: Final = place
        self._folder: Final = folder
        self._log: Final = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def clients(self) -> int:
        """How many clients it has let in since it was started."""
        return self._log.read_text(encoding="utf-8", errors="replace").count("New client connected")

    def start(self) -> None:
        """Start it on the keys and lists in its folder."""
        plan = Broker(
            data_dir=self._folder,
            key_file=self._folder / "pki" / "broker.key",
            pid_file=self._folder / "mosquitto.pid",
            user=getpass.getuser(),
            log_dest=f"file {self._log}",
            seats_address=self._place.address,
            seats_port=self.seats_port,
            server_port=self.server_port,
        )
        conf = self._folder / "mosquitto.conf"
        conf.write_text(render("mosquitto/mosquitto.conf.in", broker_values(plan)), encoding="utf-8")
        self._process = self._place.start_server([MOSQUITTO, "-c", str(conf)], cwd=self._folder)
        until(self._runs, timeout_s=20, what="the broker runs")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_ENDING_S)
            self._process = None

    def _runs(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
        return listens(self._process.pid, self.seats_port) and listens(self._process.pid, self.server_port)


class ServerControl:
    """The server's process, spoken to by lines."""

    def __init__(self, folder: Path, place: Place, *, port: int, seats: int) -> None:
        command = module("server", str(folder), str(port), str(seats), place.address)
        self._process: Final = place.start_server(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.facts: Final = self._answer()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def __call__(self, do: str, **words: Any) -> dict[str, Any]:
        """Give an order and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **words}).encode() + b"\n")
        self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """End it."""
        _end(self._process)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the measured server has ended"
        found: dict[str, Any] = json.loads(line)
        return found


class Site:
    """Server and broker."""

    def __init__(self, folder: Path, place: Place, *, seats: int) -> None:
        data = folder / "server"
        data.mkdir(parents=True)
        self.folder: Final = folder
        self.place: Final = place
        self.broker: Final = BrokerProcess(data, place)
        self.server: Final = ServerControl(data, place, port=self.broker.server_port, seats=seats)
        self.pki: Final = data / "pki"

    def __enter__(self) -> Self:
        self.broker.start()
        self.server("start")
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        self.broker.stop()

    @contextmanager
    def seated(
        self, seats: int, *, per_process: int, stores: Path, slow: dict[int, float] | None = None
    ) -> Iterator[Seated]:
        """``seats`` of the room are switched on, ``per_process`` of them in one process."""
        room = Seated(self, seats, per_process=per_process, stores=stores, slow=slow or {})
        try:
            room.start()
            yield room
        finally:
            room.stop()
            shutil.rmtree(stores, ignore_errors=True)


class Seated:
    """Seats that are on."""

    def __init__(self, site: Site, seats: int, *, per_process: int, stores: Path, slow: dict[int, float]) -> None:
        self.site: Final = site
        self.seats: Final = seats
        self.stores: Final = stores
        stores.mkdir(parents=True)
        self.slots: Final = Slots.create(stores / "slots", seats)
        self.devices: Final = [each["device"] for each in site.server.facts["terminals"][:seats]]
        self._groups: Final = [range(at, min(at + per_process, seats)) for at in range(0, seats, per_process)]
        self._slow: Final = slow
        self._processes: Final[dict[int, subprocess.Popen[bytes]]] = {}

    def start(self) -> None:
        """Switch all on."""
        for number in range(len(self._groups)):
            self.start_process(number)
        until(lambda: all(self.slots.all(Slot.UP)), timeout_s=120, what="all seats are connected")

    def start_process(self, number: int) -> None:
        """Start a process of seats (again)."""
        facts = self.site.server.facts
        plan = Plan(
            slots=str(self.stores / "slots"),
            slot_count=self.seats,
            host=self.site.place.address,
            port=self.site.broker.seats_port,
            ca=str(self.site.pki / "ca.pem"),
            server_key=facts["server_key"],
            mailbox=facts["mailbox"],
            seats=tuple(self._plan(seat, facts["terminals"][seat]) for seat in self._groups[number]),
        )
        path = self.stores / f"plan-{number}.json"
        plan.write(path)
        first = self._groups[number][0]
        self._processes[number] = self.site.place.start_seat(first, module("seats", str(path)), stdin=subprocess.PIPE)

    def kill_process(self, number: int) -> None:
        """``kill -9``."""
        process = self._processes.pop(number)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Switch all off."""
        for process in self._processes.values():
            _hang_up(process)
        for process in self._processes.values():
            _end(process)

    def publish(self, size: int) -> tuple[int, dict[str, Any]]:
        """Have a paper of ``size`` bytes published; when that began, and its facts."""
        facts = self.site.server("prepare", size=size, seats=self.seats)
        began = self.site.server("publish")
        assert "began_ns" in began, began
        return int(began["began_ns"]), facts

    def deliver(self, size: int, *, timeout_s: float) -> Sample:
        """Prepare, publish, wait until every seat has it, take it back."""
        facts = self.site.server("prepare", size=size, seats=self.seats)
        assert "file" in facts, facts
        return self.deliver_prepared(timeout_s=timeout_s)

    def deliver_prepared(self, *, timeout_s: float) -> Sample:
        """As :meth:`deliver`, of the paper that waits already."""
        site = self.site
        whole = [count + 1 for count in self.slots.all(Slot.WHOLE)]
        left = site.place.left_server()
        seats = [process.pid for process in self._processes.values()]
        meter = Meter({"server": [site.server.pid], "broker": [site.broker.pid], "seats": seats})
        began_ns = int(site.server("publish")["began_ns"])
        until(partial(self._all, whole), timeout_s=timeout_s, every_s=0.002, what=f"all {self.seats} have the paper")
        told = site.server("await_reports", seats=self.seats, timeout_s=timeout_s)
        used = meter.stop()
        left = site.place.left_server() - left
        finished = sorted((each - began_ns) / 1e9 for each in self.slots.all(Slot.WHOLE_NS))
        self.take_back()
        return Sample(
            took_s=finished[-1],
            known_s=(told["known_ns"] - began_ns) / 1e9,
            first_s=finished[0],
            used=used,
            chunks=told["chunks"],
            room_chunks=told["room_chunks"],
            repairs=told["repairs"],
            octets=told["octets"],
            lost=sum(told["chunks"] - told["have"][device] for device in self.devices),
            finished_s=tuple((each - began_ns) / 1e9 for each in self.slots.all(Slot.WHOLE_NS)),
            left_server=left,
        )

    def take_back(self) -> None:
        """Close the meeting; every seat destroys what it has of it."""
        self.site.server("finish")
        until(lambda: not any(self.slots.all(Slot.PAPERS)), timeout_s=120, what="all seats have given it back")

    def _all(self, whole: list[int]) -> bool:
        return all(have >= want for have, want in zip(self.slots.all(Slot.WHOLE), whole, strict=True))

    def _plan(self, seat: int, terminal: dict[str, str]) -> SeatPlan:
        return SeatPlan(
            number=seat, store=str(self.stores / f"seat-{seat}"), slow_s=self._slow.get(seat, 0.0), **terminal
        )


def listens(pid: int, port: int) -> bool:
    """Whether somebody listens on a port of the host that a process runs on (proc(5), net/tcp)."""
    for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        if state == "0A" and int(local.rpartition(":")[2], 16) == port:
            return True
    return False


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    _hang_up(process)
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
