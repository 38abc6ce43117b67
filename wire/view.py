"""State → the JSON that every screen reads, in sections.

Rules M3, W44: a screen holds ``seq`` and the sections; the server (or the seat's agent) sends it
only the sections that changed, with the number they start from and the number they lead to. A
screen that gets a patch which does not start at its own number asks for all sections again.

Usage::

    patch = diff(sections(for_person(before, person)), sections(for_person(after, person)))
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from wire.agenda import numbers
from wire.conclusions import section as conclusion_section
from wire.fields import print_instant
from wire.notice_view import section as notice_section
from wire.places import places_of
from wire.quorum import in_time_until
from wire.quorum import section as quorum_section
from wire.remembered import Remembered
from wire.service import section as service_section
from wire.speak_view import section as speaking_section
from wire.state import Attendance, MeetingState, Member, Paper, RollRules, Substitute
from wire.visibility import for_display, for_person
from wire.vote_view import section as vote_section

Section = dict[str, Any]

__all__ = ["Section", "diff", "for_display", "for_person", "sections"]


#: Of five hundred seats these are half a megabyte of screen; of one ballot or page turn to the next they are the same.
_MADE: Final = Remembered(64)


def _moment(value: dt.datetime | None) -> str | None:
    return None if value is None else print_instant(value)


def sections(state: MeetingState) -> Section:
    """All sections, by their names (W44); nobody changes them, for parts are shared with those of other states."""
    return {
        "meeting": _meeting(state),
        "members": _MADE.of(
            _members,
            state.members,
            state.seated,
            state.substitutes,
            state.arrivals,
            state.stayed,
            state.opened_at,
            state.starts_at,
            state.roll_rules,
        ),
        "agenda": _agenda(state),
        "papers": [_paper(paper) for paper in state.papers],
        "votes": [_MADE.of(vote_section, vote) for vote in state.votes],
        "presenting": _presenting(state),
        "display": {
            "mode": state.display.mode.value,
            "text": state.display.text,
            "until": _moment(state.display.until),
            "notice": state.display.notice,
        },
        "recall": {
            "expected": [{"device": device, "seat_label": label} for device, label in state.recall.expected],
            "receipts": [
                {
                    "device": r.device,
                    "seat": r.seat,
                    "seat_label": r.seat_label,
                    "papers": r.papers,
                    "pages": r.pages,
                    "at": print_instant(r.at),
                    "receipt_sha256": r.receipt_sha256,
                }
                for r in state.recall.receipts
            ],
        },
        "attendance": _MADE.of(_attendance, state.attendance),
        "quorum": quorum_section(state),
        "service": service_section(state),
        "rounds": [
            {
                "round": each.round,
                "kind": each.kind,
                "title": each.title,
                "signers": [{"person": person, "signed_at": _moment(at)} for person, at in each.signers],
                "revision": each.revision,
                "sha256": each.sha256,
                "size_bytes": each.size_bytes,
                "closed_at": _moment(each.closed_at),
            }
            for each in state.rounds
        ],
        "speaking": speaking_section(state),
        "notices": [notice_section(each) for each in state.notices],
        "conclusions": conclusion_section(state.conclusions),
    }


def diff(before: Section, after: Section) -> Section:
    """The sections of ``after`` that are not the same in ``before``."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def _meeting(state: MeetingState) -> Section:
    return {
        "id": None if state.last is None else state.last.meeting,
        "title": state.title,
        "type": state.kind,
        "room": state.room,
        "room_name": state.room_name,
        "starts_at": _moment(state.starts_at),
        "planned_minutes": state.planned_minutes,
        "phase": state.phase.value,
        "reason": state.reason,
        "opened_at": _moment(state.opened_at),
        "closed_at": _moment(state.closed_at),
        "presenter": state.presenter or None,
        "rehearsal_of": None if state.rehearsal is None else state.rehearsal.of,
        "series": None if state.series is None else state.series.to_value(),
    }


def _agenda(state: MeetingState) -> list[Section]:
    numbered = numbers(state.agenda)
    return [
        {
            "item": item.item,
            "parent": item.parent,
            "number": item.number or numbered[item.item],
            "title": item.title,
            "minutes": item.minutes,
            "visibility": item.visibility.value,
            "presenter": item.presenter,
            "state": item.state.value,
            "started_at": _moment(item.started_at),
            "ended_at": _moment(item.ended_at),
            "papers": [paper.paper for paper in state.papers if paper.item == item.item],
            "recused": [each.person for each in state.recusals if each.item == item.item],
        }
        for item in state.agenda
    ]


def _members(  # noqa: PLR0917 - remembered by each of them
    members: tuple[Member, ...],
    seated: tuple[tuple[str, str], ...],
    substitutes: tuple[Substitute, ...],
    arrivals: tuple[tuple[str, dt.datetime], ...],
    stayed: tuple[str, ...],
    opened_at: dt.datetime | None,
    starts_at: dt.datetime | None,
    rules: RollRules,
) -> list[Section]:
    """Everybody, with for whom they stand, with which rights, and who stands for them."""
    at_seat, since, until = dict(seated), dict(arrivals), in_time_until(opened_at, starts_at, rules)
    standing = {each.person: each for each in substitutes}
    replaced = {each.member: each for each in substitutes}
    voting = {place.voter.person for place in places_of(members, substitutes) if place.votes}

    def line(m: Member) -> Section:
        own, other = standing.get(m.person), replaced.get(m.person)
        return {
            "person": m.person,
            "name": m.name,
            "position": m.position,
            "unit": m.unit,
            "role": m.role.value,
            "seat": m.seat,
            "seat_label": m.seat_label,
            "signed_in": m.person in at_seat,
            "sits_at": at_seat.get(m.person),
            "stayed": m.person in stayed,
            # Whoever sat there in time is not late, whenever that is written down (W156).
            "in_time": (m.person in at_seat or m.person in stayed)
            and until is not None
            and m.person in since
            and since[m.person] <= until,
            "stands_for": None if own is None else own.member,
            "replaced_by": None if other is None else other.person,
            "may_speak": other is None and (own is None or own.may_speak),
            "may_vote": m.person in voting,
        }

    return [line(member) for member in members]


def _attendance(attendance: tuple[Attendance, ...]) -> list[Section]:
    return [
        {
            "person": entry.person,
            "presence": entry.presence.value,
            "method": entry.method.value,
            "at": print_instant(entry.at),
            "arrived_at": _moment(entry.arrived_at),
            "reason": entry.reason,
            "statement": entry.statement,
        }
        for entry in attendance
    ]


def _paper(paper: Paper) -> Section:
    return {
        "paper": paper.paper,
        "item": paper.item,
        "title": paper.title,
        "secrecy": paper.secrecy.value,
        "version": paper.version,
        "state": paper.state.value,
        "pages": paper.pages,
        "size_bytes": paper.size_bytes,
        "plain_sha256": paper.plain_sha256,
        "owner": paper.owner,
        "signed": paper.signed,
        "published_version": paper.published_version,
        "published_pages": paper.published_pages,
        "reason": paper.reason,
    }


def _presenting(state: MeetingState) -> Section | None:
    shown = state.presenting
    if shown is None:
        return None
    member = state.member(shown.person)
    return {
        "paper": shown.paper,
        "version": shown.version,
        "page": shown.page,
        "person": shown.person,
        "name": "" if member is None else member.name,
        "call": shown.call,
    }
