"""What the codec lets in: signed by the device of the tree, of the lane's type, for this server."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealing.boxes import new_key, open_box, seal_box
from sealing.epochs import EpochKey
from sealing.signatures import DeviceSigner, ServerSigner, device_verifier, server_verifier
from server.link.codec import Codec
from wire.envelope import open_envelope, seal
from wire.errors import BadField, BadFrame, BadSignature, BadTopic, UnknownType, WireError
from wire.ids import MeetingId, PaperId, RoomId
from wire.messages import Ack, Events, Have, Head, Want
from wire.topics import PaperVersion, Topic

SERVER, MAILBOX = ServerSigner.generate(), new_key()
SEAT, OTHER = DeviceSigner.generate(), DeviceSigner.generate()
KNOWN: dict[str, bytes] = {signer.key_id: signer.spki for signer in (SEAT, OTHER)}
CODEC = Codec(signer=SERVER, mailbox=MAILBOX, verify=device_verifier(KNOWN.get))
HEAD = Head(SEAT.key_id, bytes(16), 1, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
PAPER = PaperVersion(PaperId("p-" + "a" * 16), 1)
HAVE = Have(HEAD, PAPER, 8, b"\xff")
TOPIC = Topic.up(SEAT.key_id, "have")


def sent(
    message: Have | Want = HAVE,
    *,
    signer: DeviceSigner = SEAT,
    kind: str = "have",
    topic: Topic = TOPIC,
    to: bytes = MAILBOX.public,
) -> bytes:
    envelope = seal(kind, message.to_value(), key_id=signer.key_id, sign=signer.sign)
    return seal_box(envelope, to=to, topic=topic)


def test_a_message_of_a_seat_comes_with_its_envelope() -> None:
    opened = CODEC.open_up(TOPIC, sent())
    assert opened.message == HAVE
    assert open_envelope(opened.envelope, verify=device_verifier(KNOWN.get)).key_id == SEAT.key_id


def test_W21_another_device_cannot_speak_for_it() -> None:
    with pytest.raises(BadField):
        CODEC.open_up(TOPIC, sent(signer=OTHER))
    with pytest.raises(BadField):
        CODEC.open_up(TOPIC, sent(replace(HAVE, head=replace(HEAD, device=OTHER.key_id))))


def test_W21_a_device_that_is_not_known_is_refused() -> None:
    stranger = DeviceSigner.generate()
    topic = Topic.up(stranger.key_id, "have")
    message = replace(HAVE, head=replace(HEAD, device=stranger.key_id))
    with pytest.raises(BadSignature):
        CODEC.open_up(topic, sent(message, signer=stranger, topic=topic))


def test_W11_a_message_on_another_lane_is_refused() -> None:
    topic = Topic.up(SEAT.key_id, "act")
    with pytest.raises(BadField):
        CODEC.open_up(topic, sent(topic=topic))
    for elsewhere in (Topic.up(SEAT.key_id, "gone"), Topic.down(SEAT.key_id, "key")):
        with pytest.raises(BadTopic):
            CODEC.open_up(elsewhere, sent())


def test_W22_a_box_moved_or_for_another_does_not_open() -> None:
    with pytest.raises(BadFrame):
        CODEC.open_up(TOPIC, sent(topic=Topic.up(SEAT.key_id, "want")))
    with pytest.raises(BadFrame):
        CODEC.open_up(TOPIC, sent(to=new_key().public))


def test_W05_a_type_of_tomorrow_is_told_apart() -> None:
    envelope = seal("tomorrow", HAVE.to_value(), key_id=SEAT.key_id, sign=SEAT.sign)
    with pytest.raises((UnknownType, BadField)):
        CODEC.open_up(TOPIC, seal_box(envelope, to=MAILBOX.public, topic=TOPIC))


@given(st.binary(max_size=400))
def test_W01_any_bytes_are_refused_with_an_error_of_the_contract(data: bytes) -> None:
    with pytest.raises(WireError):
        CODEC.open_up(TOPIC, data)


@given(st.integers(0, len(sent()) - 1), st.integers(1, 255))
def test_W22_a_changed_byte_is_noticed(at: int, change: int) -> None:
    frame = bytearray(sent())
    frame[at] ^= change
    with pytest.raises(WireError):
        CODEC.open_up(TOPIC, bytes(frame))


def test_what_the_server_says_is_signed_and_for_one_seat() -> None:
    box, topic = new_key(), Topic.down(SEAT.key_id, "ack")
    ack = Ack(HEAD, "a-" + "a" * 16, "done")
    frame = CODEC.seal_down(topic, ack, to=box.public)
    signed = open_envelope(open_box(frame, key=box, topic=topic), verify=server_verifier(SERVER.public))
    assert signed.type == "ack"
    with pytest.raises(BadFrame):
        open_box(frame, key=new_key(), topic=topic)


def test_W23_what_the_room_hears_needs_the_epoch() -> None:
    meeting = MeetingId("m-" + "a" * 16)
    epoch, topic = EpochKey.generate(3), Topic.events(RoomId("r-" + "a" * 16), meeting)
    frame = CODEC.seal_room(topic, Events(meeting, ()), epoch=epoch)
    signed = open_envelope(epoch.open_room(frame, topic=topic), verify=server_verifier(SERVER.public))
    assert signed.type == "events"
    with pytest.raises(BadFrame):
        EpochKey.generate(3).open_room(frame, topic=topic)
