"""What happened, in its order: weekly meetings, the one with everything behind it, the next one, a slip, a fault told.

Rules: everything is over before the day on which the demo is made, but for what waits for somebody.

Usage: ``Story(house).told()``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from deploy.demo import people
from deploy.demo.past import words
from deploy.demo.past.meeting import House, Meeting
from wire.fields import print_instant

#: When the house took the product into use, in working days before today.
BEGINS: Final = -62
Step = Callable[[], object]


class Story:
    """See the module."""

    def __init__(self, house: House) -> None:
        self._house: Final = house
        self._steps: Final[list[tuple[dt.datetime, Step]]] = []

    def told(self) -> None:
        """All of it, in the order of its moments; raises Refused."""
        for each in words.REGULAR:
            self._regular(each)
        self._held()
        self._next()
        self._slip()
        self._on(-5, 10, lambda: self._tells(people.OTHERS[0], words.WISH))
        self._on(-4, 9, self._answers_wish)
        self._on(-1, 15, lambda: self._tells(people.DELEGATE, words.FAULT))
        while self._steps:
            # A step may lead to later ones.
            moment, step = self._steps.pop(min(range(len(self._steps)), key=lambda at: self._steps[at][0]))
            self._house.past.until(moment)
            step()

    def _on(self, day: int, hour: int, step: Step, minute: int = 0) -> None:
        self._steps.append((self._house.days.moment(day, hour, minute), step))

    # Meetings that are over

    def _regular(self, one: words.Regular) -> None:
        house = self._house
        starts_at = house.days.moment(-one.days, 14)

        def prepared() -> Meeting:
            meeting = Meeting.created(house, one.plan, starts_at=starts_at)
            meeting.approved()
            return meeting

        def cancelled() -> None:
            meeting = prepared()
            meeting.does(house.chair, "cancel", {"reason": one.cancelled})

        def held() -> None:
            meeting = prepared()
            meeting.opened(late=one.late, away=one.away)
            meeting.begins("done")
            for person, minutes in one.speeches:
                meeting.speaks("done", person, minutes)
            meeting.begins("todo")
            meeting.votes("todo", "Thông qua lịch công tác tuần tới (demo)?", favour=one.favour, against=0, abstain=1)
            house.past.until(meeting.starts_at + dt.timedelta(minutes=one.late + one.minutes))
            meeting.closed()

        self._on(-one.days, 13, cancelled if one.cancelled else held)

    def _held(self) -> None:
        """Invited by a numbered letter, held, minuted, its conclusions told, its tasks given and worked on."""
        house, there = self._house, list[Meeting]()
        report, _ = words.PAPERS.items()

        def prepared() -> None:
            meeting = Meeting.created(house, words.HELD, starts_at=house.days.moment(-10, 8))
            there.append(meeting)
            meeting.approved()
            meeting.published("cases", *report)

        def answered() -> None:
            for person in words.MEMBERS[:-1]:
                there[0].answers(person, "attend")
            there[0].answers(words.MEMBERS[-1], "absent", "Đi học tập trung (demo)")
            there[0].approves_absence(words.MEMBERS[-1])

        def held() -> None:
            meeting = there[0]
            meeting.opened(late=1, away=words.MEMBERS[-1])
            for topic, person, minutes in (
                ("last", people.PRESENTER, 9),
                ("cases", people.DEPUTY, 14),
                ("files", people.DELEGATE, 7),
            ):
                meeting.begins(topic)
                meeting.speaks(topic, person, minutes)
                if topic == "files":
                    meeting.speaks(topic, people.DEPUTY, 4)
                    meeting.votes(
                        topic, "Bắt buộc ký số hồ sơ trình từ tháng tới (demo)?", favour=3, against=0, abstain=1
                    )
                meeting.concludes(topic, words.CONCLUSIONS[topic])
                house.past.after(minutes=6)
            meeting.closed()
            house.past.after(minutes=20)
            for given in words.TASKS:
                self._given(meeting, given)

        self._on(-16, 9, prepared)
        self._on(-15, 9, lambda: there[0].issued("invitation"))
        self._on(-13, 10, answered)
        self._on(-10, 8, held)
        self._on(-8, 9, lambda: there[0].has_minutes())  # noqa: PLW0108 - there is no meeting yet
        self._on(-7, 9, lambda: there[0].issued("notice"))

    def _given(self, meeting: Meeting, given: words.Given) -> None:
        house = self._house
        body = {
            "title": given.title,
            "lead": house.id_of(given.lead),
            "helpers": [],
            "due": house.days.day(given.days).isoformat(),
            "item": meeting.item(given.topic),
        }
        task = meeting.does(house.secretary, "tasks", body)["task"]
        for at, (person, move, said) in enumerate(given.moves):
            client, path = house.past.at(person), f"/api/tasks/{task}/{move}"
            self._on(-9 + 4 * at, 16, partial(client.post, path, said, step=""))

    # What is to come

    def _next(self) -> None:
        """Invited, one paper out, one asked for, one answer missing; something said before it."""
        house, there = self._house, list[Meeting]()
        days = house.days
        _, plan = words.PAPERS.items()

        def prepared() -> None:
            there.append(Meeting.created(house, words.NEXT, starts_at=days.moment(5, 8)))
            there[0].approved()
            there[0].published("plan", *plan)
            requests = [
                {
                    "item": there[0].item(topic),
                    "person": house.id_of(person),
                    "until": days.day(until).isoformat(),
                    "what": what,
                }
                for topic, person, until, what in words.ASKED
            ]
            there[0].does(house.secretary, "requests", {"requests": requests})

        def answered() -> None:
            for person in (people.DEPUTY, people.PRESENTER):
                there[0].answers(person, "attend")
            there[0].answers(people.OTHERS[0], "absent", "Trùng lịch trực nghiệp vụ (demo)")

        def said() -> None:
            plan = there[0].item("plan")
            for person, kind, text in words.REMARKS:
                told = {"item": plan, "kind": kind, "readers": "all", "text": text}
                there[0].does(house.past.at(person), "remarks", told)
            wanted = {"item": plan, "about": "Nguồn lực cho quý tới (demo)", "minutes": 7}
            there[0].does(house.past.at(people.PRESENTER), "advance", wanted)

        self._on(-4, 9, prepared, 30)
        self._on(-3, 9, lambda: there[0].issued("invitation"))
        self._on(-2, 9, answered)
        self._on(-2, 14, said)

    def _slip(self) -> None:
        house, path = self._house, list[str]()

        def sent() -> None:
            asked = (people.DEPUTY, people.DELEGATE, people.PRESENTER, people.OTHERS[0])
            wording = {
                **words.SLIP,
                "leader": house.id_of(people.CHAIR),
                "recipients": [house.id_of(person) for person in asked],
                "deadline": print_instant(house.days.moment(3, 17)),
            }
            made = house.secretary.post("/api/consultations", wording, step="")
            path.append(f"/api/consultations/{made['consultation']}")
            house.secretary.post(f"{path[0]}/submit", {"revision": 1}, step="")
            house.chair.post(f"{path[0]}/send", {"revision": 2}, step="")

        def answered() -> None:
            for person, chosen, opinion in words.SLIP_ANSWERS:
                answers = [
                    {"question": f"q{at}", "answer": each, "opinion": opinion if at == len(chosen) else ""}
                    for at, each in enumerate(chosen, 1)
                ]
                nonce = hashlib.sha256(f"{house.seed}\0{person.username}".encode()).hexdigest()
                said = {"answers": answers, "seen": 0, "nonce": nonce}
                house.past.at(person).post(f"{path[0]}/answer", said, step="")

        self._on(-3, 14, sent)
        self._on(-1, 10, answered)

    # Faults and wishes

    def _tells(self, person: people.Person, said: dict[str, Any]) -> None:
        self._house.past.at(person).post("/api/me/feedback", said, step="")

    def _answers_wish(self) -> None:
        operator = self._house.past.at(people.IT)
        for each in operator.get("/api/feedback")["feedback"]:
            operator.post(f"/api/feedback/{each['number']}/answer", {"answer": words.WISH_ANSWER}, step="")
