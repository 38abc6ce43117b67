"""Patterns of addresses compiled once a process.

Werkzeug compiles every pattern of every application to functions that build addresses: a third of what an office of the
tests takes to start, of which there are a thousand. The function follows from the parts of the pattern alone.

Usage: ``compiled_once()``, before the first application is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from werkzeug.routing import Rule

_COMPILE: Final[Callable[..., Any]] = Rule._compile_builder  # noqa: SLF001 - there is no other place to stand between
_KNOWN: Final[dict[tuple[Any, ...], Any]] = {}


def _compiled(rule: Any, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002 - as Werkzeug calls it
    if rule.defaults:
        return _COMPILE(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)  # noqa: SLF001 - see above
    if key not in _KNOWN:
        _KNOWN[key] = _COMPILE(rule, append_unknown)
    return _KNOWN[key]


def compiled_once() -> None:
    """From now on, in this process."""
    Rule._compile_builder = _compiled  # type: ignore[method-assign,assignment]  # noqa: SLF001 - see above
