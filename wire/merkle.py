"""The Merkle tree of the record: hashing, growing, roots (RFC 9162 § 2.1, W71).

Rules: a leaf is hashed with 0x00 before it, a node with 0x01 before its two sides; the tree of nothing has the SHA-256
of nothing. What is kept of a tree are the roots of its complete subtrees: ``(level, at)`` is the one over the leaves
``at·2^level … (at+1)·2^level - 1``. They never change again, so growing touches O(log n) of them.

Usage::

    edge = Edge.of(size, nodes)                  # nodes(level, index) reads a kept hash
    grown, made = edge.grown([leaf_hash(data)])
    grown.root()
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
#: More leaves than any house will ever have; keeps every number of a proof small.
MAX_SIZE: Final = 2**48

#: The kept hash of a complete subtree by level and index.
Nodes: TypeAlias = Callable[[int, int], bytes]


class Place(NamedTuple):
    """A complete subtree of 2^level leaves, the ``at``-th of its level."""

    level: int
    at: int


class Node(NamedTuple):
    """A complete subtree and its root."""

    place: Place
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """Of one leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two sides."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(begin: int, end: int) -> Iterator[Place]:
    """The complete subtrees that make up the leaves ``begin … end - 1``, from the left.

    ``begin`` is a multiple of the smallest power of two that holds them all, as every part of a tree's is.
    """
    at = begin
    for level in reversed(range((end - begin).bit_length())):
        if (end - begin) >> level & 1:
            yield Place(level, at >> level)
            at += 1 << level


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over neighbouring complete subtrees, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree of ``size`` leaves: the roots of the subtrees that :func:`cover` names."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, size: int, nodes: Nodes) -> Edge:
        """Read from what is kept."""
        return cls(size, tuple(nodes(*place) for place in cover(0, size)))

    def root(self) -> bytes:
        """Of the whole tree, 32 bytes."""
        return fold(self.hashes)

    def grown(self, leaves: Iterable[bytes]) -> tuple[Edge, list[Node]]:
        """The edge with more leaves (their hashes), and the complete subtrees that are new and to be kept."""
        size, hashes, made = self.size, list(self.hashes), list[Node]()
        for leaf in leaves:
            made.append(Node(Place(0, size), leaf))
            hashes.append(leaf)
            # As many subtrees are completed as the number of the leaf ends in ones.
            level, left = 0, size
            while left & 1:
                right = hashes.pop()
                hashes.append(node_hash(hashes.pop(), right))
                level, left = level + 1, left >> 1
                made.append(Node(Place(level, left), hashes[-1]))
            size += 1
        return Edge(size, tuple(hashes)), made
