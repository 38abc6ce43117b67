"""Rules W05, W22, W23: the layout. That frames open only where they belong is shown in tests/unit/sealing."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from wire import frames
from wire.errors import BadFrame, UnknownVersion, WireError
from wire.topics import Topic

_SEALED = st.binary(min_size=48, max_size=90)


@given(sealed=_SEALED)
def test_W22_a_box_frame_is_read_back(sealed: bytes) -> None:
    assert frames.parse_box(frames.print_box(sealed)) == sealed


@given(
    epoch=st.integers(0, 2**32 - 1),
    nonce=st.binary(min_size=12, max_size=12),
    ciphertext=st.binary(min_size=16, max_size=60),
)
def test_W23_a_room_frame_is_read_back(epoch: int, nonce: bytes, ciphertext: bytes) -> None:
    frame = frames.RoomFrame(epoch, nonce, ciphertext)
    assert frames.parse_room(frame.print()) == frame


@given(data=st.binary(max_size=80))
def test_W01_arbitrary_bytes_raise_only_our_errors(data: bytes) -> None:
    with contextlib.suppress(WireError):
        assert frames.print_box(frames.parse_box(data)) == data
    with contextlib.suppress(WireError):
        assert frames.parse_room(data).print() == data


def test_W22_a_frame_of_the_other_kind_is_refused() -> None:
    box = frames.print_box(bytes(90))
    room = frames.RoomFrame(1, bytes(12), bytes(70)).print()
    with pytest.raises(BadFrame):
        frames.parse_room(box)
    with pytest.raises(BadFrame):
        frames.parse_box(room)


@pytest.mark.parametrize("parse", [frames.parse_box, frames.parse_room])
def test_W05_a_later_frame_version_is_told_apart(parse: object) -> None:
    assert callable(parse)
    with pytest.raises(UnknownVersion):
        parse(b"\x02\x01" + bytes(90))


def test_W22_a_cut_frame_is_refused_at_every_length() -> None:
    box = frames.print_box(bytes(48))
    room = frames.RoomFrame(1, bytes(12), bytes(16)).print()
    for length in range(len(box)):
        with pytest.raises(BadFrame):
            frames.parse_box(box[:length])
    for length in range(len(room)):
        with pytest.raises(BadFrame):
            frames.parse_room(room[:length])


@given(
    first=wire_values.all_topics(),
    second=wire_values.all_topics(),
    epochs=st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_W23_topic_and_epoch_are_bound(first: Topic, second: Topic, epochs: tuple[int, int]) -> None:
    assert (frames.box_info(first) == frames.box_info(second)) == (first == second)
    same = (first, epochs[0]) == (second, epochs[1])
    assert (frames.room_aad(first, epochs[0]) == frames.room_aad(second, epochs[1])) == same
    assert frames.box_info(first) != frames.room_aad(second, epochs[1])


@given(one=st.tuples(wire_values.of_kind("m"), st.integers(1, 99), wire_values.of_kind("d")), epoch=st.integers(1, 99))
def test_W26_meeting_epoch_and_device_are_bound(one: tuple[str, int, str], epoch: int) -> None:
    assert (frames.epoch_info(*one) == frames.epoch_info(one[0], epoch, one[2])) == (one[1] == epoch)
