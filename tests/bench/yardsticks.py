"""What others need for the same: HTTPS from nginx, plain MQTT fan-out with Mosquitto's own programs, bare copies.

Rules: the same machine, the same number of bytes to every seat, TLS 1.3 (but for the bare copy without it). Each
returns how long the last seat took and what the processes used. No yardstick does more than it must.

Usage::

    nginx = Nginx(folder, place, paper); nginx.start()
    timing = nginx.downloads(32, per_process=4, stores=folder)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from server.fleet.broker import BrokerLists
from server.fleet.model import AccessWanted
from server.pki.site import SiteNames, SitePki
from tests.bench.downloads import Job
from tests.bench.meter import Meter, Used, children
from tests.bench.places import Place, module
from tests.bench.site import BrokerProcess, listens
from tests.bench.slots import Slot, Slots
from tests.support.broker import free_ports
from tests.support.devices import Terminal
from tests.support.poll import until
from wire.ids import RoomId
from wire.records import CHUNK_BYTES, Layout

_NGINX: Final = "/usr/sbin/nginx"
_PATIENCE_S: Final = 300.0


@dataclass(frozen=True)
class Paper:
    """The file that everybody carries: a paper's ciphertext, and the SHA-256 of each chunk one after the other."""

    path: Path
    plain_bytes: int
    hashes: bytes

    @classmethod
    def at(cls, path: Path, plain_bytes: int) -> Paper:
        """Read and hash it."""
        layout = Layout(plain_bytes)
        with path.open("rb") as file:
            chunks = (file.read(layout.chunk(number)[1]) for number in range(layout.chunks))
            return cls(path, plain_bytes, b"".join(hashlib.sha256(chunk).digest() for chunk in chunks))

    @property
    def size(self) -> int:
        """Bytes of ciphertext."""
        return Layout(self.plain_bytes).cipher_bytes


@dataclass(frozen=True)
class Timing:
    """Until the last seat was done, what each side used, and what left the server's port (0: not known)."""

    took_s: float
    used: dict[str, Used]
    left_server: int = 0


class Nginx:
    """nginx that serves one file."""

    def __init__(self, folder: Path, place: Place, *, pki: Path, paper: Paper) -> None:
        self._folder: Final = folder
        self._place: Final = place
        self._pki: Final = pki
        self._port: Final = free_ports(1)[0]
        self._process: subprocess.Popen[bytes] | None = None
        self._served: Final = folder / "served"
        self._served.mkdir(parents=True)
        self.paper: Final = Paper(self._served / "paper.ct", paper.plain_bytes, paper.hashes)
        shutil.copyfile(paper.path, self.paper.path)

    def start(self) -> None:
        """Start it."""
        # Workers of a root's nginx become another user, who must get through to the file.
        for folder in (self._served, *self._served.parents[:2]):
            folder.chmod(0o755)
        conf = self._folder / "nginx.conf"
        conf.write_text(_NGINX_CONF.format(folder=self._folder, pki=self._pki, served=self._served,
                        address=self._place.address, port=self._port), encoding="utf-8")  # fmt: skip
        errors = f"{self._folder}/nginx.log"
        self._process = self._place.start_server([_NGINX, "-p", str(self._folder), "-e", errors, "-c", str(conf)])
        until(partial(listens, self._process.pid, self._port), timeout_s=10, what="nginx listens")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def downloads(self, seats: int, *, per_process: int, stores: Path) -> Timing:
        """Every seat downloads, verifies and keeps the file."""
        stores.mkdir(parents=True)
        slots = Slots.create(stores / "slots", seats)
        groups = [tuple(range(at, min(at + per_process, seats))) for at in range(0, seats, per_process)]
        processes = [self._downloading(group, slots, stores) for group in groups]
        try:
            until(lambda: all(slots.all(Slot.UP)), timeout_s=120, what="all are connected")
            meter, left = Meter(self._groups(processes)), self._place.left_server()
            began_ns = time.monotonic_ns()
            for process in processes:
                _go(process)
            until(lambda: all(slots.all(Slot.WHOLE)), timeout_s=_PATIENCE_S, every_s=0.002, what="all downloads")
            used = meter.stop()
        finally:
            _end(processes)
            shutil.rmtree(stores, ignore_errors=True)
        took_s = (max(slots.all(Slot.WHOLE_NS)) - began_ns) / 1e9
        return Timing(took_s, used, self._place.left_server() - left)

    def curl(self, seats: int) -> Timing:
        """Two curl processes, one connection for each seat, everything thrown away: a client in C, nothing checked."""
        meter, spent = Meter(self._groups([])), _children_cpu_s()
        url = f"https://{self._place.address}:{self._port}/paper.ct"
        began = time.monotonic()
        processes = [self._curl(url, len(range(part, seats, 2))) for part in range(min(2, seats))]
        codes = [process.wait(_PATIENCE_S) for process in processes]
        took_s = time.monotonic() - began
        assert not any(codes), f"curl ended with {codes}"
        used = meter.stop()
        return Timing(took_s, used | {"seats": Used(_children_cpu_s() - spent, 0.0, 0)})

    def _curl(self, url: str, count: int) -> subprocess.Popen[bytes]:
        wanted = f'url = "{url}"\noutput = "/dev/null"\n' * count
        conf = self._folder / f"curl-{count}-{time.monotonic_ns()}.conf"
        conf.write_text(wanted, encoding="utf-8")
        options = ["--cacert", str(self._pki / "ca.pem"), "--tlsv1.3", "--http1.1", "--no-progress-meter", "--fail"]
        parallel = ["--parallel", "--parallel-immediate", "--parallel-max", str(count)]
        return self._place.start_seat(0, ["curl", *options, *parallel, "-K", str(conf)])

    def _downloading(self, group: tuple[int, ...], slots: Slots, stores: Path) -> subprocess.Popen[bytes]:
        job = Job(
            slots=str(stores / "slots"),
            slot_count=slots.count,
            seats=group,
            stores=str(stores),
            host=self._place.address,
            port=self._port,
            path="/paper.ct",
            ca=str(self._pki / "ca.pem"),
            plain_bytes=self.paper.plain_bytes,
            hashes=self.paper.hashes.hex(),
        )
        path = stores / f"job-{group[0]}.json"
        job.write(path)
        return self._place.start_seat(group[0], module("downloads", str(path)), stdin=subprocess.PIPE)

    def _groups(self, processes: Sequence[subprocess.Popen[bytes]]) -> dict[str, list[int]]:
        assert self._process is not None
        return {
            "server": [self._process.pid, *children(self._process.pid)],
            "seats": [process.pid for process in processes],
        }


class FanOut:
    """Mosquitto with the production configuration, ``mosquitto_pub`` and ``mosquitto_sub``: MQTT at its plainest."""

    def __init__(self, folder: Path, place: Place, *, seats: int, paper: Paper) -> None:
        self._place: Final = place
        self._room: Final = RoomId("r-" + "a" * 16)
        self._chunks: Final = Layout(paper.plain_bytes).chunks
        self._lines: Final = folder / "lines"
        folder.mkdir(parents=True)
        now = dt.datetime.now(dt.UTC)
        names = SiteNames("Đo (demo)", ("localhost", place.address))
        self._pki: Final = SitePki.load_or_create(folder / "pki", names=names, now=now)
        self._seats: Final = [Terminal(folder) for _ in range(seats)]
        for seat in self._seats:
            seat.keep(self._pki.issue_device(seat.id, spki=seat.spki, now=now))
        members = tuple(sorted((seat.id, self._room) for seat in self._seats))
        BrokerLists(folder / "broker", self._pki).publish(AccessWanted(members, (), ()), now=now)
        self._broker: Final = BrokerProcess(folder, place)
        # Text of the same length as a chunk: mosquitto_pub sends a line as a message, TLS does not compress it.
        line = os.urandom(CHUNK_BYTES // 2 + 1).hex()[:CHUNK_BYTES] + "\n"
        self._lines.write_text(line * self._chunks, encoding="ascii")

    def start(self) -> None:
        """Start the broker."""
        self._broker.start()

    def stop(self) -> None:
        """End it."""
        self._broker.stop()

    def run(self, seats: int) -> Timing:
        """Every message to every one of the first ``seats`` subscribers."""
        let_in = self._broker.clients
        listeners = [self._listener(number) for number in range(seats)]
        until(lambda: self._broker.clients >= let_in + seats, timeout_s=120, what="all subscribers are connected")
        # They subscribe in the moment after; the broker has no way to tell.
        time.sleep(0.5)
        meter, left, spent = Meter({"broker": [self._broker.pid]}), self._place.left_server(), _children_cpu_s()
        began = time.monotonic()
        with self._lines.open("rb") as lines:
            sender = self._place.start_server(self._publishing(), stdin=lines)
        codes = [listener.wait(_PATIENCE_S) for listener in listeners]
        took_s = time.monotonic() - began
        assert not sender.wait(60), "mosquitto_pub failed"
        assert not any(codes), f"mosquitto_sub ended with {set(codes)}: messages were lost"
        used = meter.stop() | {"seats": Used(_children_cpu_s() - spent, 0.0, 0)}
        return Timing(took_s, used, self._place.left_server() - left)

    def _listener(self, number: int) -> subprocess.Popen[bytes]:
        seat = self._seats[number]
        files = ["--cafile", str(self._pki.path("ca.pem")), "--cert", str(seat.certificate_file)]
        where = ["-h", self._place.address, "-p", str(self._broker.seats_port), "-t", f"r/{self._room}/#"]
        many = ["-C", str(self._chunks), "-W", str(int(_PATIENCE_S))]
        command = ["mosquitto_sub", *files, "--key", str(seat.key_file), *where, "-q", "1", "-V", "5", *many]
        return self._place.start_seat(number, command, stdout=subprocess.DEVNULL)

    def _publishing(self) -> list[str]:
        pki = self._pki
        files = ["--cafile", str(pki.path("ca.pem")), "--cert", str(pki.path("server.pem"))]
        topic = f"r/{self._room}/c/p-{'a' * 16}.1/0"
        where = ["-h", "127.0.0.1", "-p", str(self._broker.server_port), "-t", topic, "-q", "1", "-V", "5"]
        return ["mosquitto_pub", *files, "--key", str(pki.path("server.key")), *where, "-l"]


def bare_copies(place: Place, seats: int, size: int, *, pki: Path | None) -> Timing:
    """A copy to each seat over TCP, or over TLS when ``pki`` has a certificate."""
    port = free_ports(1)[0]
    words = [str(port), str(seats), str(size), place.address]
    files = [] if pki is None else [str(pki / "https.pem"), str(pki / "https.key")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    sender = place.start_server(module("copies", "send", *words, *files), **pipes)
    _heard(sender, "listening")
    receiver = place.start_seat(0, module("copies", "receive", *words, *files), **pipes)
    _heard(sender, "ready")
    meter = Meter({"server": [sender.pid], "seats": [receiver.pid]})
    began = time.monotonic()
    _go(sender)
    _heard(receiver, "done")
    took_s = time.monotonic() - began
    used = meter.stop()
    _end([sender, receiver])
    return Timing(took_s, used)


def hashing(paper: Paper) -> float:
    """Processor seconds for the SHA-256 of every chunk of one copy."""
    data = paper.path.read_bytes()
    layout = Layout(paper.plain_bytes)
    began = time.process_time()
    for number in range(layout.chunks):
        offset, length = layout.chunk(number)
        hashlib.sha256(memoryview(data)[offset : offset + length]).digest()
    return time.process_time() - began


def _children_cpu_s() -> float:
    found = os.times()
    return found.children_user + found.children_system


def _go(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def _heard(process: subprocess.Popen[bytes], word: str) -> None:
    assert process.stdout is not None
    line = process.stdout.readline().decode().strip()
    assert line == word, f"expected {word}, not {line!r}"


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.stdin is not None:
            process.stdin.close()
    for process in processes:
        process.wait(30)


_NGINX_CONF: Final = """
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {address}:{port} ssl;
        ssl_certificate {pki}/https.pem;
        ssl_certificate_key {pki}/https.key;
        ssl_protocols TLSv1.3;
        root {served};
    }}
}}
"""
