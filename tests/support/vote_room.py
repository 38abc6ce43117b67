"""A meeting that is open, with the chair at a console and three voters at their seats, in a real room.

Usage::

    meeting = VoteMeeting.made(room)
    meeting.sit_down()
    vote = meeting.open_vote()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from deploy.demo import people
from deploy.demo.client import Client
from tests.support.poll import until
from tests.support.room_process import RunningRoom
from wire import ids

TITLE: Final = "Phiên họp Ủy ban kiểm sát Viện kiểm sát nhân dân tỉnh Quảng Ninh quý IV năm 2026 (demo)"
ITEM_TITLE: Final = "Tờ trình về dự thảo Nghị quyết tăng cường kiểm sát việc tạm giữ, tạm giam và thi hành án hình sự"
QUESTION: Final = f"Thông qua: {ITEM_TITLE}"
ITEM: Final = ids.new("i", bytes(ids.RANDOM_BYTES))
#: At B1, B2, C1, where the terminals stand.
VOTERS: Final = (people.DEPUTY, people.DELEGATE, people.OTHERS[0])
_PLACES: Final = ("B1", "B2", "C1")
_WAIT_S: Final = 30.0
_LOOK_S: Final = 0.04
RULE: Final = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@dataclass
class VoteMeeting:
    """The meeting, by the calls of its people."""

    room: RunningRoom
    meeting: str
    chair: Client

    @classmethod
    def made(cls, room: RunningRoom) -> Self:
        """Prepared, approved and opened; nobody sits there yet."""
        persons, seats = room.furnished.persons, room.furnished.seats
        about = {
            "title": TITLE,
            "type": "Ủy ban kiểm sát",
            "room": room.furnished.room,
            "starts_at": "2026-12-01T01:30:00.000Z",
            "planned_minutes": 60,
        }
        placed = [(people.CHAIR, "chair", "A1"), (people.SECRETARY, "secretary", "A2")]
        placed += [(who, "member", seat) for who, seat in zip(VOTERS, _PLACES, strict=True)]
        members = [{"person": persons[who.username], "role": role, "seat": seats[seat]} for who, role, seat in placed]
        items = [
            {
                "item": ITEM,
                "parent": None,
                "title": ITEM_TITLE,
                "minutes": 30,
                "visibility": "common",
                "presenter": None,
            }
        ]
        chair = room.sign_in(people.CHAIR)
        with room.sign_in(people.SECRETARY) as secretary:
            meeting = str(secretary.post("/api/meetings", about, step="")["id"])
            path = f"/api/meetings/{meeting}"
            secretary.put(f"{path}/members", {"members": members}, step="")
            secretary.put(f"{path}/agenda", {"items": items, "expected_seq": secretary.get(path)["seq"]}, step="")
            for who, call in ((secretary, "submit"), (chair, "approve"), (chair, "open")):
                who.post(f"{path}/{call}", {}, step="")
        chair.post(f"{path}/items/{ITEM}/start", {}, step="")
        return cls(room, meeting, chair)

    @property
    def path(self) -> str:
        """Of its calls."""
        return f"/api/meetings/{self.meeting}"

    def sit_down(self, *seats: int) -> None:
        """The voters sign in at their seats."""
        for seat in seats or range(len(VOTERS)):
            self.until(seat, lambda shown: shown["seat"]["state"] == "welcome", what="the meeting is there")
            person = self.room.furnished.persons[VOTERS[seat].username]
            password = people.PASSWORD.reveal().decode()
            self.room.touch_page(seat).post("/api/sign-in", {"person": person, "password": password})

    def open_vote(self, **changes: Any) -> str:
        """Prepare and open one."""
        body = {"item": ITEM, "kind": "open", "question": QUESTION, "template": "approve", "rule": RULE, **changes}
        vote = str(self.chair.post(f"{self.path}/votes", body, step="")["vote"])
        self.chair.post(f"{self.path}/votes/{vote}/open", {}, step="")
        return vote

    def step(self, vote: str, word: str) -> None:
        """Close it, announce it."""
        self.chair.post(f"{self.path}/votes/{vote}/{word}", {}, step="")

    def step_meeting(self, word: str) -> None:
        """Close the meeting, for the next one."""
        self.chair.post(f"{self.path}/{word}", {}, step="")

    def section(self, vote: str) -> dict[str, Any]:
        """As the chair's console reads it."""
        votes = self.chair.get(self.path)["sections"]["votes"]
        found: dict[str, Any] = next(each for each in votes if each["vote"] == vote)
        return found

    def cast(self, seat: int, vote: str, answer: str, *, act: str, nonce: str) -> None:
        """From a seat's page into its outbox."""
        data = {"vote": vote, "answer": answer, "nonce": nonce}
        self.room.touch_page(seat).post("/api/act", {"act": act, "kind": "vote_cast", "data": data})

    def outcome(self, seat: int, act: str) -> dict[str, Any]:
        """What became of an act, as the seat's page is told."""
        acts = self.room.seat(seat).get("/api/seat")["acts"]
        return next((each for each in acts if each["act"] == act), {"state": "", "code": ""})

    def until(self, seat: int, wanted: Any, *, what: str) -> None:
        """Until a terminal's page shows it."""
        until(lambda: wanted(self.room.seat(seat).get("/api/seat")), timeout_s=_WAIT_S, every_s=_LOOK_S, what=what)
