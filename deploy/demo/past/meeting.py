"""One meeting of the past, moved on through the routes as its people would: prepared, held, closed.

Usage::

    one = Meeting.created(house, plan, starts_at=moment)
    one.approved(); one.opened(); one.closed()
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.demo import meeting as plans
from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.past.days import Days
from deploy.demo.past.signing import Pens
from deploy.demo.past.stage import Stage
from deploy.demo.past.words import MEMBERS
from wire.fields import print_instant

_RULE: Final = {"base": "present", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@dataclass(frozen=True, slots=True)
class House:
    """Where it happens. ``persons``: ids by user names."""

    past: Stage
    days: Days
    persons: Mapping[str, str]
    room: str
    pens: Pens
    seed: str

    def id_of(self, person: people.Person) -> str:
        """Of an account."""
        return self.persons[person.username]

    @property
    def secretary(self) -> Client:
        """Where they have signed in."""
        return self.past.at(people.SECRETARY)

    @property
    def chair(self) -> Client:
        """As above."""
        return self.past.at(people.CHAIR)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One of them; ``path`` in the server's routes."""

    house: House
    plan: plans.Plan
    path: str
    starts_at: dt.datetime

    @classmethod
    def created(cls, house: House, plan: plans.Plan, *, starts_at: dt.datetime) -> Meeting:
        """With its members and agenda."""
        described = {
            "title": plan.title,
            "type": plan.kind,
            "room": house.room,
            "starts_at": print_instant(starts_at),
            "planned_minutes": plan.minutes,
        }
        secretary = house.secretary
        path = f"/api/meetings/{secretary.post('/api/meetings', described, step='')['id']}"
        roles = [(people.CHAIR, "chair"), (people.SECRETARY, "secretary"), *((one, "member") for one in MEMBERS)]
        members = [{"person": house.id_of(person), "role": role, "seat": None} for person, role in roles]
        secretary.put(f"{path}/members", {"members": members}, step="")
        items = plans.agenda_items(plan, seed=house.seed, person=house.persons)
        secretary.put(f"{path}/agenda", {"items": items, "expected_seq": secretary.get(path)["seq"]}, step="")
        return cls(house, plan, path, starts_at)

    def item(self, topic: str) -> str:
        """The id of an agenda item."""
        return plans.item_id(self.plan, topic, seed=self.house.seed)

    def does(self, client: Client, way: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post to a route of the meeting."""
        return client.post(f"{self.path}/{way}", body or {}, step="")

    # Before

    def approved(self) -> None:
        """By the chair."""
        self.does(self.house.secretary, "submit")
        self.does(self.house.chair, "approve")

    def published(self, topic: str, title: str, lines: str) -> None:
        """A paper of one item, set by the office from these lines."""
        secretary = self.house.secretary
        letter = self.does(secretary, "letters", {"kind": "resolution"})["letter"]
        draft = f"{self.path}/letters/{letter}"
        wording = secretary.get(draft)["wording"] | {"authority": "VIỆN TRƯỞNG", "abstract": title, "body": lines}
        secretary.put(draft, {"revision": 1, "wording": wording}, step="")
        pdf = secretary.fetch(f"{draft}/preview.pdf")
        secretary.delete(draft)
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            fields = {"item": self.item(topic), "title": title, "secrecy": "internal"}
            made = secretary.upload(f"{self.path}/papers", Path(file.name), fields, step="")
        self.does(self.house.chair, f"papers/{made['paper']}/approve")
        self.does(secretary, "publish")

    def issued(self, kind: str) -> None:
        """A document of the office: drafted, signed by the chair, numbered and sealed by the clerk, sent."""
        house, secretary = self.house, self.house.secretary
        letter = self.does(secretary, "letters", {"kind": kind})["letter"]
        path = f"{self.path}/letters/{letter}"
        wording = secretary.get(path)["wording"] | {"authority": "VIỆN TRƯỞNG"}
        secretary.put(path, {"revision": 1, "wording": wording}, step="")
        put_up = self.does(secretary, f"letters/{letter}/put-up", {"clerk": house.id_of(people.REGISTRY)})
        house.past.after(minutes=40)
        self._sign(people.CHAIR, put_up["round"])
        house.past.after(minutes=25)
        self._sign(people.REGISTRY, put_up["round"])
        self.does(house.past.at(people.REGISTRY), f"letters/{letter}/issue")

    def answers(self, person: people.Person, reply: str, reason: str = "") -> None:
        """To the invitation."""
        said = {"reply": reply, **({"reason": reason} if reason else {})}
        self.does(self.house.past.at(person), "invitation/answer", said)

    def approves_absence(self, person: people.Person) -> None:
        """The chair, of what was answered."""
        chair, who = self.house.chair, self.house.id_of(person)
        line = next(each for each in chair.get(f"{self.path}/invitation")["people"] if each["person"] == who)
        self.does(chair, f"invitation/decisions/{who}", {"approved": True, "at": line["at"]})

    # In it

    def opened(self, *, late: int = 0, away: people.Person | None = None) -> None:
        """So many minutes late; everybody is there but who is ``away``."""
        house = self.house
        house.past.until(self.starts_at + dt.timedelta(minutes=late))
        self.does(house.chair, "open")
        here = [house.id_of(person) for person in (people.CHAIR, *MEMBERS) if person is not away]
        self.does(house.secretary, "attendance", {"people": here, "presence": "present"})
        if away is not None:
            said = {"people": [house.id_of(away)], "presence": "excused", "reason": "Đi công tác (demo)"}
            self.does(house.secretary, "attendance", said)

    def begins(self, topic: str) -> None:
        """An item."""
        self.does(self.house.chair, f"items/{self.item(topic)}/start")

    def speaks(self, topic: str, person: people.Person, minutes: int) -> None:
        """One turn of so many minutes."""
        asked = {"item": self.item(topic), "kind": "speech", "person": self.house.id_of(person)}
        speech = self.does(self.house.secretary, "speaking", asked)["speech"]
        self.does(self.house.chair, f"speaking/{speech}/start")
        self.house.past.after(minutes=minutes, seconds=7 * minutes)
        self.does(self.house.chair, f"speaking/{speech}/stop")

    def votes(self, topic: str, question: str, *, favour: int, against: int, abstain: int = 0) -> None:
        """By show of hands."""
        about = {"item": self.item(topic), "kind": "hands", "question": question, "template": "approve", "rule": _RULE}
        vote = self.does(self.house.chair, "votes", about)["vote"]
        self.does(self.house.chair, f"votes/{vote}/open")
        self.house.past.after(minutes=1)
        counts = (("for", favour), ("against", against), ("abstain", abstain))
        hands = [{"answer": answer, "count": count} for answer, count in counts]
        self.does(self.house.secretary, f"votes/{vote}/close", {"hands": hands})
        self.does(self.house.chair, f"votes/{vote}/announce")

    def concludes(self, topic: str, text: str) -> None:
        """The chair, of an item."""
        self.does(self.house.chair, f"items/{self.item(topic)}/conclusion", {"text": text, "seen": 0})

    def closed(self) -> None:
        """The meeting is over."""
        self.does(self.house.chair, "close")

    # After

    def has_minutes(self) -> None:
        """Put up and signed by secretary and chair."""
        put_up = self.does(self.house.secretary, "minutes/put-up")["round"]
        for person in (people.SECRETARY, people.CHAIR):
            self.house.past.after(minutes=35)
            self._sign(person, put_up)

    def _sign(self, person: people.Person, round_id: str) -> None:
        self.house.pens.sign(self.house.past.at(person), person, f"{self.path}/rounds/{round_id}")
