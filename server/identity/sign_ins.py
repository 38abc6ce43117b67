"""Who signed in, from where and by what, or was refused; told to whoever keeps it (``server/reviews``).

Rules: never what was typed, nor a name that no account has. That a code was asked for is no refusal, and a try that was
not even looked at (too many) is not told: a flood of them fills no log. Somebody is in when what lets them in is
committed: that is the end of the block, and nothing before it is told as a success.

Usage: ``with noted(watchers, SignIn(person, now, Means.UNLOCK, source)): check()``.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from server.errors import ServerError, TooMany
from server.factors.errors import SecondFactorNeeded
from wire.fields import print_instant

OK: Final = "ok"
#: Neither let in nor refused: something broke on the way.
OTHER: Final = "other"


class Means(enum.StrEnum):
    """How somebody proved who they are, and where."""

    CONSOLE_PASSWORD = "console_password"  # noqa: S105 - a word, no password
    CONSOLE_TOKEN = "console_token"  # noqa: S105
    SEAT_PASSWORD = "seat_password"  # noqa: S105
    SEAT_TOKEN = "seat_token"  # noqa: S105
    UNLOCK = "unlock"


@dataclass(frozen=True, slots=True)
class SignIn:
    """``person``: None when nobody has the name that was typed, or the certificate.

    ``place``: an address, or terminal and seat.
    """

    person: str | None
    at: dt.datetime
    means: Means
    place: str
    outcome: str = OK

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "person": self.person,
            "at": print_instant(self.at),
            "means": self.means.value,
            "place": self.place,
            "outcome": self.outcome,
        }


@contextmanager
def noted(watchers: Sequence[Callable[[SignIn], None]], sign_in: SignIn) -> Iterator[None]:
    """Tell how the block ended."""
    outcome = OTHER
    try:
        yield
        outcome = OK
    except (SecondFactorNeeded, TooMany):
        outcome = ""
        raise
    except ServerError as refusal:
        outcome = refusal.code
        raise
    finally:
        for tell in watchers if outcome else ():
            tell(replace(sign_in, outcome=outcome))
