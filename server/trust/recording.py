"""A store of trust that writes every change into the administrators' log, in the same transaction.

Rules: made for one act of one person; the act's key is kept in the transaction too, so that the same request twice is
one change; when a certificate is withdrawn its person's sessions at consoles are gone with the same commit (G24).

Usage: ``TrustService(replace(tools, store=RecordingStore(store, log, ledger, key=key, now=now, sessions=sessions)))``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final, Protocol

from server.audit.service import AdminLog
from server.idempotency.ports import ActLedger, DoneAct
from server.idempotency.service import ActKey
from server.trust.model import Facts, Kept
from server.trust.ports import Authority, Enrolled, TrustStore
from server.unit import Transaction
from wire.ids import PersonId

ANCHOR_ADDED: Final = "anchor_added"
ANCHOR_REMOVED: Final = "anchor_removed"
CERTIFICATE_ENROLLED: Final = "certificate_enrolled"
CERTIFICATE_WITHDRAWN: Final = "certificate_withdrawn"
CERTIFICATE_REVOKED: Final = "certificate_revoked"
KINDS: Final = (ANCHOR_ADDED, ANCHOR_REMOVED, CERTIFICATE_ENROLLED, CERTIFICATE_WITHDRAWN, CERTIFICATE_REVOKED)


class Sessions(Protocol):
    """Sessions at consoles."""

    def end(self, tx: Transaction, certificates: Collection[str]) -> int:
        """Those begun with one of ``certificates``, with this transaction; how many."""
        ...


class RecordingStore:
    """The port :class:`server.trust.ports.TrustStore`, for one act."""

    def __init__(
        self,
        store: TrustStore,
        log: AdminLog,
        ledger: ActLedger,
        *,
        key: ActKey,
        now: dt.datetime,
        sessions: Sessions,
    ) -> None:
        self._store: Final = store
        self._log: Final = log
        self._ledger: Final = ledger
        self._key: Final = key
        self._now: Final = now
        self._sessions: Final = sessions

    def add_authority(self, tx: Transaction, authority: Authority) -> None:
        """Keep or replace."""
        self._store.add_authority(tx, authority)
        self._done(tx, ANCHOR_ADDED, {**_named(authority.facts), "trusted": authority.trusted})

    def remove_authority(self, tx: Transaction, fingerprint: str) -> bool:
        """Whether it was there."""
        gone = next((one for one in self._store.authorities(tx) if one.facts.fingerprint == fingerprint), None)
        was_there = self._store.remove_authority(tx, fingerprint)
        if was_there and gone is not None:
            self._done(tx, ANCHOR_REMOVED, {**_named(gone.facts), "trusted": gone.trusted})
        return was_there

    def authorities(self, tx: Transaction) -> Sequence[Authority]:
        """All, in the order they came."""
        return self._store.authorities(tx)

    def enrol(self, tx: Transaction, enrolled: Enrolled) -> None:
        """Keep a person's certificate."""
        self._store.enrol(tx, enrolled)
        self._done(tx, CERTIFICATE_ENROLLED, {**_named(enrolled.facts), "person": enrolled.person})

    def enrolled(self, tx: Transaction, fingerprint: str) -> Enrolled | None:
        """By its fingerprint."""
        return self._store.enrolled(tx, fingerprint)

    def all_enrolled(self, tx: Transaction, person: PersonId | None = None) -> Sequence[Enrolled]:
        """Of one person, or of all."""
        return self._store.all_enrolled(tx, person)

    def set_revoked(self, tx: Transaction, fingerprint: str, at: dt.datetime) -> None:
        """Its issuer has taken it back; said once."""
        known = self._store.enrolled(tx, fingerprint)
        self._store.set_revoked(tx, fingerprint, at)
        if known is not None and known.revoked_at is None:
            self._sessions.end(tx, (fingerprint,))
            data = {**_named(known.facts), "person": known.person}
            self._log.record(tx, CERTIFICATE_REVOKED, data, actor=self._key.actor, now=self._now)

    def set_withdrawn(self, tx: Transaction, fingerprint: str, at: dt.datetime, *, reason: str) -> None:
        """This house does not take it any longer; said once."""
        known = self._store.enrolled(tx, fingerprint)
        self._store.set_withdrawn(tx, fingerprint, at, reason=reason)
        if known is not None and known.withdrawn_at is None:
            self._sessions.end(tx, (fingerprint,))
            self._done(tx, CERTIFICATE_WITHDRAWN, {**_named(known.facts), "person": known.person, "reason": reason})

    def keep(self, tx: Transaction, kept: Sequence[Kept]) -> None:
        """Material, the newest about each thing."""
        self._store.keep(tx, kept)

    def kept(self, tx: Transaction) -> Sequence[Kept]:
        """All material."""
        return self._store.kept(tx)

    def _done(self, tx: Transaction, kind: str, data: dict[str, Any]) -> None:
        key = self._key
        self._log.record(tx, kind, data, actor=key.actor, now=self._now)
        self._ledger.add(tx, DoneAct(key.act, key.actor, key.kind, key.fingerprint, {}, self._now))


def _named(facts: Facts) -> dict[str, Any]:
    return {"fingerprint": facts.fingerprint, "name": facts.name, "issuer": facts.issuer}
