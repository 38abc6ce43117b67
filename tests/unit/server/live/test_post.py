"""The letters of one tick: what cannot be told to one is told to the others (M3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from server.live.post import Post


class Lines:
    """Connections of which one throws whatever it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def emit(self, sids: Sequence[str], event: str, payload: dict[str, Any]) -> None:
        if "broken" in sids:
            raise OSError(payload["n"])
        self.sent += [(sid, event) for sid in sids]

    def is_slow(self, _sid: str) -> bool:
        return False

    def drop(self, _sid: str) -> None:
        raise AssertionError


def test_M3_one_screen_that_fails_costs_no_other_its_letter(caplog: pytest.LogCaptureFixture) -> None:
    post, lines = Post(), Lines()
    common, later = {"n": 1}, {"n": 2}
    for sid in ("a", "broken", "b"):
        post.add(sid, "patch", common)
    post.add("broken", "point", {"n": 3})
    post.add("b", "point", later)
    assert post.send(lines) == [("broken", common), ("broken", {"n": 3})]
    assert lines.sent == [("a", "patch"), ("b", "patch"), ("b", "point")]
    assert "broken" in caplog.text
