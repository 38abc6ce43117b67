"""Private marks: a key for each person and meeting, boxes taken from seats and given to seats (P8, W99–W102).

Rules: the key is made once, lies wrapped under the master key, and leaves sealed to the one seat that asks, where the
person sits at that moment. Boxes are taken from every device that was once given the key, for a seat that was cut off
hands in when its person sits elsewhere long since. Nothing is acknowledged before it is committed; the same again
changes nothing. What a box holds is opened nowhere here.

Usage::

    answer = marks.fetch(asking, Wanted(after=0, box=b"…"), now=now)
    answer = marks.hand_in(asking, batch, now=now)
"""

from __future__ import annotations

import base64
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sealing import boxes
from server.errors import Malformed
from server.marks.errors import MarksForeign, MarksFull, MarksOver
from server.marks.model import is_over, may_read
from server.marks.ports import Kept, MarkStore, Place, States, Wrapping
from server.meetings.errors import NotSignedInHere
from server.unit import Transaction, UnitOfWork
from wire.errors import WireError
from wire.marks import KEY_BYTES, MAX_BATCH, MAX_MARKS, Sealed, batch, key_info
from wire.secret import Secret

#: A meeting's marks are kept so long after its close.
KEPT_DAYS: Final = 30
_LOG: Final = logging.getLogger("marks")


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose marks, and where the seat stands that asks."""

    place: Place
    seat: str
    device: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a seat lacks: what came ``after`` a number, and (``box``, a public key of 32 bytes) the key."""

    after: int
    box: bytes | None = None


class MarksService:
    """Fetch, hand in, forget."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: MarkStore,
        meetings: States,
        *,
        master: Wrapping,
        random: Callable[[int], bytes],
        kept_days: int = KEPT_DAYS,
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._meetings: Final = meetings
        self._master: Final = master
        self._random: Final = random
        self._kept_days: Final = kept_days

    def fetch(self, asking: Asking, wanted: Wanted, *, now: dt.datetime) -> dict[str, Any]:
        """What the seat lacks. Raises NotSignedInHere, MarksOver, Malformed."""
        place, store = asking.place, self._store
        self._must_be_kept(place, now)
        if not may_read(self._meetings.state(place.meeting), place.person, asking.seat):
            raise NotSignedInHere
        answer: dict[str, Any] = {}
        if wanted.box is not None:
            with self._unit.begin() as tx:
                answer["key"] = self._key_for(tx, asking, wanted.box, now=now)
        with self._unit.read() as tx:
            newest = store.newest(tx, place)
            rows = [] if newest <= wanted.after else store.since(tx, place, after=wanted.after, limit=MAX_BATCH)
        given = batch(row.mark for row in rows)
        last = rows[len(given) - 1].number if given else min(newest, wanted.after)
        marks = [each.to_value() for each in given]
        return answer | {"marks": marks, "newest": last, "more": last < newest}

    def hand_in(self, asking: Asking, marks: Sequence[Sealed], *, now: dt.datetime) -> dict[str, Any]:
        """Keep what stands. Raises MarksForeign, MarksFull, MarksOver."""
        place, store = asking.place, self._store
        self._must_be_kept(place, now)
        with self._unit.begin() as tx:
            before = store.hold(tx, place)
            if before is None or not store.knows_device(tx, place, asking.device):
                raise MarksForeign
            known = {each.mark: each for each in store.find(tx, place, [each.mark for each in marks])}
            winners = [each for each in marks if each.stands_against(known.get(each.mark))]
            amount = store.amount(tx, place).after(winners, known)
            if amount.too_much and any(not each.gone for each in winners):
                raise MarksFull(most=MAX_MARKS)
            store.keep(tx, place, [Kept(number, each) for number, each in enumerate(winners, start=before + 1)])
        return {"before": before, "newest": before + len(winners)}

    def forget_old(self, *, now: dt.datetime) -> int:
        """Delete keys and boxes of meetings that are over (W102); how many people's."""
        with self._unit.read() as tx:
            kept = self._store.meetings(tx)
        dropped = 0
        for meeting in kept:
            if is_over(self._meetings.state(meeting), now=now, kept_days=self._kept_days):
                with self._unit.begin() as tx:
                    dropped += self._store.drop(tx, meeting)
        if dropped:
            _LOG.info("marks of %d people deleted: their meetings are over", dropped)
        return dropped

    def _must_be_kept(self, place: Place, now: dt.datetime) -> None:
        if is_over(self._meetings.state(place.meeting), now=now, kept_days=self._kept_days):
            raise MarksOver

    def _key_for(self, tx: Transaction, asking: Asking, box: bytes, *, now: dt.datetime) -> str:
        """The key, sealed to the seat; the device is known from then on."""
        place, store = asking.place, self._store
        wrapped = store.key(tx, place)
        if wrapped is None:
            store.add_key(tx, place, self._master.wrap(Secret(self._random(KEY_BYTES))), at=now)
            # Another thread may have been first: then its key is the person's.
            wrapped = store.key(tx, place)
        if wrapped is None:
            raise MarksOver
        store.note_device(tx, place, asking.device, at=now)
        key = self._master.unwrap(wrapped)
        try:
            sealed = boxes.seal(key.reveal(), to=box, info=key_info(place.meeting, place.person, asking.device))
        except WireError as exc:
            raise Malformed from exc
        return base64.b64encode(sealed).decode("ascii")
