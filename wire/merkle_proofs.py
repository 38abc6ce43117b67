"""Proofs of the record's tree: that a leaf is in it, and that a later tree only added to an earlier one (W71).

Rules: RFC 9162 § 2.1.3 and § 2.1.4; a check gives nothing back or raises :class:`wire.errors.BadProof`. A proof of n
leaves has at most about 2·log2(n) hashes.

Usage::

    verify_inclusion(leaf, index, size=9, root=root, proof=inclusion(index, 9, nodes))
    verify_consistency(5, 9, roots=(old, new), proof=consistency(5, 9, nodes))
"""

from __future__ import annotations

from collections.abc import Sequence

from wire.errors import BadProof
from wire.merkle import EMPTY_ROOT, MAX_SIZE, Nodes, cover, fold, node_hash


def inclusion(index: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The hashes beside the way from leaf ``index`` up to the root of the tree of ``size`` leaves."""
    if not 0 <= index < size:
        raise BadProof("no such leaf in the tree")
    begin, end, path = 0, size, list[bytes]()
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_part(middle, end, nodes))
            end = middle
        else:
            path.append(_part(begin, middle, nodes))
            begin = middle
    return tuple(reversed(path))


def consistency(old: int, new: int, nodes: Nodes) -> tuple[bytes, ...]:
    """What shows that the tree of ``old`` leaves is the beginning of the one of ``new``."""
    if not 0 <= old <= new:
        raise BadProof("the earlier tree is the larger one")
    if old == 0:
        return ()
    begin, end, path = 0, new, list[bytes]()
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_part(middle, end, nodes))
            end = middle
        else:
            path.append(_part(begin, middle, nodes))
            begin = middle
    if begin:
        # Not known to who has only the earlier root.
        path.append(_part(begin, end, nodes))
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, *, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise BadProof unless the leaf with this hash is number ``index`` of the tree (RFC 9162 § 2.1.3.2)."""
    if not 0 <= index < size <= MAX_SIZE:
        raise BadProof("no such leaf in the tree")
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if at & 1 or at == last:
            found = node_hash(other, found)
            at, last = _past_zeros(at, last)
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    if last != 0 or found != root:
        raise BadProof("the leaf is not in this tree")


def verify_consistency(old: int, new: int, *, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> None:
    """Raise BadProof unless the later tree only added leaves (RFC 9162 § 2.1.4.2); ``roots``: earlier, later."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise BadProof("the earlier tree is the larger one")
    if old in {0, new}:
        same = roots[0] == (EMPTY_ROOT if old == 0 else roots[1])
        if proof or not same:
            raise BadProof("the later tree is another one")
        return
    # The root of a whole power of two is itself the first hash of the proof, and left out.
    path = [roots[0], *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise BadProof("the proof is too short")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for other in path[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if at & 1 or at == last:
            first, second = node_hash(other, first), node_hash(other, second)
            at, last = _past_zeros(at, last)
        else:
            second = node_hash(second, other)
        at, last = at >> 1, last >> 1
    if last != 0 or (first, second) != roots:
        raise BadProof("the later tree does not begin with the earlier one")


def _past_zeros(at: int, last: int) -> tuple[int, int]:
    """Up to where ``at`` is a right side, or the top."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def _part(begin: int, end: int, nodes: Nodes) -> bytes:
    return fold([nodes(*place) for place in cover(begin, end)])
