"""Use cases of reports: the figures of a period, and which meetings a figure is made of.

Rules RP2: figures are kept with the number of the event they were counted up to; a meeting whose log went on since then
is counted anew, here for the first few and by ``keeping.py`` for all others, and a report says how many it lacks. A
meeting that could not be counted is not tried again until its log goes on, so that it holds up no other. Rehearsals are
in no report (M5).

Usage::

    reports.report(Question(actor, Period(first, last)))
    reports.made_of(question, "late")
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from server.errors import ServerError, Unavailable
from server.identity.model import Actor, Role
from server.meetings.model import may_see
from server.meetings.ports import MeetingRow
from server.reports import counting
from server.reports.counting import FIGURES, OF_PERSON, OF_UNIT, Cut, Meeting, Tally
from server.reports.errors import ReportNotTheirs
from server.reports.figures import OVER, figures_of
from server.reports.memory import Memory
from server.reports.model import VERSION, Figures, Period, day_of
from server.reports.ports import FigureStore, Head, Kept, Meetings, People, Units
from server.reports.sight import Groups, Sight, sight_of
from server.unit import UnitOfWork
from server.units.model import Tree
from wire.events import Event
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.phases import Phase
from wire.state import MeetingState, MemberRole

#: Counted while somebody waits; a meeting of forty-five takes some tens of milliseconds.
MOST_AT_ONCE: Final = 20
_LEADERS: Final = frozenset({MemberRole.CHAIR, MemberRole.SECRETARY})
_LOG: Final = logging.getLogger("reports")


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for what.

    ``unit``: only its people and those below it, ``exact``: only its own; ``who``: only this person.
    """

    actor: Actor
    period: Period
    unit: str | None = None
    who: str | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """``pending``: meetings of the period that are not counted, or cannot be."""

    question: Question
    sight: Sight
    tally: Tally
    unit: str
    pending: int


@dataclass(frozen=True, slots=True)
class Tools:
    """What the use cases work with."""

    unit: UnitOfWork
    store: FigureStore
    meetings: Meetings
    people: People
    units: Units


@dataclass(frozen=True, slots=True)
class ReportService:
    """All reports."""

    tools: Tools
    #: up to which event a meeting could not be counted
    _failed: dict[MeetingId, int] = field(default_factory=dict)
    #: what was read of the kept figures, so that five hundred are not read anew for each question
    memory: Memory = field(default_factory=Memory)
    #: the rules by which a meeting is counted, and their number: what was kept by others is counted anew
    version: int = VERSION
    count: Callable[[MeetingState, Sequence[Event]], Figures] = figures_of

    # Reading

    def sight(self, actor: Actor) -> dict[str, Any]:
        """``{may, house, units: [{id, name}]}``: whether there is a report for them, and of which units alone."""
        tree = self.tools.units.tree()
        sight = self._sight(actor, tree)
        labels = tree.labels()
        listed = [
            {"id": each.id, "name": labels.get(each.id, each.name)}
            for _, each in tree.ordered()
            if each.is_open and _may_ask(sight, each.id)
        ]
        return {"may": not sight.is_nothing, "house": sight.house, "units": listed}

    def report(self, question: Question) -> Report:
        """The figures; raises ReportNotTheirs."""
        cut, unit = self._cut(question)
        meetings, pending = self._meetings(question.period)
        return Report(question, cut.sight, counting.counted(meetings, cut), unit, pending)

    def made_of(self, question: Question, figure: str) -> dict[str, Any]:
        """``{meetings: [{id, title, starts_at, phase, n}], total}``, the newest first; raises ReportNotTheirs.

        ``title`` None: a meeting that who asks may not see.
        """
        cut, _ = self._cut(question)
        meetings, _ = self._meetings(question.period)
        found = list(counting.made_of(meetings, cut, figure))
        seen = self._seen(question.actor)
        rows = {row.id: row for row in self.tools.meetings.among(OVER)}
        told = [
            {
                "id": each.id if each.id in seen else None,
                "title": rows[MeetingId(each.id)].title if each.id in seen else None,
                "starts_at": print_instant(rows[MeetingId(each.id)].starts_at),
                "phase": rows[MeetingId(each.id)].phase,
                "n": share,
            }
            for each, share in reversed(found)
            if each.id in rows
        ]
        return {"meetings": told, "total": sum(each["n"] for each in told)}

    # Keeping

    def stale(self) -> list[MeetingId]:
        """All meetings that are over and whose figures are not kept, or old; the newest first."""
        rows = self.tools.meetings.among(OVER)
        if not rows:
            return []
        days = [day_of(row.starts_at) for row in rows]
        with self.tools.unit.read() as tx:
            heads = self.tools.store.kept(tx, Period(min(days), max(days)))
        fresh = {head.meeting for head in self._newest(rows, heads)}
        return [row.id for row in rows if row.id not in fresh]

    def keep(self, meeting: MeetingId) -> None:
        """Count a meeting and keep its figures; raises Unavailable."""
        found = self._count(meeting)
        if found is not None:
            self._put(found[1])

    def _count(self, meeting: MeetingId) -> tuple[Figures, Kept] | None:
        """What it comes to; None where it cannot be counted, or is not over."""
        meetings = self.tools.meetings
        try:
            # The state first: what is appended meanwhile makes these figures old, never wrong.
            state = meetings.state(meeting)
            events = [each for each in meetings.events(meeting) if each.seq <= state.seq]
            if state.phase not in OVER or state.rehearsal is not None or state.starts_at is None:
                return None
            figures = self.count(state, events)
        except Unavailable:
            raise
        except ServerError as exc:
            _LOG.warning("%s is not counted: %s", meeting, exc.code)
            return None
        except Exception:  # noqa: BLE001 - one meeting must not keep the others from being counted
            _LOG.exception("%s is not counted", meeting)
            return None
        body = json.dumps(figures.to_value(), ensure_ascii=False, separators=(",", ":"))
        return figures, Kept(meeting, day_of(state.starts_at), state.seq, self.version, body)

    def _put(self, kept: Kept) -> None:
        with self.tools.unit.begin() as tx:
            self.tools.store.put(tx, kept)

    def _counted_now(self, meeting: MeetingId) -> Figures | None:
        """For somebody who waits: figures that cannot be kept are told all the same."""
        found = self._count(meeting)
        if found is None:
            return None
        try:
            self._put(found[1])
        except Unavailable:
            _LOG.warning("the figures of %s could not be kept; they are counted again", meeting)
        except Exception:  # noqa: BLE001 - as above
            _LOG.exception("the figures of %s could not be kept; they are counted again", meeting)
        return found[0]

    # Inside

    def _sight(self, actor: Actor, tree: Tree) -> Sight:
        sees_all = actor.has(Role.SECRETARY, Role.AUDITOR)
        # Of who sees everything nobody needs to know what else they lead.
        pairs = [] if sees_all else self.tools.meetings.meetings_of(actor)
        leads = {row.id for row, role in pairs if role in _LEADERS}
        return sight_of(tree, actor.person_id, sees_all=sees_all, leads=leads)

    def _cut(self, question: Question) -> tuple[Cut, str]:
        """What may be counted for who asks, and the name of the unit that is asked for."""
        tree = self.tools.units.tree()
        sight = self._sight(question.actor, tree)
        if sight.is_nothing:
            raise ReportNotTheirs
        groups = Groups(tree, {each.id: each.unit_id for each in self.tools.people.people()})
        if question.unit is None:
            return Cut(sight, groups, None, question.who), ""
        if tree.find(question.unit) is None or not _may_ask(sight, question.unit):
            raise ReportNotTheirs
        below = tree.below(question.unit)
        wanted = frozenset({question.unit}) if question.exact else frozenset(each.id for each in below)
        return Cut(sight, groups, wanted, question.who), groups.label(question.unit)

    def _meetings(self, period: Period) -> tuple[list[Meeting], int]:
        """Those of the period in their order, and how many of them are not counted."""
        rows = [row for row in self.tools.meetings.among(OVER) if period.holds(day_of(row.starts_at))]
        fresh = self._fresh(rows, period)
        lacking = [row for row in rows if row.id not in fresh and self._failed.get(row.id) != row.seq]
        for row in lacking[:MOST_AT_ONCE]:
            figures = self._counted_now(row.id)
            if figures is None:
                self._failed[row.id] = row.seq
            else:
                fresh[row.id] = figures
        found = [
            Meeting(row.id, f"{day_of(row.starts_at):%Y-%m}", fresh[row.id])
            for row in sorted(rows, key=lambda row: (row.starts_at, row.id))
            if row.id in fresh
        ]
        return found, len(rows) - len(found)

    def _fresh(self, rows: Sequence[MeetingRow], period: Period) -> dict[MeetingId, Figures]:
        """Kept figures that are those of the newest event; what cannot be read is counted again."""
        found: dict[MeetingId, Figures] = {}
        unread: list[Head] = []
        with self.tools.unit.read() as tx:
            for head in self._newest(rows, self.tools.store.kept(tx, period)):
                figures = self.memory.find(head)
                if figures is None:
                    unread.append(head)
                else:
                    found[MeetingId(head.meeting)] = figures
            for head, body in self.tools.store.bodies(tx, unread):
                try:
                    figures = Figures.read(json.loads(body))
                except (TypeError, ValueError):
                    _LOG.warning("the figures of %s cannot be read; they are counted again", head.meeting)
                    continue
                self.memory.put(head, figures, letters=len(body))
                found[MeetingId(head.meeting)] = figures
        return found

    def _newest(self, rows: Sequence[MeetingRow], heads: Iterable[Head]) -> list[Head]:
        """Those by the rules of today that were counted up to the newest event of their meeting."""
        newest = {str(row.id): row.seq for row in rows}
        return [head for head in heads if head.version == self.version and newest.get(head.meeting) == head.seq]

    def _seen(self, actor: Actor) -> set[str]:
        sees_all = actor.has(Role.SECRETARY, Role.AUDITOR)
        pairs = self.tools.meetings.meetings_of(actor)
        return {row.id for row, role in pairs if may_see(Phase(row.phase), role, sees_all=sees_all)}


def _may_ask(sight: Sight, unit: str) -> bool:
    """Whoever leads a meeting may ask for any unit: it only narrows what they read."""
    return sight.house or bool(sight.leads) or unit in sight.units


def told(report: Report) -> dict[str, Any]:
    """As JSON (docs/API.md); every figure is there, also where it is 0."""
    tally, question = report.tally, report.question
    units = sorted(tally.units.items(), key=lambda pair: (not pair[0].id, pair[0].name, pair[0].id))
    people = sorted(tally.people.items(), key=lambda pair: (tally.names[pair[0]][0], pair[0]))
    return {
        "from": question.period.first.isoformat(),
        "to": question.period.last.isoformat(),
        "unit": None if question.unit is None else {"id": question.unit, "name": report.unit},
        "exact": question.unit is not None and question.exact,
        "house": report.sight.house,
        "partly": tally.partly,
        "pending": report.pending,
        "sums": {figure: tally.sums[figure] for figure in FIGURES},
        "months": [
            {"month": month, **{figure: tally.months[month][figure] for figure in FIGURES}}
            for month in sorted(tally.months)
        ],
        "units": [
            {"id": group.id or None, "name": group.name, **{each: sums[each] for each in OF_UNIT}}
            for group, sums in units
        ],
        "people": [
            {
                "id": person,
                "name": tally.names[person][0],
                "unit": tally.names[person][1].name,
                **{each: sums[each] for each in OF_PERSON},
            }
            for person, sums in people
        ],
    }
