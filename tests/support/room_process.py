"""A whole real room for a test: broker, server, proxy and seats as processes, on free ports, gone with the test.

Rules: the same code as the demo brings it up (`deploy.demo.room`), with the demo's people and terminals; meetings are
made only when asked for. A program that a test kills stays away until the test starts it again. What every program said
is in ``tmp_path/room/log``; its last lines are in the message when one does not come up.

Usage::

    with running_room(tmp_path, seats=3) as room:
        secretary = room.sign_in(people.SECRETARY)
        room.kill("server")
        room.start("server")
        room.seat_url(0)
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo import people
from deploy.demo.addresses import Addresses
from deploy.demo.client import Client
from deploy.demo.configuration import Ports
from deploy.demo.errors import Refused, ServerAway
from deploy.demo.folder import Folder
from deploy.demo.papers import DemoPaper, build_papers
from deploy.demo.room import Room
from deploy.demo.seeding import Furnished, Seeding
from deploy.demo.terminals import Terminal
from deploy.demo.tokens.stand import Stand
from tests.support.poll import until
from tests.support.touch_page import TouchPage

#: Password checks that take no time; everything else is as in production.
FAST: Mapping[str, str | int | bool] = {"argon2_memory_kib": 1024, "disk_reserve_mib": 1}
START_S = 60.0


@dataclass
class Notes:
    """Keeps what the programs say, and what was reported of them."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    def line(self, name: str, text: str) -> None:
        self.lines.append((name, text))

    def report(self, text: str, lines: Sequence[str]) -> None:
        self.reports.append("\n".join((text, *lines)))


@dataclass
class RunningRoom:
    """A room that runs; ``furnished`` has the ids of people, room and seats."""

    room: Room
    notes: Notes
    seeding: Seeding
    furnished: Furnished

    @property
    def addresses(self) -> Addresses:
        """Where to open what."""
        return Addresses(self.room.ports, self.furnished.display, self.room.kiosks())

    @property
    def console_url(self) -> str:
        """The consoles of chair, secretary and IT."""
        return self.addresses.console()

    @property
    def display_url(self) -> str:
        """The room display, with its link."""
        return self.addresses.room_display

    def seat_url(self, index: int) -> str:
        """The touch page of a terminal, counted from 0, as its screen opens it; another one after a loss of power.

        It stands at the seat ``people.TERMINALS[index]``.
        """
        return self.addresses.seat(index)

    def sign_in(self, person: people.Person) -> Client:
        """A session of a person, as HTTP."""
        client = Client(self.room.ports.http, seed=self.room.folder.seed)
        return client.signed_in(person.username, people.PASSWORD)

    def seat(self, index: int) -> Terminal:
        """The interface of a terminal's page, as its own browser has it."""
        return self.room.terminal(index + 1)

    def touch_page(self, index: int) -> TouchPage:
        """A person's hands on a terminal's page."""
        return TouchPage(self.seat(index))

    def kill(self, name: str) -> None:
        """`kill -9` of ``broker``, ``server``, ``proxy`` or ``seat-1``…; it stays away."""
        self.room.programs[name].kill()

    def start(self, *names: str) -> None:
        """Start again what was killed and wait until it answers."""
        for name in names:
            self.room.programs[name].start()
        self.room.programs.await_ready(*names, timeout_s=START_S)

    def power_off_seat(self, index: int) -> None:
        """A terminal loses power: its program is gone, and what it kept in memory only."""
        self.kill(f"seat-{index + 1}")
        self.room.folder.emptied("run", f"seat-{index + 1}")

    def power_on_seat(self, index: int, *, until_state: str) -> list[str]:
        """Everything the terminal's page was told about itself from its first answer on, up to ``until_state``."""
        said: list[str] = []
        self.room.programs[f"seat-{index + 1}"].start()

        def listen() -> bool:
            with contextlib.suppress(ServerAway, Refused):
                told = self.seat(index).get("/api/seat")
                said.append(told["seat"]["state"] + ("+papers" if told.get("papers") else ""))
            return until_state in said

        until(listen, timeout_s=START_S, what=f"seat-{index + 1} {until_state}")
        return said

    def prepare_meetings(self, papers: Sequence[DemoPaper], folder: Path) -> None:
        """The demo's meetings: one approved and published with ``papers`` from ``folder``, one draft."""
        self.seeding.prepare_meetings(self.furnished, list(papers), folder)

    def await_delivery(self) -> None:
        """Wait until every terminal has all papers of the demo meeting; raises SeedingStuck."""
        for _ in self.seeding.progress():
            continue


@contextmanager
def running_room(
    folder: Path,
    *,
    seats: int = 3,
    server: Mapping[str, str | int | bool] = FAST,
    seat: Mapping[str, str | int | bool] | None = None,
    stand: Stand | None = None,
    bridge: bool = False,
) -> Iterator[RunningRoom]:
    """A furnished room below ``folder``; ``server`` and ``seat`` are further settings of the programs.

    ``stand``: readers of the terminals; without them no terminal looks for tokens. ``bridge``: one reader more is for
    the bridge of a PC, which runs.
    """
    notes = Notes()
    home = Folder.at(folder / "room")
    ports = Ports.choose(seats=seats, any_free=True)
    readers = () if stand is None else tuple(stand.reader(index) for index in range(seats))
    environment = {} if stand is None else stand.environment
    made = Room(
        home,
        ports,
        notes,
        notes.report,
        server=server,
        seat=seat or {},
        readers=readers,
        bridge_reader=stand.reader(seats) if stand is not None and bridge else "",
        reader_environment=environment,
    )
    with made as room:
        room.prepare((people.ADMIN, people.SECURITY), people.PASSWORD)
        room.start()
        terminals = tuple(room.terminal(number + 1) for number in range(seats))
        seeding = Seeding(ports.http, terminals, seed=home.seed, began=lambda _: None)
        yield RunningRoom(room, notes, seeding, seeding.furnish())


def demo_papers(folder: Path, cache: Path) -> list[DemoPaper]:
    """The demo's papers in ``folder``, made once in ``cache``."""
    build_papers(cache)
    folder.mkdir(parents=True, exist_ok=True)
    for path in cache.glob("*.pdf"):
        shutil.copyfile(path, folder / path.name)
    return build_papers(folder)
