"""Use cases while people answer: extend, remind, take somebody off, close, withdraw; and the clock that closes.

Rules C6–C9, C11: only the deadline moves, only forward, before it has passed, and with a reason. Closing writes what
the answers come to: the SHA-256 of the slip's bundle stands in the record, so that nobody can change one answer later.

Usage::

    leading.extend(slip, until, reason, asked=asked)
    leading.close_due(now)                              # a chore, every few seconds
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.consultations import bundle, model
from server.consultations.errors import (
    ConsultationOver,
    DeadlineTooEarly,
    HasBallot,
    NobodyLeft,
    NobodyWaitedFor,
    NotAsked,
    RemovedAlready,
    TooFewForSecret,
)
from server.consultations.model import Extension, Move, Slip
from server.consultations.secret import service as secret
from server.consultations.tools import Asked, Desk, Tools
from server.idempotency.service import once
from server.identity.model import Actor
from server.unit import Transaction
from wire.fields import print_instant
from wire.secret_ballots import LEAST_BALLOTS

_LOG: Final = logging.getLogger("consultations")


@dataclass(frozen=True, slots=True)
class Leading:
    """Slips that were sent."""

    tools: Tools

    @property
    def desk(self) -> Desk:
        """Finds and writes."""
        return Desk(self.tools)

    def extend(self, slip: str, until: dt.datetime, reason: str, *, asked: Asked) -> dict[str, Any]:
        """Give more time; raises DeadlineTooEarly, ConsultationOver."""

        def change(tx: Transaction, before: Slip) -> tuple[Slip, dict[str, Any]]:
            if before.deadline is None or until <= max(before.deadline, asked.now):
                raise DeadlineTooEarly
            told = {"deadline": print_instant(until), "reason": reason}
            self.desk.note(tx, "extended", slip, asked, deadline_before=print_instant(before.deadline), **told)
            moved = Extension(asked.now, asked.actor.person_id, until, reason)
            return replace(before, deadline=until, extensions=(*before.extensions, moved)), {}

        content = {"slip": slip, "until": print_instant(until), "reason": reason}
        return self._move(slip, Move.EXTEND, content, asked=asked, change=change)

    def remind(self, slip: str, people: Sequence[str], *, asked: Asked) -> dict[str, Any]:
        """Remind these, or all who have not answered; gives ``{reminded}``. Raises NobodyWaitedFor."""

        def change(tx: Transaction, before: Slip) -> tuple[Slip, dict[str, Any]]:
            waited = [
                each
                for each in self.tools.store.recipients(tx, slip)
                if each.counts and not each.answered and (not people or each.person in people)
            ]
            if not waited:
                raise NobodyWaitedFor
            for each in waited:
                held = self.tools.store.recipient(tx, slip, each.person, hold=True) or each
                self.tools.store.put(tx, replace(held, reminders=held.reminders + 1, reminded_at=asked.now))
            self.desk.note(tx, "reminded", slip, asked, people=[each.person for each in waited])
            return before, {"reminded": len(waited)}

        return self._move(slip, Move.REMIND, {"slip": slip, "people": list(people)}, asked=asked, change=change)

    def remove(self, slip: str, person: str, reason: str, *, asked: Asked) -> dict[str, Any]:
        """Somebody is not asked any more; what they said is kept and counts nowhere (C7)."""

        def change(tx: Transaction, before: Slip) -> tuple[Slip, dict[str, Any]]:
            found = self.tools.store.recipient(tx, slip, person, hold=True)
            if found is None:
                raise NotAsked
            if not found.counts:
                raise RemovedAlready(name=found.name)
            if found.drawn:
                raise HasBallot(name=found.name)
            left = sum(each.counts for each in self.tools.store.recipients(tx, slip)) - 1
            if not left:
                raise NobodyLeft
            if before.wording.secret and left < LEAST_BALLOTS:
                raise TooFewForSecret(least=LEAST_BALLOTS)
            self.tools.store.put(tx, replace(found, removed_at=asked.now, removed_why=reason))
            told = {"person": person, "reason": reason, "answered": found.answered}
            self.desk.note(tx, "recipient_removed", slip, asked, **told)
            return before, {}

        content = {"slip": slip, "person": person, "reason": reason}
        return self._move(slip, Move.REMOVE, content, asked=asked, change=change)

    def close(self, slip: str, reason: str, *, asked: Asked) -> dict[str, Any]:
        """Before the deadline, with a reason."""

        def change(tx: Transaction, before: Slip) -> tuple[Slip, dict[str, Any]]:
            after = self._closed(tx, replace(before, closed_at=asked.now, reason=reason), asked)
            return after, {}

        done = self._move(slip, Move.CLOSE, {"slip": slip, "reason": reason}, asked=asked, change=change)
        secret.destroyed(self.tools, slip)
        return done

    def withdraw(self, slip: str, reason: str, *, asked: Asked) -> dict[str, Any]:
        """Nothing comes of it: no result, and nobody is asked any more."""

        def change(tx: Transaction, before: Slip) -> tuple[Slip, dict[str, Any]]:
            self.desk.note(tx, "withdrawn", slip, asked, reason=reason)
            if before.wording.secret:
                secret.empty_urn(self.desk, tx, before)
            return replace(before, closed_at=asked.now, reason=reason), {}

        done = self._move(slip, Move.WITHDRAW, {"slip": slip, "reason": reason}, asked=asked, change=change)
        secret.destroyed(self.tools, slip)
        return done

    # The clock

    def close_due(self, now: dt.datetime) -> int:
        """Close what has reached its deadline, also while the server was away; how many.

        Not a secret slip whose key is missing: moved to another machine, a folder not mounted, and it would be lost.
        """
        with self.tools.unit.read() as tx:
            due = self.tools.store.due(tx, now)
        return sum(self._close_due(slip, now) for slip in due)

    def _close_due(self, slip: str, now: dt.datetime) -> bool:
        by_clock = Asked(Actor(None, display_room=None), "", now)
        try:
            with self.tools.unit.begin() as tx:
                before = self.desk.found(tx, slip, hold="change")
                if not before.is_over(now):
                    return False  # extended or closed a moment ago
                if secret.is_keyless(self.tools, before):
                    return False  # the key may come back; who leads it may end it without
                over = replace(before, stage=model.move(before.stage, Move.CLOSE), closed_at=before.deadline)
                after = self._closed(tx, replace(over, by_clock=True), by_clock)
                self.desk.write(tx, replace(after, revision=before.revision + 1, changed_at=now), before=before)
        except Exception:  # noqa: BLE001 - the others are closed, and this one is tried again
            _LOG.exception("the slip %s could not be closed at its deadline", slip)
            return False
        secret.destroyed(self.tools, slip)
        return True

    # Parts

    def _move(
        self,
        slip: str,
        wanted: Move,
        content: dict[str, Any],
        *,
        asked: Asked,
        change: Callable[[Transaction, Slip], tuple[Slip, dict[str, Any]]],
    ) -> dict[str, Any]:
        with self.tools.unit.begin() as tx:
            before = self.desk.led(tx, slip, asked.actor)

            def write() -> dict[str, Any]:
                stage = model.move(before.stage, wanted)
                # Nobody else ends a slip whose key is missing: the clock waits for it.
                ends = wanted in {Move.CLOSE, Move.WITHDRAW} and secret.is_keyless(self.tools, before)
                if before.is_over(asked.now) and before.deadline is not None and not ends:
                    raise ConsultationOver(deadline=print_instant(before.deadline))
                changed, more = change(tx, before)
                after = replace(changed, stage=stage, revision=before.revision + 1, changed_at=asked.now)
                self.desk.write(tx, after, before=before)
                return {"revision": after.revision, **more}

            return once(self.tools.ledger, tx, asked.key(wanted.value, content), now=asked.now, do=write)

    def _closed(self, tx: Transaction, slip: Slip, asked: Asked) -> Slip:
        """With what its answers come to, in the record; of a secret one the urn is opened first."""
        if slip.wording.secret:
            secret.open_urn(self.desk, tx, slip)
        sha256 = model.fingerprint(bundle.bundle(self.desk, tx, slip))
        told = {"sha256": sha256, "by_clock": slip.by_clock, "reason": slip.reason}
        actor = "system" if slip.by_clock else asked.actor.label
        entry = {"consultation": slip.id, **told}
        self.tools.journal.record(tx, "consultation_closed", entry, actor=actor, now=asked.now)
        return replace(slip, result_sha256=sha256)
