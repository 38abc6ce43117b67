"""Looks for secrets in everything that a day leaves behind, in every way they may have been written.

Rules: a text is looked for as it is, as UTF-16 (browsers store strings so), in hexadecimal and in base 64 wherever it
may begin; so are keys. What is looked through are plain bytes by name, whatever they came from.

Usage::

    left = files(home, but={"tokens"})
    assert found(left, secret) == []
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

Left = Mapping[str, bytes]
#: Long enough never to be there by chance, short enough to lie within one write of whoever split it.
PIECE: Final = 24
_URL: Final = bytes.maketrans(b"+/", b"-_")


def forms(secret: bytes) -> tuple[bytes, ...]:
    """The ways in which bytes may be written down."""
    hexed = secret.hex()
    coded = [_within(secret, shift) for shift in range(3)]
    wide = secret.decode("latin-1").encode("utf-16-le")
    return tuple(dict.fromkeys([secret, wide, hexed.encode(), hexed.upper().encode(), *coded, *map(_url_safe, coded)]))


def found(left: Left, *secrets: bytes) -> list[str]:
    """The names under which any of the secrets is found."""
    wanted = [form for secret in secrets for form in forms(secret)]
    return [name for name, data in left.items() if any(form in data for form in wanted)]


def windows(data: bytes) -> tuple[bytes, ...]:
    """Three pieces of a file, none at its beginning, where all files of a kind are alike, and none of padding."""
    assert len(data) > 8 * PIECE
    return tuple(next(_telling(data, at)) for at in (len(data) // 3, len(data) // 2, len(data) * 2 // 3))


def files(*folders: Path, but: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Every file below, with all its bytes; not what lies in a folder of these names."""
    return {str(path): data for folder in folders for path, data in _below(folder, but)}


def processes() -> dict[str, bytes]:
    """Command line and environment of every process there is."""
    seen = {}
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            with contextlib.suppress(OSError):
                seen[str(path)] = path.read_bytes()
    return seen


def private_keys(left: Left) -> dict[str, bytes]:
    """A piece of each private key, by the name of its file."""
    return {name: _key_piece(data) for name, data in left.items() if name.endswith(".key")}


def _key_piece(data: bytes) -> bytes:
    if not data.startswith(b"-----"):
        return data[-PIECE:]  # a file may begin with what it has in common with others
    # PKCS #8: the secret number of a P-256 key begins before byte 48, where the second line does, and the public point
    # after byte 68; an Ed25519 key is the end of the one line there is.
    body = data.split(b"\n")[1:-2]
    return body[1][:PIECE] if len(body) > 1 else body[0][-PIECE:]


def _below(folder: Path, but: frozenset[str]) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and not but & set(path.relative_to(folder).parts):
            with contextlib.suppress(FileNotFoundError):
                yield path, path.read_bytes()


def _within(secret: bytes, shift: int) -> bytes:
    """The part of its base 64 that does not depend on what stands before and after it."""
    coded = base64.b64encode(bytes(shift) + secret)
    return coded[-(-shift * 8 // 6) : (shift + len(secret)) * 8 // 6]


def _telling(data: bytes, begin: int) -> Iterator[bytes]:
    for at in range(begin, len(data) - PIECE):
        piece = data[at : at + PIECE]
        if len(set(piece)) > PIECE // 2:
            yield piece


def _url_safe(coded: bytes) -> bytes:
    return coded.translate(_URL)
