"""Rule W71: the tree, its proofs, and what a proof of anything else gives – against a naive RFC 9162."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import naive_merkle
from wire.errors import BadProof
from wire.merkle import EMPTY_ROOT, Edge, Nodes, Place, cover, leaf_hash
from wire.merkle_proofs import consistency, inclusion, verify_consistency, verify_inclusion

PUBLISHED = json.loads((Path(__file__).parents[2] / "vectors" / "published-merkle.json").read_text("utf-8"))
#: Every size up to here, with every proof there is.
LARGEST = 131
DATA = [b"leaf %d" % number for number in range(LARGEST)]


def grown(leaves: Sequence[bytes]) -> tuple[Edge, Nodes]:
    edge, made = Edge().grown(leaf_hash(data) for data in leaves)
    kept = {node.place: node.hash for node in made}
    return edge, lambda level, index: kept[Place(level, index)]


@functools.cache
def naive_root(size: int) -> bytes:
    return naive_merkle.mth(DATA[:size])


EDGE, NODES = grown(DATA)


def test_W71_the_published_tree() -> None:
    leaves = [bytes.fromhex(each) for each in PUBLISHED["leaves"]]
    edge, nodes = grown(leaves)
    for level, row in enumerate(PUBLISHED["nodes"]):
        assert [nodes(level, index).hex() for index in range(len(row))] == row
    for size, root in enumerate(PUBLISHED["roots"]):
        assert Edge.of(size, nodes).root().hex() == root
    assert Edge.of(8, nodes) == edge


@pytest.mark.parametrize(
    ("index", "size", "wanted"),
    [
        (0, 1, []),
        (0, 8, ["0.1", "1.1", "2.1"]),
        (5, 8, ["0.4", "1.3", "2.0"]),
        (2, 3, ["1.0"]),
        (1, 5, ["0.0", "1.1", "0.4"]),
    ],
)
def test_W71_published_paths(index: int, size: int, wanted: list[str]) -> None:
    _, nodes = grown([bytes.fromhex(each) for each in PUBLISHED["leaves"]])
    assert [each.hex() for each in inclusion(index, size, nodes)] == [_published(place) for place in wanted]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [(1, 1, []), (1, 8, ["0.1", "1.1", "2.1"]), (6, 8, ["1.2", "1.3", "2.0"]), (2, 5, ["1.1", "0.4"])],
)
def test_W71_published_consistency(old: int, new: int, wanted: list[str]) -> None:
    _, nodes = grown([bytes.fromhex(each) for each in PUBLISHED["leaves"]])
    assert [each.hex() for each in consistency(old, new, nodes)] == [_published(place) for place in wanted]


def _published(place: str) -> str:
    level, _, index = place.partition(".")
    return str(PUBLISHED["nodes"][int(level)][int(index)])


def test_W71_every_root_is_that_of_the_naive_tree() -> None:
    assert naive_root(0) == EMPTY_ROOT == Edge().root()
    for size in range(LARGEST + 1):
        assert Edge.of(size, NODES).root() == naive_root(size), size


def test_W71_every_inclusion_proof_is_the_naive_one_and_holds_for_its_leaf_alone() -> None:
    for size in range(1, LARGEST + 1):
        root = naive_root(size)
        for index in range(size):
            proof = inclusion(index, size, NODES)
            leaf = NODES(0, index)
            verify_inclusion(leaf, index, size=size, root=root, proof=proof)
            with pytest.raises(BadProof):
                verify_inclusion(NODES(0, (index + 1) % LARGEST), index, size=size, root=root, proof=proof)
            if size <= 40:
                assert list(proof) == naive_merkle.path(index, DATA[:size])


def test_W71_every_consistency_proof_is_the_naive_one_and_holds_for_its_trees_alone() -> None:
    other = naive_merkle.mth([b"another"])
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = consistency(old, new, NODES)
            roots = naive_root(old), naive_root(new)
            verify_consistency(old, new, roots=roots, proof=proof)
            for wrong in ((other, roots[1]), (roots[0], other)):
                if old or wrong[0] == other:
                    with pytest.raises(BadProof):
                        verify_consistency(old, new, roots=wrong, proof=proof)
            if old > 0 and new <= 40:
                assert list(proof) == naive_merkle.proof(old, DATA[:new])


@given(leaves=st.lists(st.binary(max_size=8), max_size=300), cuts=st.lists(st.integers(0, 300), max_size=4))
def test_W71_it_does_not_matter_in_what_portions_a_tree_grows(leaves: list[bytes], cuts: list[int]) -> None:
    edge, made = Edge(), dict[Place, bytes]()
    bounds = [0, *sorted(min(cut, len(leaves)) for cut in cuts), len(leaves)]
    for begin, end in itertools.pairwise(bounds):
        edge, nodes = edge.grown(leaf_hash(data) for data in leaves[begin:end])
        assert not made.keys() & {node.place for node in nodes}, "what is kept never changes"
        made |= {node.place: node.hash for node in nodes}
    assert edge == Edge.of(len(leaves), lambda level, index: made[Place(level, index)])
    assert edge.root() == naive_merkle.mth(leaves)


@given(data=st.data(), size=st.integers(1, LARGEST))
def test_W71_a_flipped_bit_anywhere_in_a_proof_is_found(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion(index, size, NODES), naive_root(size)
    spoilt = _spoilt(data, proof)
    if spoilt != proof:
        with pytest.raises(BadProof):
            verify_inclusion(NODES(0, index), index, size=size, root=root, proof=spoilt)
    old = data.draw(st.integers(1, size))
    line = consistency(old, size, NODES)
    broken = _spoilt(data, line)
    if broken != line:
        with pytest.raises(BadProof):
            verify_consistency(old, size, roots=(naive_root(old), root), proof=broken)


@given(data=st.data(), size=st.integers(2, LARGEST))
def test_W71_a_leaf_moved_to_another_place_is_found(data: st.DataObject, size: int) -> None:
    index, other = data.draw(
        st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda p: p[0] != p[1])
    )
    with pytest.raises(BadProof):
        verify_inclusion(NODES(0, index), other, size=size, root=naive_root(size), proof=inclusion(index, size, NODES))


@given(
    index=st.integers(-5, 2**50),
    size=st.integers(-5, 2**50),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=70),
)
def test_W71_a_check_gives_nothing_or_our_error(index: int, size: int, proof: list[bytes]) -> None:
    with pytest.raises(BadProof):
        verify_inclusion(b"\x00" * 32, index, size=size, root=b"\x01" * 32, proof=proof)
    with pytest.raises(BadProof):
        verify_consistency(index, size, roots=(b"\x00" * 32, b"\x01" * 32), proof=proof)


def test_W71_no_proof_is_made_of_what_is_not_there() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(BadProof):
            inclusion(index, size, NODES)
    for old, new in ((-1, 3), (4, 3)):
        with pytest.raises(BadProof):
            consistency(old, new, NODES)


def test_W71_growing_by_one_makes_and_reads_few_nodes() -> None:
    for size in range(1, LARGEST):
        edge = Edge.of(size, NODES)
        _, made = edge.grown([b"\x00" * 32])
        assert len(edge.hashes) == size.bit_count()
        assert len(made) <= size.bit_length() + 1
        assert sum(1 << place.level for place in cover(0, size)) == size


def _spoilt(data: st.DataObject, proof: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """One bit flipped, one hash taken out, doubled or added."""
    at = data.draw(st.integers(0, max(0, len(proof) - 1)))
    match data.draw(st.sampled_from(("flip", "drop", "double", "add"))):
        case "flip" if proof:
            bit = data.draw(st.integers(0, 255))
            raw = (int.from_bytes(proof[at]) ^ (1 << bit)).to_bytes(32)
            return (*proof[:at], raw, *proof[at + 1 :])
        case "drop" if proof:
            return (*proof[:at], *proof[at + 1 :])
        case "double" if proof:
            return (*proof[:at], proof[at], *proof[at:])
        case _:
            return (*proof, b"\x07" * 32)
