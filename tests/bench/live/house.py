"""The measured house: an enrolled room of many seats, a meeting in which everybody is signed in, broker and server.

Rules: everything is made through the routes and services of the product, in this process, before the programs start;
only that five hundred people have signed in is written into the log at once. What is measured begins afterwards.

Usage::

    with House(folder, seats=500, consoles=20) as house:
        house.chair.post(f"{house.path}/votes", {...})
"""

from __future__ import annotations

import dataclasses
import getpass
import json
import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from deploy.render import Broker, broker_values, render
from server.identity.model import Role
from server.meetings.model import Draft
from tests.bench.places import Loopback
from tests.bench.site import MOSQUITTO, listens
from tests.support import pdfs
from tests.support.broker import free_ports
from tests.support.devices import Terminal
from tests.support.gunicorn import Page, RunningServer
from tests.support.office import Browser, Office
from tests.support.papers import items_of, published
from tests.support.poll import until
from tests.support.theatre import LiveClock
from wire.ids import MeetingId, PaperId
from wire.topics import PaperVersion

#: 500 connections are 500 descriptors at the broker, and twice that with the yardstick.
_DESCRIPTORS: Final = 8192
_CONNECT_S: Final = 180.0


@dataclass(frozen=True)
class Place:
    """One seat and who sits there."""

    device: str
    key: str
    certificate: str
    person: str


@dataclass(frozen=True)
class Facts:
    """What seats and yardsticks are told; keys in hexadecimal."""

    places: tuple[Place, ...]
    room: str
    meeting: str
    item: str
    paper: str
    chunks: int
    server_key: str
    mailbox: str
    pki: str

    def write(self, path: Path) -> None:
        """For a process that is about to start."""
        path.write_text(json.dumps(dataclasses.asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Facts:
        """As it was written."""
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**value, "places": tuple(Place(**each) for each in value["places"])})


class BenchBroker:
    """A mosquitto with the configuration of ``deploy`` on the site's keys and lists; the yardstick has its own."""

    def __init__(self, data: Path, name: str) -> None:
        self.seats_port, self.server_port = free_ports(2)
        self.pid_file = data / f"{name}.pid"
        self._data = data
        self._name = name
        self._process: Any = None

    @property
    def pid(self) -> int:
        """Of the running process."""
        return int(self._process.pid)

    def start(self) -> None:
        """Start it and wait until it listens."""
        plan = Broker(
            data_dir=self._data,
            key_file=self._data / "pki" / "broker.key",
            pid_file=self.pid_file,
            user=getpass.getuser(),
            log_dest=f"file {self._data / self._name}.log",
            seats_address="127.0.0.1",
            seats_port=self.seats_port,
            server_port=self.server_port,
        )
        conf = self._data / f"{self._name}.conf"
        conf.write_text(render("mosquitto/mosquitto.conf.in", broker_values(plan)), encoding="utf-8")
        self._process = Loopback().start_server([MOSQUITTO, "-c", str(conf)], cwd=self._data)
        until(self._is_up, timeout_s=20, what=f"the {self._name} listens")

    def _is_up(self) -> bool:
        assert self._process.poll() is None, (self._data / f"{self._name}.log").read_text(encoding="utf-8")
        return listens(self.pid, self.seats_port) and listens(self.pid, self.server_port)

    def kill(self) -> None:
        """``kill -9``."""
        self._process.kill()
        self._process.wait()


class House:
    """``chair`` leads over HTTP; ``cookies`` are the sessions of the consoles."""

    def __init__(self, folder: Path, *, seats: int, consoles: int) -> None:
        allow_descriptors()
        self._data = folder / "data"
        self._data.mkdir(parents=True)
        self._consoles = consoles
        self.facts_file = folder / "facts.json"
        self.broker = BenchBroker(self._data, "broker")
        settings: dict[str, Any] = {"mqtt_port": self.broker.server_port, "broker_pid_file": str(self.broker.pid_file)}
        office = Office(self._data, clock=LiveClock(), **settings)
        try:
            self.facts = _furnished(office, folder, seats=seats, consoles=consoles)
        finally:
            office.services.close()
        self.facts.write(self.facts_file)
        self.server = RunningServer(folder, **settings)

    @property
    def path(self) -> str:
        """Of the meeting's calls."""
        return f"/api/meetings/{self.facts.meeting}"

    @property
    def database(self) -> Path:
        """The file."""
        return self._data / "phonghop.db"

    def __enter__(self) -> Self:
        self.broker.start()
        self.server.start()
        self.chair: Page = self.server.page().sign_in("chutri")
        self.cookies = [self.server.page().sign_in(f"ban{number}").cookie for number in range(self._consoles)]
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        self.broker.kill()

    def server_pids(self) -> list[int]:
        """The processes of the server: parent and workers."""
        workers = self.server.workers()
        return [*workers, *(pid for worker in workers for pid in _children(worker))]


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def allow_descriptors() -> None:
    """As many files as the machine allows, up to what is needed; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _furnished(office: Office, folder: Path, *, seats: int, consoles: int) -> Facts:
    """Room, terminals, people, and the meeting with everybody at their seats."""
    operator = office.sign_in("kythuat")
    plan = [{"label": f"S{number:03}", "x": number % 1000, "y": number // 2} for number in range(seats)]
    room = operator.post("/api/rooms", {"name": "Phòng đo (demo)", "seats": plan}).done()
    office.room, office.seats = room["id"], [seat["id"] for seat in room["seats"]]
    files = folder / "terminals"
    files.mkdir()
    terminals = [_enrolled(office, operator, Terminal(files), seat) for seat in office.seats]
    people = [office.add(f"daibieu{number}") for number in range(seats)]
    for number in range(consoles):
        office.add(f"ban{number}", frozenset({Role.SECRETARY}))
    meeting, item, paper = _convened(office, people)
    keys = office.services.keys
    with office.services.database.read() as tx:
        stored = office.services.paper_store.find(tx, PaperVersion(PaperId(paper), 1))
    assert stored is not None
    places = [
        Place(terminal.id, str(terminal.key_file), str(terminal.certificate_file), person)
        for terminal, person in zip(terminals, people, strict=True)
    ]
    return Facts(
        places=tuple(places),
        room=office.room,
        meeting=meeting,
        item=item,
        paper=paper,
        chunks=stored.layout.chunks,
        server_key=keys.signer.public.hex(),
        mailbox=keys.mailbox.public.hex(),
        pki=str(folder / "data" / "pki"),
    )


def _enrolled(office: Office, operator: Browser, terminal: Terminal, seat: str) -> Terminal:
    asked = office.app.test_client().post(
        "/.well-known/est/simpleenroll", data=terminal.request(), content_type="application/pkcs10"
    )
    assert asked.status_code == 202, asked.text
    operator.post(f"/api/devices/{terminal.id}/approve", {"seat": seat, "code": terminal.code}).done()
    certificate = office.services.site.issue_device(terminal.id, spki=terminal.spki, now=office.clock.now())
    terminal.keep(certificate)
    return terminal


def _convened(office: Office, people: list[str]) -> tuple[str, str, str]:
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    meeting: str = secretary.post("/api/meetings", office.description()).done()["id"]
    path = f"/api/meetings/{meeting}"
    members = [{"person": office.people["chutri"], "role": "chair", "seat": None}]
    placed = zip(people, office.seats, strict=True)
    members += [{"person": person, "role": "member", "seat": seat} for person, seat in placed]
    secretary.put(f"{path}/members", {"members": members}).done()
    about = {"title": "Thảo luận (demo)", "minutes": 60, "visibility": "common", "parent": None, "presenter": None}
    seq = secretary.get(path).body["seq"]
    secretary.put(f"{path}/agenda", {"items": [about], "expected_seq": seq}).done()
    secretary.post(f"{path}/submit").done()
    chair.post(f"{path}/approve").done()
    item = items_of(secretary, meeting)[0]
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf(pages=40), item=item)
    chair.post(f"{path}/open").done()
    chair.post(f"{path}/items/{item}/start").done()
    drafts = [
        Draft("person_seated", {"person": person, "seat": seat})
        for person, seat in zip(people, office.seats, strict=True)
    ]
    now = office.clock.now()
    office.services.meetings.change(MeetingId(meeting), actor="system", now=now, decide=lambda _: drafts)
    return meeting, item, paper


def cpu_count() -> int:
    """Processors that may be used."""
    return len(os.sched_getaffinity(0))
