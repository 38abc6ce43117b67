"""A meeting of forty-five with long names, prepared over HTTP up to the moment people come in.

Rules: forty-five members, each at a seat of the plan; three seats have a terminal: those of a deputy, a delegate, a
guest. The agenda has an item that is internal, with a paper, which no guest may see. Whoever has no terminal votes over
HTTP, as from a console of their own. Accounts and seats that are there already are used again.

Usage::

    house = FullHouse.prepared(room, papers=folder)
    house.ballots(vote, away={0, 1}, against=2)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any, Final, Self

from deploy.demo import people
from deploy.demo.client import Client
from tests.browser.main_job.plan import APPENDIX, DECISION, Paper
from tests.support.poll import until
from tests.support.room_process import RunningRoom
from wire import ids

TITLE: Final = (
    "Hội nghị toàn thể công chức, viên chức Viện kiểm sát nhân dân tỉnh Quảng Ninh tổng kết công tác năm 2026 (demo)"
)
MEMBERS: Final = 45
#: Who has a terminal, in the order of ``people.TERMINALS``.
GUEST: Final = people.OTHERS[2]
AT_TERMINALS: Final = (people.DEPUTY, people.DELEGATE, GUEST)
_LED_BY: Final = (people.CHAIR, people.SECRETARY)
#: Two thirds of the 43 who count: chair and members, without secretary and guest.
COUNT: Final = MEMBERS - 2
NEEDED: Final = 29

OPENING, REPORT, STAFF, RESOLUTION, END = range(5)
ITEMS: Final = (
    ("Khai mạc, tuyên bố lý do, giới thiệu đại biểu", 10, "common"),
    ("Báo cáo tổng kết công tác kiểm sát năm 2026, phương hướng, nhiệm vụ trọng tâm năm 2027", 60, "common"),
    ("Công tác cán bộ của Viện kiểm sát nhân dân tỉnh và các khu vực", 20, "internal"),
    ("Thông qua Nghị quyết về nâng cao chất lượng kiểm sát việc giải quyết tố giác, tin báo về tội phạm", 30, "common"),
    ("Kết luận và bế mạc hội nghị", 10, "common"),
)
#: For everybody, and for those inside.
SHOWN: Final = APPENDIX
INSIDE: Final = DECISION

_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng")
_GIVEN: Final = (
    "Thị Phương Thảo Nguyên",
    "Văn Đức",
    "Ngọc Ánh Nguyệt Minh Châu",
    "Quốc Khánh",
    "Thị Thanh Hà Giang Tiên",
)
_POSITIONS: Final = (
    "Kiểm sát viên trung cấp, Trưởng phòng Thực hành quyền công tố và kiểm sát điều tra án về trật tự xã hội",
    "Kiểm sát viên sơ cấp",
    "Viện trưởng Viện kiểm sát nhân dân khu vực 3",
)


@dataclass
class FullHouse:
    """The meeting; ``others`` are the members without a terminal, ``ids`` the person of each user name."""

    room: RunningRoom
    meeting: str
    ids: dict[str, str]
    others: tuple[people.Person, ...]

    @property
    def path(self) -> str:
        """Of its calls."""
        return f"/api/meetings/{self.meeting}"

    @property
    def items(self) -> list[str]:
        """The ids of the agenda."""
        return [_item(at) for at in range(len(ITEMS))]

    @classmethod
    def prepared(cls, room: RunningRoom, *, papers: Path) -> Self:
        """Accounts, seats, the meeting with its papers approved and published."""
        others = (people.PRESENTER, *_crowd(MEMBERS - len(AT_TERMINALS) - len(_LED_BY) - 1))
        made = cls(room, "", _accounts(room, others), others)
        seats = _seats(room)
        made.meeting = _meeting(room)
        made._fill(seats, papers)
        return made

    def ballots(self, vote: str, *, away: set[int], against: int) -> None:
        """The others cast, one after another, those that are not away; so many of them against, the rest for."""
        here = [person for at, person in enumerate(self.others) if at not in away]
        for at, person in enumerate(here):
            ballot = {"answer": "against" if at < against else "for", "nonce": "5a" * 32}
            with self.room.sign_in(person) as voter:
                voter.post(f"{self.path}/votes/{vote}/ballot", ballot, step="")

    def await_papers(self) -> None:
        """Until they are at every terminal."""
        with self.room.sign_in(people.SECRETARY) as secretary:
            until(lambda: self._arrived(secretary), timeout_s=60, every_s=0.2, what="the papers are at the seats")

    def _arrived(self, secretary: Client) -> bool:
        papers = secretary.get(f"{self.path}/delivery")["papers"]
        return len(papers) == len(_PAPERS) and all(len(each["complete"]) >= len(AT_TERMINALS) for each in papers)

    def _fill(self, seats: list[str], papers: Path) -> None:
        roles = {people.CHAIR: "chair", people.SECRETARY: "secretary", GUEST: "guest"}
        placed = [*_LED_BY, *AT_TERMINALS, *self.others]
        members = [
            {"person": self.ids[person.username], "role": roles.get(person, "member"), "seat": seat}
            for person, seat in zip(placed, seats, strict=True)
        ]
        agenda = [
            {
                "item": _item(at),
                "parent": None,
                "title": title,
                "minutes": minutes,
                "visibility": visibility,
                "presenter": self.ids[people.DEPUTY.username] if at == REPORT else None,
            }
            for at, (title, minutes, visibility) in enumerate(ITEMS)
        ]
        with self.room.sign_in(people.SECRETARY) as secretary, self.room.sign_in(people.CHAIR) as chair:
            secretary.put(f"{self.path}/members", {"members": members}, step="")
            seq = secretary.get(self.path)["seq"]
            secretary.put(f"{self.path}/agenda", {"items": agenda, "expected_seq": seq}, step="")
            found = [_upload(secretary, self.path, papers, paper, _item(at)) for paper, at in _PAPERS]
            secretary.post(f"{self.path}/submit", {}, step="")
            chair.post(f"{self.path}/approve", {}, step="")
            for paper in found:
                chair.post(f"{self.path}/papers/{paper}/approve", {}, step="")
            secretary.post(f"{self.path}/publish", {}, step="")


_PAPERS: Final = ((SHOWN, REPORT), (INSIDE, STAFF))


def _item(at: int) -> str:
    return ids.new("i", bytes([at + 1] * ids.RANDOM_BYTES))


def _crowd(count: int) -> list[people.Person]:
    names = islice(product(_FAMILY, _GIVEN), count)
    return [
        people.Person(f"congchuc{at:02}", f"{family} {given} (demo)", position)
        for at, ((family, given), position) in enumerate(zip(names, cycle(_POSITIONS), strict=False), start=1)
    ]


def _accounts(room: RunningRoom, persons: tuple[people.Person, ...]) -> dict[str, str]:
    known = dict(room.furnished.persons)
    password = people.PASSWORD.reveal().decode()
    with room.sign_in(people.ADMIN) as admin:
        for person in persons:
            if person.username in known:
                continue
            about: dict[str, Any] = {"username": person.username, "name": person.name, "position": person.position}
            about |= {"unit": person.unit, "one_time": False}
            made = admin.post(
                "/api/people", {**about, "roles": [], "password": password}, step=f"account {person.username}"
            )
            known[person.username] = made["id"]
    return known


def _seats(room: RunningRoom) -> list[str]:
    """The places of chair, secretary and terminals, then the others and enough new ones around them."""
    at = room.furnished.seats
    first = [at[label] for label in ("A1", "A2", *people.TERMINALS)]
    rest = [seat for seat in at.values() if seat not in first]
    around = [(x, 30) for x in range(110, 900, 65)] + [(x, y) for x in (40, 960) for y in range(90, 1000, 72)]
    added = [{"label": f"D{number}", "x": x, "y": y} for number, (x, y) in enumerate(around[: MEMBERS - len(at)], 1)]
    with room.sign_in(people.IT) as operator:
        plan = operator.put(
            f"/api/rooms/{room.furnished.room}/plan", {"moved": [], "added": added}, step="forty-five seats"
        )
    return [*first, *rest, *(seat["id"] for seat in plan["added"])]


def _meeting(room: RunningRoom) -> str:
    about: dict[str, Any] = {"title": TITLE, "type": "Hội nghị", "room": room.furnished.room}
    about |= {"starts_at": "2026-12-01T01:30:00.000Z", "planned_minutes": 150}
    about["roll"] = {"by_self": True, "quorum": {"num": 2, "den": 3, "more": False}}
    with room.sign_in(people.SECRETARY) as secretary:
        return str(secretary.post("/api/meetings", about, step="")["id"])


def _upload(secretary: Client, path: str, folder: Path, paper: Paper, item: str) -> str:
    fields = {"item": item, "title": paper.title, "secrecy": "normal" if paper.secrecy == "Thường" else "internal"}
    return str(secretary.upload(f"{path}/papers", folder / paper.file, fields, step="")["paper"])
