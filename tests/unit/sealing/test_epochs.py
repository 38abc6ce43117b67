"""Rules W23, W26, W32."""

from __future__ import annotations

import hashlib
import hmac
import random

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from hypothesis import given, settings
from hypothesis import strategies as st

from sealing.boxes import new_key
from sealing.epochs import EpochKey, open_epoch, seal_epoch
from sealing.errors import BadKey, UnwrapFailed
from sealing.papers import new_paper_key
from tests.support import mutate, wire_values
from wire.errors import BadFrame, WireError
from wire.frames import parse_room
from wire.ids import MeetingId, RoomId
from wire.messages import SEALED_BYTES, WRAPPED_BYTES
from wire.secret import Secret
from wire.topics import Topic

_EPOCH = EpochKey.generate(7)
_TOPIC = Topic.events(RoomId("r-aaaaaaaaaaaaaaaa"), MeetingId("m-aaaaaaaaaaaaaaaa"))
_SEAT = new_key()
_MEETING, _DEVICE = "m-aaaaaaaaaaaaaaaa", "d-aaaaaaaaaaaaaaaa"


@given(data=st.binary(max_size=300), topic=wire_values.all_topics())
def test_W23_what_is_sealed_for_the_room_is_opened_by_its_seats(data: bytes, topic: Topic) -> None:
    frame = _EPOCH.seal_room(data, topic=topic)
    assert parse_room(frame).epoch == 7
    assert EpochKey(7, _EPOCH.key).open_room(frame, topic=topic) == data


@given(other=wire_values.all_topics().filter(lambda topic: topic != _TOPIC))
def test_W23_a_frame_moved_to_another_topic_does_not_open(other: Topic) -> None:
    frame = _EPOCH.seal_room(b"x", topic=_TOPIC)
    with pytest.raises(BadFrame):
        _EPOCH.open_room(frame, topic=other)


def test_W23_a_seat_that_left_does_not_read_on() -> None:
    frame = EpochKey.generate(8).seal_room(b"x", topic=_TOPIC)
    with pytest.raises(BadFrame):
        _EPOCH.open_room(frame, topic=_TOPIC)
    with pytest.raises(BadFrame):
        EpochKey(8, _EPOCH.key).open_room(frame, topic=_TOPIC)


def test_W23_the_number_of_the_epoch_is_bound() -> None:
    frame = bytearray(_EPOCH.seal_room(b"x", topic=_TOPIC))
    frame[5] = 8
    with pytest.raises(BadFrame):
        EpochKey(8, _EPOCH.key).open_room(bytes(frame), topic=_TOPIC)


def test_W23_any_flipped_bit_is_noticed() -> None:
    frame = _EPOCH.seal_room(b"Ch\xe1", topic=_TOPIC)
    for broken in mutate.flipped_bits(frame):
        with pytest.raises(WireError):
            _EPOCH.open_room(broken, topic=_TOPIC)
    for broken in mutate.broken_bytes(frame, random.Random(23), count=500):
        with pytest.raises(WireError):
            _EPOCH.open_room(broken, topic=_TOPIC)


def test_W23_no_nonce_comes_twice() -> None:
    assert len({parse_room(_EPOCH.seal_room(b"x", topic=_TOPIC)).nonce for _ in range(500)}) == 500


def test_W26_an_epoch_key_reaches_its_seat() -> None:
    sealed = seal_epoch(_EPOCH, to=_SEAT.public, meeting=_MEETING, device=_DEVICE)
    assert len(sealed) == SEALED_BYTES
    found = open_epoch(sealed, key=_SEAT, meeting=_MEETING, epoch=7, device=_DEVICE)
    assert (found.epoch, found.key) == (7, _EPOCH.key)


@settings(max_examples=30)
@given(meeting=wire_values.of_kind("m"), device=wire_values.of_kind("d"), epoch=st.integers(1, 2**31))
def test_W26_an_epoch_key_opens_for_its_meeting_epoch_and_device_only(meeting: str, device: str, epoch: int) -> None:
    sealed = seal_epoch(_EPOCH, to=_SEAT.public, meeting=_MEETING, device=_DEVICE)
    for other in (
        {"meeting": meeting, "epoch": 7, "device": _DEVICE},
        {"meeting": _MEETING, "epoch": 7, "device": device},
        {"meeting": _MEETING, "epoch": epoch, "device": _DEVICE},
    ):
        if other == {"meeting": _MEETING, "epoch": 7, "device": _DEVICE}:
            continue
        with pytest.raises(BadFrame):
            open_epoch(sealed, key=_SEAT, **other)  # type: ignore[arg-type]
    with pytest.raises(BadFrame):
        open_epoch(sealed, key=new_key(), meeting=_MEETING, epoch=7, device=_DEVICE)


def test_W26_any_flipped_bit_of_a_sealed_key_is_noticed() -> None:
    sealed = seal_epoch(_EPOCH, to=_SEAT.public, meeting=_MEETING, device=_DEVICE)
    for broken in mutate.flipped_bits(sealed):
        with pytest.raises(BadFrame):
            open_epoch(broken, key=_SEAT, meeting=_MEETING, epoch=7, device=_DEVICE)


def test_W32_a_paper_key_travels_under_the_epoch() -> None:
    paper = new_paper_key()
    wrapped = _EPOCH.wrap(paper)
    assert len(wrapped) == WRAPPED_BYTES
    assert _EPOCH.unwrap(wrapped) == paper
    with pytest.raises(UnwrapFailed):
        EpochKey.generate(7).unwrap(wrapped)
    for broken in mutate.flipped_bits(wrapped):
        with pytest.raises(UnwrapFailed):
            _EPOCH.unwrap(broken)


def _derived(label: bytes) -> bytes:
    """HKDF-Expand with SHA-256 for one block, as RFC 5869, section 2.3, writes it."""
    return hmac.new(_EPOCH.key.reveal(), label + b"\x01", hashlib.sha256).digest()


def test_W23_a_room_frame_can_be_opened_by_the_specification_alone() -> None:
    frame = _EPOCH.seal_room(b"x", topic=_TOPIC)
    additional = b"phonghop/v1/room\0" + (7).to_bytes(4, "big") + str(_TOPIC).encode()
    cipher = AESGCM(_derived(b"phonghop/v1/epoch/events"))
    assert cipher.decrypt(frame[6:18], frame[18:], additional) == b"x"


def test_W32_a_wrapped_key_can_be_opened_by_the_specification_alone() -> None:
    paper = new_paper_key()
    assert aes_key_unwrap(_derived(b"phonghop/v1/epoch/paper-wrap"), _EPOCH.wrap(paper)) == paper.reveal()


@pytest.mark.parametrize(("epoch", "size"), [(0, 32), (2**31 + 1, 32), (1, 31), (1, 33), (1, 0)])
def test_W26_an_epoch_has_a_number_and_32_bytes(epoch: int, size: int) -> None:
    with pytest.raises(BadKey):
        EpochKey(epoch, Secret(bytes(size)))


def test_an_epoch_key_shows_its_number_only() -> None:
    assert repr(_EPOCH) == "EpochKey(epoch=7)"
