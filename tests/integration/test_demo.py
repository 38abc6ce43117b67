"""`make demo` itself: a first run that is killed and begun again, the second, and that nothing is left behind.

Slow on purpose: real broker, server, proxy and three seats, in processes of the demo's own. Every start counts in the
time that all tests take, so what can be asked of one that runs is asked there.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import meeting as plans
from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import DemoError
from deploy.demo.folder import Folder
from deploy.demo.past import words
from deploy.demo.terminals import Terminal, address_of
from tests.support.poll import until
from tests.support.room_process import demo_papers

pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).resolve().parents[2]
READY = "Mật khẩu của mọi tài khoản"
COLD_S, WARM_S, STOP_S = 400.0, 150.0, 60.0


class Demo:
    """A running `python -m deploy.demo`; its output as it comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._out = folder.parent / f"{folder.name}-{time.monotonic_ns()}.out"
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "deploy.demo"),
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=os.environ | {"PHONGHOP_DEMO_DIR": str(folder), "PHONGHOP_PORT": "1"},
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._out.read_text(encoding="utf-8")

    def await_text(self, text: str, *, timeout_s: float) -> None:
        def found() -> bool:
            assert self.process.poll() is None or text in self.output, self.output
            return text in self.output

        until(found, timeout_s=timeout_s, every_s=0.05, what=f"{text!r} in\n{self.output}")

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=STOP_S)

    def address(self, pattern: str) -> int:
        """The port in the first printed address that matches."""
        found = re.search(rf"http://{pattern}:(\d+)/", self.output)
        assert found is not None, self.output
        return int(found[1])

    @property
    def terminals(self) -> list[Terminal]:
        found = re.findall(r"seat [A-C](\d) .*http://localhost:(\d+)/#kiosk=(\S+)", self.output)
        folders = [self.folder / "run" / f"seat-{number}" for number in range(1, len(found) + 1)]
        printed = [f"http://localhost:{port}/#kiosk={secret}" for _, port, secret in found]
        assert [address_of(folder).reveal().decode() for folder in folders] == printed
        return [Terminal(int(port), folder) for (_, port, _), folder in zip(found, folders, strict=True)]


def leftovers(folder: Path) -> list[str]:
    """Programs of the demo that still run, by their command lines."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environ = (path.parent / "environ").read_bytes()
            if str(folder) in line or f"PHONGHOP_CONFIG={folder}".encode() in environ:
                found.append(line)
    return found


def signed_in(demo: Demo, person: people.Person) -> Client:
    return Client(demo.address("localhost")).signed_in(person.username, people.PASSWORD)


def state(demo: Demo) -> dict[str, Any]:
    """All there is in the room, as the secretary, IT and the administrator see it."""
    with signed_in(demo, people.SECRETARY) as secretary, signed_in(demo, people.IT) as operator:
        meetings = secretary.get("/api/meetings")["meetings"]
        full = {each["id"]: secretary.get(f"/api/meetings/{each['id']}") for each in meetings}
        devices = operator.get("/api/devices")["devices"]
        return {
            "meetings": sorted(each["title"] for each in meetings),
            "seqs": {meeting: value["seq"] for meeting, value in full.items()},
            "papers": sorted(paper["title"] for value in full.values() for paper in value["sections"]["papers"]),
            "people": sorted(each["username"] for each in operator.get("/api/people")["people"]),
            "rooms": [(each["name"], len(each["seats"])) for each in operator.get("/api/rooms")["rooms"]],
            "devices": sorted((each["state"], each["seat_label"]) for each in devices),
        }


def delivered(secretary: Client) -> bool:
    main = next(each for each in secretary.get("/api/meetings")["meetings"] if each["title"] == plans.MAIN.title)
    delivery = secretary.get(f"/api/meetings/{main['id']}/delivery")
    online = [seat["device"] for seat in delivery["seats"] if seat["online"]]
    complete = [set(paper["complete"]) == set(online) for paper in delivery["papers"]]
    return len(online) == 3 and len(complete) == len(plans.PAPERS) and all(complete)


#: Where the first run is stopped by Ctrl-C, and where it is killed: terminals half enrolled, the meeting half there.
STOPPED_AT = "starting broker"
KILLED_AT = ("comparing codes", "submitting, approving")


@dataclass
class FirstRun:
    """What was found once the furnishing, killed again and again, had come to its end, and how Ctrl-C ended it."""

    folder: Folder
    state: dict[str, Any]
    is_delivered: bool
    seats: list[str]
    page: bytes
    statuses: tuple[int, int]
    left: list[str]


@contextmanager
def running(folder: Folder) -> Iterator[Demo]:
    demo = Demo(folder.root)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def papers(demo_paper_folder: Path) -> Path:
    return demo_paper_folder


@pytest.fixture(scope="module")
def first_run(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    folder = Folder.at(tmp_path_factory.mktemp("demo") / "phòng họp")
    demo_papers(folder.made("papers"), papers)
    with running(folder) as demo:
        demo.await_text(STOPPED_AT, timeout_s=COLD_S)
        early = demo.stop()
    for reached in KILLED_AT:
        killed(folder, reached)
    with running(folder) as demo:
        demo.await_text(READY, timeout_s=COLD_S)
        seats = [terminal.get("/api/seat")["seat"]["state"] for terminal in demo.terminals]
        page = urllib.request.urlopen(f"http://localhost:{demo.address('localhost')}/").read()
        with signed_in(demo, people.SECRETARY) as secretary:
            is_delivered = delivered(secretary)
        found = state(demo)
        status = demo.stop()
    return FirstRun(folder, found, is_delivered, seats, page, (early, status), leftovers(folder.root))


def killed(folder: Folder, reached: str) -> None:
    """Run the demo up to a line of its output, kill it, and wait until its guard has ended the rest."""
    with running(folder) as demo:
        demo.await_text(reached, timeout_s=COLD_S)
        demo.process.kill()
        demo.process.wait()
        until(lambda: leftovers(folder.root) == [], timeout_s=STOP_S, what="the guard has ended what was left")


def test_a_demo_killed_while_it_furnishes_ends_with_everything_once_and_at_three_seats(first_run: FirstRun) -> None:
    assert first_run.is_delivered
    assert first_run.seats == ["welcome"] * 3
    assert b"<html" in first_run.page
    before = (words.HELD, words.NEXT, *(each.plan for each in words.REGULAR))
    assert first_run.state["meetings"] == sorted(plan.title for plan in (plans.MAIN, plans.DRAFT, *before))
    check_furniture(first_run.state)


def test_ctrl_c_ends_everything_at_whatever_moment(first_run: FirstRun) -> None:
    assert first_run.statuses == (0, 0)
    assert first_run.left == []


def test_the_second_run_resumes_and_brings_back_what_dies_until_it_is_stopped_and_removed(first_run: FirstRun) -> None:
    root = first_run.folder.root
    with running(first_run.folder) as demo:
        demo.await_text(READY, timeout_s=WARM_S)
        assert "making the demo papers" not in demo.output
        second = Demo(root)
        assert second.process.wait(timeout=STOP_S) == 0
        assert str(demo.process.pid) in second.output
        assert READY in second.output
        refused = clean(root)
        assert refused.returncode == 1
        assert str(demo.process.pid) in refused.stdout
        # One session outlasts the server's death: each sign-in would cost a real password check.
        with signed_in(demo, people.SECRETARY) as secretary:
            until(lambda: back(secretary), timeout_s=WARM_S, every_s=0.3, what="the seats hold their papers again")
            assert state(demo) == first_run.state
            dies_and_comes_back(demo, secretary, ("server", "broker", "seat-2"))
        assert state(demo) == first_run.state
        assert demo.stop(signal.SIGTERM) == 0
    assert leftovers(root) == []
    assert clean(root).returncode == 0
    assert not root.exists()


def dies_and_comes_back(demo: Demo, secretary: Client, names: tuple[str, ...]) -> None:
    for name in names:
        os.killpg(int((demo.folder / "run" / f"{name}.pid").read_text().split()[0]), signal.SIGKILL)
    for name in names:
        demo.await_text(f"{name} đã dừng (tín hiệu · signal 9)", timeout_s=WARM_S)
    until(lambda: back(secretary), timeout_s=WARM_S, every_s=0.3, what="all seats are online and complete again")


def clean(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "deploy.demo", "--clean"),
        cwd=ROOT,
        env=os.environ | {"PHONGHOP_DEMO_DIR": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def check_furniture(found: dict[str, Any]) -> None:
    """Everything of the demo is there once."""
    assert len(found["papers"]) == len(plans.PAPERS) + len(words.PAPERS)
    rooms = {people.ROOM_NAME: len(people.SEATS), people.ROOM_2_NAME: len(people.SEATS_2)}
    assert dict(found["rooms"]) == rooms
    assert len(found["rooms"]) == len(rooms)
    assert found["devices"] == [("approved", label) for label in people.TERMINALS]
    assert found["people"] == sorted(person.username for person in (people.ADMIN, *people.EVERYBODY))


def back(secretary: Client) -> bool:
    try:
        return delivered(secretary)
    except DemoError:  # while the server comes back, it answers nothing or refuses
        return False
