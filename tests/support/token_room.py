"""A real room with a reader at every terminal: broker, server, proxy, seats, pcscd and software tokens.

Usage::

    with token_room(tmp_path) as room:
        room.plug(0, people.DEPUTY)
        room.types_pin(0)
        assert room.where(0) == "signed_in"
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.demo import people
from deploy.demo.errors import Refused
from deploy.demo.tokens.authority import PIN
from deploy.demo.tokens.enrolling import enrol
from deploy.demo.tokens.stand import Stand
from tests.support import pdfs
from tests.support.poll import until
from tests.support.room_process import RunningRoom, running_room
from wire import ids

TITLE: Final = "Họp thử USB token (demo)"
PAPER: Final = "Báo cáo thử (demo)"
#: Words that stand in the paper and nowhere else.
INSIDE: Final = "Qv5mZt chỉ có trong tài liệu"
WAIT_S: Final = 30.0
_TRY_S: Final = 3.0
#: Between two looks at a page: each is a request, whose work takes the time of what it waits for.
_LOOK_S: Final = 0.04
_ITEM: Final = ids.new("i", bytes(ids.RANDOM_BYTES))


@dataclass
class TokenRoom:
    """A running room and its readers; ``meeting`` is open and has one published paper, whose file is in ``desk``."""

    room: RunningRoom
    stand: Stand
    pin: str
    desk: Path
    meeting: str = ""

    def meets(self) -> None:
        """A meeting begins; its paper is at every terminal, where nobody is signed in."""
        self.desk.mkdir(exist_ok=True)
        self.meeting = hold_meeting(self.room, self.desk)
        for seat in range(len(self.room.room.ports.seats)):
            self.until(seat, _is_complete, what="the paper is there")

    @property
    def is_open(self) -> bool:
        """Whether its meeting goes on."""
        with self.room.sign_in(people.SECRETARY) as secretary:
            meeting = secretary.get(f"/api/meetings/{self.meeting}")["sections"]["meeting"]
        return bool(meeting["phase"] == "open")

    def ends(self) -> None:
        """The meeting is closed, so that another one can be held in the room."""
        with self.room.sign_in(people.CHAIR) as chair:
            chair.post(f"/api/meetings/{self.meeting}/close", {}, step="")

    def shown(self, seat: int) -> dict[str, Any]:
        """All that a terminal's page shows."""
        return self.room.seat(seat).get("/api/seat")

    def where(self, seat: int) -> str:
        """The screen it is on."""
        return str(self.shown(seat)["seat"]["state"])

    def token(self, seat: int) -> dict[str, Any]:
        """What it says of its token."""
        found: dict[str, Any] = self.shown(seat)["usb_token"]
        return found

    def plug(self, seat: int, person: people.Person, *, wait: str = "ready") -> None:
        """Plug a token in and wait until the terminal says so.

        The service looks every 400 ms, and a card that is put in before it has looked may pass unseen: a person, too,
        pulls out and tries again.
        """
        tried_s = float("-inf")

        def look() -> bool:
            nonlocal tried_s
            if tried_s > float("-inf") and is_there():
                return True
            # Nobody pulls out what the terminal has just seen: what it says next would be of the token before.
            if time.monotonic() - tried_s > _TRY_S:
                tried_s = time.monotonic()
                self.stand.plug(seat, person.username)
            return False

        def is_there() -> bool:
            found = self.token(seat)
            return bool(found["state"] == wait and found["name"] == person.name)

        until(look, timeout_s=WAIT_S, every_s=_LOOK_S, what=f"the token of {person.username} is {wait}")

    def pull(self, seat: int) -> None:
        """Pull it out, and wait until the terminal says so."""
        self.stand.pull(seat)
        self.until(seat, lambda shown: shown["usb_token"]["count"] == 0, what="no token")

    def until(self, seat: int, wanted: Callable[[dict[str, Any]], bool], *, what: str) -> dict[str, Any]:
        """What the terminal shows as soon as it is what is wanted."""
        shown: list[dict[str, Any]] = []

        def look() -> bool:
            shown[:] = [self.shown(seat)]
            return wanted(shown[0])

        until(look, timeout_s=WAIT_S, every_s=_LOOK_S, what=what)
        return shown[0]

    def until_where(self, seat: int, state: str) -> dict[str, Any]:
        """Until it is on a screen."""
        return self.until(seat, lambda shown: shown["seat"]["state"] == state, what=f"seat {seat} is {state}")

    def types_pin(self, seat: int, pin: str | None = None, **more: Any) -> str:
        """Type a PIN; the code of the refusal, empty when it is right."""
        try:
            self.room.touch_page(seat).post("/api/token", {"pin": self.pin if pin is None else pin, **more})
        except Refused as refused:
            return refused.code
        return ""

    def picture(self, seat: int) -> bytes:
        """A page of the one paper, as soon as it is at the terminal."""
        self.until(seat, _has_its_paper, what="the paper")
        paper = next(each for each in self.shown(seat)["papers"] if each["title"] == PAPER)
        return self.room.touch_page(seat).picture(paper["paper"], 1, 1, width=480)

    def opens(self, seat: int, title: str, *, page: int) -> dict[str, Any]:
        """Open a paper at a page, away from the presenter, and wait until the seat says so; what it says."""
        paper = next(each for each in self.shown(seat)["papers"] if each["title"] == title)
        where = {"paper": paper["paper"], "version": paper["published_version"]}
        front = {**where, "page": page, "follows": False, "call": 0}
        self.room.touch_page(seat).post("/api/front", front)
        self.until(seat, lambda shown: shown["front"] == front, what=f"page {page} is in front")
        return front

    def notes(self, seat: int, text: str, *, page: int = 1) -> None:
        """Write a private note on the page in front; it is durable at the seat, and a moment later at the server."""
        # The screen turns first and tells the seat afterwards: a note written between the two lies on the page before.
        self.until(
            seat,
            lambda shown: shown["front"] and "paper" in shown["front"] and shown["front"]["page"] == page,
            what=f"page {page} of a paper is in front",
        )
        front = self.shown(seat)["front"]
        where = {name: front[name] for name in ("paper", "version", "page")}
        content = {**where, "kind": "note", "color": "red", "at": [5000, 1500], "text": text}
        self.until(seat, lambda shown: shown["marks"]["ready"], what="the key of the marks is here")
        mark = ids.new("n", os.urandom(ids.RANDOM_BYTES))
        self.room.touch_page(seat).post("/api/marks", {"changes": [{"mark": mark, "content": content}]})
        self.until(seat, lambda shown: shown["marks"]["unsent"] == 0, what="the server has the note")

    def noted(self, seat: int) -> list[str]:
        """The texts of the notes on the papers that the seat shows; raises Refused, also where it shows none."""
        page = self.room.touch_page(seat)
        papers = [each["paper"] for each in self.shown(seat)["papers"] or []] or [ids.new("p", bytes(ids.RANDOM_BYTES))]
        found = [page.terminal.get(f"/api/marks?paper={paper}")["marks"] for paper in papers]
        return [each["content"]["text"] for marks in found for each in marks]

    def signs_in(self, seat: int, person: people.Person) -> None:
        """Token in, PIN, and there."""
        self.plug(seat, person)
        assert self.types_pin(seat) == ""
        self.until_where(seat, "signed_in")


@contextmanager
def token_room(
    folder: Path, *, seats: int = 2, pin: str = PIN, bridge: bool = False, meeting: bool = True
) -> Iterator[TokenRoom]:
    """A furnished room whose people have tokens, and a ``meeting`` to sign in to."""
    # Not in pytest's own folder: a socket's path has little room.
    short = Path(tempfile.mkdtemp(prefix="bank-"))
    cards = folder / "tokens"
    cards.mkdir(mode=0o700)
    try:
        with (
            Stand.open(cards, short, seats=seats + bridge, pin=pin) as stand,
            running_room(folder, seats=seats, stand=stand, bridge=bridge) as room,
        ):
            enrol(room.room, stand)
            made = TokenRoom(room, stand, pin, desk=folder / "desk")
            if meeting:
                made.meets()
            yield made
    finally:
        shutil.rmtree(short, ignore_errors=True)


def _is_complete(shown: dict[str, Any]) -> bool:
    return (shown["seat"]["state"], shown["usb_token"]["state"]) == ("welcome", "absent")


def _has_its_paper(shown: dict[str, Any]) -> bool:
    return [each["ready"] for each in shown["holding"].values()] == [True]


def hold_meeting(room: RunningRoom, desk: Path) -> str:
    """A meeting with one published paper, open; its id."""
    persons, seats = room.furnished.persons, room.furnished.seats
    about = {
        "title": TITLE,
        "type": "Giao ban",
        "room": room.furnished.room,
        "starts_at": "2026-12-01T01:30:00.000Z",
        "planned_minutes": 60,
    }
    placed = (
        (people.CHAIR, "chair", "A1"),
        (people.SECRETARY, "secretary", "A2"),
        (people.DEPUTY, "member", "B1"),
        (people.DELEGATE, "member", "B2"),
    )
    members = [{"person": persons[who.username], "role": role, "seat": seats[seat]} for who, role, seat in placed]
    item = {"item": _ITEM, "parent": None, "title": "Nghe báo cáo", "minutes": 30}
    file = desk / "paper.pdf"
    file.write_bytes(pdfs.text_pdf([PAPER, INSIDE], pages=3))
    with room.sign_in(people.SECRETARY) as secretary, room.sign_in(people.CHAIR) as chair:
        meeting = str(secretary.post("/api/meetings", about, step="")["id"])
        path = f"/api/meetings/{meeting}"
        secretary.put(f"{path}/members", {"members": members}, step="")
        items = [item | {"visibility": "common", "presenter": None}]
        secretary.put(f"{path}/agenda", {"items": items, "expected_seq": secretary.get(path)["seq"]}, step="")
        fields = {"item": _ITEM, "title": PAPER, "secrecy": "normal"}
        paper = secretary.upload(f"{path}/papers", file, fields, step="")["paper"]
        for who, call in (
            (secretary, "submit"),
            (chair, "approve"),
            (chair, f"papers/{paper}/approve"),
            (secretary, "publish"),
            (chair, "open"),
        ):
            who.post(f"{path}/{call}", {}, step="")
    return meeting
