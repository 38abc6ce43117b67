"""The roots of what the server refuses; each feature hangs its own leaves on them in its own ``errors.py``.

::

    ServerError
    ├── Malformed          the request cannot be read
    ├── NotAuthenticated   who asks is not known
    ├── NotAllowed         who asks is known and may not
    ├── NotFound           there is no such thing, or none that one may see
    ├── Conflict           it does not fit the present state
    ├── TooLarge           more bytes than this server takes
    ├── Unsupported        the content itself cannot be accepted
    ├── SessionLocked      session-locked: idle too long
    ├── TooMany            wait, then try again
    └── Unavailable        something the server needs is not there now

Rules: a leaf has a stable ``code`` in kebab-case with texts in ``web/locales``; the HTTP status follows from the root,
in the one table of ``server/web.py``. ``data`` goes to the caller: JSON values, never a secret.

Usage::

    class AgendaChanged(Conflict):
        code = "agenda-changed"

    raise AgendaChanged(seq=state.seq)
"""

from __future__ import annotations

from typing import Any, ClassVar


class ServerError(Exception):
    """Something the server refuses, with a stable code and JSON data for the text."""

    code: ClassVar[str] = "server-error"

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data: dict[str, Any] = data

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class Malformed(ServerError):
    """The request cannot be read."""

    code = "bad-request"


class NotAuthenticated(ServerError):
    """Nobody is signed in, or the session has ended."""

    code = "not-signed-in"


class NotAllowed(ServerError):
    """The person may not do this."""

    code = "not-allowed"


class NotFound(ServerError):
    """There is no such thing, or none that one may see."""

    code = "not-found"


class Conflict(ServerError):
    """It does not fit the present state."""

    code = "conflict"


class TooLarge(ServerError):
    """More bytes than this server takes."""

    code = "body-too-large"


class Unsupported(ServerError):
    """The content itself cannot be accepted."""

    code = "unsupported-content"


class SessionLocked(ServerError):
    """Idle for too long: the password is asked again before anything else is shown."""

    code = "session-locked"


class TooMany(ServerError):
    """Too often; ``data["wait_s"]`` says how long to wait."""

    code = "too-many-tries"


class Unavailable(ServerError):
    """Something the server needs is not there now; the same request may succeed later."""

    code = "unavailable"
