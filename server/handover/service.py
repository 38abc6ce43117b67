"""Use cases: see what somebody holds, write down who takes it over, carry it out, end the account.

Rules HO1–HO4 (``model.py``). What is to be done is durable before anything moves; each line is an act of its own with
an id that follows from the hand-over, so that a server that died in the middle goes on where it was and nothing is done
twice. A line that is refused keeps nobody from the others.

Usage::

    handover.held("u-…", now=now)
    handover.begin("u-…", [Wish("meeting:m-…:chair", "u-…")], "Chuyển công tác", asked=asked)
    handover.go_on(3, leave=False, asked=asked)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.agency.ports import Office
from server.errors import ServerError, Unavailable
from server.handover import printed
from server.handover.errors import (
    CameLater,
    CannotMove,
    HandoverGoesOn,
    HandoverOver,
    HandoverUnknown,
    HoldsNoMore,
    SuccessorUnfit,
)
from server.handover.model import ENDING, Handover, Holding, Line, State, hash_of
from server.handover.ports import Accounts, Asked, HandoverStore, Source
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.errors import AccountDisabled
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from wire import ids
from wire.errors import WireError

BEGUN: Final = "handover_begun"
DONE: Final = "handover_done"
#: Instead of who takes a thing over: it stays, on purpose.
NOBODY: Final = "-"
_LOG: Final = logging.getLogger("handover")


@dataclass(frozen=True, slots=True)
class Wish:
    """A thing by its key, and who takes it over; ``NOBODY``: it is left where it is."""

    key: str
    to: str


@dataclass(frozen=True, slots=True)
class HandoverService:
    """All hand-overs."""

    unit: UnitOfWork
    store: HandoverStore
    accounts: Accounts
    sources: Sequence[Source]
    ledger: ActLedger
    journal: Journal
    office: Office

    def held(self, person: str, *, now: dt.datetime) -> dict[str, Any]:
        """``{person, holdings, running}``: all that somebody holds; ``running``: their unfinished hand-over or null."""
        account = self.accounts.person(person)
        with self.unit.read() as tx:
            running = self._running(tx, person)
        return {
            "person": {"id": account.id, "name": account.name, "position": account.position, "unit": account.unit},
            "holdings": [each.to_value() for each in self._held(person, now)],
            "running": running,
        }

    def all(self) -> list[dict[str, Any]]:
        """Every hand-over without its lines, the newest first."""
        with self.unit.read() as tx:
            return [each.to_value() for each in self.store.all(tx)]

    def one(self, number: int) -> dict[str, Any]:
        """With its lines and the hash of its protocol; raises HandoverUnknown."""
        with self.unit.read() as tx:
            found = self._find(tx, number)
        return {**found.to_value(), "sha256": hash_of(found)}

    def paper(self, number: int, *, now: dt.datetime) -> bytes:
        """The protocol as PDF; raises HandoverUnknown, AgencyUnknown, DocumentTooLong, PrinterFailed."""
        with self.unit.read() as tx:
            found = self._find(tx, number)
        return self.office.print(printed.document(found, self.office.house(), now=now), at=now)

    def begin(self, person: str, wishes: Sequence[Wish], reason: str, *, asked: Asked) -> dict[str, Any]:
        """Write down what goes to whom; gives ``{number}``. Nothing has moved yet.

        Raises NoSuchPerson, SuccessorUnfit, HandoverGoesOn, HoldsNoMore, CannotMove, DisablesThemselves,
        LastAdministrator.
        """
        account = self.accounts.person(person)
        content = {"person": person, "reason": reason, "wishes": [[each.key, each.to] for each in wishes]}
        self.accounts.check_disabling(person, by=asked.actor, now=asked.now)
        held = {each.key: each for each in self._held(person, asked.now)}
        names = self._successors(person, wishes, now=asked.now)
        with self.unit.begin() as tx:

            def write() -> dict[str, Any]:
                self.store.hold(tx)
                running = self._running(tx, person)
                if running is not None:
                    raise HandoverGoesOn(number=running)
                lines = tuple(
                    _line(number, _found(held, wish), wish.to, names) for number, wish in enumerate(wishes, 1)
                )
                by, number = asked.actor, self.store.newest(tx) + 1
                begun = Handover(
                    number, person, account.name, by.person_id, by.name, reason, asked.now, lines=lines
                )  # fmt: skip
                self.store.add(tx, begun)
                told = {"handover": number, "person": person, "lines": len(lines), "reason": reason}
                self.journal.record(tx, BEGUN, told, actor=by.label, now=asked.now)
                return {"number": number}

            key = ActKey(asked.act, asked.actor.label, BEGUN, content)
            return once(self.ledger, tx, key, now=asked.now, do=write)

    def go_on(self, number: int, *, leave: bool, asked: Asked) -> dict[str, Any]:
        """Do what is left, and end the account once nothing is; gives what :meth:`one` does.

        ``leave``: what is refused, or came to them meanwhile, stays where it is, and the account ends all the same.
        Raises HandoverUnknown, HandoverOver, CameLater, DisablesThemselves, LastAdministrator, Unavailable.
        """
        with self.unit.read() as tx:
            found = self._find(tx, number)
        if found.done_at is not None:
            raise HandoverOver
        self.accounts.check_disabling(found.person, by=asked.actor, now=asked.now)
        for line in found.lines:
            if line.state in {State.WAITING, State.REFUSED}:
                self._settle(found, line, leave=leave, asked=asked)
        with self.unit.read() as tx:
            found = self._find(tx, number)
        if found.is_settled:
            self._end(self._with_later(found, leave=leave, asked=asked), asked)
        return self.one(number)

    # Parts

    def _held(self, person: str, now: dt.datetime) -> list[Holding]:
        return [each for source in self.sources for each in source.held(person, now=now)]

    def _source(self, holding: Holding) -> Source:
        return next(source for source in self.sources if source.kind is holding.kind)

    def _running(self, tx: Transaction, person: str) -> int | None:
        open_ones = (each.number for each in self.store.all(tx) if each.person == person and each.done_at is None)
        return next(open_ones, None)

    def _find(self, tx: Transaction, number: int) -> Handover:
        found = self.store.find(tx, number)
        if found is None:
            raise HandoverUnknown
        return found

    def _successors(self, person: str, wishes: Sequence[Wish], *, now: dt.datetime) -> dict[str, str]:
        names = {}
        for to in {wish.to for wish in wishes} - {NOBODY}:
            names[to] = self.accounts.person(to).name
            self._check_fit(to, names[to], now=now)
            if to == person:
                raise SuccessorUnfit(name=names[to])
        return names

    def _check_fit(self, to: str, name: str, *, now: dt.datetime) -> None:
        try:
            self.accounts.check_enabled(to, now=now)
        except AccountDisabled:
            raise SuccessorUnfit(name=name) from None

    def _settle(self, handover: Handover, line: Line, *, leave: bool, asked: Asked) -> None:
        own = Asked(asked.actor, _act(handover, asked, line.number), asked.now)
        try:
            self._check_fit(line.to, line.to_name, now=asked.now)
            self._source(line.holding).take(line.holding, handover.person, self.accounts.person(line.to), asked=own)
            after = line.done
        except Unavailable:
            raise  # what is left is done when the database is there again
        except (ServerError, WireError) as refused:
            _LOG.info("hand-over %d, line %d: %s", handover.number, line.number, type(refused).__name__)
            after = line.refused(str(getattr(refused, "code", "server-error")))
            after = replace(after, state=State.LEFT) if leave else after
        with self.unit.begin() as tx:
            self.store.put_line(tx, handover.number, after)

    def _with_later(self, handover: Handover, *, leave: bool, asked: Asked) -> Handover:
        """With lines for what came to the person since it was written down, and is left; raises CameLater."""
        held = self._held(handover.person, asked.now)
        with self.unit.begin() as tx:
            newest = self._find(tx, handover.number)
            left = {line.holding.key for line in newest.lines if line.state is State.LEFT}
            later = [each for each in held if each.can_move and each.key not in left]
            if later and not leave:
                raise CameLater(n=len(later), title=later[0].title)
            lines = tuple(_line(at, each, NOBODY, {}) for at, each in enumerate(later, len(newest.lines) + 1))
            self.store.add_lines(tx, handover.number, lines)
        return replace(newest, lines=newest.lines + lines)

    def _end(self, handover: Handover, asked: Asked) -> None:
        # What cannot be taken back comes only when nothing stands against the end.
        self.accounts.check_disabling(handover.person, by=asked.actor, now=asked.now)
        person = self.accounts.person(handover.person)
        for each in self._held(handover.person, asked.now):
            if each.kind in ENDING:
                own = Asked(asked.actor, _act(handover, asked, 0, each.key), asked.now)
                self._source(each).take(each, handover.person, person, asked=own)
        act = _act(handover, asked, 0)
        self.accounts.switch_account(handover.person, disabled=True, by=asked.actor, act=act, now=asked.now)
        with self.unit.begin() as tx:
            newest = self._find(tx, handover.number)
            if newest.done_at is not None:
                return
            ended = replace(newest, done_at=asked.now)
            self.store.end(tx, handover.number, asked.now)
            counts = {
                state.value: sum(line.state is state for line in ended.lines) for state in (State.DONE, State.LEFT)
            }
            told = {"handover": handover.number, "person": handover.person, "sha256": hash_of(ended), **counts}
            self.journal.record(tx, DONE, told, actor=asked.actor.label, now=asked.now)


def _found(held: dict[str, Holding], wish: Wish) -> Holding:
    holding = held.get(wish.key)
    if holding is None:
        raise HoldsNoMore(title=wish.key[:80])
    if not holding.can_move:
        raise CannotMove(title=holding.title)
    return holding


def _line(number: int, holding: Holding, to: str, names: dict[str, str]) -> Line:
    return Line(number, holding, "", "", State.LEFT) if to == NOBODY else Line(number, holding, to, names[to])


def _act(handover: Handover, asked: Asked, line: int, more: str = "") -> str:
    """The id of a line's own act: the same whenever the same administrator goes on, so that it happens once."""
    told = f"handover {handover.number} {handover.person} {asked.actor.person} {line} {more}"
    made = hashlib.sha256(told.encode()).digest()
    return ids.new("a", made[: ids.RANDOM_BYTES])
