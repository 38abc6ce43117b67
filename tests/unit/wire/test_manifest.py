"""Rules W01, W31, W33."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import mutate, wire_values
from wire import canonical
from wire.errors import BadChunk, BadManifest, WireError
from wire.ids import MeetingId, PaperId
from wire.manifest import Manifest
from wire.records import Layout

_PLAIN_BYTES = 200_000
_LAYOUT = Layout(_PLAIN_BYTES)
_CHUNKS = [random.Random(n).randbytes(_LAYOUT.chunk(n)[1]) for n in range(_LAYOUT.chunks)]
_MANIFEST = Manifest(
    meeting=MeetingId("m-aaaaaaaaaaaaaaaa"),
    paper=PaperId("p-aaaaaaaaaaaaaaaa"),
    version=1,
    plain_bytes=_PLAIN_BYTES,
    pages=3,
    plain_sha256="00" * 32,
    hashes=b"".join(hashlib.sha256(chunk).digest() for chunk in _CHUNKS),
)


@given(manifest=wire_values.manifests())
def test_W31_a_manifest_is_read_back_from_its_canonical_bytes(manifest: Manifest) -> None:
    assert Manifest.from_value(canonical.decode(canonical.encode(manifest.to_value()))) == manifest


@settings(max_examples=40)
@given(manifest=wire_values.manifests(), seed=st.integers(0, 10**6))
def test_W01_a_broken_manifest_raises_only_our_errors(manifest: Manifest, seed: int) -> None:
    for broken in mutate.broken_values(manifest.to_value(), random.Random(seed), count=40):
        try:
            found = Manifest.from_value(broken)
        except WireError:
            continue
        assert found.to_value() == broken


@pytest.mark.parametrize("plain_bytes", [_PLAIN_BYTES + 65_536, _PLAIN_BYTES - 65_536, 2**33])
def test_W31_there_is_one_hash_for_each_chunk(plain_bytes: int) -> None:
    with pytest.raises(BadManifest):
        dataclasses.replace(_MANIFEST, plain_bytes=plain_bytes)


@pytest.mark.parametrize("change", [{"v": 2}, {"scheme": "none"}, {"pages": 0}, {"version": 0}, {"plain_bytes": 2**34}])
def test_W31_a_manifest_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Manifest.from_value(_MANIFEST.to_value() | change)


def test_W33_every_chunk_fits_its_own_place() -> None:
    for number, chunk in enumerate(_CHUNKS):
        _MANIFEST.check_chunk(number, chunk)


def test_W33_a_chunk_in_another_place_is_refused() -> None:
    for number in range(len(_CHUNKS)):
        with pytest.raises(BadChunk):
            _MANIFEST.check_chunk(number, _CHUNKS[(number + 1) % len(_CHUNKS)])


@pytest.mark.parametrize("number", [-1, len(_CHUNKS), 2**24])
def test_W33_a_chunk_that_is_not_in_the_paper_is_refused(number: int) -> None:
    with pytest.raises(BadChunk):
        _MANIFEST.check_chunk(number, _CHUNKS[0])


def test_W33_a_changed_cut_or_longer_chunk_is_refused() -> None:
    for broken in mutate.broken_bytes(_CHUNKS[2], random.Random(33), count=300):
        with pytest.raises(BadChunk):
            _MANIFEST.check_chunk(2, broken)
