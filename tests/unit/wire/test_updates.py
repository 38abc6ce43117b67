"""The words for a new image: what is read, and what is refused (W176, W177)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from wire import ids, messages
from wire.errors import BadField
from wire.messages import Head, Release, Update, Updating
from wire.messages.updates import version_key

_AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
_HEAD = Head(ids.DeviceId(ids.new("d", b"device0000")), bytes(16), 1, _AT)
_RELEASE = Release("20261123.081500", "phonghop-seat-amd64", 400_000_000, "ab" * 32, "20261001.000000", _AT)
_UPDATE = ids.new("a", b"update0000")


def _changed(message: Update | Updating, **parts: Any) -> dict[str, Any]:
    value = message.to_value()
    inner = value["release"] if isinstance(message, Update) and not parts.keys() & value.keys() else value
    inner.update(parts)
    return value


@pytest.mark.parametrize(
    "parts",
    [
        {"version": "3"},
        {"version": "0.3.0-rc1"},
        {"version": "1.2.3.4.5"},
        {"minimum": "latest"},
        {"size": 0},
        {"size": (4 << 30) + 1},
        {"sha256": "ab"},
        {"sha256": "../" * 21 + "a"},
        {"expires": "tomorrow"},
        {"kind": "erase"},
        {"more": 1},
    ],
)
def test_W176_what_is_no_release_or_no_word_of_it_is_refused(parts: dict[str, Any]) -> None:
    good = Update(_HEAD, _UPDATE, "fetch", _RELEASE)
    assert messages.parse("update", good.to_value()) == good
    with pytest.raises(BadField):
        messages.parse("update", _changed(good, **parts))


def test_W176_versions_are_compared_as_numbers() -> None:
    assert version_key("20261123.081500") > version_key("20261123.075959") > version_key("0.9.12")


@pytest.mark.parametrize(
    "wrong", ["", "1", "1.2.3.4.5", "1.2.x", "-1.2", "1.2\n", "1..2", "\u0663.\u0661", "123456789.1"]
)
def test_W176_what_is_no_version_is_not_compared(wrong: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whose argument is what was wrong
        version_key(wrong)
    assert caught.value.args == (wrong,)


@pytest.mark.parametrize("parts", [{"state": "lost"}, {"done": 101}, {"reason": "because"}, {"version": "new"}])
def test_W177_a_seat_says_where_it_is_in_words_of_a_closed_list(parts: dict[str, Any]) -> None:
    good = Updating(_HEAD, _UPDATE, "20261123.081500", "failed", 40, "signature")
    assert messages.parse("updating", good.to_value()) == good
    with pytest.raises(BadField):
        messages.parse("updating", _changed(good, **parts))
