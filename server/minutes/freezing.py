"""The minutes on their way to be signed, and frozen (BB10, BB11).

Rules: what is put up is set here, with the evidence inside it before the first signature: the meeting's dossier as it
is then – log, proofs, signed acts – and the minutes as a value, which say of each fact what the record says. The
secretary signs, then the chair; where the house numbers its minutes, a registry clerk signs after them for the agency
and gives the number. Whoever is asked to sign may give them back with a reason: the round ends, and what comes after is
a new version. When all have signed nothing can be changed: the file is the minutes.

Usage::

    freezing.put_up(meeting, asked=asked, by=by, numbering=Numbering(PersonId("u-…"), seal=True))
    freezing.give_back(meeting, "…", asked=asked, author=author)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from server.documents.attaching import Attachment
from server.errors import NotAllowed
from server.identity.model import Actor, Role
from server.letters.errors import NotAClerk
from server.letters.press import Manuscript, Press, between, numbered
from server.meetings.commands import LEADERS, By
from server.meetings.errors import PhaseNotAllowed
from server.meetings.model import may
from server.minutes import errors, model
from server.minutes.evidence import DOSSIER, VALUE, value_of
from server.minutes.model import Author, Sheet, State
from server.minutes.ports import People
from server.minutes.press import MinutesPress
from server.minutes.printed import TITLE, Signers
from server.minutes.service import MinutesService, Whole
from server.signing.desk import Asked, PaperKind
from server.signing.model import Level
from server.signing.numbers import Number
from server.signing.planning import MarkKind, MarkWish
from server.signing.service import Along
from server.unit import Transaction
from wire.ids import MeetingId, PersonId
from wire.phases import Phase
from wire.state import MemberRole


class Dossiers(Protocol):
    """What a meeting's evidence is taken from."""

    def export(self, meeting: MeetingId, *, by: str, now: Any, without: Collection[str] = frozenset()) -> bytes:
        """The dossier as a ZIP archive, ``without`` the papers of these kinds."""
        ...


@dataclass(frozen=True, slots=True)
class Numbering:
    """The agency's part: which registry clerk gives the number, with the ``seal`` or without it.

    ``first``: with which number the year's series goes on, or 0.
    """

    clerk: PersonId
    seal: bool = False
    first: int = 0


@dataclass(frozen=True, slots=True)
class Freezing:
    """Putting up, giving back, and who may have the file."""

    minutes: MinutesService
    press: MinutesPress
    pipe: Press
    dossiers: Dossiers
    pictures: Callable[[], dict[str, str]]
    people: People
    has_stamps: bool

    def put_up(self, meeting: MeetingId, *, asked: Asked, by: By, numbering: Numbering | None = None) -> dict[str, Any]:
        """Have them signed; gives the round. The same act again is the same round.

        ``numbering``: None for minutes without a number. Raises PhaseNotAllowed before the close, MinutesFrozen,
        SignersMissing, NotAClerk, AgencyUnknown and what a round refuses.
        """
        whole = self.minutes.whole(meeting)
        again = whole.sheet.round == f"k-{asked.act.removeprefix('a-')}"
        if not again:
            model.must_write(whole.state, whole.at, by)
            if whole.state.phase is not Phase.CLOSED:
                raise PhaseNotAllowed(phase=whole.state.phase.value)
        secretary, chair = _hands(whole, by)
        self._must_be_clerk(numbering, (secretary, chair))
        signers = Signers(_name(whole, secretary), _name(whole, chair), numbered=numbering is not None)
        made = self.press.document(whole, whole.minutes, signers=signers)
        document = replace(made, attachments=self._evidence(meeting, whole, asked))
        drawn = self.pictures()
        foot = document.foot
        hands = [
            (secretary, between(foot.left) if foot.left is not None and secretary in drawn else _UNSEEN),
            (chair, between(foot.right) if chair in drawn else _UNSEEN),
        ]
        if numbering is not None:
            hands.append((numbering.clerk, numbered(seal=numbering.seal, first=numbering.first)))
        manuscript = Manuscript(
            PaperKind.MINUTES,
            f"{TITLE}: {whole.state.title}",
            document,
            tuple(hands),
            level=Level.B_LTA if self.has_stamps else Level.B_B,
            outside=() if numbering is None else (numbering.clerk,),
        )
        along = Along(write=lambda tx: self._sealed(tx, meeting, whole, asked))
        return self.pipe.put_up(meeting, manuscript, asked=asked, along=along)

    def clerks(self) -> Sequence[tuple[str, str]]:
        """Who may number them: person and name."""
        accounts = self.people.people()
        return [(each.id, each.name) for each in accounts if Role.CLERK in each.roles and each.disabled_at is None]

    def number(self, round_id: str) -> Number | None:
        """What their round gave them; None before, and where they have none."""
        tools = self.pipe.desk.tools.signing.tools
        with tools.unit.read() as tx:
            return tools.register.of(tx, round_id) if round_id else None

    def _must_be_clerk(self, numbering: Numbering | None, others: Collection[str]) -> None:
        if numbering is None:
            return
        account = self.people.person(numbering.clerk)
        if Role.CLERK not in account.roles:
            raise NotAClerk(who=account.name)
        if account.id in others:
            raise errors.ClerkSigns(who=account.name)

    def give_back(self, meeting: MeetingId, reason: str, *, asked: Asked, author: Author) -> None:
        """Whoever is asked to sign, or leads, ends the round: the minutes can be changed again."""
        whole = self.minutes.whole(meeting)
        if whole.at is not State.SIGNING:
            raise errors.NotWithSigners
        waits = self.pipe.desk.tools.signing.round(whole.sheet.round)
        asked_to = any(one.person == author.by.person for one in waits.signers)
        if not (asked_to or may(whole.state, LEADERS, author.by)):
            raise errors.NotWithSigners
        if whole.state.phase is not Phase.CLOSED:
            raise PhaseNotAllowed(phase=whole.state.phase.value)

        def write(tx: Transaction) -> None:
            sheet = self.minutes.tools.store.hold(tx, meeting)
            back = replace(sheet, stamp=sheet.stamp + 1, returned=reason.strip(), returned_by=author.name)
            self.minutes.tools.store.save(tx, meeting, back)

        self.pipe.desk.close(meeting, whole.sheet.round, asked, along=Along(write=write))

    def must_have(self, meeting: MeetingId, round_id: str, actor: Actor) -> None:
        """Raise NotAllowed unless ``actor`` may have the file of minutes: who leads, and auditors.

        The whole log is in it, also in one that was given back, so the kind of the round decides and not the sheet.
        """
        tools = self.pipe.desk.tools.signing.tools
        with tools.unit.read() as tx:
            about = tools.store.about(tx, round_id)
        if about is None or about.kind != PaperKind.MINUTES.value or actor.has(Role.SECRETARY, Role.AUDITOR):
            return
        member = self.minutes.tools.meetings.state(meeting).member(actor.person_id)
        if member is None or member.role not in {MemberRole.CHAIR, MemberRole.SECRETARY}:
            raise NotAllowed

    def _evidence(self, meeting: MeetingId, whole: Whole, asked: Asked) -> tuple[Attachment, ...]:
        # Minutes that were given back hold a dossier of their own: each would be in all that follow.
        without = frozenset({PaperKind.MINUTES.value})
        dossier = self.dossiers.export(meeting, by=asked.actor.label, now=asked.now, without=without)
        return (
            Attachment(
                VALUE, "application/json", "Biên bản và nguồn của từng số liệu", value_of(whole.minutes), "Data"
            ),
            Attachment(DOSSIER, "application/zip", "Nhật ký, bằng chứng toàn vẹn và các việc đã ký", dossier),
        )

    def _sealed(self, tx: Transaction, meeting: MeetingId, whole: Whole, asked: Asked) -> None:
        """In the transaction of the round: whoever changed the minutes meanwhile has the put-up refused."""
        sheet = self.minutes.tools.store.hold(tx, meeting)
        if sheet.stamp != whole.sheet.stamp:
            raise errors.MinutesChanged
        after = Sheet(
            stamp=sheet.stamp + 1,
            generation=sheet.generation + 1,
            comments_until=sheet.comments_until,
            round=f"k-{asked.act.removeprefix('a-')}",
            sealed_seq=whole.minutes.seq,
        )
        self.minutes.tools.store.save(tx, meeting, after)


_UNSEEN: Final = MarkWish(MarkKind.NONE)


def _hands(whole: Whole, by: By) -> tuple[PersonId, PersonId]:
    """Who signs: the secretary who puts them up, or the first one; and the chair."""
    secretaries = [each.person for each in whole.state.members if each.role is MemberRole.SECRETARY]
    chair = next((each.person for each in whole.state.members if each.role is MemberRole.CHAIR), None)
    if not secretaries or chair is None:
        raise errors.SignersMissing
    mine = by.person if by.person in secretaries else secretaries[0]
    return PersonId(mine), PersonId(chair)


def _name(whole: Whole, person: str) -> str:
    member = whole.state.member(person)
    return "" if member is None else member.name
