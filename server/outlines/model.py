"""Types of meetings and templates as values, and what is taken from a meeting.

Rules O1–O4: pure.

O1 A type is the administrator's: how long such a meeting lasts, what it wants of its roll, the agenda it begins with. A
template is a secretary's: all that, and people with roles and seats, taken from a meeting.
O2 What is taken from a meeting is what was planned: people in their own places – a substitute goes, the member is
there again –, the agenda, seats. Never papers, votes, answers, speeches, or what happened.
O3 Names are compared in NFC without regard to capitals and are one of a kind. What was put away makes no meeting more.
O4 A made meeting is a draft like any other: what it was made from does not change it afterwards.

Usage::

    content = taken(state)
    content = read_content(Fields(value, "content"))
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from wire import canonical
from wire.agenda import MAX_DEPTH, MAX_ITEMS
from wire.errors import BadField
from wire.fields import Fields
from wire.fold import MAX_MEMBERS
from wire.places import replaced_by, stands_for
from wire.quorum import read_rules, rules_value
from wire.state import MeetingState, Member, MemberRole, RollRules, Visibility

MAX_NAME: Final = 80
MAX_TITLE: Final = 500
MOST: Final = 200


class Kind(enum.StrEnum):
    """loại cuộc họp · mẫu cuộc họp."""

    TYPE = "type"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Step:
    """One item as it is planned; ``depth``: 0 at the top. ``presenter``: a person, or empty."""

    title: str
    minutes: int
    visibility: Visibility
    depth: int = 0
    presenter: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "title": self.title,
            "minutes": self.minutes,
            "visibility": self.visibility.value,
            "depth": self.depth,
            "presenter": self.presenter or None,
        }


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who takes part; ``seat``: of the room that it was, or empty."""

    person: str
    name: str
    role: MemberRole
    seat: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"person": self.person, "name": self.name, "role": self.role.value, "seat": self.seat or None}


@dataclass(frozen=True, slots=True)
class Content:
    """What a meeting begins with. ``type``: as its description names it; ``roll`` None: as the house has it."""

    type: str
    minutes: int
    title: str = ""
    room: str = ""
    roll: RollRules | None = None
    steps: tuple[Step, ...] = ()
    people: tuple[Seated, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "type": self.type,
            "minutes": self.minutes,
            "title": self.title,
            "room": self.room or None,
            "roll": None if self.roll is None else rules_value(self.roll),
            "steps": [each.to_value() for each in self.steps],
            "people": [each.to_value() for each in self.people],
        }


@dataclass(frozen=True, slots=True)
class Outline:
    """A type or a template. ``by``: whose name stands beside it."""

    id: str
    kind: Kind
    name: str
    content: Content
    by: str
    changed_at: dt.datetime
    revision: int = 1
    retired: bool = False


def tidy(name: str) -> str:
    """A name as it is kept."""
    return " ".join(canonical.normal(name).split())


def folded(name: str) -> str:
    """As names are compared (O3)."""
    return tidy(name).casefold()


def taken(state: MeetingState) -> Content:
    """What was planned of a meeting (O2)."""
    depths: dict[str, int] = {}
    steps = []
    for item in state.agenda:
        depths[item.item] = 0 if item.parent is None else depths.get(item.parent, -1) + 1
        steps.append(Step(item.title, item.minutes, item.visibility, depths[item.item], item.presenter or ""))
    return Content(
        type=state.kind,
        minutes=state.planned_minutes,
        title=state.title,
        room=state.room,
        roll=state.roll_rules,
        steps=tuple(steps),
        people=tuple(_own_places(state)),
    )


def _own_places(state: MeetingState) -> list[Seated]:
    """Everybody as they were before anybody was sent in somebody's place."""
    found = []
    for member in state.members:
        stands, sent = stands_for(state, member.person), replaced_by(state, member.person)
        if stands is not None:
            if stands.was_guest:
                found.append(Seated(member.person, member.name, MemberRole.GUEST))
            continue
        sitter: Member | None = member if sent is None else state.member(sent.person)
        found.append(Seated(member.person, member.name, member.role, (sitter or member).seat or ""))
    return found


def parents(steps: Sequence[Step], ids: Sequence[str]) -> list[str | None]:
    """The parent of each step, by its depth."""
    above: list[str] = []
    found: list[str | None] = []
    for step, ident in zip(steps, ids, strict=True):
        del above[step.depth :]
        found.append(above[-1] if above else None)
        above.append(ident)
    return found


def read_content(fields: Fields, *, kind: Kind) -> Content:
    """What :meth:`Content.to_value` gave, or a person wrote; raises BadField."""
    found = Content(
        type=tidy(fields.text("type", limit=MAX_NAME)),
        minutes=fields.number("minutes", low=5, high=1_440),
        title=fields.text("title", limit=MAX_TITLE, empty=True).strip(),
        room=fields.id("room", "r") if fields.has("room") else "",
        roll=read_rules(fields.object("roll")) if fields.has("roll") else None,
        steps=_steps(fields.objects("steps", limit=MAX_ITEMS)),
        people=tuple(_seated(each) for each in fields.objects("people", limit=MAX_MEMBERS)),
    )
    fields.end()
    if kind is Kind.TYPE and (found.people or any(step.presenter for step in found.steps)):
        raise BadField("content.people", "belong to templates; a type names nobody")
    if len({each.person for each in found.people}) != len(found.people):
        raise BadField("content.people", "names somebody twice")
    return found


def _steps(entries: Sequence[Fields]) -> tuple[Step, ...]:
    found: list[Step] = []
    for entry in entries:
        step = Step(
            entry.text("title", limit=MAX_TITLE).strip(),
            entry.number("minutes", high=10_000),
            Visibility(entry.choice("visibility", frozenset(Visibility))),
            depth=entry.number("depth", high=MAX_DEPTH - 1),
            presenter=entry.id("presenter", "u") if entry.has("presenter") else "",
        )
        entry.end()
        if step.depth > (found[-1].depth + 1 if found else 0):
            raise BadField("content.steps", "is deeper than below the one before")
        found.append(step)
    return tuple(found)


def _seated(fields: Fields) -> Seated:
    found = Seated(
        fields.id("person", "u"),
        fields.text("name", limit=200),
        MemberRole(fields.choice("role", frozenset(MemberRole))),
        seat=fields.id("seat", "s") if fields.has("seat") else "",
    )
    fields.end()
    return found
