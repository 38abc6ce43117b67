"""Puts the demo data into a running room, through its HTTP interface, as the demo people would.

Rules: the administrator makes accounts, IT draws the room and admits the terminals after comparing their code, the
secretary prepares, the chair approves. Each step first looks whether its result is there, so that a seeding that was
interrupted goes on where it stopped and nothing is there twice; nothing is changed once the demo meeting is published.

Usage::

    seeding = Seeding(8080, terminals, seed=folder.seed, began=print)
    seeding.prepare_meetings(seeding.furnish(), build_papers(folder), folder)
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.demo import meeting as plans
from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import SeedingStuck
from deploy.demo.housing import Housing, named
from deploy.demo.papers import DemoPaper
from deploy.demo.terminals import Terminal
from wire.phases import HOLDING, PREPARING, Phase

_TERMINAL_WAIT_S: Final = 60.0
_DELIVERY_WAIT_S: Final = 300.0
_TICK_S: Final = 0.2
#: What a seat says of itself until IT has admitted it.
_NOT_ADMITTED: Final = "enrolling"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the papers have come: chunks at all seats together, and seats that have everything."""

    have: int
    wanted: int
    complete: int


@dataclass(frozen=True, slots=True)
class Furnished:
    """A room with its people: ids by user name and by seat label; ``display`` is a path with its fragment."""

    persons: Mapping[str, str]
    room: str
    seats: Mapping[str, str]
    display: str


@dataclass(frozen=True, slots=True)
class Seeding:
    """Everything a seeding needs to know; ``began`` and ``done`` are told what happens."""

    port: int
    terminals: tuple[Terminal, ...]
    seed: str
    began: Callable[[str], None]

    def furnish(self) -> Furnished:
        """Accounts, room, terminals, the link of the display; raises Refused, ServerAway, SeedingStuck."""
        housing = Housing(self._as)
        self.began("Tài khoản · accounts")
        persons = housing.everybody()
        self.began("Phòng họp, sơ đồ chỗ ngồi · the room and its seats")
        room, seats = housing.room(people.ROOM_NAME, people.SEATS)
        self.began("Đối chiếu mã và duyệt thiết bị · comparing codes, admitting the terminals")
        self._terminals(seats)
        return Furnished(persons, room, seats, self._display(room))

    def prepare_meetings(self, furnished: Furnished, papers: list[DemoPaper], folder: Path) -> None:
        """A meeting approved and published with its papers from ``folder``, and a draft; raises as :meth:`furnish`."""
        self.began("Chương trình, thành phần, tài liệu · agenda, members, papers")
        self._main_meeting(furnished, papers, folder)
        self._draft_meeting(furnished)

    def progress(self) -> Iterator[Progress]:
        """How far the papers of the demo meeting have come, until all seats have all; raises SeedingStuck."""
        deadline = time.monotonic() + _DELIVERY_WAIT_S
        with self._as(people.SECRETARY) as secretary:
            meeting = named(secretary.get("/api/meetings")["meetings"], "title", plans.MAIN.title)
            while meeting is not None:
                found = _progress(secretary.get(f"/api/meetings/{meeting['id']}/delivery"), seats=len(self.terminals))
                yield found
                if found.complete == len(self.terminals):
                    return
                if time.monotonic() > deadline:
                    raise SeedingStuck(f"{found.complete}/{len(self.terminals)} chỗ đủ tài liệu · seats complete")
                time.sleep(_TICK_S)

    @contextmanager
    def _as(self, person: people.Person) -> Iterator[Client]:
        with Client(self.port, seed=self.seed).signed_in(person.username, people.PASSWORD) as client:
            yield client

    def _terminals(self, seats: Mapping[str, str]) -> None:
        """Compare what each terminal shows with what the console shows, and approve it for its seat.

        All side by side: a terminal that was approved takes its time to come back with its certificate.
        """
        waiting = {label: page for page, label in zip(self.terminals, people.TERMINALS, strict=False)}
        deadline = time.monotonic() + _TERMINAL_WAIT_S
        with self._as(people.IT) as operator:
            while True:
                shown = {label: page.get("/api/seat")["seat"] for label, page in waiting.items()}
                waiting = {label: waiting[label] for label in shown if shown[label]["state"] == _NOT_ADMITTED}
                if not waiting:
                    return
                for label in waiting:
                    self._approve(operator, shown[label]["code"], seat=seats[label], label=label)
                if time.monotonic() > deadline:
                    labels = ", ".join(waiting)
                    raise SeedingStuck(f"{labels}: thiết bị chưa được duyệt · not admitted ({shown})")
                time.sleep(_TICK_S)

    def _approve(self, operator: Client, code: str, *, seat: str, label: str) -> None:
        for found in operator.get("/api/devices")["devices"]:
            if found["code"] == code and found["state"] == "pending":
                device = found["id"]
                step = f"terminal {label} {device}"
                operator.post(f"/api/devices/{device}/approve", {"seat": seat, "code": code}, step=step)

    def _display(self, room: str) -> str:
        with self._as(people.IT) as operator:
            url: str = operator.post(f"/api/rooms/{room}/display-link", {}, step="")["url"]
            return "/display" + url.partition("/display")[2]

    def _main_meeting(self, furnished: Furnished, papers: list[DemoPaper], folder: Path) -> None:
        plan, persons, seats = plans.MAIN, furnished.persons, furnished.seats
        with self._as(people.SECRETARY) as secretary, self._as(people.CHAIR) as chair:
            meeting = self._create(secretary, plan, room=furnished.room)
            path = f"/api/meetings/{meeting}"
            if _phase(secretary, path) is Phase.DRAFT:
                members = [
                    {"person": persons[m.username], "role": m.member_role, "seat": seats[m.seat or ""]}
                    for m in people.MEMBERS
                ]
                secretary.put(f"{path}/members", {"members": members}, step="members")
                self._set_agenda(secretary, path, plan, persons=persons)
                self._upload(secretary, path, plan, papers=papers, folder=folder)
                self.began("Trình, duyệt, phát hành · submitting, approving, publishing")
                secretary.post(f"{path}/submit", {}, step="submit")
            if _phase(secretary, path) is Phase.SUBMITTED:
                chair.post(f"{path}/approve", {}, step="approve")
            self._publish(secretary, chair, path)
            if _phase(secretary, path) in HOLDING:
                self._to_sign(secretary, path, persons=persons, folder=folder)

    def _to_sign(self, secretary: Client, path: str, *, persons: Mapping[str, str], folder: Path) -> None:
        """A paper that waits for everybody who has a token: whoever tries the demo can sign it at any seat."""
        if named(secretary.get(f"{path}/rounds")["rounds"], "title", plans.TO_SIGN_TITLE) is not None:
            return
        asked = {
            "kind": "resolution",
            "title": plans.TO_SIGN_TITLE,
            "order": "parallel",
            "level": "b-b",
            "signers": [{"person": persons[who.username], "mark": {"kind": "none"}} for who in people.SIGNERS],
        }
        fields = {"round": json.dumps(asked, ensure_ascii=False)}
        secretary.upload(f"{path}/rounds", folder / plans.TO_SIGN, fields, step="round")

    def _publish(self, secretary: Client, chair: Client, path: str) -> None:
        if _phase(secretary, path) not in HOLDING:
            return
        for paper in secretary.get(path)["sections"]["papers"]:
            if paper["state"] == "submitted":
                chair.post(f"{path}/papers/{paper['paper']}/approve", {}, step=f"approve {paper['paper']}")
        if any(paper["state"] == "approved" for paper in secretary.get(path)["sections"]["papers"]):
            secretary.post(f"{path}/publish", {}, step="publish")

    def _draft_meeting(self, furnished: Furnished) -> None:
        plan, persons = plans.DRAFT, furnished.persons
        with self._as(people.SECRETARY) as secretary:
            path = f"/api/meetings/{self._create(secretary, plan, room=furnished.room)}"
            found = secretary.get(path)["sections"]
            if found["meeting"]["phase"] not in PREPARING:
                return
            if not found["members"]:
                members = [
                    {"person": persons[person.username], "role": person.member_role, "seat": None}
                    for person in (people.CHAIR, people.SECRETARY, people.DEPUTY)
                ]
                secretary.put(f"{path}/members", {"members": members}, step="draft members")
            if not found["agenda"]:
                self._set_agenda(secretary, path, plan, persons=persons)

    def _create(self, secretary: Client, plan: plans.Plan, *, room: str) -> str:
        meeting = named(secretary.get("/api/meetings")["meetings"], "title", plan.title)
        if meeting is None:
            described = {
                "title": plan.title,
                "type": plan.kind,
                "room": room,
                "starts_at": _moment(plan.starts_at(dt.datetime.now(dt.UTC))),
                "planned_minutes": plan.minutes,
            }
            meeting = secretary.post("/api/meetings", described, step=f"meeting {plan.key}")
        found: str = meeting["id"]
        return found

    def _set_agenda(self, secretary: Client, path: str, plan: plans.Plan, *, persons: Mapping[str, str]) -> None:
        seq = secretary.get(path)["seq"]
        items = plans.agenda_items(plan, seed=self.seed, person=persons)
        # The number differs from try to try, so it is part of the step: one key, one content.
        secretary.put(f"{path}/agenda", {"items": items, "expected_seq": seq}, step=f"agenda {plan.key} {seq}")

    def _upload(self, secretary: Client, path: str, plan: plans.Plan, *, papers: list[DemoPaper], folder: Path) -> None:
        there = {paper["title"] for paper in secretary.get(path)["sections"]["papers"]}
        for paper in papers:
            if paper.title_vi in there:
                continue
            topic, secrecy = plans.PAPERS[paper.file_name]
            fields = {
                "item": plans.item_id(plan, topic, seed=self.seed),
                "title": paper.title_vi,
                "secrecy": secrecy,
            }
            step = f"paper {paper.file_name}"
            secretary.upload(f"{path}/papers", folder / paper.file_name, fields, step=step)


def _phase(client: Client, path: str) -> Phase:
    return Phase(client.get(path)["sections"]["meeting"]["phase"])


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _progress(delivery: dict[str, Any], *, seats: int) -> Progress:
    papers = delivery["papers"]
    complete = [set(paper["complete"]) for paper in papers]
    everywhere = set.intersection(*complete) if complete else set()
    return Progress(
        have=sum(sum(paper["have"].values()) for paper in papers),
        wanted=sum(paper["chunks"] for paper in papers) * seats,
        complete=len(everywhere),
    )
