"""A fault or a wish, read (W146)."""

from __future__ import annotations

from typing import Any

import pytest

from edge import acts
from wire.errors import BadField
from wire.feedback import ABOUT, MAX_ABOUT, MAX_TEXT, SEND, Kind, Said, read_said
from wire.fields import Fields

WHOLE: dict[str, Any] = {"kind": "fault", "text": " Trang đứng yên ", "about": dict.fromkeys(ABOUT, "x")}


def test_W146_it_is_read_as_it_was_told() -> None:
    assert read_said(Fields(WHOLE, "data")) == Said(Kind.FAULT, "Trang đứng yên", WHOLE["about"])
    assert read_said(Fields({"kind": "wish", "text": "Chữ to hơn"}, "data")) == Said(Kind.WISH, "Chữ to hơn")


@pytest.mark.parametrize(
    "rubbish",
    [
        {"kind": "praise"},
        {"text": " "},
        {"text": "x" * (MAX_TEXT + 1)},
        {"about": {"paper": "p"}},
        {"about": {"page": "x" * (MAX_ABOUT + 1)}},
        {"about": ["page"]},
        {"person": "u-aaaaaaaaaaaaaaaa"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_W146_nothing_else_is_kept_at_a_seat_and_nothing_empty(rubbish: dict[str, Any]) -> None:
    acts.check(SEND, WHOLE)
    with pytest.raises(BadField):
        acts.check(SEND, WHOLE | rubbish)
