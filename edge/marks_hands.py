"""Carries out what the machine wants of private marks, with the book on the disk (P8, W98–W103).

Rules: what was written is durable before the page is answered. The key of a person comes sealed to a key that is made
for this one question and lives in memory; a batch that is on its way is remembered until its answer, and is sent anew
when that does not come. What happened is returned as events for the machine.

Usage: ``events = MarksHands(ports).perform(FetchMarks(place), answer=outside.answer)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from edge.commands import (
    Answer,
    CloseMarks,
    EraseMarks,
    FetchMarks,
    MarksCommand,
    ReadMarks,
    SendMarks,
    TakeMarks,
    WriteMarks,
)
from edge.errors import SeatRefusal, VaultError
from edge.events import Event, MarksStand
from edge.marks_values import Place
from edge.ports import Ports
from sealing.boxes import BoxKey, new_key
from wire import messages
from wire.errors import WireError
from wire.fields import Fields
from wire.marks import GET, KEY_BYTES, PUT, Sealed, key_info, read_batch
from wire.messages.head import b64
from wire.secret import Secret

#: So many answers are waited for at most: an older one does not come any more.
_MOST: Final = 64


class _Said(NamedTuple):
    place: Place
    kind: str
    box: BoxKey | None
    batch: tuple[Sealed, ...]


class MarksHands:
    """Performs; the marks are in the vault."""

    def __init__(self, ports: Ports) -> None:
        self._ports: Final = ports
        self._said: Final[dict[str, _Said]] = {}

    def perform(self, command: MarksCommand, *, answer: Callable[[Answer], None]) -> tuple[Event, ...]:
        """Do one; raises :class:`edge.errors.VaultError`, after the page was told."""
        match command:
            case ReadMarks() | WriteMarks():
                return self._for_page(command, answer)
            case FetchMarks(place):
                self._fetch(place)
            case SendMarks(place):
                self._send(place)
            case TakeMarks():
                return self._take(command)
            case CloseMarks(place):
                self._forget(place, GET)
                self._ports.vault.marks.close(place)
                return (MarksStand(self._ports.vault.marks.standing(place)),)
            case EraseMarks(place):
                self._forget(place, GET, PUT)
                self._ports.vault.marks.erase(place)
        return ()

    def _for_page(self, command: ReadMarks | WriteMarks, answer: Callable[[Answer], None]) -> tuple[Event, ...]:
        book, place = self._ports.vault.marks, command.place
        data: dict[str, Any] = {}
        try:
            if isinstance(command, ReadMarks):
                data["marks"] = book.read(place, paper=command.paper)
            else:
                book.write(place, command.changes, random=self._ports.random)
        except (SeatRefusal, VaultError) as refusal:
            answer(Answer(command.request, refusal.code, refusal.data))
            if isinstance(refusal, VaultError):
                raise
            return ()
        standing = book.standing(place)
        answer(Answer(command.request, data=data | {"rev": standing.rev, "unsent": standing.unsent}))
        return () if isinstance(command, ReadMarks) else (MarksStand(standing),)

    def _fetch(self, place: Place) -> None:
        standing = self._ports.vault.marks.standing(place)
        box = None if standing.ready else new_key()
        data: dict[str, Any] = {"after": standing.after}
        if box is not None:
            data["box"] = b64(box.public)
        self._say(_Said(place, GET, box, ()), data)

    def _send(self, place: Place) -> None:
        batch = self._ports.vault.marks.waiting(place)
        if batch:
            self._say(_Said(place, PUT, None, batch), {"marks": [each.to_value() for each in batch]})

    def _say(self, said: _Said, data: dict[str, Any]) -> None:
        act, made_at = self._ports.new_act(), self._ports.now()
        for old in list(self._said)[: -_MOST + 1]:
            del self._said[old]
        self._said[act] = said
        meeting, person = said.place
        self._ports.say(lambda head: messages.Act(head, act, meeting, said.kind, person, made_at, data))

    def _forget(self, place: Place, *kinds: str) -> None:
        """What is answered to these is not wanted any more."""
        for act in [act for act, said in self._said.items() if said.place == place and said.kind in kinds]:
            del self._said[act]

    def _take(self, command: TakeMarks) -> tuple[Event, ...]:
        said = self._said.pop(command.act, None)
        if said is None:
            return ()
        code, more = "" if command.outcome == "done" else command.code or "conflict", False
        try:
            if not code:
                more = self._done(said, command.data)
        except WireError as exc:
            code = exc.code
        standing = self._ports.vault.marks.standing(said.place)
        return (MarksStand(standing, said.kind, code, more=more),)

    def _done(self, said: _Said, data: Mapping[str, Any]) -> bool:
        """Whether there is more to be had."""
        book, fields = self._ports.vault.marks, Fields(dict(data), said.kind)
        if said.kind == PUT:
            book.sent(said.place, said.batch, before=fields.number("before"), newest=fields.number("newest"))
            return False
        if said.box is not None:
            book.give_key(said.place, self._opened(said.box, said.place, fields.base64("key")))
        book.take(said.place, read_batch(fields), newest=fields.number("newest"))
        return fields.flag("more")

    def _opened(self, box: BoxKey, place: Place, sealed: bytes) -> Secret:
        device = "" if self._ports.channel is None else self._ports.channel.device
        key = box.open(sealed, info=key_info(place.meeting, place.person, device))
        return Secret(key[:KEY_BYTES])
