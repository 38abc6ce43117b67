"""Number and date that the clerk's update fills in: the one thing beside a signature that an update may do (G62).

Rules: the fields stand in the shown file already – read-only, empty, each with one of the four names, and small; the
update gives each a value of figures and a drawing made of new objects only, and nothing else of it changes. The
signature locks exactly these fields (FieldMDP), so what is filled in stays as it is; an update that fills in nothing
locks nothing. What was filled in has to be what the person was shown.

Usage::

    filled = find(came, new, resolve=base.resolve)        # {object number: (name, text)}
    check_locks(lock, reference, filled=filled)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from edge.signing.errors import UpdateWrong
from edge.signing.objects import Name, Ref

#: Number, day, month, year: the names the server gives them.
NAMES: Final = frozenset({b"SoVanBan", b"NgayBanHanh", b"ThangBanHanh", b"NamBanHanh"})
NAMES_TEXT: Final = frozenset(name.decode("ascii") for name in NAMES)
_READ_ONLY: Final = 1
_FIGURES: Final = re.compile(rb"[0-9]{1,6}")
_ADDED: Final = frozenset({"V", "AP"})
#: Points: a line of a page, and no more of it than a number or a year needs.
_WIDEST, _HIGHEST = 160.0, 30.0

Filled = Mapping[int, tuple[str, str]]


def find(came: Mapping[int, Any], new: set[int], *, resolve: Callable[[Any], Any]) -> dict[int, tuple[str, str]]:
    """The prepared fields that the update fills in, by object number; raises UpdateWrong."""
    found: dict[int, tuple[str, str]] = {}
    for number, now in came.items():
        if number in new:
            continue
        before = resolve(Ref(number, 0))
        if isinstance(before, dict) and _is_name(before.get("FT"), "Tx"):
            found[number] = _filled(before, now)
    if len({name for name, _ in found.values()}) != len(found):
        raise UpdateWrong(why="filled")
    return found


def _filled(before: dict[str, Any], now: Any) -> tuple[str, str]:
    name, flags = before.get("T"), before.get("Ff")
    if name not in NAMES or flags != _READ_ONLY or _ADDED & set(before):
        raise UpdateWrong(why="filled")
    left, bottom, right, top = (float(side) for side in before["Rect"])
    if not (0 < right - left <= _WIDEST and 0 < top - bottom <= _HIGHEST):
        raise UpdateWrong(why="filled")
    if not isinstance(now, dict) or {key: value for key, value in now.items() if key not in _ADDED} != before:
        raise UpdateWrong(why="filled")
    text = now.get("V")
    if not isinstance(text, bytes) or _FIGURES.fullmatch(text) is None or now.get("AP") is None:
        raise UpdateWrong(why="filled")
    return bytes(name).decode("ascii"), text.decode("ascii")


def check_locks(lock: Any, reference: Any, *, filled: Filled) -> None:
    """The signature locks what was filled in, and nothing where nothing was; raises UpdateWrong."""
    names = {name.encode("ascii") for name, _ in filled.values()}
    if not names:
        if lock is not None or reference is not None:
            raise UpdateWrong(why="lock")
        return
    if not isinstance(reference, list) or len(reference) != 1 or not isinstance(reference[0], dict):
        raise UpdateWrong(why="lock")
    said = reference[0]
    known = {"Type", "TransformMethod", "TransformParams", "DigestMethod", "Data"}
    if set(said) - known or not _is_name(said.get("TransformMethod"), "FieldMDP"):
        raise UpdateWrong(why="lock")
    _check_lock(lock, names, {"Type", "Action", "Fields"})
    _check_lock(said.get("TransformParams"), names, {"Type", "Action", "Fields", "V"})


def _check_lock(value: Any, names: set[bytes], known: set[str]) -> None:
    if not isinstance(value, dict) or set(value) - known or not _is_name(value.get("Action"), "Include"):
        raise UpdateWrong(why="lock")
    fields = value.get("Fields")
    if not isinstance(fields, list) or len(fields) != len(names) or set(fields) != names:
        raise UpdateWrong(why="lock")


def _is_name(value: Any, word: str) -> bool:
    return isinstance(value, Name) and value == word
