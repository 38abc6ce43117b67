"""`make demo` itself: the first run, the second, an interrupted one, and that nothing is left behind.

Slow on purpose: real broker, server, proxy and three seats, in processes of the demo's own.
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
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.demo import meeting as plans
from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import DemoError
from deploy.demo.folder import Folder
from tests.support.poll import until
from tests.support.room_process import demo_papers

pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).resolve().parents[2]
READY = "Mật khẩu của mọi tài khoản"
COLD_S, WARM_S, STOP_S = 180.0, 45.0, 30.0


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
    def seat_ports(self) -> list[int]:
        return [int(port) for port in re.findall(r"seat [A-C]\d +http://localhost:(\d+)/", self.output)]


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


def state(demo: Demo) -> dict[str, object]:
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


def delivered(demo: Demo) -> bool:
    with signed_in(demo, people.SECRETARY) as secretary:
        main = next(each for each in secretary.get("/api/meetings")["meetings"] if each["title"] == plans.MAIN.title)
        delivery = secretary.get(f"/api/meetings/{main['id']}/delivery")
    online = [seat["device"] for seat in delivery["seats"] if seat["online"]]
    complete = [set(paper["complete"]) == set(online) for paper in delivery["papers"]]
    return len(online) == 3 and len(complete) == len(plans.PAPERS) and all(complete)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("papers")
    demo_papers(cache, cache)
    return cache


@pytest.fixture
def folder(tmp_path: Path, papers: Path) -> Folder:
    made = Folder.at(tmp_path / "phòng họp")
    demo_papers(made.made("papers"), papers)
    return made


@pytest.fixture
def start(folder: Folder) -> Iterator[Callable[[], Demo]]:
    running: list[Demo] = []

    def begin() -> Demo:
        running.append(Demo(folder.root))
        return running[-1]

    yield begin
    for demo in running:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)


def test_the_room_comes_up_complete_is_resumed_and_leaves_nothing(start: Callable[[], Demo], folder: Folder) -> None:
    first = start()
    first.await_text(READY, timeout_s=COLD_S)
    assert delivered(first)
    found = state(first)
    assert found["meetings"] == sorted((plans.MAIN.title, plans.DRAFT.title))
    assert found["rooms"] == [(people.ROOM_NAME, len(people.SEATS))]
    assert found["devices"] == [("approved", label) for label in people.TERMINALS]
    assert len(found["papers"]) == len(plans.PAPERS)  # type: ignore[arg-type]
    assert [Client(port).get("/api/seat")["seat"]["state"] for port in first.seat_ports] == ["welcome"] * 3
    assert b"<html" in urllib.request.urlopen(f"http://localhost:{first.address('localhost')}/").read()

    second = Demo(folder.root)
    assert second.process.wait(timeout=STOP_S) == 0
    assert str(first.process.pid) in second.output
    assert READY in second.output, "who asks again is told where the room is"

    assert first.stop() == 0
    assert leftovers(folder.root) == []

    again = start()
    began = time.monotonic()
    again.await_text(READY, timeout_s=WARM_S)
    assert time.monotonic() - began < WARM_S
    until(lambda: delivered(again), timeout_s=WARM_S, every_s=0.3, what="the seats hold their papers again")
    assert state(again) == found
    assert again.stop(signal.SIGTERM) == 0
    assert leftovers(folder.root) == []


@pytest.mark.parametrize("reached", ["comparing codes", "agenda, members, papers", "submitting, approving"])
def test_a_demo_killed_while_it_furnishes_goes_on_where_it_stopped(
    start: Callable[[], Demo], folder: Folder, reached: str
) -> None:
    first = start()
    first.await_text(reached, timeout_s=COLD_S)
    first.process.kill()
    first.process.wait()
    until(lambda: leftovers(folder.root) == [], timeout_s=STOP_S, what="the guard has ended what the demo left")

    second = start()
    second.await_text(READY, timeout_s=COLD_S)
    assert delivered(second)
    found = state(second)
    assert len(found["papers"]) == len(plans.PAPERS)  # type: ignore[arg-type]
    assert len(found["meetings"]) == 2  # type: ignore[arg-type]
    assert len(found["rooms"]) == 1  # type: ignore[arg-type]
    assert found["devices"] == [("approved", label) for label in people.TERMINALS]
    assert second.stop() == 0


def test_a_program_that_dies_is_reported_and_comes_back(start: Callable[[], Demo], folder: Folder) -> None:
    demo = start()
    demo.await_text(READY, timeout_s=COLD_S)
    for name in ("server", "broker", "seat-2"):
        pid = int(folder.path("run", f"{name}.pid").read_text().split()[0])
        os.killpg(pid, signal.SIGKILL)
        demo.await_text(f"{name} đã dừng (tín hiệu · signal 9)", timeout_s=WARM_S)
    until(lambda: back(demo), timeout_s=WARM_S, every_s=0.3, what="all seats are online and complete again")
    assert demo.stop() == 0
    assert leftovers(folder.root) == []


def back(demo: Demo) -> bool:
    try:
        return delivered(demo)
    except DemoError:  # while the server comes back, it answers nothing or refuses
        return False


def test_clean_is_refused_while_the_room_runs_and_works_afterwards(start: Callable[[], Demo], folder: Folder) -> None:
    demo = start()
    demo.await_text("starting broker", timeout_s=COLD_S)

    def clean() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (sys.executable, "-m", "deploy.demo", "--clean"),
            cwd=ROOT,
            env=os.environ | {"PHONGHOP_DEMO_DIR": str(folder.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    refused = clean()
    assert refused.returncode == 1
    assert str(demo.process.pid) in refused.stdout
    assert demo.stop() == 0, "stopping while it starts is as good as any other moment"
    assert leftovers(folder.root) == []
    assert clean().returncode == 0
    assert not folder.root.exists()
