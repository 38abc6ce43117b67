"""Signing the papers of a meeting: who may open a round, who sees it, where marks stand, what a signer is given.

Rules G2, G13, G20: only members of the meeting are asked to sign; every mark has its place before anybody is asked; the
file given to sign is an update of the one that is shown, and only that update travels. A change is told to the screens
after its commit.

Usage::

    desk.open(meeting, NewRound(...), pdf, texts=texts, asked=asked)
    offer = desk.begin(meeting, round_id, fingerprint=fp, asked=asked)
    desk.complete(meeting, round_id, fence=offer["fence"], signature=raw, asked=asked)
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from pages.model import PageText
from server.errors import Conflict, NotAllowed, Unsupported
from server.identity.model import Account, Actor
from server.meetings.model import must_be_real
from server.signing import appearance, issue, pades, readers, views
from server.signing.errors import (
    NoSigners,
    NotASigner,
    NumberNotWithSeal,
    NumberOutOfTurn,
    PictureMissing,
    RoundUnknown,
    SealOutOfTurn,
    SignerNotMember,
    YearPrinted,
)
from server.signing.marks import VIETNAM
from server.signing.model import Level, Order, Round
from server.signing.numbers import Wanted
from server.signing.planning import MarkKind, MarkPlan, MarkWish, plan_of
from server.signing.ports import Picture, PlannedMark, Upgrade
from server.signing.service import Along, Opening, SigningService
from wire.ids import MeetingId, PersonId
from wire.state import MeetingState

SEAL: Final = "seal"
MAX_SIGNERS: Final = 60


class PaperKind(enum.StrEnum):
    """biên bản · nghị quyết · thông báo kết luận · danh sách điểm danh · giấy mời."""

    MINUTES = "minutes"
    RESOLUTION = "resolution"
    NOTICE = "notice"
    ATTENDANCE = "attendance"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime

    @property
    def person(self) -> PersonId:
        """Never a display."""
        return PersonId(self.actor.person_id)


@dataclass(frozen=True, slots=True)
class NewRound:
    """What the secretary writes."""

    kind: PaperKind
    title: str
    order: Order
    level: Level
    signers: tuple[tuple[PersonId, MarkWish], ...]


class Meetings(Protocol):
    """The meetings feature."""

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        """The state, if ``actor`` may see the meeting; raises NotAllowed."""
        ...

    def state(self, meeting: MeetingId) -> MeetingState:
        """The newest state; raises NoSuchMeeting."""
        ...


class People(Protocol):
    """Accounts."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...


@dataclass(frozen=True, slots=True)
class DeskTools:
    """What the desk works with; ``changed`` tells the screens of a meeting."""

    signing: SigningService
    meetings: Meetings
    people: People
    changed: Callable[[MeetingId], None]
    has_stamps: bool
    seal_mm: float
    #: what other features keep their files from; each raises NotAllowed
    guards: list[Callable[[MeetingId, str, Actor], None]] = field(default_factory=list)
    #: who is told that somebody was given the file of a round
    given: list[Callable[[str, Actor, dt.datetime], None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SigningDesk:
    """All rounds of all meetings."""

    tools: DeskTools

    # Opening and closing

    def open(
        self,
        meeting: MeetingId,
        new: NewRound,
        pdf: bytes,
        *,
        texts: Sequence[PageText],
        asked: Asked,
        along: Along | None = None,
        outside: Collection[PersonId] = (),
    ) -> dict[str, Any]:
        """A new round; the same act again is the same round. ``outside``: signers who need not be members.

        Raises NoSigners, SignerNotMember, SealOutOfTurn, PictureMissing, SealAlone, NumberNotWithSeal,
        NumberOutOfTurn, MeetingLocked, and what a mark is refused for.
        """
        state = self.tools.meetings.state(meeting)
        must_be_real(state)
        round_id = f"k-{asked.act.removeprefix('a-')}"
        if self._exists(round_id):
            return self.one(meeting, round_id, now=asked.now)
        people = [person for person, _ in new.signers]
        if not people or len(set(people)) != len(people) or len(people) > MAX_SIGNERS:
            raise NoSigners
        for person in people:
            if state.member(person) is None and person not in outside:
                raise SignerNotMember(who=self._name(person))
        if new.order is not Order.ORDERED and any(_comes_last(wish) for _, wish in new.signers):
            raise SealOutOfTurn
        numbered = [wish for _, wish in new.signers if wish.numbered]
        if len(numbered) > 1 or not all(_may_number(wish, new.kind) for wish in numbered):
            raise NumberNotWithSeal
        marks = self._plans(new, texts)
        begins = None
        for wish in numbered:
            pdf, begins = self._with_room(pdf, texts[0], wish, now=asked.now)
        opening = Opening(
            new.title, tuple(people), new.order, new.level, meeting, new.kind.value, marks, begins, along or Along()
        )
        self.tools.signing.open_round(round_id, pdf, opening, by=asked.actor.label, now=asked.now)
        self.tools.changed(meeting)
        return self.one(meeting, round_id, now=asked.now)

    def close(self, meeting: MeetingId, round_id: str, asked: Asked, *, along: Along | None = None) -> None:
        """No further signatures; raises RoundUnknown, RoundClosed."""
        self._must_be_of(meeting, round_id)
        self.tools.signing.close(round_id, by=asked.actor.label, now=asked.now, along=along)
        self.tools.changed(meeting)

    # Seeing

    def rounds(self, meeting: MeetingId, *, now: dt.datetime) -> dict[str, Any]:
        """All rounds of a meeting, the newest first, and whether time-stamps can be had at all."""
        with self.tools.signing.tools.unit.read() as tx:
            found = self.tools.signing.tools.store.of_meeting(tx, meeting)
        return {
            "rounds": [self.one(meeting, round_id, now=now) for round_id in found],
            "has_stamps": self.tools.has_stamps,
        }

    def seen(self, meeting: MeetingId, actor: Actor, *, now: dt.datetime) -> dict[str, Any]:
        """What of :meth:`rounds` is for somebody who may see the meeting; raises NotAllowed."""
        self.tools.meetings.see(meeting, actor)
        return self.shown_to(meeting, self.rounds(meeting, now=now), actor)

    def shown_to(self, meeting: MeetingId, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        """What of ``told``, as :meth:`rounds` gave it, is for this reader."""
        return {**told, "rounds": readers.shown(told["rounds"], self.tools.meetings.state(meeting), actor)}

    def one(self, meeting: MeetingId, round_id: str, *, now: dt.datetime) -> dict[str, Any]:
        """One round as JSON; raises RoundUnknown."""
        self._must_be_of(meeting, round_id)
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            found, about = tools.store.find(tx, round_id), tools.store.about(tx, round_id)
            if found is None or about is None:
                raise RoundUnknown
            revision = tools.store.revision(tx, round_id, found.revision)
            plans, job = tools.store.marks(tx, round_id), tools.store.job(tx, round_id)
            given = tools.register.of(tx, round_id)
        names = {signer.person: self._name(signer.person) for signer in found.signers}
        size = 0 if revision is None else revision.size_bytes
        digest = "" if revision is None else revision.sha256
        shown = views.Shown(found, about, names=names, plans=plans, job=job)
        value = views.round_value(shown, size_bytes=size, sha256=digest, now=now)
        if given is not None:
            return value | {"number": views.number_value(given.number, given.notation, given.day, given=True)}
        clerk = next((one for one in plans if MarkPlan.from_bytes(plans[one], None).numbering is not None), None)
        coming = None if clerk is None else self.number(round_id, clerk, now=now)
        told = None if coming is None else {"number": coming["number"], "date": coming["date"], "given": False}
        return value | {"number": told}

    def file(self, meeting: MeetingId, round_id: str) -> tuple[str, bytes]:
        """Title and the newest revision; raises RoundUnknown."""
        self._must_be_of(meeting, round_id)
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            about = tools.store.about(tx, round_id)
        return ("" if about is None else about.title), self.tools.signing.file(round_id)

    def must_read(self, meeting: MeetingId, round_id: str, actor: Actor) -> None:
        """Raise NotAllowed unless the file is for ``actor``: a signer, who reads all, a member once all have signed."""
        self._must_be_of(meeting, round_id)
        found = self.tools.signing.round(round_id)
        asked = any(signer.person == actor.person_id for signer in found.signers)
        state = self.tools.meetings.state(meeting)
        is_member = state.member(actor.person_id) is not None
        if not (asked or readers.reads_all(state, actor) or (is_member and found.is_complete)):
            raise NotAllowed
        for guard in self.tools.guards if not asked else ():
            guard(meeting, round_id, actor)

    def waiting(self, person: PersonId, *, now: dt.datetime) -> list[dict[str, Any]]:
        """What waits for a person's signature, the oldest first."""
        found = []
        for round_id in self.tools.signing.rounds_of(person):
            meeting = self._meeting_of(round_id)
            if meeting is not None:
                found.append(self.one(meeting, round_id, now=now))
        return found

    def rounds_of(
        self, meeting: MeetingId, person: PersonId, *, now: dt.datetime
    ) -> list[tuple[dict[str, Any], tuple[int, tuple[float, float, float, float]] | None, dict[str, Any] | None]]:
        """The rounds of a meeting in which a person is a signer, the newest first.

        With page and box of their mark, and the number and date that they would give (:meth:`number`).
        """
        found = [each for each in self.rounds(meeting, now=now)["rounds"] if _signs(each, person)]
        return [
            (each, self._place(each["round"], person), self.number(each["round"], person, now=now)) for each in found
        ]

    def number(self, round_id: str, person: PersonId, *, now: dt.datetime) -> dict[str, Any] | None:
        """The number and date that this signer would give now, and what is written where; None: they give none."""
        plan = self._plan(round_id, person)
        found = self.tools.signing.round(round_id)
        gives = any(one.person == person and one.signed_at is None for one in found.signers)
        if plan is None or plan.numbering is None or not gives or found.closed_at is not None:
            return None
        number, day = self.tools.signing.next_number(round_id, plan.numbering, now=now)
        try:
            written = {part.value: text for part, text in plan.numbering.written(number, day).items()}
        except YearPrinted:
            return None  # and at its signing that is said
        return {"number": f"{number:02d}{plan.numbering.notation}", "date": day.isoformat(), "written": written}

    def _plan(self, round_id: str, person: PersonId) -> MarkPlan | None:
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            planned = tools.store.mark(tx, round_id, person)
        return None if planned is None else MarkPlan.from_bytes(planned.plan, None)

    def _place(self, round_id: str, person: PersonId) -> tuple[int, tuple[float, float, float, float]] | None:
        plan = self._plan(round_id, person)
        if plan is None or plan.rect is None:
            return None
        return plan.page, (plan.rect.x0, plan.rect.y0, plan.rect.x1, plan.rect.y1)

    # Signing

    def about(self, meeting: MeetingId, round_id: str, person: PersonId, *, now: dt.datetime) -> dict[str, Any]:
        """What the bridge of a signer's PC is told of the paper (G55); raises RoundUnknown, NotASigner."""
        found = self.one(meeting, round_id, now=now)
        if not _signs(found, person):
            raise NotASigner
        place = self._place(round_id, person)
        mark = None if place is None else {"page": place[0], "box": [round(1000 * side) for side in place[1]]}
        return {
            "title": found["title"],
            "kind": found["kind"],
            "name": self._name(person),
            "sha256": found["sha256"],
            "size_bytes": found["size_bytes"],
            "mark": mark,
            "number": self.number(round_id, person, now=now),
        }

    def begin(self, meeting: MeetingId, round_id: str, *, fingerprint: str, asked: Asked) -> dict[str, Any]:
        """The lease and what to sign, as JSON: ``update`` follows the file that is shown.

        Raises what ``SigningService.begin`` does.
        """
        self._must_be_of(meeting, round_id)
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            planned = tools.store.mark(tx, round_id, asked.person)
        plan = None if planned is None else MarkPlan.from_bytes(planned.plan, planned.picture)
        offer = self.tools.signing.begin(
            round_id,
            asked.person,
            fingerprint=fingerprint,
            mark=None if plan is None else plan.mark(now=asked.now),
            now=asked.now,
            numbering=None if plan is None else plan.numbering,
        )
        self.tools.changed(meeting)
        return views.offer_value(offer)

    def complete(
        self, meeting: MeetingId, round_id: str, *, fence: int, signature: bytes, asked: Asked
    ) -> dict[str, Any]:
        """The round with this signature; raises LeaseLost, SignatureWrong, FileChanged. Nothing is kept then."""
        self._must_be_of(meeting, round_id)
        before = self.tools.signing.round(round_id)
        if not _is_again(before, asked.person):
            self.tools.signing.complete(round_id, asked.person, fence=fence, signature=signature, now=asked.now)
            self.tools.changed(meeting)
        return self.one(meeting, round_id, now=asked.now)

    def give_back(self, meeting: MeetingId, round_id: str, *, fence: int, asked: Asked) -> None:
        """The person turned away; a lease that is not theirs any longer stays as it is."""
        self._must_be_of(meeting, round_id)
        self.tools.signing.give_back(round_id, asked.person, fence=fence)
        self.tools.changed(meeting)

    def raise_due(self, upgrade: Upgrade, *, now: dt.datetime) -> list[MeetingId]:
        """Raise or renew what is due; the meetings whose rounds were looked at."""
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            due = [job.round for job in tools.store.due(tx, now)]
        self.tools.signing.raise_due(upgrade, now=now)
        found = (self._meeting_of(round_id) for round_id in due)
        return sorted({meeting for meeting in found if meeting is not None})

    # Pictures

    def set_picture(self, owner: str, png: bytes, *, asked: Asked) -> None:
        """Of a person's signature (blue) or of the seal (red); raises PictureRefused, NoSuchPerson."""
        if owner != SEAL:
            self.tools.people.person(owner)
        appearance.check_picture(png, colour="red" if owner == SEAL else "blue")
        tools = self.tools.signing.tools
        with tools.unit.begin() as tx:
            tools.store.set_picture(tx, Picture(owner, png, asked.now, asked.actor.label))
            if tools.journal is not None:
                tools.journal.record(tx, "picture_set", {"owner": owner}, actor=asked.actor.label, now=asked.now)

    def picture(self, owner: str) -> bytes:
        """The PNG; raises PictureMissing."""
        found = self._picture(owner)
        if found is None:
            raise PictureMissing(who=owner)
        return found

    def pictures(self) -> dict[str, str]:
        """Owner → when it was added, RFC 3339."""
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            return {owner: views.moment(at) for owner, at in tools.store.pictures(tx).items()}

    def _with_room(
        self, pdf: bytes, text: PageText, wish: MarkWish, *, now: dt.datetime
    ) -> tuple[bytes, Wanted | None]:
        """The file with fields for number and date, which have to hold the number that is due; how the year goes on."""
        blanks = issue.find(text, dated=wish.dated)
        day = now.astimezone(VIETNAM).date()
        wanted = self.tools.signing.wanted("", day, blanks.notation, first=wish.first)
        due = self.tools.signing.due(wanted)
        if wish.first and due != wish.first:
            raise NumberOutOfTurn(next=due)
        issue.must_hold(blanks, due)
        return pades.make_room(pdf, blanks.parts), wanted if wish.first else None

    def _plans(self, new: NewRound, texts: Sequence[PageText]) -> dict[PersonId, PlannedMark]:
        plans: dict[PersonId, MarkPlan] = {}
        for person, given in new.signers:
            wish = given
            if given.kind is MarkKind.PICTURE and not given.name:
                wish = replace(given, name=self._plain(person))
            owner = SEAL if wish.kind is MarkKind.SEAL else person
            picture = self._picture(owner) if wish.kind in {MarkKind.PICTURE, MarkKind.SEAL} else None
            try:
                plans[person] = plan_of(
                    wish, texts, picture=picture, earlier=list(plans.values()), seal_mm=self.tools.seal_mm
                )
            except PictureMissing as exc:
                who = "con dấu" if owner == SEAL else self._name(person)
                raise PictureMissing(who=who, person=person) from exc
            except (Conflict, Unsupported) as exc:
                # So that the form can say at whose line it is.
                exc.data["person"] = person
                raise
        return {person: PlannedMark(plan.to_bytes(), plan.picture) for person, plan in plans.items()}

    def _picture(self, owner: str) -> bytes | None:
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            found = tools.store.picture(tx, owner)
        return None if found is None else found.png

    def _exists(self, round_id: str) -> bool:
        return self._meeting_of(round_id) is not None

    def _meeting_of(self, round_id: str) -> MeetingId | None:
        tools = self.tools.signing.tools
        with tools.unit.read() as tx:
            about = tools.store.about(tx, round_id)
        return None if about is None or about.meeting is None else MeetingId(about.meeting)

    def _must_be_of(self, meeting: MeetingId, round_id: str) -> None:
        """A round of another meeting is as good as none: rights are those of the meeting in the address."""
        if self._meeting_of(round_id) != meeting:
            raise RoundUnknown

    def _name(self, person: str) -> str:
        return self.tools.people.person(person).name

    def _plain(self, person: str) -> str:
        """As it stands in a paper: without the mark of demo data."""
        return self._name(person).partition(" (")[0]


def _signs(value: dict[str, Any], person: PersonId) -> bool:
    return any(signer["person"] == person for signer in value["signers"])


def _comes_last(wish: MarkWish) -> bool:
    """The agency signs after the people."""
    return wish.kind is MarkKind.SEAL or wish.numbered


def _may_number(wish: MarkWish, kind: PaperKind) -> bool:
    """With the agency's seal; minutes may have a number and no seal, and no line of the date (Mẫu 1.9)."""
    if kind is PaperKind.MINUTES:
        return wish.kind in {MarkKind.SEAL, MarkKind.NONE}
    return wish.kind is MarkKind.SEAL and wish.dated


def _is_again(found: Round, person: PersonId) -> bool:
    """The answer to a signature that was embedded was lost on its way."""
    return any(one.person == person and one.signed_at is not None for one in found.signers)
