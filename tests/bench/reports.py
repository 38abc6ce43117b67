"""Reports at their size: a year of 500 meetings of forty-five people each, on SQLite and PostgreSQL.

Rules: the meetings are logs – a roll, thirty turns, five votes, ten papers, a recess – put into the database as the
product keeps them; their figures are counted by the product, once, and that is measured, too. Then each question is
asked as the routes ask it, JSON or file included. Both databases have to give the same answers. Else nothing is
asserted: see docs/BENCHMARKS.md.

Usage: ``make bench-reports``; ``python -m tests.bench.reports --meetings 50`` for a short one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from server.identity.model import Role
from server.meetings.store import SqlMeetingStore
from server.reports import tables
from server.reports.model import Period
from server.reports.service import Question, ReportService, told
from tests.support.meeting_log import described, item, named, paper
from tests.support.office import Office
from tests.support.postgres import Postgres
from tests.support.votes import prepared
from wire import fold
from wire.events import Event
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.state import MeetingState

MEETINGS: Final = 500
PEOPLE: Final = 45
HOUSE: Final = 90
UNITS: Final = 9
TURNS: Final = 30
VOTES: Final = 5
PAPERS: Final = 10
ROUNDS: Final = 20
YEAR: Final = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
_FIRST: Final = dt.datetime(2025, 1, 2, 1, 30, tzinfo=dt.UTC)
_STORE: Final = SqlMeetingStore()


class Year:
    """A house with units and people, and the meetings of a year."""

    def __init__(self, office: Office) -> None:
        self.office = office
        admin = office.sign_in("hethong")
        self.units: list[tuple[str, str]] = []
        for number in range(1, UNITS + 1):
            name = f"Phòng Thực hành quyền công tố và kiểm sát số {number} (demo)"
            unit = admin.post("/api/units", {"code": f"P{number}", "name": name}).done()["id"]
            self.units.append((unit, name))
        names = [f"Nguyễn Thị Phương {chr(65 + at % 26)}{at} (demo)" for at in range(HOUSE)]
        self.people = [(named("u", f"p{at}"), name, self.units[at % UNITS][1]) for at, name in enumerate(names)]
        for at, (unit, name) in enumerate(self.units):
            body = {"code": f"P{at + 1}", "name": name, "head": office.people["daibieu"], "revision": 1}
            if at == 0:
                admin.put(f"/api/units/{unit}", body).done()

    def log(self, number: int) -> tuple[list[Event], MeetingState]:
        """One of them: begun late now and then, with people who come late, are excused or absent."""
        return Log(self, number).written()

    def fill(self, logs: Sequence[tuple[list[Event], MeetingState]]) -> None:
        """Put logs into the database."""
        for events, state in logs:
            with self.office.services.database.begin() as tx:
                _STORE.append(tx, events, state=state)


class Log:
    """Writes one meeting."""

    def __init__(self, year: Year, number: int) -> None:
        self.year, self.number = year, number
        self.meeting = MeetingId(named("m", f"bench {number}"))
        self.starts_at = _FIRST + dt.timedelta(hours=17 * number)
        self.now = self.starts_at - dt.timedelta(days=3)
        self.events: list[Event] = []
        self.state = MeetingState()

    def add(self, kind: str, data: dict[str, Any] | None = None, *, after_s: float = 20) -> None:
        self.now += dt.timedelta(seconds=after_s)
        event = Event.after(
            self.state.last, meeting=self.meeting, at=self.now, actor="system", kind=kind, data=data or {}
        )
        self.state = fold.apply(self.state, event)
        self.events.append(event)

    def written(self) -> tuple[list[Event], MeetingState]:
        number = self.number
        about = described(f"Giao ban số {number} (demo)")
        self.add(
            "meeting_created", {**about, "room": self.year.office.room, "starts_at": print_instant(self.starts_at)}
        )
        people = [self.year.people[(number + at) % HOUSE] for at in range(PEOPLE)]
        self.add("members_set", {"members": [_member(each, at) for at, each in enumerate(people)]})
        self.add("agenda_set", {"items": [item(str(each)) for each in range(5)]})
        for each in range(PAPERS):
            self.add("paper_submitted", paper(f"{number}.{each}", under=str(each % 5), pages=3 + each))
            self.add("paper_approved", {"paper": named("p", f"{number}.{each}")})
        for step in ("meeting_submitted", "meeting_approved"):
            self.add(step)
        if number % 25 == 7:
            self.add("meeting_cancelled", {"reason": "Hoãn"})
            return self.events, self.state
        self.add("epoch_started", {"epoch": 1})
        for each in range(PAPERS):
            data = {"paper": named("p", f"{number}.{each}"), "version": 1, "manifest_sha256": "ab" * 32}
            self.add("paper_published", data)
        self.now = self.starts_at + dt.timedelta(minutes=12 if number % 9 == 4 else 1)
        self.add("meeting_opened")
        for at, (person, _, _) in enumerate(people):
            presence = ("excused", "absent", "late")[(at + number) % 3] if (at * 7 + number) % 11 == 0 else "present"
            said = {"person": person, "presence": presence, "method": "staff"}
            self.add(
                "attendance_recorded", {**said, "reason": "Đi công tác"} if presence == "excused" else said, after_s=1
            )
        for each in range(5):
            self.add("item_started", {"item": named("i", str(each))})
            self._discusses(each, people)
            self._votes(each, people)
            if each == 2:
                self.add("meeting_recessed")
                self.add("meeting_resumed", after_s=600)
        self.add("meeting_closed", {})
        return self.events, self.state

    def _discusses(self, under: int, people: Sequence[tuple[str, str, str]]) -> None:
        for at in range(TURNS // 5):
            speech = named("q", f"{self.number}.{under}.{at}")
            who = people[(under * 7 + at * 5) % PEOPLE][0]
            self.add(
                "speech_asked", {"speech": speech, "person": who, "item": named("i", str(under)), "kind": "speech"}
            )
            self.add("speech_started", {"speech": speech})
            self.add("speech_stopped", {"speech": speech}, after_s=90)

    def _votes(self, under: int, people: Sequence[tuple[str, str, str]]) -> None:
        name = f"{self.number}.{under}"
        vote = named("v", name)
        self.add("vote_prepared", prepared(name, item=named("i", str(under)), kind="hands", seconds=0))
        lines = [{"person": each[0], "name": each[1], "weight": 1, "present": True} for each in people]
        self.add("vote_opened", {"vote": vote, "roll": lines, "chair": people[0][0]})
        favour = 40 if (self.number + under) % 4 else 10
        counts = (("for", favour), ("against", PEOPLE - favour), ("abstain", 0))
        self.add("vote_closed", {"vote": vote, "hands": [{"answer": a, "count": n} for a, n in counts]})
        self.add("vote_announced", {"vote": vote})


def _member(who: tuple[str, str, str], at: int) -> dict[str, Any]:
    person, name, unit = who
    role = "chair" if at == 0 else "member"
    known = {"person": person, "name": name, "position": "Kiểm sát viên", "unit": unit, "role": role}
    return {**known, "seat": None, "seat_label": ""}


def _spans_ms(do: Callable[[], object], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        do()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _questions(year: Year, reports: ReportService) -> dict[str, Callable[[], object]]:
    identity = year.office.services.identity
    auditor = next(each for each in identity.people() if Role.AUDITOR in each.roles).actor()
    head = identity.person(year.office.people["daibieu"]).actor()
    whole, of_unit = Question(auditor, YEAR), Question(auditor, YEAR, unit=year.units[2][0])
    return {
        "the whole year": lambda: json.dumps(told(reports.report(whole))),
        "of one unit": lambda: json.dumps(told(reports.report(of_unit))),
        "by the head of a unit": lambda: json.dumps(told(reports.report(Question(head, YEAR)))),
        "one month": lambda: json.dumps(
            told(reports.report(Question(auditor, Period(dt.date(2025, 3, 1), dt.date(2025, 3, 31)))))
        ),
        "meetings of a figure": lambda: json.dumps(reports.made_of(whole, "late")),
        "CSV": lambda: tables.csv_of(reports.report(whole)),
        "XLSX": lambda: tables.xlsx_of(reports.report(whole)),
    }


def _measure(year: Year, name: str) -> dict[str, str]:
    """Count, ask, and give the answers by question."""
    say, reports = sys.stdout.write, year.office.services.reports
    stale = reports.stale()
    began = time.perf_counter()
    for meeting in stale:
        reports.keep(meeting)
    took = (time.perf_counter() - began) * 1000
    say(f"{name}: {len(stale)} meetings counted once, {took / max(1, len(stale)):.0f} ms each\n")
    # As the server does when it has started: what is there for good is not looked through again.
    gc.collect()
    gc.freeze()
    answers: dict[str, str] = {}
    for question, do in _questions(year, reports).items():
        began = time.perf_counter()
        found = do()
        if not answers:
            first = (time.perf_counter() - began) * 1000
            kept = reports.memory
            say(f"{'the first after a start':>24}: {first:.0f} ms; {len(kept)} meetings, {kept.letters:,} letters\n")
        answers[question] = found if isinstance(found, str) else ""
        spans = _spans_ms(do, ROUNDS)
        p95 = statistics.quantiles(spans, n=20)[-1]
        say(f"{question:>24}: p50 {statistics.median(spans):.0f} ms, p95 {p95:.0f} ms\n")
    return answers


def _fill(year: Year, count: int) -> float:
    """Write the meetings; how many events one has. Nothing of them stays in memory, as nothing does in the product."""
    logs = [year.log(number) for number in range(count)]
    year.fill(logs)
    return statistics.mean(len(events) for events, _ in logs)


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--meetings", type=int, default=MEETINGS)
    count = parser.parse_args().meetings
    answers: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as folder, Postgres() as postgres:
        for name, url in (("sqlite", ""), ("postgresql", postgres.new_database())):
            office = Office(Path(folder) / name, database_url=url)
            year = Year(office)
            sys.stdout.write(f"{count} meetings of {PEOPLE}, {_fill(year, count):.0f} events each\n")
            answers.append(_measure(year, name))
            office.services.close()
    one, other = ({key: _without_ids(text) for key, text in found.items()} for found in answers)
    sys.stdout.write(f"the same answers on both: {'yes' if one == other else 'NO'}\n")


def _without_ids(text: str) -> str:
    """An answer without the ids of units, which each house makes for itself."""
    if not text:
        return ""
    value = json.loads(text)
    for each in value.get("units", ()):
        each.pop("id")
    value.pop("unit", None)
    return json.dumps(value)


if __name__ == "__main__":
    main()
