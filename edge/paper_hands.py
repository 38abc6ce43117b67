"""Carry out what the machine wants done about signing papers: fetch, PIN, turn, examine, card, answer.

Rules G5–G8, G40: of the PIN there are two copies, one that the card looks at and one for its signature; each is
overwritten by whoever has it, and the second on every way that does not lead to a signature. The card is given nothing
that :func:`edge.signing.examine.examine` has not looked at, over the very bytes that are shown.

Usage: ``for event in papers.perform(CheckPin(work)): …``
"""

from __future__ import annotations

import logging
from typing import Final

from edge.commands import (
    CheckPin,
    CloseRound,
    DropPin,
    ExamineAndSign,
    OpenRound,
    PaperCommand,
    SendAnswer,
    SendBegin,
    SignWithCard,
)
from edge.events import Event, OfferRefused
from edge.hands import Hands
from edge.passwords import Passwords, wipe
from edge.ports import Ports
from edge.signing.errors import SignRefused
from edge.signing.files import RoundFiles

_LOG: Final = logging.getLogger("phonghop.seat")


class PaperHands:
    """Performs; what it holds is the file that is open."""

    def __init__(self, ports: Ports, hands: Hands, files: RoundFiles, *, passwords: Passwords) -> None:
        self._ports: Final = ports
        self._hands: Final = hands
        self._files: Final = files
        self._passwords: Final = passwords

    def perform(self, command: PaperCommand) -> tuple[Event, ...]:
        """Do it; what came of it at once."""
        match command:
            case OpenRound(found, meeting, person):
                return self._files.open(found, meeting=meeting, person=person)
            case CloseRound():
                self._files.close()
            case CheckPin(work):
                self._check(command, work.request)
            case DropPin(request):
                self._passwords.drop(_copy_of(request))
            case SendBegin():
                self._hands.begin(command)
            case SendAnswer():
                self._hands.answer(command)
            case ExamineAndSign():
                return self._examine(command)
        return ()

    def _check(self, command: CheckPin, request: int) -> None:
        pin = self._passwords.hand_over(request)
        if pin is not None:
            self._passwords.hold(_copy_of(request), bytearray(pin))
            self._hands.check_pin(command, pin)

    def _examine(self, command: ExamineAndSign) -> tuple[Event, ...]:
        work = command.work
        pin = self._passwords.hand_over(_copy_of(work.request))
        try:
            to_sign = self._files.examine(
                command.offer,
                certificate=work.signs.certificate,
                digest=work.signs.digest,
                number=command.number,
            )
        except SignRefused as exc:
            _LOG.warning("%s not signed: %s %s", command.offer.round, exc.code, exc.data)
            if pin is not None:
                wipe(pin)
            return (OfferRefused(work.request, exc.code, exc.data),)
        if pin is not None:
            self._hands.sign_document(SignWithCard(work, to_sign.message), pin)
        return ()


def _copy_of(request: int) -> int:
    """Under what the copy of a request's PIN is held: requests count from 1."""
    return -request
