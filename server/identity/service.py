"""Signing in and out, the idle lock, accounts.

Rules I4, I5 and the idle lock: wrong tries, of passwords and of codes, are counted and slowed (``throttle.py``); who
needs a second factor and has none gets a session in which it can be set up and nothing else, and who came with a
password that somebody else gave one in which it can be changed and nothing else; a session ends after its longest life,
locks after ``idle`` without a request, and a locked one gives nothing but the chance to give the password again. Tokens
are 32 random bytes; the database keeps their hash alone.

Usage::

    signed_in = identity.sign_in("thuky", Secret(b"..."), source="192.0.2.7", now=now)
    actor = identity.actor(signed_in.token, now=now)
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from server.errors import SessionLocked
from server.factors.errors import (
    OwnFactor,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorUsed,
    SecondFactorWrong,
)
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity import model, sign_ins
from server.identity.choosing import check_own_password, given_password
from server.identity.errors import (
    AccountDisabled,
    BadCredentials,
    DisablesThemselves,
    LastAdministrator,
    NoSuchPerson,
    NotSignedIn,
    PasswordMustChange,
    PasswordNotGiven,
    PasswordSame,
    TokenNeeded,
)
from server.identity.model import Account, Actor, FactorRule, Role, Session
from server.identity.ports import AccountWatcher, Factors, IdentityStore, Passwords
from server.identity.sign_ins import Means, SignIn
from server.identity.throttle import Throttle
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from wire import ids
from wire.secret import Secret

_TOKEN_BYTES: Final = 32
_LOG: Final = logging.getLogger("identity")


@dataclass(frozen=True, slots=True)
class Policy:
    """How long things last, and who needs a second factor."""

    idle: dt.timedelta
    longest: dt.timedelta
    unused: dt.timedelta
    factor: FactorRule = FactorRule.CONSOLES


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its token goes into the cookie and is kept nowhere else."""

    token: str = field(repr=False)
    account: Account


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an administrator says about a person."""

    username: str
    name: str
    position: str
    unit: str
    roles: frozenset[Role]
    unit_id: str | None = None
    #: the password is changed before anything else: whoever made the account knows it
    one_time: bool = False


class IdentityService:
    """Use cases of identity. ``random`` gives that many random bytes."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: IdentityStore,
        *,
        passwords: Passwords,
        factors: Factors,
        ledger: ActLedger,
        journal: Journal,
        policy: Policy,
        random: Callable[[int], bytes],
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._passwords: Final = passwords
        self._factors: Final = factors
        self._ledger: Final = ledger
        self._journal: Final = journal
        self.policy: Final = policy
        self._random: Final = random
        self._throttle: Final = Throttle(unit, store)
        #: may grow while the server is being put together
        self.watchers: Final[list[AccountWatcher]] = []
        #: told of every sign-in, and of every one that was refused; may grow as well
        self.on_sign_in: Final[list[Callable[[SignIn], None]]] = []
        #: called once sessions have ended by their person's wish; may grow as well
        self.on_sessions_ended: Final[list[Callable[[], None]]] = []

    # Signing in

    def sign_in(
        self, username: str, password: Secret, code: Secret | None = None, *, source: str, now: dt.datetime
    ) -> SignedIn:
        """A new session; ``source`` is the caller's address.

        Raises BadCredentials, TooManyTries, AccountDisabled, SecondFactorNeeded, SecondFactorWrong, SecondFactorUsed.
        """
        name = model.spelled(username)
        with self._unit.read() as tx:
            account = self._store.account_named(tx, name)
        who = None if account is None else account.id
        with self.noted(who, Means.CONSOLE_PASSWORD, source, now=now):
            account = self._check(name, account, password, code=code, source=source, now=now)
            token = base64.urlsafe_b64encode(self._random(_TOKEN_BYTES)).decode("ascii").rstrip("=")
            session = Session(
                token_hash=_hash(token),
                person=account.id,
                created_at=now,
                last_seen_at=now,
                expires_at=now + self.policy.longest,
            )
            with self._unit.begin() as tx:
                self._store.touch_account(tx, account.id, now)
                self._store.add_session(tx, session)
        _LOG.info("%s signed in from %s", account.id, source)
        return SignedIn(token, account)

    def check_person(
        self, person: str, password: Secret, code: Secret | None = None, *, source: str, now: dt.datetime
    ) -> Account:
        """The account of ``person`` when the password is theirs (sign-in at a seat, within a ``noted`` block).

        Raises as :meth:`sign_in`, PasswordMustChange and SecondFactorMissing: both are done at a console.
        """
        with self._unit.read() as tx:
            account = self._store.account(tx, person)
        name = person if account is None else account.username
        account = self._check(name, account, password, code=code, source=source, now=now)
        if account.one_time:
            raise PasswordMustChange
        with self._unit.read() as tx:
            self._check_has_factor(tx, account, at_console=False)
        with self._unit.begin() as tx:
            self._store.touch_account(tx, account.id, now)
        return account

    def check_password(self, person: str, password: Secret, *, source: str, now: dt.datetime) -> None:
        """Raise as :meth:`sign_in` unless the password is theirs: for what a code was used up for already."""
        with self._unit.read() as tx:
            account = self._store.account(tx, person)
        name = person if account is None else account.username
        self._check(name, account, password, with_code=False, source=source, now=now)

    def check_again(self, token: str, password: Secret, code: Secret | None, *, source: str, now: dt.datetime) -> None:
        """Who is signed in proves it once more, before something that a stolen session must not do."""
        _, account = self._live_session(token, now)
        self._check(account.username, account, password, code=code, source=source, now=now)

    def noted(self, person: str | None, means: Means, place: str, *, now: dt.datetime) -> AbstractContextManager[None]:
        """A block in which somebody signs in: how it ends is told to whoever keeps sign-ins."""
        return sign_ins.noted(self.on_sign_in, SignIn(person, now, means, place))

    def _check(
        self,
        name: str,
        account: Account | None,
        password: Secret,
        *,
        code: Secret | None = None,
        with_code: bool = True,
        source: str,
        now: dt.datetime,
    ) -> Account:
        counted = self._throttle.count(name, source, now=now)
        if not self._passwords.is_right("" if account is None else account.password_hash, password):
            # Not the name that was given: people type their password there.
            _LOG.warning("a wrong password from %s for %s", source, "nobody" if account is None else account.id)
            raise BadCredentials(tries_left=counted.left)
        if account is None or account.is_disabled(now, self.policy.unused):
            self._throttle.take_back(counted, now=now)
            raise AccountDisabled
        if with_code:
            try:
                self._factors.prove(account.id, code, now=now)
            except (SecondFactorNeeded, SecondFactorUsed):
                self._throttle.undo(counted, now=now)
                raise
            except SecondFactorWrong:
                _LOG.warning("a wrong code from %s for %s", source, account.id)
                raise SecondFactorWrong(tries_left=counted.left) from None
        self._throttle.take_back(counted, now=now)
        return account

    def _check_has_factor(self, tx: Transaction, account: Account, *, at_console: bool) -> None:
        needs = model.needs_factor(self.policy.factor, account.roles, at_console=at_console)
        if needs and not self._factors.is_active(tx, account.id):
            raise SecondFactorMissing

    def must_set_factor(self, account: Account) -> bool:
        """Whether this person may do nothing at a console before a second factor is set up."""
        try:
            with self._unit.read() as tx:
                self._check_has_factor(tx, account, at_console=True)
        except SecondFactorMissing:
            return True
        return False

    # Sessions

    def actor(
        self,
        token: str,
        *,
        now: dt.datetime,
        while_locked: bool = False,
        without_factor: bool = False,
        with_one_time: bool = False,
    ) -> Actor:
        """Who the session's token stands for; counts as use of the session.

        Raises NotSignedIn, SessionLocked, PasswordMustChange (not ``with_one_time``), SecondFactorMissing (not with
        ``without_factor``).
        """
        session, account = self._live_session(token, now, without_factor=without_factor, with_one_time=with_one_time)
        locked = session.is_locked or session.is_idle(now, self.policy.idle)
        if locked != session.is_locked or (not locked and now - session.last_seen_at >= self.policy.idle / 20):
            # Seen again at most twenty times in an idle span: a page of many pictures is not as many writes.
            with self._unit.begin() as tx:
                self._store.see_session(tx, session.token_hash, at=now, is_locked=locked)
        if locked and not while_locked:
            # Whose screen it is stands on the lock, also after a reload.
            raise SessionLocked(token=bool(session.certificate), name=account.name, position=account.position)
        return account.actor()

    def peek(self, token: str, *, now: dt.datetime) -> Actor | None:
        """Who an open connection belongs to, None when its session has ended; raises SessionLocked. No use of it."""
        try:
            session, account = self._live_session(token, now)
        except (NotSignedIn, PasswordMustChange, SecondFactorMissing):
            return None
        if session.is_locked or session.is_idle(now, self.policy.idle):
            raise SessionLocked
        return replace(account.actor(), by_token=bool(session.certificate))

    def unlock(self, token: str, password: Secret, *, source: str, now: dt.datetime) -> Account:
        """Open a locked session again; raises NotSignedIn, TokenNeeded, BadCredentials, TooManyTries."""
        # One factor is enough here: the cookie of the session, which both have opened, is the other (ADR 0014).
        session, account = self.live_session(token, now=now)
        if session.certificate:
            raise TokenNeeded
        with self.noted(account.id, Means.UNLOCK, source, now=now):
            self._check(account.username, account, password, with_code=False, source=source, now=now)
            with self._unit.begin() as tx:
                self._store.touch_account(tx, account.id, now)
                self._store.see_session(tx, session.token_hash, at=now, is_locked=False)
        return account

    def sign_out(self, token: str) -> None:
        """End the session; one that has ended is fine."""
        with self._unit.begin() as tx:
            self._store.drop_session(tx, _hash(token))
        self._tell_ended()

    def _tell_ended(self) -> None:
        for tell in self.on_sessions_ended:
            tell()

    def csrf(self, token: str) -> str:
        """The token that a page sends in its header: derived, so that nothing more is kept."""
        return hmac.new(token.encode("utf-8"), b"phonghop/v1/csrf", hashlib.sha256).hexdigest()

    def live_session(self, token: str, *, now: dt.datetime) -> tuple[Session, Account]:
        """The session behind a cookie, locked or not, and whose it is; raises NotSignedIn."""
        return self._live_session(token, now, without_factor=True, with_one_time=True)

    def _live_session(
        self, token: str, now: dt.datetime, *, without_factor: bool = False, with_one_time: bool = False
    ) -> tuple[Session, Account]:
        if not token:
            raise NotSignedIn
        with self._unit.read() as tx:
            session = self._store.session(tx, _hash(token))
            account = None if session is None else self._store.account(tx, session.person)
            if session is None or account is None or session.is_over(now) or account.disabled_at is not None:
                raise NotSignedIn
            # A password is not asked of who came with a token; it is when they come with it.
            if not with_one_time and not session.certificate and account.one_time:
                raise PasswordMustChange
            # Who holds the token has proved as much as a password and a code (ADR 0014).
            if not without_factor and not session.certificate:
                self._check_has_factor(tx, account, at_console=True)
        return session, account

    # Accounts

    def people(self) -> Sequence[Account]:
        """All accounts, by name."""
        with self._unit.read() as tx:
            return self._store.accounts(tx)

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        with self._unit.read() as tx:
            return self._account(tx, person)

    def create_account(self, new: NewAccount, password: Secret, *, actor: str, act: str, now: dt.datetime) -> str:
        """Add a person, give the id; raises BadUsername, UsernameTaken, PasswordTooWeak, RolesConflict, ActReused."""
        new = replace(new, username=model.username(new.username))
        model.check_roles(new.roles)
        model.check_password(password, username=new.username)
        account = Account(
            id=ids.new("u", self._random(ids.RANDOM_BYTES)),
            username=new.username,
            name=new.name,
            position=new.position,
            unit=new.unit,
            roles=new.roles,
            created_at=now,
            last_used_at=now,
            password_hash=self._passwords.hash(password),
            unit_id=new.unit_id,
            one_time=new.one_time,
        )
        content = {"username": new.username, "name": new.name, "roles": sorted(new.roles), "one_time": new.one_time}
        key = ActKey(act, actor, "create_account", content)
        with self._unit.begin() as tx:

            def add() -> dict[str, str]:
                self._store.add_account(tx, account)
                told = {**content, "position": account.position, "unit": account.unit}
                self._note(tx, "account_created", account.id, told, by=actor, now=now)
                return {"id": account.id}

            return str(once(self._ledger, tx, key, now=now, do=add)["id"])

    def change_password(self, token: str, old: Secret, new: Secret, *, source: str, now: dt.datetime) -> None:
        """Replace one's own password and end one's other sessions; again, because the answer was lost, is fine.

        Raises NotSignedIn, BadCredentials, PasswordTooWeak, PasswordKnown, PasswordSame.
        """
        # Whoever has to change it has no second factor yet, perhaps: that comes afterwards.
        session, account = self.live_session(token, now=now)
        check_own_password(new, username=account.username)
        if new.reveal() == old.reveal():
            raise PasswordSame
        is_done = not account.one_time and self._passwords.is_right(account.password_hash, new)
        if not account.one_time and not is_done:
            session, account = self._live_session(token, now)
        self._check(account.username, account, new if is_done else old, with_code=False, source=source, now=now)
        if is_done:
            return
        hashed = self._passwords.hash(new)
        with self._unit.begin() as tx:
            was_same = self._store.set_password(tx, account.id, hashed, was=account.password_hash)
            if self._store.session(tx, session.token_hash) is None:
                raise NotSignedIn
            if was_same:
                self._store.drop_sessions_of(tx, account.id, but=session.token_hash)
                self._note(tx, "password_changed", account.id, by=account.actor().label, now=now)
        if not was_same:  # another request was faster, perhaps this one's first try
            self.change_password(token, old, new, source=source, now=now)
            return
        self._tell_ended()

    def reset_password(self, username: str, new: Secret, *, now: dt.datetime) -> None:
        """Set a person's password from the server's own console, and end all their sessions; raises NoSuchPerson.

        Whoever set it knows it: it is good for one sign-in.
        """
        model.check_password(new, username=username)
        hashed = self._passwords.hash(new)
        with self._unit.begin() as tx:
            account = self._named(tx, username)
            self._store.set_password(tx, account.id, hashed, one_time=True)
            self._store.drop_sessions_of(tx, account.id)
            self._note(tx, "password_reset", account.id, by="system", now=now)

    def give_password(self, person: str, seed: Secret, *, by: Actor, act: str, now: dt.datetime) -> Secret:
        """A password for one sign-in, made of ``seed``, to somebody who forgot theirs; their sessions end.

        The same act gives the same one again. Raises NoSuchPerson, PasswordNotGiven, ActReused.
        """
        # Of the seed its hash alone: whoever reads the acts makes no password of it.
        content = {"person": person, "seed": hashlib.sha256(seed.reveal()).hexdigest()}
        key = ActKey(act, by.label, "give_password", content)
        with self._unit.read() as tx:
            account = self._account(tx, person)
        if person == by.person or account.roles & model.ADMINS:
            raise PasswordNotGiven
        made = given_password(seed, account.username)
        hashed = self._passwords.hash(made)
        with self._unit.begin() as tx:

            def give() -> dict[str, str]:
                # Whoever was made an administrator meanwhile is given none.
                if self._account(tx, person).roles & model.ADMINS:
                    raise PasswordNotGiven
                self._store.set_password(tx, person, hashed, one_time=True)
                self._store.drop_sessions_of(tx, person)
                self._note(tx, "password_reset", person, by=by.label, now=now)
                return {}

            once(self._ledger, tx, key, now=now, do=give)
        _LOG.warning("a password for one sign-in was given to %s by %s", person, by.label)
        self._tell_ended()
        return made

    def set_disabled(self, username: str, *, disabled: bool, now: dt.datetime) -> None:
        """As :meth:`switch_account` from the server's own console, where nobody is signed in; raises NoSuchPerson."""
        with self._unit.begin() as tx:
            account = self._named(tx, username)
            self._switch(tx, account, disabled=disabled, by="system", now=now)
        self._tell(account.id, disabled=disabled, now=now)

    def check_disabling(self, person: str, *, by: Actor, now: dt.datetime) -> None:
        """Raise NoSuchPerson, DisablesThemselves or LastAdministrator where :meth:`switch_account` would."""
        with self._unit.read() as tx:
            self._check_disabling(tx, self._account(tx, person), by=by, now=now)

    def switch_account(self, person: str, *, disabled: bool, by: Actor, act: str, now: dt.datetime) -> None:
        """Disable an account and end its sessions, or enable it with a new span of use; again is fine.

        Raises NoSuchPerson, DisablesThemselves, LastAdministrator, ActReused.
        """
        key = ActKey(act, by.label, "disable_account" if disabled else "enable_account", {"person": person})
        with self._unit.begin() as tx:

            def switch() -> dict[str, str]:
                account = self._account(tx, person)
                if disabled:
                    self._check_disabling(tx, account, by=by, now=now)
                self._switch(tx, account, disabled=disabled, by=by.label, now=now)
                return {}

            once(self._ledger, tx, key, now=now, do=switch)
        _LOG.info("%s was %s by %s", person, "disabled" if disabled else "enabled", by.label)
        self._tell(person, disabled=disabled, now=now)

    def reset_factor(self, person: str, *, by: Actor, now: dt.datetime) -> None:
        """Forget a person's second factor and end their sessions; again is fine. Raises NoSuchPerson, OwnFactor.

        The next sign-in with the password sets a new one up.
        """
        if person == by.person:
            raise OwnFactor
        self._reset_factor(person, by=by.label, now=now)

    def reset_factor_here(self, username: str, *, now: dt.datetime) -> None:
        """As :meth:`reset_factor` from the server's own console, where nobody is signed in; raises NoSuchPerson."""
        self._reset_factor(self.named(username).id, by="system", now=now)

    def _reset_factor(self, person: str, *, by: str, now: dt.datetime) -> None:
        with self._unit.begin() as tx:
            self._account(tx, person)
            if self._factors.drop(tx, person, by=by, now=now):
                self._store.drop_sessions_of(tx, person)
                _LOG.warning("the second factor of %s was reset by %s", person, by)
        self._tell_ended()

    def with_factor(self) -> frozenset[str]:
        """The people who have a second factor."""
        with self._unit.read() as tx:
            return self._factors.active(tx)

    def named(self, username: str) -> Account:
        """The account of this user name; raises NoSuchPerson, BadUsername."""
        with self._unit.read() as tx:
            return self._named(tx, username)

    def use(self, person: str, *, now: dt.datetime) -> None:
        """Somebody has proved with a token who they are (I1, I5); raises AccountDisabled, or NoSuchPerson."""
        self.check_enabled(person, now=now)
        with self._unit.begin() as tx:
            self._store.touch_account(tx, person, now)

    def check_enabled(self, person: str, *, now: dt.datetime) -> None:
        """Raise AccountDisabled, or NoSuchPerson, unless the person may act."""
        if self.person(person).is_disabled(now, self.policy.unused):
            raise AccountDisabled

    def disabled_of(self, people: Collection[str], *, now: dt.datetime) -> list[str]:
        """Those of ``people`` who may not act."""
        disabled = {each.id for each in self._accounts(people) if each.is_disabled(now, self.policy.unused)}
        return [person for person in people if person in disabled]

    def enabled_of(self, people: Collection[str], *, now: dt.datetime) -> frozenset[str]:
        """Those of ``people`` who have an account and may act."""
        found = self._accounts(people)
        return frozenset(each.id for each in found if not each.is_disabled(now, self.policy.unused))

    def ended_of(self, people: Collection[str]) -> frozenset[str]:
        """Those of ``people`` whose account was ended by somebody, or is not there; an unused one may be used again."""
        working = {each.id for each in self._accounts(people) if each.disabled_at is None}
        return frozenset(people) - working

    def _accounts(self, people: Collection[str]) -> Sequence[Account]:
        with self._unit.read() as tx:
            return self._store.accounts_of(tx, people)

    def _check_disabling(self, tx: Transaction, account: Account, *, by: Actor, now: dt.datetime) -> None:
        if account.id == by.person:
            raise DisablesThemselves
        for role in account.roles & model.ADMINS:
            others = (each for each in self._store.administrators(tx, role) if each.id != account.id)
            if all(each.is_disabled(now, self.policy.unused) for each in others):
                raise LastAdministrator

    def _note(
        self, tx: Transaction, kind: str, person: str, data: dict[str, Any] | None = None, *, by: str, now: dt.datetime
    ) -> None:
        self._journal.record(tx, kind, {"person": person, **(data or {})}, actor=by, now=now)

    def _switch(self, tx: Transaction, account: Account, *, disabled: bool, by: str, now: dt.datetime) -> None:
        if disabled != (account.disabled_at is not None):
            self._note(tx, "account_disabled" if disabled else "account_enabled", account.id, by=by, now=now)
        self._store.set_disabled(tx, account.id, now if disabled else None)
        if disabled:
            self._store.drop_sessions_of(tx, account.id)
        else:
            self._store.touch_account(tx, account.id, now)

    def _tell(self, person: str, *, disabled: bool, now: dt.datetime) -> None:
        for watcher in self.watchers if disabled else ():
            try:
                watcher.account_disabled(person, now=now)
            except Exception:  # noqa: BLE001 - the change is committed; the next watcher must hear of it
                _LOG.exception("%s was not told of %s", type(watcher).__name__, person)

    def _account(self, tx: Transaction, person: str) -> Account:
        account = self._store.account(tx, person)
        if account is None:
            raise NoSuchPerson(person=person)
        return account

    def _named(self, tx: Transaction, username: str) -> Account:
        account = self._store.account_named(tx, model.username(username))
        if account is None:
            raise NoSuchPerson(username=username)
        return account


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
