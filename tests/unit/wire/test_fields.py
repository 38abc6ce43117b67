"""Rule W04, and the form of moments."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from wire.errors import BadField
from wire.fields import Fields, parse_instant, print_instant


def _fields(value: Any) -> Fields:
    return Fields({"a": value}, "it")


def test_W04_a_complaint_names_the_field_by_its_path() -> None:
    nested = Fields({"papers": [{"paper": "x"}]}, "have").objects("papers")[0]
    with pytest.raises(BadField) as refused:
        nested.id("paper", "p")
    assert refused.value.path == "have.papers[0].paper"


def test_W04_a_missing_field_is_refused() -> None:
    for read in ("any", "text", "number", "flag", "base64", "instant", "object"):
        with pytest.raises(BadField, match="is missing"):
            getattr(Fields({}, "it"), read)("a")


def test_W04_a_field_nobody_asked_for_is_refused() -> None:
    fields = Fields({"a": 1, "misspelt": 2}, "it")
    fields.number("a")
    with pytest.raises(BadField, match="misspelt"):
        fields.end()


@pytest.mark.parametrize("value", [None, 1, "a", [], True])
def test_W04_only_an_object_has_fields(value: Any) -> None:
    with pytest.raises(BadField):
        Fields(value, "it")
    with pytest.raises(BadField):
        _fields(value).object("a")


@pytest.mark.parametrize("value", [True, False, "1", 1.0, None, -1, 11, [1]])
def test_W04_a_number_is_a_whole_number_within_its_range(value: Any) -> None:
    with pytest.raises(BadField):
        _fields(value).number("a", high=10)


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_W04_a_flag_is_true_or_false(value: Any) -> None:
    with pytest.raises(BadField):
        _fields(value).flag("a")


@pytest.mark.parametrize("value", ["Q", "QQ=", "QQ", "Q Q==", "QQ==\n", "QR==", "Q-==", "đ", 7, None])
def test_W04_base_64_has_one_form(value: Any) -> None:
    with pytest.raises(BadField):
        _fields(value).base64("a")


@given(data=st.binary())
def test_W04_base_64_is_read_back(data: bytes) -> None:
    text = base64.b64encode(data).decode("ascii")
    assert _fields(text).base64("a", size=len(data)) == data
    with pytest.raises(BadField):
        _fields(text).base64("a", size=len(data) + 1)


@pytest.mark.parametrize("value", ["a\x00", "a\x1b[0m", "a\x7f", "a\x85", "a\u202eb", "a\u2028", "\ud800", "a\r\n"])
def test_W04_text_holds_no_control_and_no_direction_characters(value: str) -> None:
    with pytest.raises(BadField):
        _fields(value).text("a")


def test_W04_text_is_given_in_nfc() -> None:
    assert _fields("Vie\u0323\u0302t").text("a") == "Việt"


@pytest.mark.parametrize(
    ("value", "limit"), [("", 5), ("  \n", 5), ("abcdef", 5), ("e\u0301" * 6, 5), ("a" * 10**6, 5)]
)
def test_W04_text_is_neither_empty_nor_too_long(value: str, limit: int) -> None:
    with pytest.raises(BadField):
        _fields(value).text("a", limit=limit)


def test_W04_the_limit_counts_what_is_seen() -> None:
    assert len(_fields("e\u0301" * 5).text("a", limit=5)) == 5


def test_W04_a_list_is_no_longer_than_its_limit() -> None:
    assert _fields([1, 2]).items("a", limit=2) == [1, 2]
    with pytest.raises(BadField):
        _fields([1, 2, 3]).items("a", limit=2)


def test_W04_a_list_of_ids_holds_ids_and_none_twice() -> None:
    one, two = "m-aaaaaaaaaaaaaaaa", "m-bbbbbbbbbbbbbbbb"
    assert _fields([one, two]).ids("a", "m", limit=2) == (one, two)
    refused: list[Any] = [[one, one], [one, "x"], [one, 7], ["p-aaaaaaaaaaaaaaaa"], one]
    for bad in refused:
        with pytest.raises(BadField):
            _fields(bad).ids("a", "m", limit=2)


def test_W04_a_free_object_has_a_size() -> None:
    assert _fields({"b": 1}).free("a", limit_bytes=7) == {"b": 1}
    refused: list[Any] = [{"b": 12}, [], None]
    for bad in refused:
        with pytest.raises(BadField):
            _fields(bad).free("a", limit_bytes=7)


@given(moment=wire_values.moments())
def test_W04_a_moment_is_read_back(moment: dt.datetime) -> None:
    assert parse_instant(print_instant(moment)) == moment
    assert _fields(print_instant(moment)).instant("a") == moment


def test_W04_a_moment_is_in_utc_with_milliseconds() -> None:
    hanoi = dt.datetime(2026, 11, 21, 8, 15, 0, 123_999, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    assert print_instant(hanoi) == "2026-11-21T01:15:00.123Z"
    with pytest.raises(ValueError, match="zone"):
        print_instant(hanoi.replace(tzinfo=None))


@pytest.mark.parametrize(
    "value",
    ["2026-11-21T01:15:00Z", "2026-11-21 01:15:00.123Z", "2026-11-21T01:15:00.123+00:00", "2026-02-30T00:00:00.000Z",
     "2026-11-21T24:00:00.000Z", "0000-01-01T00:00:00.000Z", "٢026-11-21T01:15:00.123Z", "", 7, None],
)  # fmt: skip
def test_W04_other_forms_of_a_moment_are_refused(value: Any) -> None:
    with pytest.raises(BadField):
        _fields(value).instant("a")


@pytest.mark.parametrize("value", ["AA" * 4, "a" * 7, "g" * 8, "a" * 8 + "\n", 7])
def test_W04_hexadecimal_is_lower_case_and_of_its_length(value: Any) -> None:
    with pytest.raises(BadField):
        _fields(value).hex("a", size=4)


@pytest.mark.parametrize("value", ["c", "", None, 1, ["a"], {}])
def test_W04_a_choice_is_one_of_the_words(value: Any) -> None:
    with pytest.raises(BadField):
        _fields(value).choice("a", frozenset({"a", "b"}))
