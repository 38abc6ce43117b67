"""Sessions at consoles that were begun with a token: they carry its certificate (I1, I2, G54).

Rules: who it is has been proved before this is called (``server.tokens.consoles``), in one ``noted`` block with it. The
lock of such a session opens with the same certificate alone; it falls by idleness as any other, or at once when the
page says that the token is out.

Usage::

    signed_in = sessions.begin(person, certificate, source="192.0.2.7", now=now)
    sessions.lock(cookie, now=now); sessions.unlock(cookie, person, certificate, now=now)
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from server.identity.errors import TokenNeeded
from server.identity.model import Account, Session
from server.identity.ports import IdentityStore
from server.identity.service import IdentityService, SignedIn
from server.unit import UnitOfWork

_TOKEN_BYTES: Final = 32
_LOG: Final = logging.getLogger("identity")


@dataclass(frozen=True, slots=True)
class TokenSessions:
    """``random`` gives that many random bytes; ``tell_locked`` is called when a session was locked by its page."""

    unit: UnitOfWork
    store: IdentityStore
    identity: IdentityService
    random: Callable[[int], bytes] = field(repr=False)
    tell_locked: Callable[[], None] = field(default=lambda: None, repr=False)

    def begin(self, person: str, certificate: str, *, source: str, now: dt.datetime) -> SignedIn:
        """A new session; raises AccountDisabled."""
        self.identity.check_enabled(person, now=now)
        account = self.identity.person(person)
        token = base64.urlsafe_b64encode(self.random(_TOKEN_BYTES)).decode("ascii").rstrip("=")
        session = Session(
            token_hash=hashlib.sha256(token.encode("ascii")).hexdigest(),
            person=account.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self.identity.policy.longest,
            certificate=certificate,
        )
        with self.unit.begin() as tx:
            self.store.touch_account(tx, account.id, now)
            self.store.add_session(tx, session)
        _LOG.info("%s signed in with a token from %s", account.id, source)
        return SignedIn(token, account)

    def certificate(self, token: str, *, now: dt.datetime) -> str:
        """What the session was begun with, empty with a password; raises NotSignedIn."""
        return self.identity.live_session(token, now=now)[0].certificate

    def lock(self, token: str, *, now: dt.datetime) -> None:
        """Nothing is given until it is opened again; raises NotSignedIn."""
        session, _ = self.identity.live_session(token, now=now)
        with self.unit.begin() as tx:
            self.store.see_session(tx, session.token_hash, at=session.last_seen_at, is_locked=True)
        self.tell_locked()

    def unlock(self, token: str, person: str, certificate: str, *, now: dt.datetime) -> Account:
        """Open it again; raises NotSignedIn, TokenNeeded, AccountDisabled."""
        session, account = self.identity.live_session(token, now=now)
        if not session.certificate or (session.certificate, session.person) != (certificate, person):
            raise TokenNeeded
        self.identity.check_enabled(person, now=now)
        with self.unit.begin() as tx:
            self.store.touch_account(tx, account.id, now)
            self.store.see_session(tx, session.token_hash, at=now, is_locked=False)
        return account
