"""A database that refuses to open a second transaction on a thread that has one: it is how a house comes to a stand.

Usage: ``only_one_at_a_time(monkeypatch)``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from server.db.engine import Database


def only_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, of every database."""
    held = threading.local()
    for name in ("begin", "read"):
        monkeypatch.setattr(Database, name, _counted(getattr(Database, name), held))


def _counted(
    opens: Callable[[Database], AbstractContextManager[Any]], held: threading.local
) -> Callable[[Database], AbstractContextManager[Any]]:
    @contextmanager
    def opened(database: Database) -> Iterator[Any]:
        if getattr(held, "open", False):
            raise AssertionError("a second transaction within the first")
        held.open = True
        try:
            with opens(database) as tx:
                yield tx
        finally:
            held.open = False

    return opened
