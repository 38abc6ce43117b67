"""Break valid bytes in the ways a bad line, a bad disk or a bad person does.

Rules: what comes out differs from what went in; the same seed breaks the same way.

Usage: `for broken in broken_bytes(data, random.Random(7), count=200): ...`.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

_STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53 - 1, "", " ", "x", "\u202e", "m-aaaaaaaaaaaaaaaa", "../..", "đ" * 5000,
    [], {}, [[]], [{}], {"a": {}}, ["", 1, None], "2026-02-30T00:00:00.000Z", "=", "QQ==", "QR==",
)  # fmt: skip


def flipped_bits(data: bytes) -> Iterator[bytes]:
    """``data`` once for each of its bits, with that bit flipped."""
    for place in range(len(data) * 8):
        broken = bytearray(data)
        broken[place // 8] ^= 0x80 >> (place % 8)
        yield bytes(broken)


def broken_bytes(data: bytes, chance: random.Random, *, count: int) -> Iterator[bytes]:
    """``count`` variants of ``data``: flipped, cut, lengthened, shuffled in blocks."""
    for _ in range(count):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            chance.choice(_BYTE_BREAKS)(broken, chance)
        if bytes(broken) != data:
            yield bytes(broken)


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randint(0, len(data)) :]


def _drop(data: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    del data[at : at + chance.randint(1, 8)]


def _insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    data[at:at] = chance.randbytes(chance.randint(1, 8))


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    data[at:at] = data[at : at + chance.randint(1, 40)]


_BYTE_BREAKS: tuple[Callable[[bytearray, random.Random], None], ...] = (_flip, _cut, _drop, _insert, _repeat)


def broken_values(value: Any, chance: random.Random, *, count: int) -> Iterator[Any]:
    """``count`` variants of a JSON value with a part replaced, dropped, added or moved elsewhere."""
    for _ in range(count):
        broken = copy.deepcopy(value)
        for _ in range(chance.randint(1, 3)):
            broken = _break_one(broken, chance)
        if broken != value:
            yield broken


def _break_one(value: Any, chance: random.Random) -> Any:
    places = list(_places(value))
    if not places or chance.random() < 0.02:
        return chance.choice(_STRANGE)
    holder, key = chance.choice(places)
    match chance.randrange(5):
        case 0 | 1:
            holder[key] = copy.deepcopy(chance.choice(_STRANGE))
        case 2:
            del holder[key]
        case 3:
            other_holder, other_key = chance.choice(places)
            holder[key] = copy.deepcopy(other_holder[other_key])
        case _:
            if isinstance(holder, dict):
                holder[chance.choice(("v", "extra", "paper", "meeting", "data"))] = copy.deepcopy(
                    chance.choice(_STRANGE)
                )
            else:
                holder.append(copy.deepcopy(chance.choice(holder)))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield value, place
            yield from _places(inner)
