"""Rule W22: a box opens for its receiver, on its topic, unchanged – or not at all."""

from __future__ import annotations

import json
import pickle
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sealing import boxes
from sealing.boxes import BoxKey, new_key, open_box, seal_box
from sealing.errors import BadKey
from tests.support import mutate, wire_values
from tests.unit.sealing import hpke_by_hand
from tests.vectors import make
from wire.errors import BadFrame, WireError
from wire.ids import DeviceId
from wire.secret import Secret
from wire.topics import Topic

_KEY = new_key()
_TOPIC = Topic.down(DeviceId("d-aaaaaaaaaaaaaaaa"), "welcome")


@settings(max_examples=40)
@given(data=st.binary(max_size=300), topic=wire_values.all_topics())
def test_W22_what_is_sealed_is_opened(data: bytes, topic: Topic) -> None:
    assert open_box(seal_box(data, to=_KEY.public, topic=topic), key=_KEY, topic=topic) == data


def test_W22_the_same_bytes_are_sealed_differently_each_time() -> None:
    assert len({seal_box(b"x", to=_KEY.public, topic=_TOPIC) for _ in range(20)}) == 20


def test_W22_another_key_does_not_open_it() -> None:
    frame = seal_box(b"x", to=_KEY.public, topic=_TOPIC)
    with pytest.raises(BadFrame):
        open_box(frame, key=new_key(), topic=_TOPIC)


@settings(max_examples=40)
@given(other=wire_values.all_topics().filter(lambda topic: topic != _TOPIC))
def test_W22_a_frame_moved_to_another_topic_does_not_open(other: Topic) -> None:
    frame = seal_box(b"x", to=_KEY.public, topic=_TOPIC)
    with pytest.raises(BadFrame):
        open_box(frame, key=_KEY, topic=other)


def test_W22_any_flipped_bit_is_noticed() -> None:
    # Also the highest bit of the sender's key, which X25519 itself ignores (RFC 7748, section 5): HPKE binds it.
    frame = seal_box(b"Ch\xe1", to=_KEY.public, topic=_TOPIC)
    for broken in mutate.flipped_bits(frame):
        with pytest.raises(WireError):
            open_box(broken, key=_KEY, topic=_TOPIC)


def test_W01_broken_frames_raise_only_our_errors() -> None:
    frame = seal_box(b"abc", to=_KEY.public, topic=_TOPIC)
    for broken in mutate.broken_bytes(frame, random.Random(22), count=500):
        with pytest.raises(WireError):
            open_box(broken, key=_KEY, topic=_TOPIC)


@pytest.mark.parametrize(
    "enc",
    [bytes(32), b"\x01" + bytes(31), bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")],
)
def test_W22_points_of_small_order_give_nobody_a_key(enc: bytes) -> None:
    with pytest.raises(BadKey):
        seal_box(b"x", to=enc, topic=_TOPIC)
    with pytest.raises(BadFrame):
        open_box(b"\x01\x01" + enc + bytes(40), key=_KEY, topic=_TOPIC)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_W22_a_key_has_32_bytes(size: int) -> None:
    with pytest.raises(BadKey):
        seal_box(b"x", to=bytes(size), topic=_TOPIC)
    with pytest.raises(BadKey):
        BoxKey.from_secret(Secret(bytes(size)))


def test_W22_a_key_is_kept_and_found_again() -> None:
    again = BoxKey.from_secret(_KEY.to_secret())
    assert again.public == _KEY.public
    assert open_box(seal_box(b"x", to=_KEY.public, topic=_TOPIC), key=again, topic=_TOPIC) == b"x"


def test_a_private_key_is_neither_shown_nor_pickled() -> None:
    assert _KEY.to_secret().reveal().hex()[:8] not in repr(_KEY)
    with pytest.raises(TypeError):
        pickle.dumps(_KEY)


def _published() -> Any:
    return json.loads((make.HERE / "published-hpke.json").read_text(encoding="utf-8"))


def test_W22_hpke_by_hand_is_the_one_of_rfc_9180() -> None:
    vector = {
        name: bytes.fromhex(value) for name, value in _published().items() if name not in {"source", "encryptions"}
    }
    first = {name: bytes.fromhex(value) for name, value in _published()["encryptions"][0].items()}
    found = hpke_by_hand.key_and_nonce(vector["shared_secret"], info=vector["info"])
    assert found == (vector["key"], vector["base_nonce"])
    sealed = hpke_by_hand.seal(
        vector["pkRm"], first["pt"], info=vector["info"], aad=first["aad"], ephemeral=vector["skEm"]
    )
    assert sealed == vector["enc"] + first["ct"]
    assert hpke_by_hand.unseal(vector["skRm"], sealed, info=vector["info"], aad=first["aad"]) == first["pt"]


@settings(max_examples=20)
@given(data=st.binary(max_size=100), info=st.binary(max_size=60))
def test_W22_the_box_is_hpke_of_rfc_9180_both_ways(data: bytes, info: bytes) -> None:
    by_hand = hpke_by_hand.seal(_KEY.public, data, info=info)
    assert _KEY.open(by_hand, info=info) == data
    ours = boxes.seal(data, to=_KEY.public, info=info)
    assert hpke_by_hand.unseal(_KEY.to_secret().reveal(), ours, info=info) == data
