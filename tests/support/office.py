"""A whole server without a network: the application on a fresh SQLite file, and browsers that know the house rules.

Rules: people and room are made once a process and copied (`tests.support.furnished`); an office with ``own`` is another
site: its ids and keys are its own.

Usage::

    office = Office(tmp_path)
    secretary = office.sign_in("thuky")
    meeting = secretary.post("/api/meetings", {...}).body["id"]
    office.clock.advance(minutes=20)
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import create_app, services_of
from server.identity.model import FactorRule, Role
from server.identity.service import NewAccount
from server.meetings.model import Draft
from server.settings import Settings
from tests.support import furnished, migrated
from tests.support.addresses import compiled_once
from wire import ids
from wire.ids import MeetingId
from wire.secret import Secret

PASSWORD = "mật khẩu thử"
START = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
_serial = itertools.count(1)
compiled_once()


def fresh_id(prefix: str) -> str:
    """An id nobody has had."""
    return ids.new(prefix, next(_serial).to_bytes(ids.RANDOM_BYTES, "big"))


@dataclass
class HandClock:
    """A clock that moves when it is told to."""

    moment: dt.datetime = START

    def now(self) -> dt.datetime:
        return self.moment

    def monotonic_s(self) -> float:
        return (self.moment - START).total_seconds()

    def advance(self, **span: float) -> None:
        self.moment += dt.timedelta(**span)


@dataclass(frozen=True)
class Reply:
    """An answer of the server: status, JSON body (empty without one), the raw response."""

    status: int
    body: dict[str, Any]
    raw: TestResponse

    @classmethod
    def of(cls, response: TestResponse) -> Reply:
        return cls(response.status_code, (response.json if response.is_json else None) or {}, response)

    @property
    def code(self) -> str:
        """The error's code, empty when all went well."""
        return str(self.body.get("error", {}).get("code", ""))

    @property
    def data(self) -> dict[str, Any]:
        """The error's data."""
        found: dict[str, Any] = self.body["error"]["data"]
        return found

    def done(self) -> dict[str, Any]:
        """The body of an answer that must not be an error."""
        assert self.status < 300, self.body
        return self.body


class Browser:
    """One browser: cookies, and the headers of somebody who signed in."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.person = ""
        self.csrf = ""

    def get(self, path: str) -> Reply:
        return Reply.of(self.client.get(path))

    def post(self, path: str, body: Any = None, *, act: str | None = None) -> Reply:
        return self.send("POST", path, body, act=act)

    def put(self, path: str, body: Any = None, *, act: str | None = None) -> Reply:
        return self.send("PUT", path, body, act=act)

    def send(self, method: str, path: str, body: Any = None, *, act: str | None = None) -> Reply:
        headers = {"X-CSRF-Token": self.csrf, "Idempotency-Key": act or fresh_id("a")}
        content = {} if body is None else body
        return Reply.of(self.client.open(path, method=method, json=content, headers=headers))

    def sign_in(self, username: str, password: str = PASSWORD) -> Reply:
        reply = Reply.of(self.client.post("/api/sign-in", json={"username": username, "password": password}))
        if reply.status == 200:
            self.person, self.csrf = reply.body["person"]["id"], reply.body["csrf"]
        return reply


class Office:
    """The server, a room of three seats, and people: thuky, chutri, daibieu, khach, kythuat, hethong, kiemtoan."""

    PEOPLE: tuple[tuple[str, frozenset[Role]], ...] = (
        ("thuky", frozenset({Role.SECRETARY})),
        ("chutri", frozenset()),
        ("daibieu", frozenset()),
        ("khach", frozenset()),
        ("kythuat", frozenset({Role.IT})),
        ("hethong", frozenset({Role.SYSTEM_ADMIN})),
        ("anninh", frozenset({Role.SECURITY_ADMIN})),
        ("kiemtoan", frozenset({Role.AUDITOR})),
    )

    def __init__(self, folder: Path, *, clock: HandClock | None = None, own: bool = False, **settings: Any) -> None:
        self.clock = clock or HandClock()
        # Of the house's rules the second factor has tests of its own; the others sign in with a password.
        base = Settings(data_dir=folder, argon2_memory_kib=64, disk_reserve_mib=0, second_factor=FactorRule.OFF)
        own = own or "database_url" in settings or (folder.exists() and any(folder.iterdir()))
        furniture = None if own else _furniture(_begun(self.clock), self.PEOPLE)
        if furniture is None:
            migrated.put(folder / "phonghop.db")
        else:
            furnished.put(furniture.kept, folder)
        self.app = create_app(dataclasses.replace(base, **settings), clock=self.clock)
        self.services = services_of(self.app)
        if furniture is None:
            self.people = {name: self.add(name, roles) for name, roles in self.PEOPLE}
            room = self.sign_in("kythuat").post("/api/rooms", {"name": "Phòng thử", "seats": _SEATS}).done()
            self.room, self.seats = str(room["id"]), [str(seat["id"]) for seat in room["seats"]]
        else:
            self.people, self.room, self.seats = dict(furniture.people), furniture.room, list(furniture.seats)

    def add(self, username: str, roles: frozenset[Role] = frozenset()) -> str:
        """One more account; the person."""
        new = NewAccount(username, f"{username} (demo)", "", "", roles)
        secret = Secret(PASSWORD.encode())
        return self.services.identity.create_account(
            new, secret, actor="system", act=fresh_id("a"), now=self.clock.now()
        )

    def browser(self) -> Browser:
        """A browser where nobody has signed in."""
        return Browser(self.app.test_client())

    def sign_in(self, username: str) -> Browser:
        """A browser where ``username`` has signed in."""
        browser = self.browser()
        browser.sign_in(username).done()
        return browser

    def meeting(self, phase: str = "draft") -> str:
        """A meeting with chair, secretary and two members, two items, in ``phase``."""
        secretary, chair = self.sign_in("thuky"), self.sign_in("chutri")
        meeting: str = secretary.post("/api/meetings", self.description()).done()["id"]
        path = f"/api/meetings/{meeting}"
        secretary.put(f"{path}/members", {"members": self.members()}).done()
        seq = secretary.get(path).body["seq"]
        secretary.put(f"{path}/agenda", {"items": [item("Một"), item("Hai")], "expected_seq": seq}).done()
        steps = {"submitted": (secretary, "submit"), "approved": (chair, "approve"), "open": (chair, "open")}
        for name, (browser, word) in steps.items():
            if phase == "draft":
                break
            browser.post(f"{path}/{word}").done()
            if name == phase:
                break
        return meeting

    def description(self) -> dict[str, Any]:
        """The body of a new meeting."""
        return {
            "title": "Họp thử (demo)",
            "type": "Giao ban",
            "room": self.room,
            "starts_at": "2026-11-23T01:30:00.000Z",
            "planned_minutes": 90,
        }

    def members(self) -> list[dict[str, Any]]:
        """Chair at the first seat, a member at the second, a guest at the third, a secretary without a seat."""
        roles = [("chutri", "chair"), ("daibieu", "member"), ("khach", "guest"), ("thuky", "secretary")]
        placed = zip(roles, [*self.seats, None], strict=False)
        return [{"person": self.people[name], "role": role, "seat": seat} for (name, role), seat in placed]


def item(title: str, **more: Any) -> dict[str, Any]:
    """An agenda item as a page sends it."""
    return {"title": title, "minutes": 15, "visibility": "common", "parent": None, "presenter": None, **more}


@dataclass(frozen=True)
class _Furniture:
    kept: furnished.Kept
    people: dict[str, str]
    room: str
    seats: tuple[str, ...]


def _begun(clock: HandClock) -> dt.datetime | None:
    """When an office with this clock begins; none: whenever, by a clock that goes by itself."""
    return clock.moment if type(clock) is HandClock else None


@functools.cache
def _furniture(begun: dt.datetime | None, people: tuple[tuple[str, frozenset[Role]], ...]) -> _Furniture:
    class Furnishing(Office):
        PEOPLE = people

    with tempfile.TemporaryDirectory() as place:
        made = Furnishing(Path(place), clock=HandClock(begun or dt.datetime.now(dt.UTC)), own=True)
        made.services.close()
        return _Furniture(furnished.taken(Path(place)), made.people, made.room, tuple(made.seats))


_SEATS = [{"label": f"A{number}", "x": 100 * number, "y": 500} for number in (1, 2, 3)]


def begin_at(office: Office, meeting: str, starts_at: str) -> None:
    """As a log says it that was written before the years were bounded: past the routes."""
    state = office.services.meetings.state(MeetingId(meeting))
    kept = {"room": state.room, "room_name": state.room_name, "planned_minutes": state.planned_minutes}
    draft = Draft("meeting_described", {"title": state.title, "type": state.kind, "starts_at": starts_at, **kept})
    now = office.clock.now()
    office.services.meetings.change(MeetingId(meeting), actor="system", now=now, decide=lambda _log: (draft,))
