"""Rule W03."""

from __future__ import annotations

import json
import random
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import mutate, wire_values
from wire import canonical
from wire.errors import BadJson


@given(value=wire_values.json_values())
def test_W03_what_is_encoded_is_read_back(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(value=wire_values.json_values())
def test_W03_any_other_spelling_is_refused(value: Any) -> None:
    data = canonical.encode(value)
    spaced = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")
    escaped = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")
    backwards = json.dumps(_reversed(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    for other in {spaced, escaped, backwards, data + b" ", b" " + data, b"\xef\xbb\xbf" + data} - {data}:
        with pytest.raises(BadJson):
            canonical.decode(other)


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in sorted(value, reverse=True)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


@given(value=wire_values.json_values())
def test_W03_the_lenient_reader_gives_the_same_value(value: Any) -> None:
    assert canonical.decode_lenient(json.dumps(value, indent=2).encode()) == value


@given(first=wire_values.json_values(), second=wire_values.json_values())
def test_W03_one_value_has_one_byte_string(first: Any, second: Any) -> None:
    same = json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    assert (canonical.encode(first) == canonical.encode(second)) == same


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"b":1,"a":2}', "1.0", "1e3", "-0", "01", "NaN", "Infinity", "9007199254740992", "9" * 5000,
     '"\\u0111"', '"e\u0301"', '"\\ud800"', '{"đ":1}', '{"":1}', '{"a b":1}', "[1, 2]", "[1,]", "", "'a'", "tru",
     '{"a":[{"b":1.5}]}', "\ufeff1", '"\t"', "[" * 100 + "]" * 100, "[" * 200_000],
)  # fmt: skip
def test_W03_what_is_outside_the_subset_is_refused(text: str) -> None:
    with pytest.raises(BadJson):
        canonical.decode(text.encode("utf-8"))


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), {1: 2}, {"a": b""}, {"đ": 1}, 2**53, -(2**53), "e\u0301", "\ud800", {"a", "b"}, object()],
)
def test_W03_what_is_outside_the_subset_is_not_written(value: Any) -> None:
    with pytest.raises(BadJson):
        canonical.encode(value)


def test_W03_a_circle_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(BadJson):
        canonical.encode(circle)


def test_W03_depth_has_a_limit_that_honest_values_keep() -> None:
    value: Any = 1
    for _ in range(canonical.MAX_DEPTH):
        value = [value]
    assert canonical.decode(canonical.encode(value)) == value
    with pytest.raises(BadJson):
        canonical.encode([value])


@given(data=st.binary(max_size=60))
def test_W01_arbitrary_bytes_raise_bad_json_or_are_canonical(data: bytes) -> None:
    for read in (canonical.decode, canonical.decode_lenient):
        try:
            value = read(data)
        except BadJson:
            continue
        assert canonical.decode(canonical.encode(value)) == value


def test_W03_broken_bytes_never_mean_the_same_value() -> None:
    value = {"a": [1, 2, {"b": "Báo cáo"}], "c": None, "d": "\u2028\u007f\n", "e": {"f": True}}
    data = canonical.encode(value)
    for broken in mutate.broken_bytes(data, random.Random(3), count=3000):
        try:
            found = canonical.decode(broken)
        except BadJson:
            continue
        assert found != value


def test_W03_normal_form_is_nfc() -> None:
    assert canonical.normal("Tie\u0302\u0301ng Vie\u0323\u0302t") == unicodedata.normalize("NFC", "Tiếng Việt")
