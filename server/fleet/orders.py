"""What IT has terminals do: show which seat, show words, lock, load the page anew, start again, its screen
dark or lit, the machine off (D4, W171, W188, W191).

Rules: an order goes to terminals that are there, and to no other: nothing waits for one that is off. It is in the
record before it is sent. Whoever gives it is told what each terminal answered within three seconds; one that answers
nothing is called silent. What disturbs is done in a room that meets only if whoever orders it says that they know.

Usage::

    orders = FleetOrders(unit, store, ledger, journal, presence=…, say=…, meets=…)
    orders.give(command, ["d-…"], Wanted("identify"))
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.fleet.errors import DeviceInMeeting, DeviceUnknown, NotThatSeat
from server.fleet.model import Command, Device, DeviceState
from server.fleet.ports import DeviceStore, PresenceSource
from server.fleet.service import wipe_key
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, answered, once
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from wire.ids import DeviceId, RoomId
from wire.messages import Head, Message, Obeyed, Order
from wire.messages.orders import WIPE

ORDERED: Final = "device_ordered"
ANSWER_S: Final = 3.0
MAX_DEVICES: Final = 1_000
#: What disturbs somebody who sits there.
_DISTURBS: Final = frozenset({"restart", "reload", "lock", "dark", "off"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """``kind``: one of ``wire.messages.ORDERS``; ``sure``: also in a room that meets."""

    kind: str
    text: str = ""
    sure: bool = False


class FleetOrders:
    """``say``: sends one device a message; ``meets``: whether a meeting goes on in a room; ``wipe``: the fleet's."""

    def __init__(
        self,
        unit: UnitOfWork,
        store: DeviceStore,
        ledger: ActLedger,
        journal: Journal,
        *,
        presence: PresenceSource,
        say: Callable[[str, Callable[[Head], Message]], None],
        meets: Callable[[RoomId], bool],
        wipe: Callable[..., bool],
        answer_s: float = ANSWER_S,
    ) -> None:
        self._unit: Final = unit
        self._store: Final = store
        self._ledger: Final = ledger
        self._journal: Final = journal
        self._presence: Final = presence
        self._say: Final = say
        self._meets: Final = meets
        self._wipe: Final = wipe
        self._answer_s: Final = answer_s
        self._heard: Final = threading.Condition()
        #: order → device → outcome and code, None before it has answered; only while somebody waits for it
        self._waiting: Final[dict[str, dict[str, tuple[str, str] | None]]] = {}

    def give(self, command: Command, devices: Collection[DeviceId], wanted: Wanted) -> Sequence[dict[str, Any]]:
        """``[{device, outcome: done/refused/silent/offline, code}]`` in the order asked for.

        Raises DeviceUnknown, DeviceInMeeting; ActReused when ``command.act`` was another order.
        """
        with self._unit.read() as tx:
            found = [self._approved(tx, device) for device in devices]
        if wanted.kind in _DISTURBS and not wanted.sure:
            self._must_be_quiet(found)

        def note() -> dict[str, Any]:
            sure = {"sure": True} if wanted.sure else {}
            data = {"devices": [each.id for each in found], "kind": wanted.kind, **sure}
            self._journal.record(tx, ORDERED, data, actor=command.actor, now=command.now)
            return {}

        key = ActKey(command.act, command.actor, "device_order", [list(devices), wanted.kind, wanted.text])
        with self._unit.begin() as tx:
            once(self._ledger, tx, key, now=command.now, do=note)
        present = self._presence.presence([each.id for each in found])
        here = [each.id for each in found if each.id in present and present[each.id].online]
        answers = self._ask(command.act, here, wanted)
        return [_answer(each.id, is_here=each.id in here, answers=answers) for each in found]

    def wipe(self, command: Command, device: DeviceId, *, label: str, reason: str, sure: bool) -> dict[str, Any]:
        """Revoke a terminal for good and have it destroy what it keeps; ``label``: its seat, as IT has typed it.

        ``{outcome: done/silent/offline, confirmed}``: one that does not answer, or is off, destroys it at its next
        contact, and nothing opens it meanwhile. ``confirmed``: the broker has cut it off. Asked again, it is done once:
        the outcome is then by the receipt. Raises DeviceUnknown, NotThatSeat, DeviceInMeeting, ActReused.
        """
        with self._unit.read() as tx:
            is_known = answered(self._ledger, tx, wipe_key(command, device, reason)) is not None
            wiped = self._store.wipes(tx).get(device) if is_known else None
            found = None if is_known else self._approved(tx, device)
        if found is None:
            outcome = "done" if wiped is not None and wiped.wiped_at is not None else "silent"
            confirmed = self._wipe(command, device, reason=reason, tell=lambda: None)
            return {"device": device, "outcome": outcome, "code": "", "confirmed": confirmed}
        if found.place is None or _plain(label) != _plain(found.place.label):
            raise NotThatSeat
        if not sure:
            self._must_be_quiet([found])
        present = self._presence.presence([device])
        here = [device] if device in present and present[device].online else []
        answers: dict[str, tuple[str, str]] = {}

        def tell() -> None:
            answers.update(self._ask(command.act, here, Wanted(WIPE)))

        confirmed = self._wipe(command, device, reason=reason, tell=tell)
        return {**_answer(device, is_here=bool(here), answers=answers), "confirmed": confirmed}

    def obeyed(self, device: str, message: Obeyed) -> None:
        """A terminal has answered; called by the distribution's thread."""
        with self._heard:
            answers = self._waiting.get(message.order)
            if answers is not None and device in answers:
                answers[device] = message.outcome, message.code
                self._heard.notify_all()

    def _ask(self, order: str, here: Collection[DeviceId], wanted: Wanted) -> Mapping[str, tuple[str, str]]:
        with self._heard:
            # Asked for twice at once, both are told what is answered.
            answers = self._waiting.setdefault(order, dict.fromkeys(here))
        try:
            for device in here:
                self._say(device, lambda head: Order(head, order, wanted.kind, wanted.text))
            with self._heard:
                self._heard.wait_for(lambda: None not in answers.values(), self._answer_s)
                return {device: answer for device, answer in answers.items() if answer is not None}
        finally:
            with self._heard:
                self._waiting.pop(order, None)

    def _approved(self, tx: Transaction, device: DeviceId) -> Device:
        found = self._store.find(tx, device)
        if found is None or found.state is not DeviceState.APPROVED:
            raise DeviceUnknown
        return found

    def _must_be_quiet(self, found: Collection[Device]) -> None:
        for room in {each.place.room: each.place for each in found if each.place is not None}.values():
            if self._meets(room.room):
                raise DeviceInMeeting(room=room.room_name)


def _plain(label: str) -> str:
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())


def _answer(device: str, *, is_here: bool, answers: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    if not is_here:
        return {"device": device, "outcome": "offline", "code": ""}
    outcome, code = answers.get(device, ("silent", ""))
    return {"device": device, "outcome": outcome, "code": code}
