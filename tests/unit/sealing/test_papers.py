"""Rules W30, W33: a paper reads the same from anywhere, and nothing changed is ever given out."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random
import zlib
from typing import Any

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from sealing.errors import BadKey
from sealing.papers import PaperReader, RecordReader, encrypt_paper, new_paper_key
from tests.support import wire_values
from tests.vectors import make
from wire import records
from wire.errors import BadChunk
from wire.ids import MeetingId, PaperId
from wire.manifest import Manifest
from wire.records import Layout
from wire.secret import Secret
from wire.topics import PaperVersion

_PAPER = PaperVersion(PaperId("p-aaaaaaaaaaaaaaaa"), 1)
_KEY = new_paper_key()
_BIG = random.Random(30).randbytes(300_000)


def _sealed(plain: bytes, *, key: Secret = _KEY, paper: PaperVersion = _PAPER) -> bytes:
    target = io.BytesIO()
    encrypt_paper(io.BytesIO(plain), target, key=key, paper=paper)
    return target.getvalue()


def _reader(sealed: bytes, plain_bytes: int, *, key: Secret = _KEY, paper: PaperVersion = _PAPER) -> PaperReader:
    return PaperReader(io.BytesIO(sealed), layout=Layout(plain_bytes), key=key, paper=paper)


_BIG_SEALED = _sealed(_BIG)


@settings(max_examples=40, deadline=None)
@given(size=wire_values.LENGTHS, seed=st.integers(0, 99))
def test_W30_the_librarys_own_reader_and_ours_agree(size: int, seed: int) -> None:
    plain = random.Random(seed).randbytes(size)
    sealed = _sealed(plain)
    streaming = Cobblestone256Decryptor(_KEY.reveal(), records.context(*_PAPER))
    assert streaming.update(sealed) + streaming.finalize() == plain
    assert _reader(sealed, size).readall() == plain


@settings(max_examples=40, deadline=None)
@given(size=wire_values.LENGTHS)
def test_W31_the_manifest_fits_what_was_written(size: int) -> None:
    plain, target = bytes(size), io.BytesIO()
    made = encrypt_paper(io.BytesIO(plain), target, key=_KEY, paper=_PAPER)
    assert (made.plain_bytes, made.plain_sha256) == (size, hashlib.sha256(plain).hexdigest())
    manifest = Manifest(
        meeting=MeetingId("m-aaaaaaaaaaaaaaaa"),
        paper=_PAPER.paper,
        version=_PAPER.version,
        plain_bytes=size,
        pages=1,
        plain_sha256=made.plain_sha256,
        hashes=made.hashes,
    )
    sealed = target.getvalue()
    assert len(sealed) == manifest.layout.cipher_bytes
    for number in range(manifest.layout.chunks):
        offset, length = manifest.layout.chunk(number)
        manifest.check_chunk(number, sealed[offset : offset + length])


@settings(deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(-5, 310_000), st.integers(0, 70_000)), max_size=12)
)
def test_W30_reading_anywhere_gives_what_a_plain_file_gives(steps: list[tuple[int, int, int]]) -> None:
    ours, plain = _reader(_BIG_SEALED, len(_BIG)), io.BytesIO(_BIG)
    for whence, offset, length in steps:
        moved = offset if whence == os.SEEK_SET else -offset
        target = {os.SEEK_SET: 0, os.SEEK_CUR: plain.tell(), os.SEEK_END: len(_BIG)}[whence] + moved
        if target < 0:
            with pytest.raises(ValueError, match="start"):
                ours.seek(moved, whence)
            continue
        assert ours.seek(moved, whence) == plain.seek(moved, whence)
        assert ours.read(length) == plain.read(length)
        assert ours.tell() == plain.tell()


def test_W30_it_reads_into_what_a_c_library_hands_over() -> None:
    ctypes = pytest.importorskip("ctypes")
    target = (ctypes.c_ubyte * 100)()
    reader = _reader(_BIG_SEALED, len(_BIG))
    reader.seek(16_350)
    assert reader.readinto(target) == 100
    assert bytes(target) == _BIG[16_350:16_450]


def test_W33_the_parts_that_are_there_can_be_read_and_the_others_say_so() -> None:
    layout = Layout(len(_BIG))
    holes = bytearray(len(_BIG_SEALED))
    for number in (0, 2, layout.chunks - 1):
        offset, length = layout.chunk(number)
        holes[offset : offset + length] = _BIG_SEALED[offset : offset + length]
    reader = _reader(bytes(holes), len(_BIG))
    assert reader.read(65_536) == _BIG[:65_536]
    with pytest.raises(BadChunk):
        reader.read(1)
    assert reader.tell() == 65_536, "a failed read moves nothing"
    reader.seek(2 * 65_536)
    assert reader.read(65_536) == _BIG[2 * 65_536 : 3 * 65_536]
    reader.seek(-10, os.SEEK_END)
    assert reader.read() == _BIG[-10:]


def test_W33_chunks_that_come_later_are_read_later() -> None:
    file = io.BytesIO()
    reader = PaperReader(file, layout=Layout(len(_BIG)), key=_KEY, paper=_PAPER)
    with pytest.raises(BadChunk):
        reader.read(1)
    file.seek(0)
    file.write(_BIG_SEALED)
    assert reader.readall() == _BIG


@pytest.mark.parametrize("cut", [0, 23, 55, 56, 70, 16_000, 100_000])
def test_W33_a_file_that_was_cut_is_noticed(cut: int) -> None:
    with pytest.raises(BadChunk):
        _reader(_BIG_SEALED[:cut], len(_BIG)).readall()


def test_W33_any_flipped_bit_of_a_small_paper_is_noticed() -> None:
    sealed = _sealed(b"Trich yeu")
    for place in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[place // 8] ^= 1 << (place % 8)
        with pytest.raises(BadChunk):
            _reader(bytes(broken), 9).readall()


def test_W33_any_changed_byte_of_a_large_paper_is_noticed_where_it_is() -> None:
    chance = random.Random(33)
    for _ in range(60):
        place = chance.randrange(records.HEAD_BYTES, len(_BIG_SEALED))
        broken = bytearray(_BIG_SEALED)
        broken[place] ^= chance.randrange(1, 256)
        record = (place - records.HEAD_BYTES) // records.RECORD_BYTES
        reader = _reader(bytes(broken), len(_BIG))
        reader.seek(record * records.RECORD_PLAIN_BYTES)
        with pytest.raises(BadChunk):
            reader.read(1)


def test_W33_records_that_change_places_are_noticed() -> None:
    layout = Layout(len(_BIG))
    (first, length), (second, _) = layout.record(1), layout.record(2)
    broken = bytearray(_BIG_SEALED)
    broken[first : first + length] = _BIG_SEALED[second : second + length]
    reader = _reader(bytes(broken), len(_BIG))
    reader.seek(records.RECORD_PLAIN_BYTES)
    with pytest.raises(BadChunk):
        reader.read(1)


@pytest.mark.parametrize("other", [PaperVersion(_PAPER.paper, 2), PaperVersion(PaperId("p-bbbbbbbbbbbbbbbb"), 1)])
def test_W30_a_key_opens_its_own_paper_version_only(other: PaperVersion) -> None:
    with pytest.raises(BadChunk):
        _reader(_BIG_SEALED, len(_BIG), paper=other).read(1)
    with pytest.raises(BadChunk):
        _reader(_BIG_SEALED, len(_BIG), key=new_paper_key()).read(1)


def test_W30_the_same_paper_is_never_the_same_bytes_twice() -> None:
    assert _sealed(b"x") != _sealed(b"x")


def test_a_closed_reader_reads_nothing_and_leaves_the_file_open() -> None:
    file = io.BytesIO(_BIG_SEALED)
    reader = PaperReader(file, layout=Layout(len(_BIG)), key=_KEY, paper=_PAPER)
    reader.read(10)
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        reader.read(10)
    assert not file.closed


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_W30_a_paper_key_has_32_bytes(size: int) -> None:
    with pytest.raises(BadKey):
        _sealed(b"x", key=Secret(bytes(size)))
    with pytest.raises(BadKey):
        _reader(b"", 0, key=Secret(bytes(size)))


def _published() -> list[dict[str, Any]]:
    text = (make.HERE / "published-chunked.json").read_text(encoding="utf-8")
    vectors: list[dict[str, Any]] = json.loads(text)["vectors"]
    return vectors


def _layout_of(cipher_bytes: int) -> Layout | None:
    """The layout of a file of this length, if a file can have it."""
    for plain_bytes in range(
        max(0, cipher_bytes - records.HEAD_BYTES - 40 * (cipher_bytes // 16_000 + 1)), cipher_bytes
    ):
        if Layout(plain_bytes).cipher_bytes == cipher_bytes:
            return Layout(plain_bytes)
    return None


def _opened(sealed: bytes, layout: Layout, vector: dict[str, Any]) -> bytes:
    """Record by record with the vector's own key: our offsets and nonces, nothing else of ours."""
    cipher, base_nonce = AESGCM(bytes.fromhex(vector["aead_key"])), bytes.fromhex(vector["base_nonce"])
    plain = b""
    for number in range(layout.records):
        offset, length = layout.record(number)
        plain += cipher.decrypt(records.nonce(base_nonce, number), sealed[offset : offset + length], b"")
    return plain


@pytest.mark.parametrize("vector", _published(), ids=lambda vector: vector["name"])
def test_W30_records_lie_where_the_published_vectors_have_them(vector: dict[str, Any]) -> None:
    sealed = zlib.decompress(base64.b64decode(vector["zlib"]))
    layout = _layout_of(len(sealed))
    if vector["expect"] == "success":
        assert layout == Layout(vector["plain_bytes"])
        plain = _opened(sealed, Layout(vector["plain_bytes"]), vector)
        assert hashlib.sha256(plain).hexdigest() == vector["plain_sha256"]
    elif layout is not None:  # else no manifest can describe a file of this length
        with pytest.raises(InvalidTag):
            _opened(sealed, layout, vector)


def test_W30_what_the_library_writes_under_any_context_is_read() -> None:
    encryptor = Cobblestone256Encryptor(_KEY.reveal(), b"another")
    sealed = encryptor.update(_BIG) + encryptor.finalize()
    reader = RecordReader(io.BytesIO(sealed), layout=Layout(len(_BIG)), key=_KEY, context=b"another")
    assert reader.record(18) == _BIG[18 * records.RECORD_PLAIN_BYTES :][: records.RECORD_PLAIN_BYTES]
