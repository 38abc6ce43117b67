"""Perform the steps of the plan, and say what the machine wants said.

Rules: a step that changes the disk is done when its change is durable; a request is only sent, its answer comes through
the inbox. What happened is returned as events for the machine.

Usage::

    for event in hands.perform(Destroy(meeting), title="…"): ...
"""

from __future__ import annotations

import base64
import logging
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from edge.acts import RECEIPT, SIGN_IN
from edge.card.certificate import Purpose
from edge.challenge import Expected, proof, unlock_text
from edge.commands import (
    AnswerOrder,
    AskReady,
    CheckPin,
    PowerOff,
    RestartMachine,
    SendAnswer,
    SendBegin,
    SendEntry,
    SendFront,
    SendPoint,
    SendSignIn,
    SendTokenSignIn,
    SignWithCard,
    VerifyPinAndSign,
)
from edge.errors import CannotPowerOff, CannotRestart, IsProgram
from edge.events import Destroyed, Event, Forgotten, Stored
from edge.model import CardSignature, CardWork, Queued
from edge.outbox import Entry
from edge.passwords import wipe
from edge.plan import (
    AwaitChunks,
    Destroy,
    DropPaper,
    Forget,
    Join,
    MakeBox,
    SendReceipt,
    Step,
    WantEvents,
    WantManifest,
)
from edge.ports import Ports, SignOrder
from edge.vault.chunks import Chunks
from edge.vault.recalled import Note
from wire import messages
from wire.fields import Fields, parse_instant
from wire.front import KIND as FRONT
from wire.messages.pointing import KIND as POINT
from wire.messages.signing import ANSWER, BEGIN
from wire.messages.viewing import KIND as VIEW
from wire.messages.viewing import Part
from wire.proof import NONCE_BYTES, TokenData
from wire.readiness import KIND as READY
from wire.topics import PaperVersion

_MIB: Final = 1 << 20
_LOG: Final = logging.getLogger("phonghop.seat")


class Hands:
    """Performs; holds no state of its own."""

    def __init__(self, ports: Ports) -> None:
        self._ports: Final = ports

    def perform(self, step: Step, *, title: str) -> tuple[Event, ...]:
        """Do one step; ``title`` is the meeting's. Raises :class:`edge.errors.VaultError`."""
        match step:
            case Destroy(meeting):
                return self._destroy(meeting, title)
            case Forget(meeting):
                self._ports.vault.forget(meeting)
                return (Forgotten(meeting),)
            case SendReceipt(meeting):
                return self._receipt_again(meeting)
            case DropPaper(meeting, paper):
                self._ports.vault.meeting(meeting).drop_paper(paper)
            case MakeBox(meeting):
                self._ports.vault.meeting(meeting).keyring.make_box()
            case Join(meeting, _):
                self._join(meeting)
            case WantEvents(meeting, after):
                self.want_events(meeting, after)
            case WantManifest(meeting, paper):
                self._ports.say(lambda head: messages.Want(head, meeting, "manifest", paper=paper))
            case AwaitChunks(_, paper, _):
                self.report(paper)
        return ()

    def finish_recalls(self) -> None:
        """After the store opened: finish what a power cut interrupted, and owe every receipt that is not confirmed."""
        vault = self._ports.vault
        for note in vault.unfinished():
            vault.destroy(note.meeting, act=note.act, title=note.title, now=self._ports.now)
        for note in vault.notes.all():
            if not note.confirmed:
                vault.outbox.owe(_receipt_entry(note))

    def want_events(self, meeting: str, after: int) -> None:
        """Ask for events."""
        self._ports.say(lambda head: messages.Want(head, meeting, "events", after=after))

    def report(self, paper: PaperVersion) -> None:
        """Say which chunks of a paper are held (W34)."""
        chunks = self._ports.vault.chunks(paper)
        if chunks is not None:
            self._report(chunks)

    def report_all(self) -> None:
        """Say which chunks of every paper are held."""
        for chunks in self._ports.vault.all_chunks():
            self._report(chunks)

    def send(
        self, command: SendEntry | SendFront | SendPoint | AskReady | AnswerOrder | RestartMachine | PowerOff
    ) -> None:
        """An act of the outbox, where somebody reads, a question, or the answer to an order."""
        if isinstance(command, SendEntry):
            self.send_entry(command.act)
        elif isinstance(command, AnswerOrder | RestartMachine | PowerOff):
            self._obey(command)
        elif isinstance(command, SendFront):
            self.front(command)
        elif isinstance(command, AskReady):
            self._say_act(command.act, READY, command.meeting, person=command.person, data=command.opening.to_value())
        else:
            act, data = self._ports.new_act(), command.place.to_value()
            kind = VIEW if isinstance(command.place, Part) else POINT
            self._say_act(act, kind, command.meeting, person=command.person, data=data)

    def send_entry(self, act: str) -> None:
        """Send an entry of the outbox."""
        entry = self._ports.vault.outbox.get(act)
        if entry is None:
            return
        if entry.kind == RECEIPT:
            self._ports.say(lambda head: _receipt(head, entry))
        else:
            self._ports.say(
                lambda head: messages.Act(
                    head, entry.act, entry.meeting, entry.kind, entry.person, entry.made_at, entry.data
                )
            )

    def send_sign_in(self, command: SendSignIn, password: bytearray, *, code: bytearray | None) -> None:
        """Send a sign-in; password and code are sealed to the server and kept nowhere."""
        data = {"person": command.person, "password": password.decode("utf-8", "replace")}
        if code is not None:
            data["code"] = code.decode("utf-8", "replace")
        made_at = self._ports.now()
        self._ports.say(
            lambda head: messages.Act(head, command.act, command.meeting, SIGN_IN, None, made_at, data),
        )

    def knock(self, act: str, meeting: str) -> None:
        """Ask for a challenge (W53)."""
        self._ports.say(lambda head: messages.Knock(head, act, meeting))

    def send_token_sign_in(self, command: SendTokenSignIn) -> None:
        """Send what a token has signed (W56)."""
        made_at, data = self._ports.now(), command.data.to_value()
        self._ports.say(
            lambda head: messages.Act(head, command.act, command.meeting, SIGN_IN, None, made_at, data),
        )

    def sign(self, command: VerifyPinAndSign, pin: bytearray, seat: str) -> None:
        """Hand PIN and text over to the card (W55); the text is of this seat's own making."""
        ports, token = self._ports, command.token
        if ports.cards is None or ports.channel is None:
            wipe(pin)
            return
        nonce = ports.random(NONCE_BYTES)
        given, build = command.challenge, None
        message = unlock_text(nonce)
        if given is not None:
            here = Expected(ports.channel.server_key, ports.channel.device, seat, given.meeting)
            message = proof(given, here, seat_nonce=nonce, certificate=token.fingerprint).signed()
            build = partial(TokenData, given.challenge, nonce)
        ports.cards.sign(
            SignOrder(
                request=command.request,
                reader=token.reader,
                count=token.count,
                fingerprint=token.fingerprint,
                message=message,
                pin=pin,
                last_try_ok=token.last_try_ok,
                build=build,
            )
        )

    def sign_document(self, command: SignWithCard, pin: bytearray) -> None:
        """Hand PIN and bytes over to the card, to be signed with its certificate for documents (G38)."""
        if self._ports.cards is None:
            wipe(pin)
            return
        self._ports.cards.sign(_order(command.work, command.message, pin))

    def check_pin(self, command: CheckPin, pin: bytearray) -> None:
        """Have the card look at the PIN, before anybody is asked for anything."""
        if self._ports.cards is None:
            wipe(pin)
            return
        self._ports.cards.check(_order(command.work, b"", pin))

    def front(self, command: SendFront) -> None:
        """Say what lies in front of a person (W83); nobody waits for the answer."""
        act = self._ports.new_act()
        self._say_act(act, FRONT, command.meeting, person=command.person, data=command.front.to_value())

    def begin(self, command: SendBegin) -> None:
        """Ask for the turn to sign (W61)."""
        data = {"round": command.round, "certificate": command.signs.fingerprint}
        self._say_act(command.act, BEGIN, command.meeting, person=command.person, data=data)

    def answer(self, command: SendAnswer) -> None:
        """Send a signature, or give the lease back (W61)."""
        signature = base64.b64encode(command.signature).decode("ascii") if command.signature else None
        data = {"round": command.round, "fence": command.fence, "signature": signature}
        act = command.act or self._ports.new_act()
        self._say_act(act, ANSWER, command.meeting, person=command.person, data=data)

    def _say_act(self, act: str, kind: str, meeting: str, *, person: str, data: dict[str, Any]) -> None:
        made_at = self._ports.now()
        self._ports.say(lambda head: messages.Act(head, act, meeting, kind, person, made_at, data))

    def settle(self, entry: Queued) -> None:
        """The server is done with an entry."""
        vault = self._ports.vault
        if entry.kind == RECEIPT:
            note = vault.notes.get(entry.meeting)
            if note is not None and note.act == entry.act:
                vault.notes.put(replace(note, confirmed=True))
        vault.outbox.settle(entry.act)

    def health(self, *, generation: int, seqs: dict[str, int], screen: str, token: str, is_dark: bool) -> None:
        """Say how the seat is (D4)."""
        free_mb = self._ports.vault.free_bytes() // _MIB
        keeper = self._ports.record
        kept = None if keeper is None else keeper.kept
        vitals = self._ports.vitals
        heard = None if self._ports.welcomed is None else self._ports.ahead
        machine = None if vitals is None else replace(vitals.read(ahead=heard), is_dark=is_dark)
        self._ports.say(lambda head: messages.Health(head, generation, seqs, free_mb, screen, kept, token, machine))

    def _obey(self, command: AnswerOrder | RestartMachine | PowerOff) -> None:
        """Say that an order was carried out; the machine is started again, or switched off, by whoever may (W171)."""
        if isinstance(command, AnswerOrder):
            code = command.code
        elif self._ports.is_program:
            code = IsProgram.code
        elif isinstance(command, PowerOff):
            code = "" if _is_done(self._ports.power_off, "switched off") else CannotPowerOff.code
        else:
            code = "" if self.restart() else CannotRestart.code
        outcome = "refused" if code else "done"
        self._ports.say(lambda head: messages.Obeyed(head, command.order, outcome, code))

    def restart(self) -> bool:
        """Have the machine started again; whether somebody does it."""
        return _is_done(self._ports.restart, "started again")

    def _report(self, chunks: Chunks) -> None:
        have = chunks.have
        self._ports.say(lambda head: messages.Have(head, chunks.manifest.key, have.size, have.to_bytes()))

    def _join(self, meeting: str) -> None:
        key = self._ports.vault.meeting(meeting).keyring.make_box().public
        self._ports.say(lambda head: messages.Join(head, meeting, key))

    def _destroy(self, meeting: str, title: str) -> tuple[Event, ...]:
        vault, ports = self._ports.vault, self._ports
        note = vault.destroy(meeting, act=ports.new_act(), title=title, now=ports.now)
        return (Destroyed(meeting, note.title, len(note.papers), note.pages), *self._owe(note))

    def _receipt_again(self, meeting: str) -> tuple[Event, ...]:
        note = self._ports.vault.notes.get(meeting)
        if note is None:
            return ()
        again = replace(note, confirmed=False)
        self._ports.vault.notes.put(again)
        return tuple(self._owe(again))

    def _owe(self, note: Note) -> Iterable[Event]:
        self._ports.vault.outbox.owe(_receipt_entry(note))
        return (Stored(Queued(note.act, RECEIPT, note.meeting)),)


def _is_done(ask: Callable[[], None] | None, what: str) -> bool:
    try:
        if ask is None:
            raise OSError("nobody here may")
        ask()
    except (OSError, subprocess.SubprocessError) as exc:
        _LOG.warning("the machine cannot be %s: %s", what, exc)
        return False
    return True


def _order(work: CardWork, message: bytes, pin: bytearray) -> SignOrder:
    return SignOrder(
        request=work.request,
        reader=work.reader,
        count=work.count,
        fingerprint=work.signs.fingerprint,
        message=message,
        pin=pin,
        last_try_ok=work.last_try_ok,
        build=CardSignature,
        purpose=Purpose.DOCUMENT,
    )


def _receipt_entry(note: Note) -> Entry:
    receipt = note.receipt()
    made_at = parse_instant(str(receipt["destroyed_at"]))
    return Entry(note.act, RECEIPT, note.meeting, person=None, made_at=made_at, data=receipt)


def _receipt(head: messages.Head, entry: Entry) -> messages.Receipt:
    fields = Fields(entry.data, RECEIPT)
    return messages.Receipt(
        head=head,
        act=entry.act,
        meeting=entry.meeting,
        destroyed_at=fields.instant("destroyed_at"),
        papers=tuple(messages.HeldPaper.read(each) for each in fields.objects("papers")),
    )
