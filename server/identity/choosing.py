"""Which password somebody may choose for themselves, and those that are given to them.

Rule I4: at least 12 characters, not the user name, and none of those that are tried first everywhere, alone or with
figures around them. The list is small on purpose: length does more than any list, and wrong tries are slowed down.

Usage: ``check_own_password(Secret(b"..."), username="thuky")``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from typing import Final

from server.identity.errors import PasswordKnown, PasswordTooWeak
from server.identity.model import PASSWORD_MAX_BYTES
from wire import canonical
from wire.secret import Secret

OWN_PASSWORD_MIN: Final = 12
#: Of the random bytes that a given password is made of.
SEED_BYTES: Final = 32
_GIVEN_LETTERS: Final = 16
#: Fewer different letters are a pattern.
_FEWEST: Final = 5
#: Without accents, letters and figures alone.
_KNOWN: Final = (
    "password", "passw0rd", "matkhau", "qwertyuiop", "qwerty", "asdfghjkl", "1q2w3e4r5t", "1qaz2wsx3edc", "abcdefgh",
    "administrator", "admin", "letmein", "welcome", "iloveyou", "vietnam", "hanoi", "anhyeuem", "emyeuanh",
    "vienkiemsat", "phonghopkhonggiay", "phonghop", "0123456789", "123456789", "12345678", "123456", "12345", "1234",
    "123", "9876543210", "987654321", "abcd", "abc",
)  # fmt: skip
_FIGURES: Final = "0123456789"


def check_own_password(password: Secret, *, username: str) -> None:
    """Raise :class:`PasswordTooWeak` or :class:`PasswordKnown` unless somebody may choose it for themselves."""
    text = canonical.normal(password.reveal().decode("utf-8", "replace"))
    if len(text) < OWN_PASSWORD_MIN or len(password) > PASSWORD_MAX_BYTES or text.casefold() == username:
        raise PasswordTooWeak(min=OWN_PASSWORD_MIN)
    bare = _bare(text)
    if len(set(text)) < _FEWEST or any(_is_all(bare, known) for known in (*_KNOWN, _bare(username))):
        raise PasswordKnown


def given_password(seed: Secret, username: str) -> Secret:
    """Eighty bits for one account, four groups of four letters: the same for the same seed, which is kept nowhere."""
    made = hmac.new(seed.reveal(), username.encode("utf-8"), hashlib.sha256).digest()
    letters = base64.b32encode(made).decode("ascii").lower()[:_GIVEN_LETTERS]
    return Secret("-".join(letters[at : at + 4] for at in range(0, _GIVEN_LETTERS, 4)).encode("ascii"))


def _bare(text: str) -> str:
    """Letters without accents and figures, small."""
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in split if letter.isalnum())


def _is_all(bare: str, known: str) -> bool:
    """Whether there is nothing but ``known``, once or more often, and figures."""
    return known != "" and known in bare and not bare.replace(known, "").strip(_FIGURES)
