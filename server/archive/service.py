"""Use cases of the archive: make a dossier up, change for how long it is kept, list dossiers, hand a list over (D4–D7).

Rules: what somebody decides here is an entry of the record, with its reason. Only what is locked goes into a list,
and a dossier into one list alone; a list that was taken back frees them. What was handed over keeps its period.
Nothing is deleted.

Usage::

    archive.make_up(meeting, 10, asked=asked)
    archive.list_up(since, until, [meeting], asked=asked)
    archive.take_back(1, "…", seen=TransferState.LISTED, asked=asked)
    archive.hand_over(2, Receipt("…", "…", day), asked=asked)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.agency.ports import Office
from server.archive import errors, printed
from server.archive.model import Filed, Line, Transfer, TransferState, ends_on, in_words, read_lines
from server.archive.ports import ArchiveStore, Meetings
from server.dossier.contents import Contents, day
from server.dossier.metadata import UNDECIDED, Filing
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.model import Actor
from server.journal import Journal
from server.meetings.model import must_be_real
from server.meetings.ports import MeetingRow
from server.unit import Transaction, UnitOfWork
from wire.fields import print_instant
from wire.ids import MeetingId
from wire.phases import Phase

OVER: Final = (Phase.CLOSED.value, Phase.LOCKED.value)
FILED: Final = "dossier_filed"
CHANGED: Final = "retention_changed"
LISTED: Final = "archive_listed"
HANDED: Final = "archive_handed"
BACK: Final = "archive_taken_back"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who took a list over for the archive, and on which day."""

    receiver: str
    position: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class ArchiveService:
    """All dossiers of the house. ``period``: what the house keeps meetings of a type for, None: for ever."""

    unit: UnitOfWork
    store: ArchiveStore
    ledger: ActLedger
    journal: Journal
    meetings: Meetings
    office: Office
    contents: Callable[[MeetingId], Contents]
    period: Callable[[str], int | None]

    def board(self, *, now: dt.datetime) -> dict[str, Any]:
        """``{dossiers, waiting, transfers}``; ``waiting``: meetings that are over and have no dossier."""
        today = day(now)
        with self.unit.read() as tx:
            filed, transfers = self.store.all(tx), self.store.transfers(tx)
        rows = {row.id: row for row in self.meetings.among(OVER)}
        known = {each.meeting for each in filed}
        counted = {
            each.number: len(_lines(each, [f for f in filed if f.transfer == each.number])) for each in transfers
        }
        return {
            "dossiers": [
                each.to_value(today=today) | {"locked": _is_locked(rows.get(MeetingId(each.meeting)))} for each in filed
            ],
            "waiting": [self._waiting(row) for row in rows.values() if row.id not in known],
            "transfers": [each.to_value(counted[each.number]) for each in transfers],
        }

    def one(self, meeting: MeetingId, *, now: dt.datetime) -> dict[str, Any]:
        """``{dossier, default}`` of a meeting; ``dossier`` None before it is made up. Raises NoSuchMeeting."""
        state = self.meetings.state(meeting)
        with self.unit.read() as tx:
            found = self.store.find(tx, meeting)
        default = self.period(state.kind)
        return {"dossier": None if found is None else found.to_value(today=day(now)), "default": default}

    def make_up(self, meeting: MeetingId, years: int | None, *, asked: Asked) -> dict[str, Any]:
        """Make the dossier up, to be kept so long; gives it. Raises DossierTooEarly, DossierMade."""
        state = self.meetings.state(meeting)
        must_be_real(state)
        if state.phase.value not in OVER:
            raise errors.DossierTooEarly(phase=state.phase.value)
        contents = self.contents(meeting)
        key = self._key(asked, FILED, {"meeting": meeting, "years": years})
        with self.unit.begin() as tx:

            def add() -> dict[str, Any]:
                self.store.hold(tx)
                known = self.store.find(tx, meeting)
                if known is not None:
                    raise errors.DossierMade(notation=known.notation)
                year = day(asked.now).year
                fresh = Filed(
                    meeting=meeting,
                    number=self.store.next_number(tx, year),
                    year=year,
                    title=state.title,
                    type=state.kind,
                    began=contents.began,
                    closed=contents.ended,
                    documents=len(contents.lines),
                    pages=contents.pages,
                    years=years,
                    revision=1,
                    by_name=asked.actor.name,
                    made_at=asked.now,
                )
                self.store.add(tx, fresh)
                self._note(tx, FILED, fresh, asked)
                return fresh.to_value(today=day(asked.now))

            return once(self.ledger, tx, key, now=asked.now, do=add)

    def keep_for(
        self, meeting: MeetingId, years: int | None, reason: str, *, revision: int, asked: Asked
    ) -> dict[str, Any]:
        """Keep it for another time; gives it. Raises DossierUnknown, ReasonMissing, DossierChanged, TransferDone."""
        if not reason.strip():
            raise errors.ReasonMissing
        content = {"meeting": meeting, "years": years, "reason": reason, "revision": revision}
        key = self._key(asked, CHANGED, content)
        with self.unit.begin() as tx:

            def change() -> dict[str, Any]:
                self.store.hold(tx)
                before = self._find(tx, meeting)
                self._must_be_ours(tx, before)
                after = replace(
                    before, years=years, reason=reason.strip(), revision=before.revision + 1, by_name=asked.actor.name
                )
                if revision != before.revision or not self.store.save(tx, after, before=before):
                    raise errors.DossierChanged(by=before.by_name, years=before.years, reason=before.reason)
                self._note(tx, CHANGED, after, asked, before=in_words(before.years), reason=reason.strip())
                return after.to_value(today=day(asked.now))

            return once(self.ledger, tx, key, now=asked.now, do=change)

    def list_up(self, since: dt.date, until: dt.date, meetings: Sequence[str], *, asked: Asked) -> dict[str, Any]:
        """A list of these dossiers for the archive; gives ``{transfer}``.

        Raises TransferEmpty, DossierUnknown, DossierListed, DossierOpen, DossierOutside.
        """
        if not meetings:
            raise errors.TransferEmpty
        locked = {row.id for row in self.meetings.among((Phase.LOCKED.value,))}
        content = {"since": since.isoformat(), "until": until.isoformat(), "meetings": sorted(meetings)}
        with self.unit.begin() as tx:

            def add() -> dict[str, Any]:
                self.store.hold(tx)
                for meeting in meetings:
                    found = self._find(tx, meeting)
                    if found.transfer is not None:
                        raise errors.DossierListed(notation=found.notation, transfer=found.transfer)
                    if meeting not in locked:
                        raise errors.DossierOpen(notation=found.notation)
                    if not since <= found.closed <= until:
                        raise errors.DossierOutside(notation=found.notation)
                fresh = Transfer(self.store.next_transfer(tx), since, until, asked.actor.name, asked.now)
                self.store.add_transfer(tx, fresh, meetings)
                told = {"transfer": fresh.number, **content}
                self.journal.record(tx, LISTED, told, actor=asked.actor.label, now=asked.now)
                return {"transfer": fresh.number}

            return once(self.ledger, tx, self._key(asked, LISTED, content), now=asked.now, do=add)

    def hand_over(self, number: int, receipt: Receipt, *, asked: Asked) -> dict[str, Any]:
        """The archive has taken a list over; gives it. Raises TransferUnknown, TransferDone, TransferBack."""
        content = {"transfer": number, "receiver": receipt.receiver, "on": receipt.on.isoformat()}
        with self.unit.begin() as tx:

            def hand() -> dict[str, Any]:
                self.store.hold(tx)
                found = self._listed(tx, number)
                done = replace(
                    found,
                    receiver=receipt.receiver,
                    position=receipt.position,
                    done_on=receipt.on,
                    done_by=asked.actor.name,
                )
                self.store.save_transfer(tx, done)
                self.journal.record(tx, HANDED, content, actor=asked.actor.label, now=asked.now)
                return done.to_value(len(self.store.of_transfer(tx, number)))

            return once(self.ledger, tx, self._key(asked, HANDED, content), now=asked.now, do=hand)

    def take_back(self, number: int, reason: str, *, seen: TransferState, asked: Asked) -> dict[str, Any]:
        """A list was made, or noted as handed over, wrongly: its dossiers are free, it stays readable; gives it.

        ``seen``: as it was when this was decided; who has not seen that it was handed over is told of it first.
        Raises BackReasonMissing, TransferUnknown, TransferBack, TransferMoved.
        """
        if not reason.strip():
            raise errors.BackReasonMissing
        content = {"transfer": number, "reason": reason.strip()}
        with self.unit.begin() as tx:

            def take() -> dict[str, Any]:
                self.store.hold(tx)
                found = self._holding(tx, number)
                if found.state is not seen:
                    raise errors.TransferMoved(receiver=found.receiver, by=found.done_by)
                filed = self.store.of_transfer(tx, number)
                lines = [Line.of(each) for each in filed]
                back = found.taken_back(lines, by_name=asked.actor.name, reason=reason.strip(), now=asked.now)
                self.store.free(tx, number)
                self.store.save_transfer(tx, back)
                told = {**content, "meetings": sorted(each.meeting for each in filed), **_noted(found)}
                self.journal.record(tx, BACK, told, actor=asked.actor.label, now=asked.now)
                return back.to_value(len(lines))

            key = self._key(asked, BACK, {**content, "seen": seen.value})
            return once(self.ledger, tx, key, now=asked.now, do=take)

    def paper(self, number: int, *, now: dt.datetime) -> bytes:
        """The list with the record of its hand-over, as PDF/A; raises TransferUnknown, AgencyUnknown."""
        with self.unit.read() as tx:
            found, filed = self._transfer(tx, number), self.store.of_transfer(tx, number)
        made = printed.document(found, _lines(found, filed), self.office.house(), now=now)
        return self.office.print(made, at=now)

    def filing(self, meeting: MeetingId, creator: str) -> Filing:
        """What a dossier says of how it is kept."""
        with self.unit.read() as tx:
            found = self.store.find(tx, meeting)
        if found is None:
            return Filing(creator, UNDECIDED)
        return Filing(creator, in_words(found.years), found.notation, found.year)

    def _waiting(self, row: MeetingRow) -> dict[str, Any]:
        default = self.period(row.type)
        last = ends_on(day(row.starts_at), years=default)
        return {
            "meeting": row.id,
            "title": row.title,
            "type": row.type,
            "starts_at": print_instant(row.starts_at),
            "locked": _is_locked(row),
            "default": default,
            "ends_on": None if last is None else last.isoformat(),
        }

    def _find(self, tx: Transaction, meeting: str) -> Filed:
        found = self.store.find(tx, meeting)
        if found is None:
            raise errors.DossierUnknown
        return found

    def _transfer(self, tx: Transaction, number: int) -> Transfer:
        found = self.store.transfer(tx, number)
        if found is None:
            raise errors.TransferUnknown
        return found

    def _listed(self, tx: Transaction, number: int) -> Transfer:
        """A list that still can become one thing or the other."""
        found = self._holding(tx, number)
        if found.state is TransferState.DONE:
            raise errors.TransferDone(receiver=found.receiver)
        return found

    def _holding(self, tx: Transaction, number: int) -> Transfer:
        """A list that was not taken back."""
        found = self._transfer(tx, number)
        if found.state is TransferState.BACK:
            raise errors.TransferBack(by=found.back_by, reason=found.back_reason)
        return found

    def _must_be_ours(self, tx: Transaction, filed: Filed) -> None:
        """What the archive has taken over is the archive's to decide."""
        if filed.transfer is None:
            return
        found = self._transfer(tx, filed.transfer)
        if found.state is TransferState.DONE:
            raise errors.TransferDone(receiver=found.receiver)

    def _key(self, asked: Asked, kind: str, content: dict[str, Any]) -> ActKey:
        return ActKey(asked.act, asked.actor.label, kind, content)

    def _note(self, tx: Transaction, kind: str, filed: Filed, asked: Asked, **more: str) -> None:
        told = {"meeting": filed.meeting, "notation": filed.notation, "kept": in_words(filed.years), **more}
        self.journal.record(tx, kind, told, actor=asked.actor.label, now=asked.now)


def _noted(transfer: Transfer) -> dict[str, str]:
    """What had been noted of its hand-over."""
    return {} if transfer.done_on is None else {"receiver": transfer.receiver, "on": transfer.done_on.isoformat()}


def _lines(transfer: Transfer, filed: Sequence[Filed]) -> list[Line]:
    """What stands in a list, or stood there when it was taken back."""
    if transfer.state is TransferState.BACK:
        return read_lines(transfer.back_lines)
    return [Line.of(each) for each in filed]


def _is_locked(row: MeetingRow | None) -> bool:
    return row is not None and row.phase == Phase.LOCKED.value
