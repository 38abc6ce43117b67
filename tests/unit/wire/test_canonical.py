"""Rule W03."""

from __future__ import annotations

import enum
import json
import random
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

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


@pytest.mark.parametrize(("make", "empty"), [(lambda held: [held], []), (lambda held: {"a": held}, {})])
def test_W03_nesting_ends_at_the_same_depth_both_ways(make: Callable[[Any], Any], empty: Any) -> None:
    deepest = _nested(canonical.MAX_DEPTH, make, empty)
    assert canonical.decode(canonical.encode(deepest)) == deepest
    for beyond in (make(deepest), _nested(canonical.MAX_DEPTH, make, make(1))):
        with pytest.raises(BadJson, match="too deeply"):
            canonical.encode(beyond)
        with pytest.raises(BadJson, match="too deeply"):
            canonical.decode(json.dumps(beyond, separators=(",", ":")).encode())


def _nested(times: int, make: Callable[[Any], Any], inner: Any) -> Any:
    for _ in range(times):
        inner = make(inner)
    return inner


@pytest.mark.parametrize("text", ["\ud800", "e\u0301", "a\ud800b"])
def test_W03_text_is_checked_wherever_it_stands(text: str) -> None:
    for value in (text, [text], {"a": text}, {"a": [text]}, [{"a": text}], (text,)):
        with pytest.raises(BadJson):
            canonical.encode(value)


def test_W03_derived_types_are_the_json_they_stand_for() -> None:
    assert canonical.encode({"a": Colour.RED, "b": Pair(1, "x"), "c": Word("y")}) == b'{"a":"red","b":[1,"x"],"c":"y"}'
    for value in (1.0, {1: 2}, {"a": b"x"}, {"a": {1, 2}}, object(), float("nan")):
        with pytest.raises(BadJson):
            canonical.encode(value)


class Colour(enum.StrEnum):
    RED = "red"


class Word(str):
    __slots__ = ()


class Pair(NamedTuple):
    number: int
    text: str
