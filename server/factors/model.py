"""What is known of a person's second factor, and the form of recovery codes.

Rules: a recovery code has 80 random bits, so its plain hash is enough; the hash covers the person, so that equal rows
say nothing. People type codes with blanks, hyphens and capitals as they like.

Usage::

    codes = [recovery_code(random(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]      # "k7xq-2mfa-9s4d-wpce" …
    kept = [recovery_hash(person, code) for code in codes]
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Final

from wire.secret import Secret

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10
#: The longest that is looked at, as typed.
MAX_TYPED: Final = 64
_GROUP: Final = 4
_LABEL: Final = b"phonghop/v1/recovery-code\0"


@dataclass(frozen=True, slots=True)
class Factor:
    """``sealed``: the secret in use, wrapped; ``pending``: one that waits for its first code.

    ``last_step``: the number of the newest half minute whose code was taken.
    """

    person: str
    sealed: bytes | None = field(default=None, repr=False)
    since: dt.datetime | None = None
    last_step: int = 0
    pending: bytes | None = field(default=None, repr=False)
    pending_at: dt.datetime | None = None


def grouped(text: str, *, by: str = " ") -> str:
    """In groups of four, as people copy it by hand."""
    return by.join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def recovery_code(random: bytes) -> str:
    """As it is shown: lower case, groups of four with hyphens."""
    return grouped(base64.b32encode(random).decode("ascii").lower(), by="-")


def typed(code: Secret) -> str:
    """A code without what people put between its letters; empty when it cannot be one."""
    text = code.reveal().decode("utf-8", "replace")
    return "".join(char for char in text if char.isalnum()).lower() if len(text) <= MAX_TYPED else ""


def recovery_hash(person: str, code: str) -> str:
    """What is kept of a code in the form of :func:`typed`: SHA-256, hexadecimal."""
    plain = "".join(char for char in code if char.isalnum()).lower()
    return hashlib.sha256(_LABEL + person.encode() + b"\0" + plain.encode()).hexdigest()
