"""One byte string for one value: the JSON that is hashed and signed.

Rules W03: the subset of RFC 8785 (JCS) without fractions: objects with ASCII keys
``[a-zA-Z0-9_.-]``, arrays, strings in Unicode NFC without lone surrogates, integers within
±(2^53 - 1), true, false, null. Keys are sorted, nothing is spaced. ``decode`` accepts these
very bytes only, so two different byte strings never mean the same value.

Usage::

    encode({"b": 1, "a": "đ"}).decode() == '{"a":"đ","b":1}'
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final

from wire.errors import BadJson

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 32
_KEY: Final = re.compile(r"[a-zA-Z0-9_.\-]{1,64}", re.ASCII)


def encode(value: Any) -> bytes:
    """Canonical UTF-8 bytes of ``value``; raises :class:`BadJson`."""
    _check(value, 0)
    return _ENCODER.encode(value).encode("utf-8")


def decode(data: bytes) -> Any:
    """The value of canonical bytes; raises :class:`BadJson` for any other bytes."""
    value = decode_lenient(data)
    # What was read has been checked: it is only printed again.
    if _ENCODER.encode(value).encode("utf-8") != data:
        raise BadJson("not the canonical form")
    return value


def decode_lenient(data: bytes) -> Any:
    """The value of JSON bytes in any form, checked for the subset; raises :class:`BadJson`."""
    try:
        value = _DECODER.decode(_text(data))
    except (UnicodeDecodeError, RecursionError) as exc:
        raise BadJson("not JSON in UTF-8") from exc
    except ValueError as exc:
        raise BadJson(f"not JSON: {exc}") from exc
    _check(value, 0)
    return value


def normal(text: str) -> str:
    """``text`` in NFC, as every string on the wire is."""
    return unicodedata.normalize("NFC", text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("a key stands twice")
    return found


def _no_float(text: str) -> Any:
    raise BadJson(f"a fraction is not allowed: {text[:20]}")


def _text(data: bytes) -> str:
    text = data.decode("utf-8")
    if text.startswith("\ufeff"):
        raise BadJson("not JSON: it begins with a byte order mark")
    return text


#: Made once: ``json.dumps`` and ``json.loads`` make theirs at every call. What is printed was checked for depth before,
#: so it cannot hold itself.
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False, allow_nan=False
)
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)


def _check(value: Any, depth: int) -> None:
    # Every message goes through here twice or more: the exact types first, by the cheapest question.
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _check_text(value)
    elif kind is dict:
        if value and depth >= MAX_DEPTH:
            raise BadJson("nested too deeply")
        for key, item in value.items():
            if key not in _KEYS_SEEN:
                _check_key(key)
            if type(item) is not str or not item.isascii():
                _check(item, depth + 1)
    elif kind is list or kind is tuple:
        if value and depth >= MAX_DEPTH:
            raise BadJson("nested too deeply")
        for item in value:
            if type(item) is not str or not item.isascii():
                _check(item, depth + 1)
    else:
        _check_other(value, depth)


def _check_other(value: Any, depth: int) -> None:
    """Numbers, nothing, and what is derived from the types of JSON."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise BadJson("an integer beyond 2^53 - 1")
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list | tuple):
        _check(list(value), depth)
    elif isinstance(value, dict):
        _check(dict(value), depth)
    else:
        raise BadJson(f"a {type(value).__name__} is not JSON here")


#: Keys that were found good: a few hundred words of ours; a hostile sender fills it once and no further.
_KEYS_SEEN: Final[set[Any]] = set()
_MOST_KEYS: Final = 4096


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or _KEY.fullmatch(key) is None:
        raise BadJson("a key is ASCII letters, digits, _ . -")
    if len(_KEYS_SEEN) < _MOST_KEYS:
        _KEYS_SEEN.add(key)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise BadJson("a lone surrogate") from exc
    if not unicodedata.is_normalized("NFC", text):
        raise BadJson("text is not in NFC")
