"""What the chair may ask for at a seat is looked at before it is kept (W28, W121)."""

from __future__ import annotations

from typing import Any

import pytest

from edge.acts import check
from wire.errors import WireError

RULE = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
VOTE: dict[str, Any] = {
    "item": "i-aaaaaaaaaaaaaaaa", "kind": "open", "question": "Thông qua?", "template": "approve", "rule": RULE,
    "seconds": 0, "seen": 2,
}  # fmt: skip
NOTICE: dict[str, Any] = {"to": "wall", "text": "Giải lao (demo)", "seconds": 600}


@pytest.mark.parametrize(("kind", "data"), [("vote_begin", VOTE), ("notice_send", NOTICE)])
def test_W121_what_the_screen_sends_is_taken(kind: str, data: dict[str, Any]) -> None:
    check(kind, data)
    check("notice_withdraw", {"notice": "g-aaaaaaaaaaaaaaaa"})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("vote_begin", {**VOTE, "weights": []}),
        ("vote_begin", {**VOTE, "template": "own"}),
        ("vote_begin", {**VOTE, "kind": "loud"}),
        ("vote_begin", {**VOTE, "question": ""}),
        ("vote_begin", {**VOTE, "question": "x" * 2001}),
        ("vote_begin", {**VOTE, "rule": {**RULE, "majority": {"num": 3, "den": 2, "more": True}}}),
        ("vote_begin", {**VOTE, "seconds": -1}),
        ("vote_begin", {name: value for name, value in VOTE.items() if name != "seen"}),
        ("notice_send", {**NOTICE, "to": "street"}),
        ("notice_send", {**NOTICE, "text": ""}),
        ("notice_send", {**NOTICE, "send": True}),
        ("notice_send", {**NOTICE, "people": ["everybody"]}),
        ("notice_withdraw", {}),
    ],
)
def test_W121_anything_else_is_refused_before_it_is_kept(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        check(kind, data)
