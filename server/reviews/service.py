"""Use cases of looking accounts over, and the log of sign-ins.

Rules: beginning, confirming and ending are entries of the record, one for a lot; so is reading somebody else's sign-ins
(L3). A sign-in is kept in a transaction of its own: that somebody was refused is no reason to lose it.

Usage::

    reviews.note(SignIn(…))
    reviews.confirm(["u-…"], by=By(…))
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.errors import NoSuchPerson
from server.identity.model import Account
from server.identity.sign_ins import SignIn
from server.journal import Journal
from server.reviews.errors import NoReview, OwnReview, ReviewGoesOn, ReviewUnfinished
from server.reviews.model import KEPT, MAX_PLACE, SHOWN, Round, left_of
from server.reviews.ports import Certificates, People, ReviewStore
from server.unit import Transaction, UnitOfWork
from server.units.service import By
from wire.fields import print_instant

BEGUN: Final = "review_begun"
CONFIRMED: Final = "accounts_confirmed"
ENDED: Final = "review_ended"
READ: Final = "sign_ins_read"
MOST_AT_ONCE: Final = 500
_LOG: Final = logging.getLogger("reviews")


@dataclass(frozen=True, slots=True)
class ReviewService:
    """Rounds and sign-ins. ``unused``: how long an account may lie still (I5)."""

    unit: UnitOfWork
    store: ReviewStore
    people: People
    certificates: Certificates
    ledger: ActLedger
    journal: Journal
    unused: dt.timedelta
    place_of: Callable[[str], str]

    # Sign-ins

    def note(self, sign_in: SignIn) -> None:
        """Keep it; a log that cannot be written keeps nobody out who may come in."""
        try:
            with self.unit.begin() as tx:
                self.store.add_sign_in(tx, replace(sign_in, place=sign_in.place[:MAX_PLACE]))
        except Exception:  # noqa: BLE001 - see above
            _LOG.exception("a sign-in could not be kept")

    def own(self, person: str) -> list[dict[str, Any]]:
        """One's own newest sign-ins."""
        with self.unit.read() as tx:
            found = self.store.sign_ins(tx, person, limit=SHOWN)
        return [self._value(each) for each in found]

    def read(self, person: str | None, *, by: str, now: dt.datetime) -> list[dict[str, Any]]:
        """Somebody's, or everybody's newest; in the record. Raises NoSuchPerson."""
        names = {each.id: each.name for each in self.people.people()}
        if person is not None and person not in names:
            raise NoSuchPerson(person=person)
        with self.unit.begin() as tx:
            found = self.store.sign_ins(tx, person, limit=SHOWN)
            self.journal.record(tx, READ, {"person": person} if person else {}, actor=by, now=now)
        return [{**self._value(each), "name": names.get(each.person or "", "")} for each in found]

    def _value(self, sign_in: SignIn) -> dict[str, Any]:
        return {**sign_in.to_value(), "place": self.place_of(sign_in.place)}

    def forget_old(self, *, now: dt.datetime) -> int:
        """Drop what has been kept long enough; how many."""
        with self.unit.begin() as tx:
            return self.store.forget_sign_ins(tx, before=now - KEPT)

    # Rounds

    def overview(self, *, now: dt.datetime) -> dict[str, Any]:
        """``{round, left, accounts}``: the newest round, how many it has left, and every account with its use."""
        accounts, factors = self.people.people(), self.people.with_factor()
        certificates = Counter(self.certificates.holders())
        with self.unit.read() as tx:
            round_ = self.store.newest(tx)
            confirmed = {} if round_ is None else self.store.confirmed(tx, round_.number)
        left = set() if round_ is None else {each.id for each in left_of(round_, accounts, confirmed)}
        return {
            "round": None if round_ is None else round_.to_value(),
            "left": len(left),
            "accounts": [
                {
                    "id": each.id,
                    "name": each.name,
                    "username": each.username,
                    "position": each.position,
                    "unit": each.unit,
                    "roles": sorted(each.roles),
                    "created_at": print_instant(each.created_at),
                    "last_used_at": print_instant(each.last_used_at),
                    "disabled": each.disabled_at is not None,
                    "unused": each.disabled_at is None and each.is_disabled(now, self.unused),
                    "second_factor": each.id in factors,
                    "certificates": certificates[each.id],
                    "left": each.id in left,
                    "confirmed_at": print_instant(confirmed[each.id][1]) if each.id in confirmed else None,
                }
                for each in accounts
            ],
        }

    def begin(self, *, by: By) -> dict[str, Any]:
        """A new round of all accounts; raises ReviewGoesOn, ActReused."""

        def begin(tx: Transaction) -> dict[str, Any]:
            last = self.store.newest(tx)
            if last is not None and last.ended_at is None:
                raise ReviewGoesOn
            made = Round(1 if last is None else last.number + 1, by.now, by.actor)
            self.store.put_round(tx, made)
            self.journal.record(tx, BEGUN, {"review": made.number}, actor=by.actor, now=by.now)
            return made.to_value()

        return self._once(BEGUN, {}, by=by, do=begin)

    def confirm(self, people: Sequence[str], *, by: By) -> dict[str, Any]:
        """These accounts are still needed as they are; raises NoReview, OwnReview, NoSuchPerson, ActReused."""

        def confirm(tx: Transaction) -> dict[str, Any]:
            round_, left = self._going_on(tx)
            known = {each.id for each in self.people.people()}
            for person in people:
                if person not in known:
                    raise NoSuchPerson(person=person)
                if f"person:{person}" == by.actor:
                    raise OwnReview
            fresh = [person for person in people if person in left]
            for person in fresh:
                self.store.confirm(tx, round_.number, person, by=by.actor, at=by.now)
            if fresh:
                told = {"review": round_.number, "people": fresh}
                self.journal.record(tx, CONFIRMED, told, actor=by.actor, now=by.now)
            return {"confirmed": len(fresh)}

        return self._once(CONFIRMED, {"people": list(people)}, by=by, do=confirm)

    def end(self, *, by: By) -> dict[str, Any]:
        """The round is over; raises NoReview, ReviewUnfinished, ActReused."""

        def end(tx: Transaction) -> dict[str, Any]:
            round_, left = self._going_on(tx)
            if left:
                raise ReviewUnfinished(left=len(left))
            self.store.put_round(tx, replace(round_, ended_at=by.now))
            self.journal.record(tx, ENDED, {"review": round_.number}, actor=by.actor, now=by.now)
            return replace(round_, ended_at=by.now).to_value()

        return self._once(ENDED, {}, by=by, do=end)

    def _going_on(self, tx: Transaction) -> tuple[Round, dict[str, Account]]:
        round_ = self.store.newest(tx)
        if round_ is None or round_.ended_at is not None:
            raise NoReview
        left = left_of(round_, self.people.people(), self.store.confirmed(tx, round_.number))
        return round_, {each.id: each for each in left}

    def _once(
        self, kind: str, content: dict[str, Any], *, by: By, do: Callable[[Transaction], dict[str, Any]]
    ) -> dict[str, Any]:
        with self.unit.begin() as tx:
            key = ActKey(by.act, by.actor, kind, content)
            return once(self.ledger, tx, key, now=by.now, do=lambda: do(tx))
