"""The page of a seat without its agent: what draws, what answers, and the browser that asks.

Usage::

    seat.desk = Desk(seat.put)
    browser = Browser(client_of(page_of(board, seat.desk, pictures), dist))
    assert code(browser.get("/api/seat", Host="evil.example")) == (403, "seat-wrong-host")
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from edge.commands import Answer
from edge.events import (
    Event,
)
from edge.page.app import Page, create_page
from edge.page.board import Board
from edge.page.desk import Desk, Work
from edge.page.kiosk import Kiosk
from edge.page.pictures import Pictures
from edge.passwords import Passwords
from edge.screen import Screen
from pages.model import Document, Hit, Outline, PageText, Word
from tests.support.meeting_log import named
from wire.ids import PaperId
from wire.secret import Secret
from wire.topics import PaperVersion

LAN = named("u", "lan")
PAPER = PaperVersion(PaperId(named("p", "report")), 1)
COMING = PaperVersion(PaperId(named("p", "coming")), 1)
DOCUMENT = Document(Path("/nowhere"), 1000, PAPER, None)
TOKEN = "the token of this start"
SECRET = Secret(b"the secret of this boot".ljust(32))
INSTANCE = "0011223344556677"
HOME = f"/api/papers/{PAPER.paper}/{PAPER.version}"
NOW = dt.datetime(2026, 11, 21, 2, 14, tzinfo=dt.UTC)


class Drawing:
    """The renderer's twin: writes down what it is asked, answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, str | None]] = []
        self.forgotten = 0
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def render(self, document: Document, page: int, *, width: int, mark: str | None = None) -> bytes:
        self.asked.append((page, width, mark))
        self.gate.wait(10)
        if self.error is not None:
            raise self.error
        return f"page {page}".encode()

    def text(self, document: Document, page: int) -> PageText:
        return PageText(595.0, 842.0, (Word(1.0, 2.0, 3.0, 4.0, "từ"),))

    def search(self, document: Document, query: str) -> list[Hit]:
        return [Hit(3, 2, f"… {query} …")]

    def outline(self, document: Document) -> Outline:
        return Outline(((595.0, 842.0),), ())

    def forget(self) -> None:
        self.forgotten += 1


class SeatStub:
    """What the agent's loop does with the page's work, answered at once."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.passwords = Passwords()
        self.code = ""
        self.seen: list[bytes] = []
        self.codes: list[bytes] = []
        self.held: list[bytearray] = []
        self.desk: Desk | None = None

    def handle(self, event: Event) -> None:
        self.events.append(event)
        request = getattr(event, "request", None)
        if request is None or self.desk is None:
            return
        held = self.passwords.get(request)
        if held is not None:
            self.seen.append(bytes(held))
            self.held.append(held)
            code = self.passwords.code(request)
            if code is not None:
                self.codes.append(bytes(code))
                self.held.append(code)
            self.passwords.drop(request)
        self.desk.answer(Answer(request, self.code, {"wait_s": 4} if self.code == "too-many-tries" else {}))

    def put(self, work: Work) -> None:
        work(self)  # type: ignore[arg-type]  # the part of a seat that the desk uses

    def asked(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def page_of(board: Board, desk: Desk, pictures: Pictures) -> Page:
    kiosk = Kiosk(SECRET, port=lambda: 8790)
    return Page(
        board, desk, pictures,
        now=lambda: NOW, new_act=lambda: named("a", "new"), token=TOKEN, kiosk=kiosk, instance=INSTANCE,
    )  # fmt: skip


def kiosk_secret() -> str:
    """As it stands in the address that the screen opens."""
    address = Kiosk(SECRET, port=lambda: 8790).address.reveal().decode()
    return address.removeprefix("http://localhost:8790/#kiosk=")


class Browser:
    """Calls as the page makes them; the terminal's own browser unless said otherwise."""

    def __init__(self, client: FlaskClient, *, own: bool = True) -> None:
        self._client = client
        if own:
            kiosk = Kiosk(SECRET, port=lambda: 8790)
            client.set_cookie(kiosk.cookie_name, kiosk.admit(kiosk_secret()), domain="localhost", path="/api")
            client.set_cookie(kiosk.cookie_name, kiosk.admit(kiosk_secret()), domain="127.0.0.1", path="/api")

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._client.get(path, headers={"Host": "localhost:8790", **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"Host": "localhost:8790", "X-Seat-Token": TOKEN, **headers}
        data = body if isinstance(body, bytes) else json.dumps(body or {}, ensure_ascii=False).encode()
        return self._client.post(path, data=data, headers=sent)


def screen(state: str = "signed_in", *, seq: int = 9, meeting: str = "m", **more: Any) -> Screen:
    signed_in = state == "signed_in"
    sections = {
        "seat": {"state": state, "label": "A1"},
        "meeting": {"id": meeting},
        "upkeep": {"dark": False, "maintenance": None},
        "papers": [{"paper": PAPER.paper, "pages": 5}] if signed_in else [],
        "holding": {str(COMING): {"have": 3, "chunks": 9, "ready": False}} if signed_in else {},
        **more,
    }
    documents = {PAPER: DOCUMENT} if signed_in else {}
    reader = (meeting, LAN) if signed_in else None
    return Screen(seq, sections, documents, reader, mark="Đồng chí Lan (demo) · A1", ahead_s=3600.0)


def client_of(page: Page, dist: Path) -> FlaskClient:
    return create_page(page, port=lambda: 8790, dist=dist).test_client()


def code(response: TestResponse) -> tuple[int, str]:
    body = response.get_json()
    assert body["error"]["vi"]
    assert body["error"]["en"]
    return response.status_code, body["error"]["code"]
