"""Counts many meetings: sums, by month, by unit, by person, and of which meetings a figure is made.

Rules RP5: pure. A figure of a report is the sum of the same figure of its meetings, so what stands behind it – the list
that a person is led to – adds up to it. RP6 Pages not printed are counted carefully: of each published paper the pages
of its last version, once for everybody who came and might read it; sheets are printed on both sides, so a paper of
three pages takes two.

Usage::

    told = counted(meetings, cut)
    told.sums["late"] == sum(n for _, n in made_of(meetings, cut, "late"))
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from server.reports.model import WITHDRAWN, WRITTEN, Figures, Paper, Standing
from server.reports.sight import Group, Groups, Sight

STANDINGS: Final = tuple(each.value for each in Standing if each is not Standing.NONE)
SPEECHES: Final = ("speech", "question", "answer", "order")
VOTES: Final = ("hands", "open", "named", "secret")
RESULTS: Final = ("passed", "rejected", "no_quorum", "elected", "unfilled", "counted", "unannounced", WITHDRAWN)
#: Every figure of a report; seconds and milliseconds are spans, all others count something one can be led to.
FIGURES: Final = (
    "held", "cancelled", "on_time", "started_late", "seconds",
    "invited", *STANDINGS,
    "turns", "spent_ms", *SPEECHES, WRITTEN,
    "votes", *(f"by_{kind}" for kind in VOTES), *(f"came_{result}" for result in RESULTS),
    "papers", "pages", "copies", "unprinted", "sheets",
)  # fmt: skip
SPANS: Final = frozenset({"seconds", "spent_ms"})
#: What is counted of units, and of people.
OF_UNIT: Final = ("meetings", "invited", *STANDINGS, "turns", "spent_ms", "unprinted")
OF_PERSON: Final = ("invited", *STANDINGS, "turns", "spent_ms")


class Meeting(NamedTuple):
    """A meeting that is over. ``month``: of its planned beginning, ``2026-11``."""

    id: str
    month: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Cut:
    """What is asked for. ``units``: only their people (None: everybody); ``who``: only this person."""

    sight: Sight
    groups: Groups
    units: frozenset[str] | None = None
    who: str | None = None
    #: for whom somebody counts, in meetings that are counted whole and in others: asked once, not once a meeting
    _known: tuple[dict[tuple[str, str], Group | None], ...] = field(
        default_factory=lambda: ({}, {}), init=False, repr=False, compare=False
    )

    def group(self, person: str, unit: str, *, whole: bool) -> Group | None:
        """For whom they count; None where they are not counted. ``whole``: of a meeting that who asks reads all of."""
        known, key = self._known[whole], (person, unit)
        if key not in known:
            known[key] = self._group(person, unit, whole=whole)
        return known[key]

    def _group(self, person: str, unit: str, *, whole: bool) -> Group | None:
        if self.who is not None and person != self.who:
            return None
        group = self.groups.of(person, unit)
        if not whole and group.id not in self.sight.units:
            return None
        return group if self.units is None or group.id in self.units else None

    @property
    def is_whole(self) -> bool:
        """Nobody is left out."""
        return self.units is None and self.who is None


def _sums() -> defaultdict[Any, Counter[str]]:
    return defaultdict(Counter)


@dataclass(slots=True)
class Tally:
    """``names``: of people, as the newest meeting has them."""

    sums: Counter[str] = field(default_factory=Counter)
    months: dict[str, Counter[str]] = field(default_factory=_sums)
    units: dict[Group, Counter[str]] = field(default_factory=_sums)
    people: dict[str, Counter[str]] = field(default_factory=_sums)
    names: dict[str, tuple[str, Group]] = field(default_factory=dict)
    #: meetings of which only some people were counted, and no votes (RP3)
    partly: int = 0


def counted(meetings: Iterable[Meeting], cut: Cut) -> Tally:
    """All of it; ``meetings`` in the order of their beginning."""
    found = Tally()
    for each in meetings:
        part = Part(each.figures, cut, each.id)
        if not part.counts:
            continue
        found.months[each.month].update(part.figures())
        found.partly += not part.whole
        if each.figures.held:
            part.add_people(found)
    for sums in found.months.values():
        found.sums.update(sums)
    for counter in (*found.units.values(), *found.people.values()):
        counter["invited"] = sum(counter[standing] for standing in STANDINGS)
    return found


def made_of(meetings: Iterable[Meeting], cut: Cut, figure: str) -> Iterator[tuple[Meeting, int]]:
    """The meetings that a figure is made of, each with its share."""
    for each in meetings:
        part = Part(each.figures, cut, each.id)
        share = part.figures()[figure] if part.counts else 0
        if share:
            yield each, share


class Part:
    """What of one meeting is counted for who asks."""

    def __init__(self, figures: Figures, cut: Cut, meeting: str) -> None:
        sight = cut.sight
        self._all: Final = figures
        self._cut: Final = cut
        self.whole: Final = sight.house or meeting in sight.leads
        #: who is counted, with their places among all, and for which unit
        self._taken: Final[dict[int, Group]] = {}
        own: int | None = None
        for at, each in enumerate(figures.people):
            group = cut.group(each.person, each.unit, whole=self.whole)
            if group is not None:
                self._taken[at] = group
            if each.person == sight.person:
                own = at
        #: items that who asks may hear of
        self._open: Final = [
            own not in item.closed if own is not None else (item.common or self.whole) for item in figures.items
        ]
        self._turns: Final = [
            (turn, group)
            for turn in figures.turns
            if self._open[turn.item] and (group := cut.group(turn.person, turn.unit, whole=self.whole)) is not None
        ]
        self._papers: Final = [(paper, self._readers(paper)) for paper in figures.papers if self._open[paper.item]]
        # Somebody who spoke and was taken off the list later counts with their turns.
        some = (self.whole and cut.is_whole) or bool(self._taken) or bool(self._turns)
        self.counts: Final = (figures.held or figures.called) and some

    def _readers(self, paper: Paper) -> Counter[Group]:
        """How many of each unit came and might read it."""
        closed, people = self._all.items[paper.item].closed, self._all.people
        found = self._came
        for at in closed:
            if at in self._taken and people[at].came:
                found = Counter(self._came) if found is self._came else found
                found[self._taken[at]] -= 1
        return found

    @functools.cached_property
    def _came(self) -> Counter[Group]:
        people = self._all.people
        return Counter(group for at, group in self._taken.items() if people[at].came)

    def figures(self) -> Counter[str]:
        """Every figure of :data:`FIGURES` that is not 0."""
        every, found = self._all, Counter[str]()
        if not every.held:
            found["cancelled"] = 1
            return found
        found["held"] = 1
        found["on_time" if every.late_s <= every.grace_s else "started_late"] = 1
        found["seconds"] = every.seconds
        for at in self._taken:
            standing = every.people[at].standing
            if standing:
                found[standing] += 1
        found["invited"] = sum(found[each] for each in STANDINGS)
        for turn, _ in self._turns:
            found[turn.kind] += turn.turns
            found["spent_ms"] += turn.spent_ms
        found["turns"] = sum(found[kind] for kind in SPEECHES)
        if self.whole and self._cut.who is None:
            for vote in every.votes:
                if self._open[vote.item]:
                    found.update(("votes", f"by_{vote.kind}", f"came_{vote.result}"))
        self._add_papers(found)
        return found

    def _add_papers(self, found: Counter[str]) -> None:
        for paper, readers in self._papers:
            copies = sum(readers.values())
            if copies:
                found["papers"] += 1
                found["pages"] += paper.pages
                found["copies"] += copies
                found["unprinted"] += paper.pages * copies
                found["sheets"] += (paper.pages + 1) // 2 * copies

    def add_people(self, found: Tally) -> None:
        """The same figures by unit and by person; who was invited is summed at the end."""
        # Who was asked and stayed away did not attend: their unit has a row, and not this meeting in it.
        here = set(self._came)
        for at, group in self._taken.items():
            person, name, _, standing, _ = self._all.people[at]
            if standing:
                found.units[group][standing] += 1
                found.people[person][standing] += 1
                found.names[person] = (name, group)
        for turn, group in self._turns:
            if turn.kind == WRITTEN:
                continue
            here.add(group)
            for counter in (found.units[group], found.people[turn.person]):
                counter["turns"] += turn.turns
                counter["spent_ms"] += turn.spent_ms
            found.names.setdefault(turn.person, (turn.name, group))
        pages = Counter[Group]()
        for paper, readers in self._papers:
            for group, copies in readers.items():
                pages[group] += paper.pages * copies
        for group in here:
            found.units[group]["meetings"] += 1
            found.units[group]["unprinted"] += pages[group]
