"""The private marks that lie at this seat, and the key of who sits here (P8, W98–W103).

Rules: what a person writes is durable here before they are told so; the key lies in a file of its own, sealed as
everything here, and is overwritten when they leave or the meeting is recalled. What the server has not got stays after
that, in boxes that nothing at this seat opens any more, until it is sent. In memory, too, marks lie in their boxes.

Usage::

    book = MarksBook.load(disk, sealer)
    book.give_key(place, key, after=0)
    book.write(place, changes, random=os.urandom); book.read(place, paper="p-…"); book.close(place)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from edge.errors import DiskFull, MarksFull, MarksNotReady
from edge.marks_box import seal, unseal
from edge.marks_values import Change, Place, Standing
from edge.outbox import RECEIPT_RESERVE_BYTES
from edge.vault.disk import Disk
from edge.vault.journal import Journal
from edge.vault.seal import Sealer
from wire import canonical, ids
from wire.errors import WireError
from wire.fields import Fields
from wire.marks import KEY_BYTES, MAX_BYTES, MAX_IDS, MAX_MARKS, Sealed, batch, merge
from wire.secret import Secret

FOLDER: Final = "marks"
_KEY: Final = ".key"
_COMPACT_AFTER: Final = 512


@dataclass(slots=True)
class _Held:
    """One person's marks in one meeting. ``unsent``: by mark, the counter that the server has not got."""

    journal: Journal
    key: Secret | None = None
    marks: dict[str, Sealed] = field(default_factory=dict)
    unsent: dict[str, int] = field(default_factory=dict)
    after: int = 0
    rev: int = 1

    def stand(self, writings: Iterable[Sealed], *, unsent: bool) -> tuple[Sealed, ...]:
        """Take what stands against what is here; what did."""
        taken = tuple(each for each in writings if each.stands_against(self.marks.get(each.mark)))
        self.marks = merge(self.marks, {each.mark: each for each in taken})
        for each in taken:
            self.unsent.pop(each.mark, None)
            if unsent:
                self.unsent[each.mark] = each.counter
        if taken:
            self.rev += 1
        return taken


class MarksBook:
    """All marks of this seat."""

    def __init__(self, disk: Disk, sealer: Sealer) -> None:
        self._disk: Final = disk
        self._sealer: Final = sealer
        self._held: Final[dict[Place, _Held]] = {}

    @classmethod
    def load(cls, disk: Disk, sealer: Sealer) -> Self:
        """Read what is there; raises :class:`edge.errors.SealBroken`, and what the disk raises."""
        book = cls(disk, sealer)
        for name in disk.names(FOLDER):
            place = _parse(name.removesuffix(_KEY))
            held = book._open(place)
            if name.endswith(_KEY):
                path = f"{FOLDER}/{name}"
                held.key = Secret(sealer.open(disk.read(path) or b"", place=path))
        return book

    def all(self) -> tuple[Standing, ...]:
        """How everybody's stand."""
        return tuple(self.standing(place) for place in self._held)

    def standing(self, place: Place) -> Standing:
        """How one person's stand."""
        held = self._held.get(place)
        if held is None:
            return Standing(place, ready=False, unsent=0, rev=0, after=0)
        return Standing(place, held.key is not None, len(held.unsent), held.rev, held.after)

    def give_key(self, place: Place, key: Secret) -> None:
        """The server's key, for as long as the person sits here."""
        held = self._open(place)
        if held.key != key and len(key) == KEY_BYTES:
            path = _path(place, _KEY)
            self._disk.put(path, self._sealer.seal(key.reveal(), place=path))
            held.key = key
            held.rev += 1

    def write(self, place: Place, changes: Sequence[Change], *, random: Callable[[int], bytes]) -> None:
        """What the person did, durably. Raises MarksNotReady, MarksFull, and :class:`edge.errors.DiskFull`."""
        held = self._held.get(place)
        if held is None or held.key is None:
            raise MarksNotReady
        fresh = [_sealed(held, held.key, change, place=place, random=random) for change in changes]
        _must_fit(held, fresh)
        if self._disk.free_bytes() < RECEIPT_RESERVE_BYTES:
            raise DiskFull(f"{FOLDER}: what is left is for receipts")
        held.journal.append([_written(each) for each in fresh], durable=True)
        held.stand(fresh, unsent=True)
        self._compact_now_and_then(held)

    def read(self, place: Place, *, paper: str) -> list[dict[str, Any]]:
        """The living marks on a paper, any version: ``mark`` and ``content``; raises MarksNotReady."""
        held = self._held.get(place)
        if held is None or held.key is None:
            raise MarksNotReady
        found = []
        for each in held.marks.values():
            # One that does not open (of a later version, or damaged) is not the others' fault.
            with contextlib.suppress(WireError):
                content = None if each.gone else unseal(held.key, each, place=place)
                if content is not None and content["paper"] == paper:
                    found.append({"mark": each.mark, "content": content})
        return found

    def waiting(self, place: Place) -> tuple[Sealed, ...]:
        """What the server is to be given next."""
        held = self._held.get(place)
        return () if held is None else batch(held.marks[mark] for mark in held.unsent)

    def sent(self, place: Place, given: Sequence[Sealed], *, before: int, newest: int) -> None:
        """The server has these. ``before`` and ``newest``: its numbers before and after it took them."""
        held = self._held.get(place)
        if held is None:
            return
        done = {each.mark: each.counter for each in given if held.unsent.get(each.mark) == each.counter}
        for mark in done:
            del held.unsent[mark]
        if held.after == before:
            # Nobody else has written meanwhile: these need not come back.
            held.after = newest
        held.journal.append([canonical.encode({"sent": done, "after": held.after})], durable=False)
        self._compact_now_and_then(held)

    def take(self, place: Place, marks: Sequence[Sealed], *, newest: int) -> None:
        """What the server has of other seats, up to its number ``newest``."""
        held = self._held.get(place)
        if held is None or held.key is None:
            return
        held.after = max(held.after, newest)
        taken = held.stand(marks, unsent=False)
        told = canonical.encode({"sent": {each.mark: each.counter for each in taken}, "after": held.after})
        held.journal.append([*map(_written, taken), told], durable=False)
        self._compact_now_and_then(held)

    def close(self, place: Place) -> None:
        """The person has left: the key goes, and all boxes that the server has."""
        self._disk.shred(_path(place, _KEY))
        held = self._held.get(place)
        if held is None:
            return
        held.key, held.after = None, 0
        held.rev += 1
        held.marks = {mark: held.marks[mark] for mark in held.unsent}
        if held.unsent:
            # What is there already holds more, under a key that is gone: a recall does not wait for room on the disk.
            with contextlib.suppress(DiskFull):
                held.journal.replace(_whole(held))
        else:
            self.erase(place)

    def close_meeting(self, meeting: str) -> None:
        """The meeting is recalled: no key of it is left."""
        for place in [place for place in self._held if place.meeting == meeting]:
            self.close(place)

    def erase(self, place: Place) -> None:
        """Nothing of them is kept."""
        for ending in (_KEY, ""):
            self._disk.shred(_path(place, ending))
        self._held.pop(place, None)

    def _open(self, place: Place) -> _Held:
        held = self._held.get(place)
        if held is not None:
            return held
        held = _Held(Journal(self._disk, _path(place), sealer=self._sealer))
        for record in held.journal.load():
            _replay(held, Fields(canonical.decode(record), "marks"))
        self._held[place] = held
        return held

    def _compact_now_and_then(self, held: _Held) -> None:
        if len(held.journal) >= _COMPACT_AFTER + 3 * len(held.marks):
            # Smaller is better, not needed: a full disk loses nothing here.
            with contextlib.suppress(DiskFull):
                held.journal.replace(_whole(held))


def shred_keys(disk: Disk, *, but: Iterable[str] = ()) -> None:
    """Overwrite the keys of all meetings ``but`` these, readable or not."""
    kept = set(but)
    for name in disk.names(FOLDER):
        if name.endswith(_KEY) and name.partition(".")[0] not in kept:
            disk.shred(f"{FOLDER}/{name}")


def _sealed(held: _Held, key: Secret, change: Change, *, place: Place, random: Callable[[int], bytes]) -> Sealed:
    known = held.marks.get(change.mark)
    counter = 1 if known is None else known.counter + 1
    if change.content is None:
        return Sealed(change.mark, counter)
    return seal(key, change.content, place=place, mark=change.mark, counter=counter, random=random)


def _must_fit(held: _Held, fresh: Sequence[Sealed]) -> None:
    """Removing fits always: it is the way out."""
    after = merge(held.marks, {each.mark: each for each in fresh})
    living = sum(not each.gone for each in after.values())
    size = sum(len(each.box) for each in after.values())
    if any(not each.gone for each in fresh) and (living > MAX_MARKS or len(after) > MAX_IDS or size > MAX_BYTES):
        raise MarksFull(most=MAX_MARKS)


def _written(mark: Sealed) -> bytes:
    return canonical.encode({"put": mark.to_value()})


def _whole(held: _Held) -> list[bytes]:
    sent = {mark: each.counter for mark, each in held.marks.items() if mark not in held.unsent}
    return [*map(_written, held.marks.values()), canonical.encode({"sent": sent, "after": held.after})]


def _replay(held: _Held, fields: Fields) -> None:
    if fields.has("put"):
        held.stand([Sealed.read(fields.object("put"))], unsent=True)
        return
    sent: Mapping[str, int] = fields.any("sent")
    for mark, counter in sent.items():
        if held.unsent.get(mark) == counter:
            del held.unsent[mark]
    held.after = fields.number("after")


def _path(place: Place, ending: str = "") -> str:
    return f"{FOLDER}/{place.meeting}.{place.person}{ending}"


def _parse(name: str) -> Place:
    meeting, _, person = name.partition(".")
    return Place(ids.parse("m", meeting), ids.parse("u", person))
