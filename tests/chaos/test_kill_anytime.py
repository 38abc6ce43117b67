"""`kill -9` of server, broker and seats at seeded random moments while papers are published and people act.

Rules shown: M3 every seat reaches the same number; W28 no act is lost or done twice; W34 every seat reaches the same
papers; D3 a seat works through the loss of server and broker. ``PHONGHOP_TEST_KILLS`` says how often something is
killed (the ordinary run: a few; ``make test-kill``: fifty), ``PHONGHOP_TEST_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import DemoError, Refused
from tests.support.pdfs import large_pdf, text_pdf
from tests.support.plain_meeting import make_meeting, upload
from tests.support.poll import until
from tests.support.room_process import RunningRoom, running_room
from wire.events import Event, check_chain

KILLS = int(os.environ.get("PHONGHOP_TEST_KILLS", "6"))
SEED = int(os.environ.get("PHONGHOP_TEST_SEED", "20261121"))
VICTIMS = ("server", "broker", "seat-1", "seat-2", "seat-3")
ITEMS = ("i-aaaaaaaaaaaaaaaa", "i-bbbbbbbbbbbbbbbb")
SETTLE_S = 90.0

T = TypeVar("T")

pytestmark = pytest.mark.timeout(120 + 25 * KILLS)


def patiently(call: Callable[[], T], *, stop: threading.Event, what: str) -> T:
    """Do ``call`` again with the same key until it is answered, as a person's browser does."""
    found: list[T] = []

    def once() -> bool:
        if stop.is_set():
            raise AssertionError(f"{what} was never answered")
        try:
            found.append(call())
        except Refused as refused:
            if refused.status < 500:
                raise
            return False
        except DemoError:
            return False
        return True

    until(once, timeout_s=SETTLE_S, every_s=0.2, what=what)
    return found[0]


@dataclass
class Account:
    """What was asked for and answered, to be compared with the log at the end."""

    messages: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    #: Refused when asked again: the answer to the first asking may have died with the seat after the act was kept.
    unsure: list[int] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)


class Chair:
    """Leads by HTTP: numbered messages to the room display, each with a key of its own."""

    def __init__(self, room: RunningRoom, path: str, stop: threading.Event) -> None:
        self._room, self._path, self._stop = room, path, stop
        self._client: Client | None = None

    def post(self, call: str, body: dict[str, Any], *, step: str) -> dict[str, Any]:
        def once() -> dict[str, Any]:
            if self._client is None:
                self._client = self._room.sign_in(people.CHAIR)
            return self._client.post(f"{self._path}{call}", body, step=step)

        return patiently(once, stop=self._stop, what=step)


class Seat:
    """A person at a terminal who asks again until there is an answer."""

    def __init__(self, room: RunningRoom, index: int, stop: threading.Event) -> None:
        self._page = room.touch_page(index)
        self._stop = stop

    def read(self) -> dict[str, Any]:
        return self._page.read()

    def post(self, call: str, body: dict[str, Any], *, what: str) -> dict[str, Any]:
        return patiently(lambda: self._page.post(call, body), stop=self._stop, what=what)


def _act_id(rng: random.Random) -> str:
    return "a-" + "".join(rng.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(16))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RunningRoom]:
    with running_room(tmp_path) as running:
        yield running


def prepare(room: RunningRoom, folder: Path, stop: threading.Event) -> tuple[str, str, str]:
    """An open meeting with one published paper; its path, the paper and the member at the first terminal."""
    path = make_meeting(
        room, title="Phiên họp thử tắt ngang (demo)", items=dict(zip(ITEMS, ("Báo cáo", "Thảo luận"), strict=True))
    )
    chair = Chair(room, path, stop)
    chair.post("/approve", {}, step="approve")
    paper = publish(room, path, folder, number=0, data=text_pdf(["Báo cáo"], pages=400), stop=stop)
    chair.post("/open", {}, step="open")
    chair.post(f"/items/{ITEMS[0]}/start", {}, step="start")
    return path, paper, room.furnished.persons[people.DEPUTY.username]


def _seq(client: Client, path: str) -> int:
    return int(client.get(path)["seq"])


def publish(room: RunningRoom, path: str, folder: Path, *, number: int, data: bytes, stop: threading.Event) -> str:
    """Upload, approve and publish one more paper, each step as often as it needs."""
    file = folder / f"tai-lieu-{number}.pdf"
    file.write_bytes(data)
    title = f"Tài liệu {number}"

    def as_person(who: people.Person, call: Callable[[Client], dict[str, Any]], what: str) -> dict[str, Any]:
        return patiently(lambda: call(room.sign_in(who)), stop=stop, what=f"{what} {number}")

    paper = ""

    def sent(client: Client) -> dict[str, Any]:
        nonlocal paper
        paper = upload(client, path, file, item=ITEMS[0], title=title)
        return {}

    as_person(people.SECRETARY, sent, "upload")
    as_person(
        people.CHAIR, lambda client: client.post(f"{path}/papers/{paper}/approve", {}, step=f"yes {number}"), "approve"
    )
    as_person(people.SECRETARY, lambda client: client.post(f"{path}/publish", {}, step=f"publish {number}"), "publish")
    return paper


class Troupe:
    """Everybody who does something while programs die; the first thing that fails is kept."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.over = threading.Event()
        self.failed: list[BaseException] = []
        self._threads: list[threading.Thread] = []

    def play(self, part: Callable[[], None]) -> None:
        def run() -> None:
            try:
                part()
            except BaseException as error:  # noqa: BLE001 - told to the test's own thread below
                self.failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """Let everybody finish what they are doing."""
        self.over.set()
        for thread in self._threads:
            thread.join(SETTLE_S)
        self.stop.set()
        if self.failed:
            raise self.failed[0]


def test_M3_W28_W34_D3_nothing_is_lost_or_done_twice_whatever_is_killed(room: RunningRoom, tmp_path: Path) -> None:
    rng, troupe, account = random.Random(SEED), Troupe(), Account()
    path, paper, deputy = prepare(room, tmp_path, troupe.stop)
    account.papers.append(paper)
    first = Seat(room, 0, troupe.stop)
    until(lambda: first.read()["seat"]["state"] == "welcome", timeout_s=SETTLE_S, what="the seat to welcome")
    first.post("/api/sign-in", {"person": deputy, "password": people.PASSWORD.reveal().decode()}, what="sign in")

    troupe.play(lambda: _chair_part(Chair(room, path, troupe.stop), account, troupe.over))
    troupe.play(lambda: _seat_part(first, paper, account, random.Random(SEED + 1), troupe.over))
    troupe.play(lambda: _secretary_part(room, path, tmp_path, account, troupe))
    for _ in range(KILLS):
        victim = rng.choice(VICTIMS)
        troupe.over.wait(rng.uniform(0.1, 2.5))
        room.kill(victim)
        troupe.over.wait(rng.uniform(0.0, 1.5))
        room.start(victim)
    troupe.end()

    _all_agree(room, path, account)
    # A run in which nobody managed to do anything would show nothing.
    assert len(account.messages) >= KILLS
    assert account.pages
    assert len(account.papers) > 1


def _chair_part(chair: Chair, account: Account, over: threading.Event) -> None:
    while not over.wait(0.4):
        text = f"Thông báo số {len(account.messages) + 1}"
        chair.post("/display", {"mode": "message", "text": text}, step=text)
        account.messages.append(text)


def _seat_part(seat: Seat, paper: str, account: Account, rng: random.Random, over: threading.Event) -> None:
    page = 1
    while not over.wait(0.5):
        page += 1
        act = _act_id(rng)
        body = {"act": act, "kind": "present", "data": {"paper": paper, "version": 1, "page": page}}
        try:
            seat.post("/api/act", body, what=f"page {page}")
            account.pages.append(page)
        except Refused:  # a seat that has just been killed asks its person to sign in again
            account.unsure.append(page)


def _secretary_part(room: RunningRoom, path: str, folder: Path, account: Account, troupe: Troupe) -> None:
    number = 0
    while not troupe.over.wait(2.0) and number < max(3, KILLS // 4):
        number += 1
        data = large_pdf(3_000_000, pages=6, seed=number)
        account.papers.append(publish(room, path, folder, number=number, data=data, stop=troupe.stop))


def _all_agree(room: RunningRoom, path: str, account: Account) -> None:
    secretary = room.sign_in(people.SECRETARY)
    seats = [Seat(room, index, threading.Event()) for index in range(3)]

    def settled() -> bool:
        delivery = secretary.get(f"{path}/delivery")
        head = _seq(secretary, path)
        return (
            len(delivery["papers"]) == len(account.papers)
            and all(len(each["complete"]) == 3 for each in delivery["papers"])
            and all(seat["online"] and seat["seq"] == head for seat in delivery["seats"] if seat["device"])
            and all(seat.read()["link"]["state"] == "online" for seat in seats)
            and not [act for act in seats[0].read()["acts"] if act["state"] in {"queued", "sent"}]
        )

    until(settled, timeout_s=SETTLE_S, every_s=0.5, what="all seats at the same number with all papers")
    meeting = path.rpartition("/")[2]
    events = [Event.from_value(value) for value in _log(secretary, path)]
    check_chain(events, after=None, meeting=meeting)

    messages = Counter(event.data["text"] for event in events if event.kind == "display_set")
    assert messages == Counter(account.messages)
    pages = Counter(event.data["page"] for event in events if event.kind == "page_presented")
    assert max(pages.values()) == 1
    assert set(account.pages) <= set(pages) <= set(account.pages) | set(account.unsure)
    published = Counter(event.data["paper"] for event in events if event.kind == "paper_published")
    assert published == Counter(account.papers)


def _log(client: Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while more := client.get(f"{path}/events?after={len(found)}")["events"]:
        found += more
    return found
