"""What was read of kept figures: never told of another event or other rules, and bounded (RP2)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.identity.model import Account, Actor, Role
from server.meetings.ports import MeetingRow
from server.reports.figures import figures_of
from server.reports.memory import Memory
from server.reports.model import VERSION, Figures, Period
from server.reports.ports import Head, Kept
from server.reports.service import Question, ReportService, Tools
from server.units.model import Tree
from tests.support.meeting_log import MeetingLog, named
from tests.support.office import Office
from wire.ids import MeetingId
from wire.state import MeetingState, MemberRole

MONTH = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 30))
AUDITOR = Actor("u-auditor", "Kiểm toán (demo)", roles=frozenset({Role.AUDITOR}))
PRESENCES = ("present", "late", "absent", "excused")
MEETINGS = 4


def closed(number: int) -> MeetingLog:
    log = MeetingLog(MeetingId(named("m", f"memory {number}"))).prepared()
    log.add("meeting_opened")
    log.add("meeting_closed", {})
    return log


class House:
    """Meetings that are over, their kept figures, and two servers that share them; each remembers three meetings."""

    def __init__(self) -> None:
        self.logs = {log.meeting: log for log in map(closed, range(MEETINGS))}
        self.rows: dict[str, Kept] = {}
        tools = Tools(self, self, meetings=self, people=self, units=self)
        self.servers = [ReportService(tools, memory=Memory(most=3)) for _ in range(2)]

    # The meetings

    def among(self, phases: Collection[str]) -> Sequence[MeetingRow]:
        assert phases
        found = []
        for log in self.logs.values():
            state = log.state
            assert state.starts_at is not None
            row = (log.meeting, state.room, state.room_name, state.title, state.kind, state.starts_at, 60)
            found.append(MeetingRow(*row, phase=state.phase.value, seq=state.seq))
        return found

    def meetings_of(self, actor: Actor) -> Sequence[tuple[MeetingRow, MemberRole | None]]:
        assert actor == AUDITOR
        return []

    def state(self, meeting: MeetingId) -> MeetingState:
        return self.logs[meeting].state

    def events(self, meeting: MeetingId) -> Sequence[Any]:
        return self.logs[meeting].events

    # People and units: there are none

    def people(self) -> Sequence[Account]:
        return []

    def tree(self) -> Tree:
        return Tree([])

    # The database

    @contextmanager
    def begin(self) -> Iterator[Any]:
        yield None

    read = begin

    def kept(self, tx: object, period: Period) -> Sequence[Head]:
        assert tx is None
        found = [row for row in self.rows.values() if period.holds(row.day)]
        return [Head(row.meeting, row.seq, row.version) for row in found]

    def bodies(self, tx: object, heads: Collection[Head]) -> Iterator[tuple[Head, str]]:
        assert tx is None
        for head in heads:
            yield head, self.rows[head.meeting].body

    def put(self, tx: object, kept: Kept) -> None:
        assert tx is None
        self.rows[kept.meeting] = kept

    # What happens

    def correct(self, number: int, presence: str) -> None:
        reason = {"reason": "Ghi nhầm (demo)"}
        said = {"person": named("u", "lan"), "presence": presence, "method": "staff", **reason}
        list(self.logs.values())[number].add("attendance_recorded", said)

    def counted_by_other_rules(self, number: int) -> None:
        meeting = list(self.logs)[number]
        if meeting in self.rows:
            self.rows[meeting] = self.rows[meeting]._replace(version=VERSION - 1, body="[]")

    def counted_by_a_third(self, number: int) -> None:
        log = list(self.logs.values())[number]
        body = json.dumps(figures_of(log.state, log.events).to_value())
        self.rows[log.meeting] = Kept(log.meeting, MONTH.first, log.state.seq, VERSION, body)

    def lost(self, number: int) -> None:
        self.rows.pop(list(self.logs)[number], None)

    def told(self, server: int) -> dict[str, int]:
        return dict(self.servers[server].report(Question(AUDITOR, MONTH)).tally.sums)

    def recounted(self) -> dict[str, int]:
        """From the logs, by a server that has kept and remembers nothing."""
        anew = House()
        anew.logs = self.logs
        return anew.told(0)


number = st.integers(0, MEETINGS - 1)
happenings = st.one_of(
    st.tuples(st.just("correct"), number, st.sampled_from(PRESENCES)),
    st.tuples(st.sampled_from(("counted_by_other_rules", "counted_by_a_third", "lost")), number),
    st.tuples(st.just("asked"), st.integers(0, 1)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(happenings, min_size=4, max_size=14))
def test_RP2_what_a_server_remembers_is_what_the_logs_say_now(happened: list[tuple[Any, ...]]) -> None:
    house = House()
    for what, *how in happened:
        if what == "asked":
            assert house.told(how[0]) == house.recounted()
        else:
            getattr(house, what)(*how)
    assert house.told(0) == house.told(1) == house.recounted()


def test_RP2_figures_by_other_rules_are_not_remembered_past_them(tmp_path: Path) -> None:
    """Through the real application: its database, what its process remembers, and a server of the next release."""
    office = Office(tmp_path)
    meeting, auditor = office.meeting("open"), office.sign_in("kiemtoan")
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/close").done()
    asked = "/api/reports?from=2026-11-01&to=2026-11-30"
    assert auditor.get(asked).done()["sums"]["held"] == 1
    own = office.services.reports
    newer = replace(own, version=VERSION + 1, count=lambda *_: Figures(held=False, called=True))
    assert newer.memory is own.memory
    assert dict(newer.report(Question(AUDITOR, MONTH)).tally.sums) == {"cancelled": 1}
    assert dict(newer.report(Question(AUDITOR, MONTH)).tally.sums) == {"cancelled": 1}, "kept, and remembered"
    assert auditor.get(asked).done()["sums"]["held"] == 1, "put back to the release before: by its own rules again"


def test_what_was_asked_for_longest_ago_goes_first_and_what_is_too_long_is_not_kept() -> None:
    memory, figures = Memory(most=3, most_letters=100), Figures(held=True, called=True)
    one, two, three, four = (Head(f"m-{name}", 1, 1) for name in "1234")
    for head in (one, two, three):
        memory.put(head, figures, letters=10)
    assert memory.find(one) is figures
    memory.put(four, figures, letters=10)
    assert [memory.find(head) is None for head in (one, two, three, four)] == [False, True, False, False]
    memory.put(three, figures, letters=95)
    assert (len(memory), memory.letters) == (1, 95)
    assert memory.find(three._replace(seq=2)) is None
    memory.put(three._replace(seq=2), figures, letters=101)
    assert (len(memory), memory.letters, memory.find(three)) == (0, 0, None)
