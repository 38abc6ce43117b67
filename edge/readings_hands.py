"""Carries out what the machine wants of what was read, with the book on the disk (P5, W127).

Rules: a batch that is on its way is remembered until its answer; one that was refused for good is given up, one that
came too often waits. What happened is returned as events for the machine.

Usage: ``events = ReadingsHands(ports).perform(SendReadings(place))``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from edge.commands import NoteReading, ReadingsCommand, SendReadings, TakeReadings
from edge.events import Event, ReadingsStand
from edge.marks_values import Place
from edge.ports import Ports
from wire import messages
from wire.readings import KIND, MAX_ENTRIES, Entry, batch_value

#: So many answers are waited for at most: an older one does not come any more.
_MOST: Final = 16
#: What the server says to a seat that tells too often.
FLOOD: Final = "readings-flood"


class _Said(NamedTuple):
    place: Place
    batch: tuple[Entry, ...]


class ReadingsHands:
    """Performs; what was read is in the vault."""

    def __init__(self, ports: Ports) -> None:
        self._ports: Final = ports
        self._said: Final[dict[str, _Said]] = {}

    def perform(self, command: ReadingsCommand) -> tuple[Event, ...]:
        """Do one; raises :class:`edge.errors.VaultError`."""
        book = self._ports.vault.readings
        match command:
            case NoteReading(place, paper, page):
                return (ReadingsStand(place, book.note(place, paper, page, now=self._ports.now())),)
            case SendReadings(place):
                self._send(place)
            case TakeReadings():
                return self._take(command)
        return ()

    def _send(self, place: Place) -> None:
        batch = self._ports.vault.readings.waiting(place)
        if not batch:
            return
        act, made_at, data = self._ports.new_act(), self._ports.now(), batch_value(batch)
        for old in list(self._said)[: -_MOST + 1]:
            del self._said[old]
        self._said[act] = _Said(place, batch)
        meeting, person = place
        self._ports.say(lambda head: messages.Act(head, act, meeting, KIND, person, made_at, data))

    def _take(self, command: TakeReadings) -> tuple[Event, ...]:
        said = self._said.pop(command.act, None)
        if said is None:
            return ()
        book = self._ports.vault.readings
        if command.outcome != "done" and command.code == FLOOD:
            return (ReadingsStand(said.place, book.unsent(said.place), answered=True),)
        left = book.sent(said.place, said.batch)
        return (ReadingsStand(said.place, left, answered=True, more=len(said.batch) == MAX_ENTRIES),)
