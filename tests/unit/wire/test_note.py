"""Rule W72: signed notes and checkpoints, as public tools write and read them."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sealing.signatures import holds
from wire.checkpoint import Checkpoint
from wire.errors import BadNote
from wire.note import MAX_BYTES, Note, NoteKey

PUBLISHED = json.loads((Path(__file__).parents[2] / "vectors" / "published-notes.json").read_text("utf-8"))
PETER = PUBLISHED["peter"]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OURS = NoteKey("phonghop.example/nhat-ky", KEY.public_key().public_bytes_raw())
LINE = b"\xe2\x80\x94 n AAAAAAA=\n"
CHECKPOINT = Checkpoint(OURS.name, 9, b"\x05" * 32)


def test_W72_the_published_note_is_verified_and_written_byte_for_byte() -> None:
    key = NoteKey.read(PETER["key"])
    assert key.print() == PETER["key"]
    Note.read(PETER["note"].encode()).verify(key, holds)
    raw = base64.b64decode(PETER["private"].split("+", 4)[4])
    written = Note.signed(PETER["text"], key, Ed25519PrivateKey.from_private_bytes(raw[1:]).sign)
    assert written.encode().decode() == PETER["note"]


def test_W72_a_published_key_has_its_identifier() -> None:
    key = NoteKey.read(PUBLISHED["sumdb"]["key"])
    assert (key.name, key.key_id.hex()) == ("sum.golang.org", "033de0ae")


def test_W72_empty_lines_inside_a_text_belong_to_it() -> None:
    note = Note.read(PUBLISHED["salvatore"]["note"].encode())
    assert note.text.endswith("raggio di sole:\n\ned è subito sera.\n")
    assert note.signatures[0].name == "quasimodo.example/salvatore"
    assert note.encode().decode() == PUBLISHED["salvatore"]["note"]


def test_W72_the_published_checkpoint_is_read() -> None:
    sofa = PUBLISHED["sofa"]
    found = Checkpoint.read(Note.read(sofa["note"].encode()).text)
    assert (found.origin, found.size) == (sofa["origin"], sofa["size"])
    assert base64.b64encode(found.root).decode() == sofa["root"]


def test_W72_ours_is_three_lines_and_comes_back() -> None:
    data = CHECKPOINT.note(OURS, KEY.sign).encode()
    assert data.decode().split("\n")[:3] == [OURS.name, "9", base64.b64encode(b"\x05" * 32).decode()]
    assert Checkpoint.open(data, OURS, holds) == CHECKPOINT


def test_W72_what_an_extension_adds_is_kept() -> None:
    more = Checkpoint(OURS.name, 9, b"\x05" * 32, ("time 1",))
    assert Checkpoint.open(more.note(OURS, KEY.sign).encode(), OURS, holds) == more


def test_W72_signatures_of_others_are_passed_over_and_do_not_count() -> None:
    note = CHECKPOINT.note(OURS, KEY.sign)
    stranger = NoteKey(OURS.name, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32).public_key().public_bytes_raw())
    with pytest.raises(BadNote, match="not signed by the key"):
        note.verify(stranger, holds)
    both = Note(note.text, (*Note.read(PUBLISHED["sofa"]["note"].encode()).signatures, *note.signatures))
    assert Checkpoint.open(both.encode(), OURS, holds) == CHECKPOINT


def test_W72_one_wrong_signature_of_the_known_key_refuses_the_note() -> None:
    note = CHECKPOINT.note(OURS, KEY.sign)
    (good,) = note.signatures
    with pytest.raises(BadNote, match="does not hold"):
        Note(note.text, (good, good._replace(data=bytes(64)))).verify(OURS, holds)


def test_W72_the_checkpoint_of_another_log_under_the_same_key_is_refused() -> None:
    other = Checkpoint("phonghop.example/khac", 9, b"\x05" * 32)
    with pytest.raises(BadNote, match="another log"):
        Checkpoint.open(other.note(OURS, KEY.sign).encode(), OURS, holds)


@given(at=st.integers(0, len(CHECKPOINT.note(OURS, KEY.sign).encode()) * 8 - 1))
def test_W72_a_flipped_bit_anywhere_in_a_checkpoint_is_found(at: int) -> None:
    data = bytearray(CHECKPOINT.note(OURS, KEY.sign).encode())
    data[at // 8] ^= 1 << at % 8
    with pytest.raises(BadNote):
        Checkpoint.open(bytes(data), OURS, holds)


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a\n9\n", "\n9\nx\n", "a\n09\nx\n", "a\n-1\nx\n", "a\n9\nx\n", "a\n9\n" + "A" * 43 + "=",
     "a\n9\n" + "A" * 43 + "=\n\nb\n", "a\n٩\n" + "A" * 43 + "=\n", "a\n9999999999999999\n" + "A" * 43 + "=\n"],
)  # fmt: skip
def test_W72_other_lines_are_no_checkpoint(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"a", b"a\n\n", b"a\n\nb\n", b"\n\n" + LINE, b"a\n\n" + LINE[:-1], b"a\n\n- n AAAAAAA=\n",
        b"a\n\n\xe2\x80\x94 n\n", b"a\n\n\xe2\x80\x94 n AAAA\n", b"a\n\n\xe2\x80\x94 n+x AAAAAAA=\n",
        b"a\x00\n\n" + LINE, b"\xff\n\n" + LINE, b"a" * MAX_BYTES + b"\n\n" + LINE, b"a\n\n" + LINE * 33,
    ],
)  # fmt: skip
def test_W72_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(BadNote):
        Note.read(data)


@given(data=st.binary(max_size=200))
def test_W72_reading_gives_a_note_or_our_error(data: bytes) -> None:
    with contextlib.suppress(BadNote):
        assert Note.read(data).encode() == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b+c",
        PETER["key"].replace("Peter", "Peter "),
        PETER["key"].replace("c74f", "c74e"),
        PETER["key"].replace("+AR", "+BR"),
        PETER["key"][:-4],
    ],
)
def test_W72_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        NoteKey.read(text)


def test_W72_no_note_is_signed_that_nobody_could_read() -> None:
    for text in ("", "\n", "no line feed", "a\x07\n"):
        with pytest.raises(BadNote):
            Note.signed(text, OURS, KEY.sign)
