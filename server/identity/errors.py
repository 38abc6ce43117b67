"""What identity refuses.

::

    NotAuthenticated
    ├── NotSignedIn          not-signed-in
    └── BadCredentials       bad-credentials
    NotAllowed
    ├── AccountDisabled      account-disabled
    ├── PasswordNotGiven     password-not-given: one's own, or that of an administrator or auditor
    └── PasswordMustChange   password-must-change: somebody else gave the password
    TooMany
    └── TooManyTries         too-many-tries
        └── TooManyTriesHere too-many-tries-here: from this place, whatever the name
    Conflict
    ├── UsernameTaken        username-taken
    ├── TokenNeeded          session-token-needed: this session opens with its own token alone
    ├── DisablesThemselves   cannot-disable-yourself
    └── LastAdministrator    last-administrator: nobody else of that kind could sign in
    Malformed
    ├── BadUsername          bad-username
    ├── PasswordTooWeak      password-too-weak
    ├── PasswordKnown        password-known: one of those that everybody tries
    ├── PasswordSame         password-same: the one there was
    └── RolesConflict        roles-conflict
    NotFound
    └── NoSuchPerson         no-such-person
    NotAllowed
    └── NotTheirsToGrant     not-theirs-to-grant: administrators are made by the security administrator
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotAuthenticated, NotFound, TooMany


class NotSignedIn(NotAuthenticated):
    """No session, or one that has ended."""

    code = "not-signed-in"


class BadCredentials(NotAuthenticated):
    """Name or password is wrong; it does not say which. ``tries_left`` may follow without a wait."""

    code = "bad-credentials"


class AccountDisabled(NotAllowed):
    """Disabled by an administrator, or unused for too long (I5)."""

    code = "account-disabled"


class PasswordNotGiven(NotAllowed):
    """Nobody gives a new password to themselves, nor one alone to an administrator or auditor."""

    code = "password-not-given"


class PasswordMustChange(NotAllowed):
    """Nothing else before the password that somebody else gave is changed, at a console."""

    code = "password-must-change"


class TooManyTries(TooMany):
    """Wrong too often; ``wait_s`` says how long to wait."""

    code = "too-many-tries"


class TooManyTriesHere(TooManyTries):
    """Wrong too often from one address or seat, over many names; ``wait_s`` says how long to wait."""

    code = "too-many-tries-here"


class UsernameTaken(Conflict):
    """Another account has this name."""

    code = "username-taken"


class TokenNeeded(Conflict):
    """The session was begun with a token; neither a password nor another certificate opens it."""

    code = "session-token-needed"


class DisablesThemselves(Conflict):
    """Nobody shuts themselves out."""

    code = "cannot-disable-yourself"


class LastAdministrator(Conflict):
    """Without this person nobody of that kind of administrator could sign in any more."""

    code = "last-administrator"


class BadUsername(Malformed):
    """Not 2–60 letters, digits, dots, hyphens or underscores."""

    code = "bad-username"


class PasswordTooWeak(Malformed):
    """Too short (``min`` is how long it has to be), too long, or the user name itself."""

    code = "password-too-weak"


class PasswordKnown(Malformed):
    """One that is tried first everywhere, or a pattern of few letters."""

    code = "password-known"


class PasswordSame(Malformed):
    """The new password is the old one."""

    code = "password-same"


class RolesConflict(Malformed):
    """Two of the three administrators in one person."""

    code = "roles-conflict"


class NotTheirsToGrant(NotAllowed):
    """An administrator's role, given by somebody who is no security administrator."""

    code = "not-theirs-to-grant"


class NoSuchPerson(NotFound):
    """No account has this id."""

    code = "no-such-person"
