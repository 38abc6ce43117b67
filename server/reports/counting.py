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

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from server.reports.model import GRACE_S, WITHDRAWN, WRITTEN, Figures, Paper, Person, Standing
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

    @property
    def is_whole(self) -> bool:
        """Nobody is left out."""
        return self.units is None and self.who is None


@dataclass(slots=True)
class Tally:
    """``names``: of people, as the newest meeting has them."""

    sums: Counter[str] = field(default_factory=Counter)
    months: dict[str, Counter[str]] = field(default_factory=dict)
    units: dict[Group, Counter[str]] = field(default_factory=dict)
    people: dict[str, Counter[str]] = field(default_factory=dict)
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
        figures = part.figures()
        found.sums.update(figures)
        found.months.setdefault(each.month, Counter()).update(figures)
        found.partly += not part.whole
        if each.figures.held:
            part.add_people(found)
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
        self._taken: Final = {at for at, each in enumerate(figures.people) if self._takes(each.person, each.unit)}
        self._people: Final = [figures.people[at] for at in sorted(self._taken)]
        some = self.whole and cut.is_whole
        self.counts: Final = (figures.held or figures.called) and (some or bool(self._people))
        at = next((at for at, each in enumerate(figures.people) if each.person == sight.person), None)
        knows_all = sight.house or meeting in sight.leads
        #: items that who asks may hear of
        self._open: Final = [
            at not in item.closed if at is not None else (item.common or knows_all) for item in figures.items
        ]

    def _takes(self, person: str, unit: str) -> bool:
        cut = self._cut
        if cut.who is not None and person != cut.who:
            return False
        if self.whole and cut.units is None:
            return True
        group = cut.groups.of(person, unit).id
        return (self.whole or group in cut.sight.units) and (cut.units is None or group in cut.units)

    def figures(self) -> Counter[str]:
        """Every figure of :data:`FIGURES` that is not 0."""
        every, found = self._all, Counter[str]()
        if not every.held:
            found["cancelled"] = 1
            return found
        found["held"] = 1
        found["on_time" if every.late_s <= GRACE_S else "started_late"] = 1
        found["seconds"] = every.seconds
        found.update(each.standing for each in self._people if each.standing)
        found["invited"] = sum(found[each] for each in STANDINGS)
        for turn in every.turns:
            if self._open[turn.item] and self._takes(turn.person, turn.unit):
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
        for paper, readers in self._read():
            copies = sum(readers.values())
            if copies:
                found["papers"] += 1
                found["pages"] += paper.pages
                found["copies"] += copies
                found["unprinted"] += paper.pages * copies
                found["sheets"] += (paper.pages + 1) // 2 * copies

    def _read(self) -> Iterator[tuple[Paper, Counter[Group]]]:
        """Each paper with how many of each unit came and might read it."""
        known: dict[int, Counter[Group]] = {}
        for paper in self._all.papers:
            if not self._open[paper.item]:
                continue
            readers = known.get(paper.item)
            if readers is None:
                may_read = self._taken.difference(self._all.items[paper.item].closed)
                people = (self._all.people[at] for at in may_read)
                readers = known[paper.item] = Counter(self._group(each) for each in people if each.came)
            yield paper, readers

    def _group(self, each: Person) -> Group:
        return self._cut.groups.of(each.person, each.unit)

    def add_people(self, found: Tally) -> None:
        """The same figures by unit and by person."""
        here: set[Group] = set()
        for each in self._people:
            group = self._group(each)
            here.add(group)
            if each.standing:
                for counter in (found.units.setdefault(group, Counter()), _of(found, each.person)):
                    counter[each.standing] += 1
                    counter["invited"] += 1
                found.names[each.person] = (each.name, group)
        for turn in self._all.turns:
            if not self._open[turn.item] or not self._takes(turn.person, turn.unit) or turn.kind == WRITTEN:
                continue
            group = self._cut.groups.of(turn.person, turn.unit)
            here.add(group)
            for counter in (found.units.setdefault(group, Counter()), _of(found, turn.person)):
                counter["turns"] += turn.turns
                counter["spent_ms"] += turn.spent_ms
            found.names.setdefault(turn.person, (turn.name, group))
        for paper, readers in self._read():
            for group, copies in readers.items():
                found.units.setdefault(group, Counter())["unprinted"] += paper.pages * copies
        for group in here:
            found.units.setdefault(group, Counter())["meetings"] += 1


def _of(found: Tally, person: str) -> Counter[str]:
    return found.people.setdefault(person, Counter())
