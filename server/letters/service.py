"""Use cases of the office's documents: draft, put up for signing, withdraw, issue.

Rules N8, N9: what a move may do is the table of ``model.py``, and who may is decided at the door; a stage is written
with the commit of what it follows from: the round that begins or ends, the event in the meeting's log. A draft's
changes stand in the administrators' log with the hash of the wording. Nothing of a rehearsal is issued (M5).

N16, N17: an invitation whose words or whose meeting name another time is told of; what has its number is revoked with
the reason, and its number stays used.

Usage::

    letters.create(meeting, Kind.INVITATION, asked=asked)
    letters.put_up(meeting, letter, clerk=person, asked=asked)
    letters.issue(meeting, letter, asked=asked)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.agency.ports import Office
from server.attendance.table import HOUSE
from server.documents.model import Document
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.model import Role
from server.journal import Journal
from server.letters import compose, model
from server.letters.compose import Facts
from server.letters.days import day_of
from server.letters.errors import (
    LetterChanged,
    LetterDiffers,
    LetterFollowed,
    LetterOutdated,
    LetterTooEarly,
    LetterUnknown,
    NotAClerk,
)
from server.letters.matching import Difference
from server.letters.model import Kind, Letter, Move, Stage, Wording
from server.letters.ports import Calendar, LetterStore, Meetings, Numbers, People, Rounds, Tasks
from server.letters.press import Manuscript, Press, between, sealed
from server.letters.seen import Seen, beside, in_round, issued, must_come, said
from server.meetings.model import Draft, Log, must_be_real
from server.signing.desk import Asked, PaperKind
from server.signing.model import Level
from server.signing.service import Along
from server.unit import Transaction, UnitOfWork
from server.workdays.model import answers_by
from wire import ids
from wire.ids import MeetingId, PersonId
from wire.letter_fold import is_outdated
from wire.phases import LIVE, PREPARING, Phase
from wire.state import MeetingState

#: Pixels across a page of a preview.
_SHOWN: Final = 960
#: An invitation is sent to a meeting that will be held; everything else is issued whenever it is signed.
_INVITING: Final = frozenset({Phase.APPROVED}) | LIVE
#: Afterwards people came by their invitation: it is history. What nobody got is revoked whenever it is noticed.
_UNFOLLOWED: Final = PREPARING | {Phase.CANCELLED}


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with."""

    unit: UnitOfWork
    store: LetterStore
    ledger: ActLedger
    journal: Journal
    meetings: Meetings
    people: People
    press: Press
    office: Office
    calendar: Calendar
    tasks: Tasks
    numbers: Numbers
    rounds: Rounds
    random: Callable[[int], bytes]
    has_stamps: bool


@dataclass(frozen=True, slots=True)
class LetterService:
    """The documents of all meetings."""

    tools: Tools

    # Reading

    def all(self, meeting: MeetingId) -> Sequence[Seen]:
        """Of a meeting, the newest first."""
        state = self.tools.meetings.state(meeting)
        with self.tools.unit.read() as tx:
            return [beside(self._seen(tx, letter), state) for letter in self.tools.store.of_meeting(tx, meeting)]

    def one(self, meeting: MeetingId, letter: str) -> Seen:
        """One of them; raises LetterUnknown."""
        return self._beside(meeting, letter, self.tools.meetings.state(meeting))

    def drafts(self) -> Sequence[Letter]:
        """Of all meetings, the oldest first."""
        with self.tools.unit.read() as tx:
            return self.tools.store.drafts(tx)

    def clerks(self) -> Sequence[tuple[str, str]]:
        """Who puts the agency's seal: person and name."""
        accounts = self.tools.people.people()
        return [(each.id, each.name) for each in accounts if Role.CLERK in each.roles and each.disabled_at is None]

    def preview(self, meeting: MeetingId, letter: str, *, now: dt.datetime) -> bytes:
        """The draft as PDF; raises LetterUnknown, AgencyUnknown, DocumentTooLong, PrinterFailed."""
        return self.tools.office.print(self._draft_of(meeting, letter, now=now), at=now)

    def pictures(self, meeting: MeetingId, letter: str, *, now: dt.datetime) -> list[bytes]:
        """The draft's pages as pictures; raises as :meth:`preview`."""
        return self.tools.press.pictures(self._draft_of(meeting, letter, now=now), at=now, width=_SHOWN)

    def file(self, meeting: MeetingId, letter: str) -> tuple[Letter, bytes]:
        """The signed file of an issued document; raises LetterUnknown, LetterStageWrong."""
        seen = self.one(meeting, letter)
        if seen.stage is not Stage.ISSUED:
            model.move(seen.stage, Move.SIGN)  # raises: there is no signed file to give out
        pdf = self.tools.press.frozen(seen.letter.round)
        if pdf is None:
            raise LetterUnknown
        return seen.letter, pdf

    # Drafting

    def create(self, meeting: MeetingId, kind: Kind, *, asked: Asked) -> dict[str, Any]:
        """A draft with the proposed wording; gives ``{letter}``. Raises NoSuchMeeting, AgencyUnknown, LetterTooLate."""
        facts = self._facts(meeting, self.tools.meetings.state(meeting), now=asked.now)
        must_be_real(facts.state)
        must_come(kind, facts.state)
        wording = compose.proposed(kind, facts)
        key = ActKey(asked.act, asked.actor.label, "create_letter", {"meeting": meeting, "kind": kind})
        with self.tools.unit.begin() as tx:

            def add() -> dict[str, Any]:
                fresh = Letter(
                    ids.new("l", self.tools.random(ids.RANDOM_BYTES)),
                    meeting,
                    kind,
                    Stage.DRAFT,
                    revision=1,
                    wording=wording,
                    created_by=asked.actor.label,
                    created_at=asked.now,
                    changed_at=asked.now,
                )
                self.tools.store.add(tx, fresh)
                self._note(tx, "letter_drafted", fresh, asked=asked)
                return {"letter": fresh.id}

            return once(self.tools.ledger, tx, key, now=asked.now, do=add)

    def edit(self, meeting: MeetingId, letter: str, wording: Wording, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Another wording of a draft; gives ``{revision}``. Raises LetterStageWrong, LetterChanged."""
        content = {"letter": letter, "revision": revision, "wording": wording.to_value()}
        return self._draft(meeting, letter, Move.EDIT, content=content, asked=asked, wording=wording, revision=revision)

    def drop(self, meeting: MeetingId, letter: str, *, asked: Asked) -> dict[str, Any]:
        """Nothing comes of the draft; raises LetterStageWrong."""
        return self._draft(meeting, letter, Move.DROP, content={"letter": letter}, asked=asked)

    def _draft(
        self,
        meeting: MeetingId,
        letter: str,
        wanted: Move,
        *,
        content: dict[str, Any],
        asked: Asked,
        wording: Wording | None = None,
        revision: int = 0,
    ) -> dict[str, Any]:
        key = ActKey(asked.act, asked.actor.label, f"letter_{wanted.value}", {"meeting": meeting, **content})
        with self.tools.unit.begin() as tx:

            def write() -> dict[str, Any]:
                before = self._find(tx, meeting, letter)
                stage = model.move(self._seen(tx, before).stage, wanted)
                if revision and revision != before.revision:
                    raise LetterChanged(revision=before.revision)
                after = replace(
                    before,
                    stage=stage,
                    revision=before.revision + 1,
                    wording=wording or before.wording,
                    changed_at=asked.now,
                )
                self._save(tx, after, before=before)
                self._note(tx, "letter_drafted" if wanted is Move.EDIT else "letter_dropped", after, asked=asked)
                return {"revision": after.revision}

            return once(self.tools.ledger, tx, key, now=asked.now, do=write)

    def hand(self, letter: str, person: str, *, to: str, signs: bool, asked: Asked) -> bool:
        """A draft has another writer, or signer; whether ``to`` is that now. Nothing happens when it is not theirs."""
        with self.tools.unit.begin() as tx:
            before = self.tools.store.find(tx, letter)
            if before is None:
                return False
            if to == (before.wording.signer if signs else before.created_by.removeprefix("person:")):
                return True
            if before.stage is not Stage.DRAFT:
                return False
            # Whoever edits it at this moment saves over neither: to them it is another revision.
            after = replace(before, revision=before.revision + 1, changed_at=asked.now)
            if signs and before.wording.signer == person:
                after = replace(after, wording=replace(before.wording, signer=to))
            elif not signs and before.created_by == f"person:{person}":
                after = replace(after, created_by=f"person:{to}")
            else:
                return False
            self._save(tx, after, before=before)
            part = "signer" if signs else "writer"
            self._note(tx, "letter_drafted", after, asked=asked, part=part, was=person, now_is=to)
            return True

    # Signing and issuing

    def put_up(
        self,
        meeting: MeetingId,
        letter: str,
        *,
        clerk: PersonId,
        first: int = 0,
        meant: Sequence[Difference] = (),
        asked: Asked,
    ) -> dict[str, Any]:
        """Set it, and ask its signer and then ``clerk`` to sign; gives the round. The same act again is the same round.

        ``meant``: where the words name another time or place than the meeting has, as it was seen; what has become of
        the meeting since is asked about again. Raises LetterStageWrong, LetterTooLate, LetterIncomplete, LetterDiffers,
        NotAClerk and what ``Press.put_up`` does.
        """
        # One state for what is judged, set and told: a meeting that moves from here on makes it outdated.
        state = self.tools.meetings.state(meeting)
        seen, round_id = self._beside(meeting, letter, state), f"k-{asked.act.removeprefix('a-')}"
        if seen.letter.round != round_id:
            model.move(seen.stage, Move.PUT_UP)
            must_come(seen.letter.kind, state)
            if seen.differs and tuple(meant) != seen.differs:
                raise LetterDiffers(
                    says="; ".join(each.says or "…" for each in seen.differs),
                    now="; ".join(each.now for each in seen.differs),
                )
        seen.letter.wording.must_be_whole()
        self._must_be_clerk(clerk)
        document = self._document(seen.letter, state, now=asked.now)
        signer = PersonId(seen.letter.wording.signer)
        manuscript = Manuscript(
            PaperKind(seen.letter.kind.value),
            f"{seen.letter.kind.heading}: {seen.letter.wording.abstract}",
            document,
            ((signer, between(document.foot.right)), (clerk, sealed(first=first))),
            level=Level.B_LTA if self.tools.has_stamps else Level.B_B,
            outside=(signer, clerk),
        )
        after = replace(seen.letter, stage=Stage.SIGNING, round=round_id, changed_at=asked.now)
        told = {"letter": letter, "kind": seen.letter.kind.value, "round": round_id, **said(state)}
        along = Along((Draft("letter_put_up", told),), lambda tx: self._save(tx, after, before=seen.letter))
        return self.tools.press.put_up(meeting, manuscript, asked=asked, along=along)

    def withdraw(self, meeting: MeetingId, letter: str, *, reason: str, asked: Asked) -> None:
        """Back to a draft before all have signed; the round ends. Raises LetterStageWrong."""
        seen = self.one(meeting, letter)
        after = replace(
            seen.letter,
            stage=model.move(seen.stage, Move.WITHDRAW),
            revision=seen.letter.revision + 1,
            round="",
            changed_at=asked.now,
        )
        draft = Draft("letter_withdrawn", {"letter": letter, "reason": reason})

        def write(tx: Transaction) -> None:
            self._save(tx, after, before=seen.letter)

        if seen.stage is Stage.STOPPED:
            self.tools.meetings.change(
                meeting,
                actor=asked.actor.label,
                now=asked.now,
                decide=lambda _log: (draft,),
                also=lambda tx, _state: write(tx),
            )
            return
        self.tools.press.desk.close(meeting, seen.letter.round, asked, along=Along((draft,), write))

    def revoke(self, meeting: MeetingId, letter: str, *, reason: str, asked: Asked) -> dict[str, Any]:
        """What has its number holds no more (N17); gives ``{seq}``. Raises LetterStageWrong, LetterFollowed."""
        key = ActKey(
            asked.act, asked.actor.label, "revoke_letter", {"meeting": meeting, "letter": letter, "reason": reason}
        )
        seen = self.one(meeting, letter)
        after = replace(seen.letter, stage=Stage.REVOKED, changed_at=asked.now)

        def decide(log: Log) -> Sequence[Draft]:
            model.move(seen.stage, Move.REVOKE, seen.letter.kind)
            if seen.stage is Stage.ISSUED and log.state.phase not in _UNFOLLOWED:
                raise LetterFollowed(phase=log.state.phase.value)
            return (Draft("letter_revoked", {"letter": letter, "reason": reason}),)

        def also(tx: Transaction, _state: MeetingState) -> None:
            self._save(tx, after, before=seen.letter)

        return self.tools.meetings.change(
            meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key, also=also
        )

    def issue(self, meeting: MeetingId, letter: str, *, asked: Asked) -> dict[str, Any]:
        """Sent to everybody it is for; gives ``{seq}``. Raises LetterStageWrong, LetterTooEarly, LetterOutdated."""
        key = ActKey(asked.act, asked.actor.label, "issue_letter", {"meeting": meeting, "letter": letter})
        seen = self.one(meeting, letter)
        after = replace(seen.letter, stage=Stage.ISSUED, issued_at=asked.now, changed_at=asked.now)

        def decide(log: Log) -> Sequence[Draft]:
            model.move(seen.stage, Move.ISSUE)
            if seen.letter.kind is Kind.INVITATION and log.state.phase not in _INVITING:
                raise LetterTooEarly(phase=log.state.phase.value)
            if any(each.letter == letter and is_outdated(log.state, each) for each in log.state.letters):
                raise LetterOutdated(number=seen.number)
            return (Draft("letter_issued", issued(seen, log.state)),)

        def also(tx: Transaction, _state: MeetingState) -> None:
            self._save(tx, after, before=seen.letter)

        return self.tools.meetings.change(
            meeting, actor=asked.actor.label, now=asked.now, decide=decide, key=key, also=also
        )

    # Parts

    def _beside(self, meeting: MeetingId, letter: str, state: MeetingState) -> Seen:
        with self.tools.unit.read() as tx:
            return beside(self._seen(tx, self._find(tx, meeting, letter)), state)

    def _seen(self, tx: Transaction, letter: Letter) -> Seen:
        if not letter.round:
            return Seen(letter, letter.stage)
        return in_round(letter, self.tools.rounds.find(tx, letter.round), self.tools.numbers.of(tx, letter.round))

    def _facts(self, meeting: MeetingId, state: MeetingState, *, now: dt.datetime) -> Facts:
        day = day_of(state.starts_at)
        answers = None
        if day is not None:
            counted = self.tools.calendar.deadlines(day, closed=None).answers
            answers = answers_by(counted, day, asked=now.astimezone(HOUSE).date())
        given = tuple(self.tools.tasks.printed(meeting, now=now))
        return Facts(state, self.tools.office.house(), answers, given)

    def _draft_of(self, meeting: MeetingId, letter: str, *, now: dt.datetime) -> Document:
        state = self.tools.meetings.state(meeting)
        return self._document(self._beside(meeting, letter, state).letter, state, now=now)

    def _document(self, letter: Letter, state: MeetingState, *, now: dt.datetime) -> Document:
        must_be_real(state)
        facts = self._facts(MeetingId(letter.meeting), state, now=now)
        signer = letter.wording.signer
        name = self.tools.people.person(signer).name if signer else "…"
        return compose.composed(letter.kind, letter.wording, facts, signer=name, now=now)

    def _must_be_clerk(self, person: PersonId) -> None:
        account = self.tools.people.person(person)
        if Role.CLERK not in account.roles:
            raise NotAClerk(who=account.name)

    def _find(self, tx: Transaction, meeting: MeetingId, letter: str) -> Letter:
        found = self.tools.store.find(tx, letter)
        if found is None or found.meeting != meeting or found.stage is Stage.DROPPED:
            raise LetterUnknown
        return found

    def _save(self, tx: Transaction, after: Letter, *, before: Letter) -> None:
        if not self.tools.store.save(tx, after, before=before):
            raise LetterChanged(revision=before.revision + 1)

    def _note(self, tx: Transaction, kind: str, letter: Letter, *, asked: Asked, **more: str) -> None:
        words = json.dumps(letter.wording.to_value(), ensure_ascii=False, sort_keys=True).encode()
        about = {"letter": letter.id, "meeting": letter.meeting, "kind": letter.kind.value}
        told = {**about, "revision": letter.revision, "sha256": hashlib.sha256(words).hexdigest(), **more}
        self.tools.journal.record(tx, kind, told, actor=asked.actor.label, now=asked.now)
