"""The store's way from shut to open, to shut for IT, and to nothing at all.

Rules: the machine hears of a welcome once the store is open; until then it hears that the server has answered. What
keeps a store from opening is said to IT with the next report of health (W195): a question where IT has to decide, else
a word; it is tried again by itself. IT's word holds until the store is open. What is ordered to be destroyed is not
opened again before it is, and is tried until it is. What happened is returned as events for the machine.

Usage::

    waiting += store.welcomed(key, came); waiting += store.tick(now_s)
"""

from __future__ import annotations

import logging
import re
from typing import Final

from edge.commands import AnswerOrder
from edge.errors import StoreBusy, StoreHeld, StoreShut, VaultError
from edge.events import Event, FaultChanged, StoreFailed, WelcomeWaits
from edge.hands import Hands
from edge.inbox import StoreAnswered, WelcomeCame
from edge.opened import opened
from edge.ports import Ports
from wire.secret import Secret

#: A store that is being opened, made or destroyed is asked again.
BUSY_S: Final = 1.0
#: One that is worked at for so long is told to IT: a card that stands still says nothing else.
LONG_S: Final = 60.0
#: One that failed, or waits for IT, also when no welcome comes.
FAILED_S: Final = 30.0
#: One that could not be destroyed.
WIPE_S: Final = 60.0
_UNFIT: Final = re.compile(r"[^a-z0-9]+", re.ASCII)
_LONGEST: Final = 40
_LOG: Final = logging.getLogger("phonghop.seat")


class StoreHands:
    """Opens the store with the newest key, tells what IT has to know of it, and destroys it."""

    def __init__(self, ports: Ports, hands: Hands) -> None:
        self._ports: Final = ports
        self._hands: Final = hands
        #: the key of a store that is not open yet, and the welcome that brought it (None: it outlived a restart)
        self._opening: tuple[Secret, WelcomeCame | None] | None = None
        #: the question that IT has answered
        self._anew = ""
        #: the question that stands, and what it is about
        self._shut: tuple[str, str] = "", ""
        self._fault = ""
        #: the order by which everything is being destroyed (empty: the device was revoked); None: it is not
        self._wiping: str | None = None
        self._has_restarted = False
        #: when it is tried again by itself
        self._again_s: float | None = None
        #: since when it is being worked at, and when that was told last
        self._busy_s: tuple[float, float] | None = None

    def begin(self, key: Secret) -> tuple[Event, ...]:
        """The key outlived a restart of this program."""
        self._opening = key, None
        return self._open()

    def welcomed(self, key: Secret, came: WelcomeCame) -> tuple[Event, ...]:
        """The server has given a key, and the store is not open with it."""
        self._opening = key, came
        found = self._open()
        return found if self._ports.vault.is_open else (WelcomeWaits(), *found)

    def answered(self, answer: StoreAnswered) -> tuple[Event, ...]:
        """What the server says to a loss, or IT to a question."""
        if answer.heard:
            self._ports.vault.heard(answer.heard)
            self._tell()
        if not answer.anew or answer.anew == self._anew or self._opening is None:
            return ()
        self._anew = answer.anew
        return self._open()

    def tick(self, now_s: float) -> tuple[Event, ...]:
        """Try again what is due. Raises VaultError where it was to destroy, and could not."""
        if self._again_s is None or now_s < self._again_s:
            return ()
        if self._wiping is None:
            return self._open()
        self._destroy()
        return (FaultChanged(""),)

    def wipe(self, order: str) -> None:
        """Destroy everything; raises VaultError when that is not done, and tries it again then."""
        self._wiping = order or self._wiping or ""
        self._opening, self._anew, self._shut = None, "", ("", "")
        self._ports.run_dir.forget()
        self._destroy()

    # ------------------------------------------------------------ opened

    def _open(self) -> tuple[Event, ...]:
        if self._opening is None or self._wiping is not None:
            return ()
        (key, came), vault = self._opening, self._ports.vault
        self._again_s = None
        try:
            lost = vault.open(key, anew=self._anew)
            self._hands.finish_recalls()
            found = opened(self._ports, warm=came is None)
        except StoreBusy as exc:
            _LOG.info("store: %s", exc)
            return self._busy(exc)
        except VaultError as exc:
            vault.close()
            self._busy_s = None
            return self._failed(exc)
        self._busy_s = None
        self._opening, self._anew, self._shut, self._fault = None, "", ("", ""), ""
        if lost:
            _LOG.warning("store: given up and asked for again: %s", ", ".join(lost))
        self._tell()
        self._ports.run_dir.save_key(key)
        return (found,) if came is None else (found, came.event())

    def _busy(self, exc: StoreBusy) -> tuple[Event, ...]:
        now_s = self._ports.clock.monotonic_s()
        since_s, told_s = self._busy_s or (now_s, now_s)
        is_long = now_s - since_s >= LONG_S and now_s - told_s >= FAILED_S
        self._busy_s = since_s, now_s if is_long else told_s
        found = self._failed(exc) if is_long else ()
        self._again_s = now_s + BUSY_S
        return found

    def _failed(self, exc: VaultError) -> tuple[Event, ...]:
        _LOG.error("store: %s (%s)", exc.code, exc)
        self._again_s = self._ports.clock.monotonic_s() + FAILED_S
        if isinstance(exc, StoreShut):
            self._shut, self._fault = (exc.data["asked"], exc.data["why"]), ""
        else:
            # A question that IT has answered stands until that is done.
            self._shut, self._fault = self._shut if self._anew else ("", ""), _word(exc)
        self._tell()
        is_welcomed = self._opening is not None and self._opening[1] is not None
        return (StoreFailed(exc.code, is_welcomed=is_welcomed),)

    def _tell(self) -> None:
        """What the next reports of health say of it (W195)."""
        loss, (shut, why) = self._ports.vault.loss, self._shut
        if self._ports.vitals is not None:
            said = {} if loss is None else {"lost": loss.why, "loss": loss.loss}
            self._ports.vitals.store(**said, shut=shut, why=why, fault=self._fault)

    # ------------------------------------------------------------ destroyed

    def _destroy(self) -> None:
        """Everything goes; only when it has is it said.

        A receipt that cannot be written keeps nothing from being destroyed.
        """
        ports = self._ports
        held: tuple[str, ...] = ()
        try:
            held = ports.vault.meeting_names()
            if ports.wiping is not None:
                ports.wiping(held)
        except VaultError as exc:
            _LOG.warning("what is destroyed is not written down before: %s (%s)", exc.code, exc)
        try:
            ports.vault.wipe()
        except VaultError as exc:
            is_held = isinstance(exc, StoreHeld)
            if is_held and not self._has_restarted:
                # Its key is in the kernel, and goes with the power: the next start destroys it again, and says so.
                self._has_restarted = self._hands.restart()
            is_busy = isinstance(exc, StoreBusy) and not is_held
            self._again_s = ports.clock.monotonic_s() + (BUSY_S if is_busy else WIPE_S)
            self._fault = _word(exc)
            self._tell()
            raise
        order, self._wiping, self._again_s, self._fault = self._wiping, None, None, ""
        self._tell()
        if ports.wiped is not None:
            ports.wiped(held)
        if order:
            self._hands.send(AnswerOrder(order))


def _word(exc: VaultError) -> str:
    """What keeps it from opening, as :class:`wire.messages.Machine` takes it."""
    said = str(exc.data.get("because") or exc.code).lower()
    return _UNFIT.sub("-", said)[:_LONGEST].strip("-") or exc.code
