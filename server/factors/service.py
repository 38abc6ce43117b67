"""Setting a second factor up, proving it, losing it.

Rules I4: nothing counts before its first code was given; a code is used up with the write that takes it; a secret that
waits is forgotten after a quarter of an hour; every setting up, every recovery code that is used and every reset stands
in the administrators' log with the same commit. Counting wrong tries is the caller's business (``server/identity``).

Usage::

    enrolment = factors.begin(person, name="thuky", now=now)       # show enrolment.address as a picture
    codes = factors.confirm(person, Secret(b"287082"), now=now)    # shown once
    factors.prove(person, Secret(b"081804"), now=now)
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sealing.errors import SealingError
from server.factors import model, totp
from server.factors.errors import EnrolmentNotBegun, SecondFactorNeeded, SecondFactorUsed, SecondFactorWrong
from server.factors.model import Factor
from server.factors.ports import FactorStore, Sealer
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from wire.secret import Secret

SET: Final = "second_factor_set"
RESET: Final = "second_factor_reset"
RECOVERED: Final = "recovery_code_used"
RENEWED: Final = "recovery_codes_renewed"
#: What the administrators' log says of second factors.
KINDS: Final = (SET, RESET, RECOVERED, RENEWED)
PENDING_LIFE: Final = dt.timedelta(minutes=15)
#: AES key wrap takes multiples of eight bytes.
_PADDING: Final = bytes(-totp.SECRET_BYTES % 8)
_LOG: Final = logging.getLogger("identity")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that waits for its first code; shown to its person and to nobody else."""

    secret: Secret
    address: str = field(repr=False)

    @property
    def groups(self) -> str:
        """The secret for typing, in groups of four."""
        return model.grouped(totp.base32(self.secret))


@dataclass(frozen=True, slots=True)
class FactorService:
    """Use cases. ``random`` gives that many random bytes; ``site`` is the name people see in their telephone."""

    unit: UnitOfWork
    store: FactorStore
    sealer: Sealer
    journal: Journal
    random: Callable[[int], bytes]
    site: str

    # Setting up

    def begin(self, person: str, *, name: str, now: dt.datetime) -> Enrolment:
        """A new secret that waits; the one in use, if there is one, goes on until :meth:`confirm`."""
        secret = Secret(self.random(totp.SECRET_BYTES))
        with self.unit.begin() as tx:
            known = self.store.factor(tx, person) or Factor(person)
            self.store.save(tx, replace(known, pending=self._seal(secret), pending_at=now))
        return Enrolment(secret, totp.enrolment_address(secret, site=self.site, name=name))

    def confirm(self, person: str, code: Secret, *, now: dt.datetime) -> list[str]:
        """Take the waiting secret into use and give the recovery codes; raises EnrolmentNotBegun, SecondFactorWrong.

        Asked again with the same code, because the answer was lost, it gives new recovery codes.
        """
        with self.unit.begin() as tx:
            known = self.store.factor(tx, person)
            if known is None:
                raise EnrolmentNotBegun
            if known.pending is None or known.pending_at is None:
                return self._confirmed_again(tx, known, code, now=now)
            if now - known.pending_at > PENDING_LIFE:
                raise EnrolmentNotBegun
            step = totp.matching_step(self._open(known.pending), model.typed(code), at=now)
            if step is None:
                raise SecondFactorWrong
            self.store.save(tx, Factor(person, known.pending, now, step))
            self._record(tx, SET, person, now=now)
            return self._new_codes(tx, person)

    def _confirmed_again(self, tx: Transaction, known: Factor, code: Secret, *, now: dt.datetime) -> list[str]:
        if known.sealed is None or known.since is None or now - known.since > PENDING_LIFE:
            raise EnrolmentNotBegun
        if totp.matching_step(self._open(known.sealed), model.typed(code), at=now) != known.last_step:
            raise EnrolmentNotBegun
        return self._new_codes(tx, known.person)

    def renew_codes(self, person: str, *, now: dt.datetime) -> list[str]:
        """Recovery codes in place of the old ones; raises EnrolmentNotBegun without a factor."""
        with self.unit.begin() as tx:
            if not self.store.is_active(tx, person):
                raise EnrolmentNotBegun
            self._record(tx, RENEWED, person, now=now)
            return self._new_codes(tx, person)

    def status(self, person: str) -> dict[str, Any]:
        """``active``, ``since`` (a moment or None), ``codes_left``."""
        with self.unit.read() as tx:
            known = self.store.factor(tx, person)
            left = self.store.codes_left(tx, person)
        is_active = known is not None and known.sealed is not None
        return {"active": is_active, "since": known.since if known and is_active else None, "codes_left": left}

    # Proving

    def is_active(self, tx: Transaction, person: str) -> bool:
        """Whether the person has one."""
        return self.store.is_active(tx, person)

    def active(self, tx: Transaction) -> frozenset[str]:
        """All who have one."""
        return frozenset(self.store.active(tx))

    def prove(self, person: str, code: Secret | None, *, now: dt.datetime) -> None:
        """Take a code; who has no factor has nothing to prove.

        Raises SecondFactorNeeded (no code), SecondFactorWrong, SecondFactorUsed.
        """
        with self.unit.begin() as tx:
            known = self.store.factor(tx, person)
            if known is None or known.sealed is None:
                return
            given = "" if code is None else model.typed(code)
            if not given:
                raise SecondFactorNeeded
            step = totp.matching_step(self._open(known.sealed), given, at=now)
            if step is None:
                self._recover(tx, person, given, now=now)
            elif not self.store.take_step(tx, person, step):
                raise SecondFactorUsed

    def _recover(self, tx: Transaction, person: str, given: str, *, now: dt.datetime) -> None:
        if not self.store.take_code(tx, person, model.recovery_hash(person, given), at=now):
            raise SecondFactorWrong
        left = self.store.codes_left(tx, person)
        _LOG.warning("%s used a recovery code, %d are left", person, left)
        self._record(tx, RECOVERED, person, now=now, left=left)

    # Losing it

    def drop(self, tx: Transaction, person: str, *, by: str, now: dt.datetime) -> bool:
        """Forget it; whether there was one. The next sign-in sets a new one up."""
        was_there = self.store.drop(tx, person)
        if was_there:
            self.journal.record(tx, RESET, {"person": person}, actor=by, now=now)
        return was_there

    def _record(self, tx: Transaction, kind: str, person: str, *, now: dt.datetime, **data: Any) -> None:
        self.journal.record(tx, kind, {"person": person, **data}, actor=f"person:{person}", now=now)

    def _new_codes(self, tx: Transaction, person: str) -> list[str]:
        codes = [model.recovery_code(self.random(model.RECOVERY_BYTES)) for _ in range(model.RECOVERY_CODES)]
        self.store.set_codes(tx, person, [model.recovery_hash(person, code) for code in codes])
        return codes

    def _seal(self, secret: Secret) -> bytes:
        return self.sealer.wrap(Secret(secret.reveal() + _PADDING))

    def _open(self, sealed: bytes) -> Secret:
        try:
            return Secret(self.sealer.unwrap(sealed).reveal()[: totp.SECRET_BYTES])
        except SealingError:
            # Another master key, or a row that was changed: nobody gets in by it, and the administrator can reset it.
            _LOG.exception("a second factor does not open under the master key")
            raise SecondFactorWrong from None
