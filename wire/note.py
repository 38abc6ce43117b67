"""Signed notes (C2SP signed-note v1.0.0): text that people and public tools can read, with Ed25519 signatures (W72).

Rules: text ending in a line feed, an empty line, signature lines ``— <name> <base64(key id ‖ signature)>``. The
signature covers the text with its last line feed. Signatures of keys that are not known are passed over; of the known
key one has to be there and every one has to hold.

Usage::

    note = Note.signed(text, key, sign)
    Note.read(data).verify(key, check)
    NoteKey.read("example.org/log+c74f20a3+ARpc…")
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from wire.errors import BadNote

MAX_BYTES: Final = 64 * 1024
MAX_SIGNATURES: Final = 32
_ED25519: Final = b"\x01"
_ID_BYTES: Final = 4
_PUBLIC_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_DASH: Final = "\u2014 "
#: ``\s`` of a text pattern is every Unicode space.
_NAME: Final = re.compile(r"[^\s+]{1,200}")

#: (public key, data, signature) → whether it holds
Check: TypeAlias = Callable[[bytes, bytes, bytes], bool]
Sign: TypeAlias = Callable[[bytes], bytes]


class Signature(NamedTuple):
    """One line: whose, which of their keys (4 bytes), and what it made."""

    name: str
    key_id: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public Ed25519 key (32 bytes) and its name; ``print`` and ``read`` are its form as a "vkey"."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None or len(self.public) != _PUBLIC_BYTES:
            raise BadNote("a key is a name without spaces and plus signs, and 32 bytes")

    @property
    def key_id(self) -> bytes:
        """4 bytes of SHA-256 over name and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def print(self) -> str:
        """``<name>+<key id>+<base64 of type and key>``."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(_ED25519 + self.public)}"

    @classmethod
    def read(cls, text: str) -> NoteKey:
        """Raises BadNote for anything but an Ed25519 key with the id that it has."""
        name, _, rest = text.strip().partition("+")
        stated, _, data = rest.partition("+")
        raw = _unb64(data)
        if raw[:1] != _ED25519:
            raise BadNote("not an Ed25519 key")
        key = cls(name, raw[1:])
        if stated != key.key_id.hex():
            raise BadNote("the key does not have the identifier that is stated")
        return key


@dataclass(frozen=True, slots=True)
class Note:
    """``text`` ends in a line feed."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def signed(cls, text: str, key: NoteKey, sign: Sign) -> Note:
        """With one signature; raises BadNote for a text that no note has."""
        _must_be_text(text)
        return cls(text, (Signature(key.name, key.key_id, sign(text.encode())),))

    def encode(self) -> bytes:
        """As it is kept and sent."""
        lines = [f"{_DASH}{one.name} {_b64(one.key_id + one.data)}\n" for one in self.signatures]
        return (self.text + "\n" + "".join(lines)).encode()

    @classmethod
    def read(cls, data: bytes) -> Note:
        """Raises BadNote; nothing is verified yet."""
        if len(data) > MAX_BYTES:
            raise BadNote(f"longer than {MAX_BYTES} bytes")
        try:
            whole = data.decode()
        except UnicodeDecodeError as exc:
            raise BadNote("not UTF-8") from exc
        body, found, tail = whole.rpartition("\n\n")
        text = body + "\n"
        if not found or not tail.endswith("\n"):
            raise BadNote("no signatures after an empty line")
        _must_be_text(text)
        lines = tail[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise BadNote(f"more than {MAX_SIGNATURES} signatures")
        return cls(text, tuple(_signature(line) for line in lines))

    def verify(self, key: NoteKey, check: Check) -> None:
        """Raise BadNote unless it is signed by ``key``."""
        own = [one for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id)]
        if not own:
            raise BadNote("not signed by the key that is known")
        for one in own:
            if len(one.data) != _SIGNATURE_BYTES or not check(key.public, self.text.encode(), one.data):
                raise BadNote("the signature does not hold")


def _must_be_text(text: str) -> None:
    if not text.strip("\n") or not text.endswith("\n") or any(ord(each) < 0x20 and each != "\n" for each in text):
        raise BadNote("a text is lines without control characters")


def _signature(line: str) -> Signature:
    name, _, data = line.removeprefix(_DASH).partition(" ")
    raw = _unb64(data)
    if not line.startswith(_DASH) or _NAME.fullmatch(name) is None or len(raw) <= _ID_BYTES:
        raise BadNote("a signature line of no known form")
    return Signature(name, raw[:_ID_BYTES], raw[_ID_BYTES:])


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise BadNote("not base 64") from exc
    # The decoder drops left-over bits: one note, one text.
    if _b64(data) != text:
        raise BadNote("not base 64 in its one form")
    return data
