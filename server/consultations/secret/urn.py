"""The urn of a secret slip as bytes: a slot for everybody who was asked, all of one size, in the order of their bytes.

Rules W174: pure. It is as long with no ballot in it as with all, so that no version of it tells how long a ballot is,
or how many there are. A ballot that comes twice is one: its signature apart, the same bytes. Another ballot of the same
receipt is refused, or the list would hold both under one name. Empty slots are zeros.

Usage::

    slots = added(empty(places=45), ballot, given=12, receipt=of)     # raises UrnFull, BallotRefused
    ballots(slots)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from server.consultations.errors import BallotRefused, UrnFull
from wire.consultation_ballots import LEAST_BALLOTS, SLOT_BYTES, SlipBallot
from wire.fields import Fields

_EMPTY: Final = bytes(SLOT_BYTES)
#: Keys are sorted in what is packed: a ballot's signature stands last.
_SIGNATURE: Final = b'"signature":"'


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out: ``collected`` ballots, all of them in ``ballots`` or, of fewer than three, none.

    ``lost``: the urn's key was not there any more, and nobody knows what was in it.
    """

    collected: int
    ballots: tuple[SlipBallot, ...] = field(default=(), repr=False)
    lost: bool = False

    @property
    def is_open(self) -> bool:
        """Whether there are figures."""
        return self.collected >= LEAST_BALLOTS and not self.lost

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "collected": self.collected,
            "ballots": [each.to_value() for each in self.ballots],
            "lost": self.lost,
        }

    @classmethod
    def read(cls, value: dict[str, Any]) -> Opened:
        """What :meth:`to_value` gave."""
        kept = tuple(SlipBallot.read(Fields(each, "opened")) for each in value["ballots"])
        return cls(value["collected"], kept, value["lost"])


def empty(*, places: int) -> bytes:
    """An urn that nobody has put anything into."""
    return _EMPTY * places


def added(slots: bytes, ballot: SlipBallot, *, given: int, receipt: Callable[[SlipBallot], str]) -> bytes:
    """With one ballot more, or as it was when it is there.

    Raises UrnFull where ``given`` ballots are there already, BallotRefused where another one has its ``receipt``: that
    has 80 bits, so that who looks for long enough finds two ballots of one.
    """
    packed = ballot.packed()
    there = [each for each in _slots(slots) if each != _EMPTY]
    if _unsigned(packed) in {_unsigned(each) for each in there}:
        return slots
    places = len(slots) // SLOT_BYTES
    if len(there) >= min(given, places):
        raise UrnFull
    if receipt(ballot) in {receipt(SlipBallot.unpack(each)) for each in there}:
        raise BallotRefused
    return _EMPTY * (places - len(there) - 1) + b"".join(sorted([*there, packed]))


def ballots(slots: bytes) -> list[SlipBallot]:
    """All that are in it, in an order that is nobody's."""
    return [SlipBallot.unpack(each) for each in _slots(slots) if each != _EMPTY]


def _slots(slots: bytes) -> Iterator[bytes]:
    return (slots[at : at + SLOT_BYTES] for at in range(0, len(slots), SLOT_BYTES))


def _unsigned(packed: bytes) -> bytes:
    # Past the length, which counts the signature.
    return packed[2:].partition(_SIGNATURE)[0]
