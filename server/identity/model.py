"""Roles, accounts, the actor, and the rules of passwords, tries and idleness.

Rules I4, I5: a password that an administrator gives has at least 8 characters and is changed before anything else (what
people may choose for themselves: ``choosing.py``); beside it there is a second factor for whom the house asks one of;
after three wrong tries each further one has to wait longer; an account that nobody used for 45 days is disabled; of the
three administrators one person is at most one.

Usage::

    check_roles(frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR}))   # raises RolesConflict
"""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final

from server.identity.errors import BadUsername, NotTheirsToGrant, PasswordTooWeak, RolesConflict
from wire import canonical
from wire.secret import Secret

PASSWORD_MIN: Final = 8
PASSWORD_MAX_BYTES: Final = 512
_USERNAME: Final = re.compile(r"[\w.@-]{2,60}")

#: Wrong tries that cost nothing, the first wait, and the longest.
FREE_TRIES: Final = 3
#: The same name tried from many places: one of them alone may not keep its owner out, all together are slowed down.
FREE_TRIES_EVERYWHERE: Final = 30
#: One place over many names, and one wrong try forgiven after each such span of quiet.
FREE_TRIES_HERE: Final = 20
FORGIVEN_HERE_S: Final = 300
#: All places over all names.
FREE_TRIES_OVERALL: Final = 300
FORGIVEN_OVERALL_S: Final = 10
#: A name's wrong tries are forgotten by a right one alone (or a day of quiet).
NEVER_S: Final = 86_400
FIRST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 600
#: A session whose last request lies in the future by more than this was stamped by a clock that jumped.
_CLOCK_SLACK: Final = dt.timedelta(minutes=1)


class Role(enum.StrEnum):
    """thư ký · cán bộ kỹ thuật · văn thư · quản trị hệ thống · quản trị an ninh · kiểm toán viên."""

    SECRETARY = "secretary"
    IT = "it"
    CLERK = "clerk"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


#: Runs it, grants rights, reads the log: three separate people.
ADMINS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


class FactorRule(enum.StrEnum):
    """Who signs in with a password only together with a second factor (I4). Who has set one up is always asked."""

    EVERYWHERE = "everywhere"
    CONSOLES = "consoles"
    ADMINISTRATORS = "administrators"
    OFF = "off"


def needs_factor(rule: FactorRule, roles: frozenset[Role], *, at_console: bool) -> bool:
    """Whether somebody with these roles may not go on without a second factor."""
    if rule is FactorRule.OFF:
        return False
    return rule is FactorRule.EVERYWHERE or not ADMINS.isdisjoint(roles) or (rule is FactorRule.CONSOLES and at_console)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person (``person`` set), or a room's display (``display_room`` set)."""

    person: str | None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    display_room: str | None = None
    #: the session was begun with a token, which the bridge of the PC watches
    by_token: bool = False

    @property
    def label(self) -> str:
        """As the log names it: ``person:u-…`` or ``display:r-…``."""
        return f"display:{self.display_room}" if self.person is None else f"person:{self.person}"

    @property
    def person_id(self) -> str:
        """The person's id; only for routes that no display may call."""
        if self.person is None:
            raise ValueError("a display is not a person")
        return self.person

    def has(self, *roles: Role) -> bool:
        """Whether the account has one of ``roles``."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in."""

    id: str
    username: str
    name: str
    position: str
    unit: str
    roles: frozenset[Role]
    created_at: dt.datetime
    last_used_at: dt.datetime
    disabled_at: dt.datetime | None = None
    password_hash: str = field(default="", repr=False)
    #: of the tree of units, whose name ``unit`` is; None for somebody in none of them
    unit_id: str | None = None
    #: somebody else gave it: it is changed before anything else
    one_time: bool = False

    def is_disabled(self, now: dt.datetime, unused: dt.timedelta) -> bool:
        """By an administrator, or because nobody used it for ``unused`` (I5)."""
        return self.disabled_at is not None or now - self.last_used_at > unused

    def actor(self) -> Actor:
        """The account as the one who acts."""
        return Actor(self.id, self.name, self.roles)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. ``token_hash`` is the SHA-256 of its cookie: the database cannot impersonate anyone.

    ``certificate``: SHA-256 of the one it was begun with, empty with a password (G54).
    """

    token_hash: str = field(repr=False)
    person: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    is_locked: bool = False
    certificate: str = ""

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its longest life has passed."""
        return now >= self.expires_at

    def is_idle(self, now: dt.datetime, idle: dt.timedelta) -> bool:
        """Whether nothing was asked for ``idle``; a clock that jumped back counts as idle, the safe side."""
        return now - self.last_seen_at >= idle or self.last_seen_at - now > _CLOCK_SLACK


def spelled(text: str) -> str:
    """A user name as it is compared: NFC, no blanks around it, no capitals."""
    return canonical.normal(text).strip().casefold()


def username(text: str) -> str:
    """The one spelling of a user name; raises :class:`BadUsername`."""
    found = spelled(text)
    if _USERNAME.fullmatch(found) is None:
        raise BadUsername
    return found


def check_password(password: Secret, *, username: str) -> None:
    """Raise :class:`PasswordTooWeak` unless it is long enough and not the name itself."""
    text = password.reveal().decode("utf-8", "replace")
    if len(text) < PASSWORD_MIN or len(password) > PASSWORD_MAX_BYTES or text.casefold() == username:
        raise PasswordTooWeak(min=PASSWORD_MIN)


def check_roles(roles: frozenset[Role]) -> None:
    """Raise :class:`RolesConflict` when one person would be two of the three administrators."""
    if len(roles & ADMINS) > 1:
        raise RolesConflict


def check_grant(granter: frozenset[Role], roles: frozenset[Role]) -> None:
    """Raise :class:`NotTheirsToGrant` when an administrator would be made by anybody but the security administrator."""
    if roles & ADMINS and Role.SECURITY_ADMIN not in granter:
        raise NotTheirsToGrant


def wait_s(failures: int, *, free: int) -> int:
    """Seconds to wait before the next try after so many wrong ones: 0, then 5, 10, 20 … at most 600."""
    if failures < free:
        return 0
    return min(LONGEST_WAIT_S, FIRST_WAIT_S << min(failures - free, 10))


def not_forgiven(failures: int, *, quiet_s: float, every_s: int) -> int:
    """Wrong tries that still count after ``quiet_s`` without one; each ``every_s`` of quiet forgives one."""
    return max(0, failures - int(max(0.0, quiet_s) // every_s))


def place_of(source: str) -> str:
    """What counts as one place: an IPv4 address, an IPv6 network of 64 bits (one machine has all of it), a seat."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv4Address):
        return source
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
