"""Seats under measurement: the real link, store and decisions of `edge`, without page, renderer and enrolment.

Rules: each seat has its own thread, MQTT connection, certificate and store, and its loop is that of `edge.agent`; that
several may share a process is for want of processors, and is said with the figures. Chunks are verified, written and
synced as on a terminal. A seat may be slowed: it then takes so long over every chunk.

Usage: ``python -m tests.bench.seats PLAN.json``; ends when its standard input does.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import ssl
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edge.agent import BUSY_TICK_S, TICK_S
from edge.clock import SystemClock
from edge.commands import Answer
from edge.link import mqtt
from edge.link.codec import Site
from edge.model import Identity, Limits, Standing
from edge.ports import Ports
from edge.screen import Screen
from edge.seat import Seat
from edge.vault.disk import RealDisk
from edge.vault.run_dir import RunDir, boot_id
from edge.vault.store import Vault
from sealing.signatures import DeviceSigner, server_verifier
from tests.bench.slots import OneSlot, Slot, Slots
from wire.ids import DeviceId
from wire.messages import Point, View
from wire.proof import server_key_hash
from wire.topics import device_filters

Work = Callable[[Seat], None]


@dataclass(frozen=True)
class SeatPlan:
    """One seat of the plan; ``slow_s`` is what it takes longer over each chunk."""

    device: str
    number: int
    key: str
    certificate: str
    store: str
    slow_s: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What a process of seats is told. Keys in hexadecimal."""

    slots: str
    slot_count: int
    host: str
    port: int
    ca: str
    server_key: str
    mailbox: str
    seats: tuple[SeatPlan, ...]

    def write(self, path: Path) -> None:
        """For a process that is about to start."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """As it was written."""
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**value, "seats": tuple(SeatPlan(**each) for each in value["seats"])})


class _Nobody:
    """Stands where the touch page would be."""

    def show(self, screen: Screen) -> None:
        """The screen has changed."""

    def point(self, point: Point | View) -> None:
        """The presenter points."""

    def answer(self, answer: Answer) -> None:
        """A page's call is answered."""

    def hide(self) -> None:
        """Every drawn page goes."""


class SeatRunner:
    """One seat and its loop."""

    def __init__(self, plan: Plan, seat: SeatPlan, slot: OneSlot) -> None:
        self._slot: Final = slot
        self._slow_s: Final = seat.slow_s
        self._queue: Final[queue.SimpleQueue[Work | None]] = queue.SimpleQueue()
        self._whole: set[object] = set()
        self._clock: Final = SystemClock()
        store = Path(seat.store)
        self._ports: Final = Ports(
            vault=Vault(RealDisk(store / "data")),
            run_dir=RunDir(store / "run", boot=boot_id()),
            clock=self._clock,
            random=os.urandom,
            reserve_bytes=0,
        )
        self._seat: Final = Seat(self._ports, _Nobody(), limits=Limits())
        device = DeviceId(seat.device)
        self._link: Final = mqtt.MqttLink(
            device, host=plan.host, port=plan.port, tls=lambda: _tls(plan.ca, seat), inbox=self._from_link
        )
        self._link.listen(device_filters(device, None))
        public = bytes.fromhex(plan.server_key)
        site = Site(server_verifier(public), bytes.fromhex(plan.mailbox), server_key_hash(public))
        signer = DeviceSigner(load_pem_private_key(Path(seat.key).read_bytes(), None))  # type: ignore[arg-type]
        self._seat.begin()
        self._seat.attach(signer, site, self._link)
        self._seat.identify(Identity(Standing.ENROLLED, device))
        self._thread: Final = threading.Thread(target=self._loop, name=f"seat-{seat.number}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """End."""
        self._queue.put(None)
        self._thread.join()
        self._link.stop()

    def _loop(self) -> None:
        due_s = self._clock.monotonic_s()
        while True:
            try:
                work = self._queue.get(timeout=max(0.0, due_s - self._clock.monotonic_s()))
            except queue.Empty:
                work = Seat.tick
            if work is None:
                return
            work(self._seat)
            if self._clock.monotonic_s() >= due_s:
                if work is not Seat.tick:
                    self._seat.tick()
                due_s = self._clock.monotonic_s() + (BUSY_TICK_S if self._seat.is_busy else TICK_S)
            if not self._seat.inbox.is_waiting:
                self._note()

    def _note(self) -> None:
        """Between two flushes nothing becomes durable, so there is nothing new to note."""
        chunks = self._ports.vault.all_chunks() if self._ports.vault.is_open else ()
        self._slot[Slot.PAPERS] = len(chunks)
        self._slot[Slot.DURABLE] = sum(len(each.have) for each in chunks)
        self._slot[Slot.REFUSED] = self._seat.inbox.refused.total()
        for each in chunks:
            if each.have.full and each.manifest.key not in self._whole:
                self._whole.add(each.manifest.key)
                self._slot.finished()

    def _from_link(self, told: mqtt.Told) -> None:
        if isinstance(told, mqtt.Received):
            self._queue.put(lambda seat: self._received(seat, told))
            return
        self._slot[Slot.UP] = int(isinstance(told, mqtt.Connected))
        self._queue.put(Seat.connected if isinstance(told, mqtt.Connected) else Seat.disconnected)

    def _received(self, seat: Seat, message: mqtt.Received) -> None:
        if message.topic.chunk is not None:
            self._slot.add(Slot.CHUNKS)
            self._slot.add(Slot.BYTES, len(message.payload))
            if self._slow_s:
                time.sleep(self._slow_s)
        try:
            seat.received(message.topic, message.payload)
        finally:
            message.done()


def _tls(ca: str, seat: SeatPlan) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cafile=ca)
    context.load_cert_chain(seat.certificate, seat.key)
    return context


def main(path: str) -> None:
    """Run the seats of a plan until standard input ends."""
    logging.basicConfig(level=logging.ERROR)
    plan = Plan.read(Path(path))
    slots = Slots(Path(plan.slots), plan.slot_count)
    runners = [SeatRunner(plan, seat, slots[seat.number]) for seat in plan.seats]
    for runner in runners:
        runner.start()
    sys.stdin.read()
    for runner in runners:
        runner.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
