"""What one tick sends: who gets the same gets one letter, written once.

Rules: of one tick; a letter is the same when it is the same object. Twenty consoles of a meeting of five hundred would
otherwise have the same list of five hundred printed twenty times. What cannot be told to one is told to the others: the
screen that missed a patch sees so from the number that its next one starts at, and asks anew (M3).

Usage::

    post = Post(); post.add(sid, "patch", patch); post.send(outlet)
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from server.live.ports import Outlet

_LOG: Final = logging.getLogger("live")


class Post:
    """Collects."""

    def __init__(self) -> None:
        self._letters: Final[dict[tuple[str, int], tuple[dict[str, Any], list[str]]]] = {}

    def add(self, sid: str, event: str, payload: dict[str, Any]) -> None:
        """For one screen."""
        # Held here until it is sent, so no other letter can have its number.
        self._letters.setdefault((event, id(payload)), (payload, []))[1].append(sid)

    def send(self, outlet: Outlet) -> list[tuple[str, dict[str, Any]]]:
        """In the order in which each was first written; the screens that could not be told, and of what."""
        lost: list[tuple[str, dict[str, Any]]] = []
        for (event, _), (payload, sids) in self._letters.items():
            if _told(outlet, sids, event, payload=payload):
                continue
            # Who of them was told before it failed is not known: told twice is better than not at all.
            lost += [
                (sid, payload) for sid in sids if len(sids) == 1 or not _told(outlet, [sid], event, payload=payload)
            ]
        return lost


def _told(outlet: Outlet, sids: Sequence[str], event: str, *, payload: dict[str, Any]) -> bool:
    try:
        outlet.emit(sids, event, payload)
    except Exception:  # noqa: BLE001 - whatever is wrong with one connection, the other screens are told
        _LOG.exception("%s could not be told to %s", event, ", ".join(sids))
        return False
    return True
