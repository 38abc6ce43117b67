"""Rules W02, W50."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import ids
from wire.errors import BadId

_BYTES = st.binary(min_size=10, max_size=10)


@given(prefix=st.sampled_from(sorted(ids.KINDS)), random=_BYTES)
def test_W02_an_id_is_read_back_as_its_own_kind_only(prefix: str, random: bytes) -> None:
    found = ids.new(prefix, random)
    assert ids.parse(prefix, found) == found
    for other in set(ids.KINDS) - {prefix}:
        with pytest.raises(BadId):
            ids.parse(other, found)


@given(first=_BYTES, second=_BYTES)
def test_W02_different_bytes_are_different_ids(first: bytes, second: bytes) -> None:
    assert (ids.new("m", first) == ids.new("m", second)) == (first == second)


@given(random=_BYTES)
def test_W02_an_id_can_stand_in_a_topic_and_in_a_file_name(random: bytes) -> None:
    assert not set(ids.new("p", random)) & set("/+#.\\$ \0")


@given(text=st.text())
def test_W02_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        ids.parse("m", text)


@pytest.mark.parametrize(
    "text",
    ["m-ABCDEFGHIJKLMNOP", "m-abcdefghijklmno", "m-abcdefghijklmnopq", "m-abcdefghijklmno1", "m-abcdefghijklmnop\n",
     "M-abcdefghijklmnop", "m_abcdefghijklmnop", " m-abcdefghijklmnop", "", 7, None, b"m-a",
     "m-abcdefghijklmno\N{CYRILLIC SMALL LETTER ER}"],
)  # fmt: skip
def test_W02_near_misses_are_refused(text: object) -> None:
    with pytest.raises(BadId):
        ids.parse("m", text)


@pytest.mark.parametrize(("prefix", "size"), [("m", 9), ("m", 11), ("x", 10), ("", 10)])
def test_W02_only_known_kinds_of_ten_bytes_are_made(prefix: str, size: int) -> None:
    with pytest.raises(BadId):
        ids.new(prefix, bytes(size))


def test_W02_a_device_is_named_by_its_key() -> None:
    assert ids.device_id(b"key") == ids.new("d", hashlib.sha256(b"key").digest()[:10])
    assert ids.device_id(b"key") != ids.device_id(b"kez")


@given(key=st.binary())
def test_W50_the_pairing_code_is_twelve_digits_in_threes_of_four(key: bytes) -> None:
    code = ids.pairing_code(key)
    groups = code.split(" ")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert "".join(groups).isdecimal()
    assert code == ids.pairing_code(key)


def test_W50_another_key_shows_another_code() -> None:
    assert len({ids.pairing_code(bytes([number])) for number in range(200)}) == 200
