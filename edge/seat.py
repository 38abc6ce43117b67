"""One seat: the machine's decisions carried out, one input at a time.

Rules: not for several threads – the agent's loop owns it. Every input is carried through to its end (machine, disk,
plan) before the screen is told, so nothing that a recall has taken is ever shown after it. A disk that fails is said on
the screen; what was durable stays. No clock, socket or file is opened here: they come in :class:`edge.ports.Ports`.

Usage::

    seat = Seat(ports, outside, limits=Limits())
    seat.begin()
    seat.received(topic, payload); seat.tick()
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from edge import clock
from edge.ballot_hands import BallotHands
from edge.commands import (
    Answer,
    AnswerOrder,
    AskReady,
    BallotCommand,
    CheckPassword,
    CheckPin,
    CloseRound,
    Command,
    DropPin,
    ExamineAndSign,
    ForgetPassword,
    Greet,
    HidePages,
    Keep,
    KeepUpdate,
    Listen,
    MakeBallot,
    MarksCommand,
    OpenCard,
    OpenRound,
    PowerOff,
    ReadingsCommand,
    Record,
    ReleaseCard,
    RememberPassword,
    Replan,
    Report,
    RestartMachine,
    SaveSession,
    SaveUpkeep,
    SaveWish,
    SendAnswer,
    SendBegin,
    SendEntry,
    SendFront,
    SendHealth,
    SendKnock,
    SendPoint,
    SendSignIn,
    SendTokenSignIn,
    Settle,
    ShowPoint,
    SignWithCard,
    UpdateCommand,
    VerifyPinAndSign,
    Wipe,
)
from edge.declaring import MAKERS, Maker
from edge.errors import VaultError
from edge.events import (
    Event,
    FaultChanged,
    Heard,
    IdentityChanged,
    KeepingCame,
    LinkDown,
    LinkUp,
    PasswordChecked,
    PointCame,
    RecordFound,
    ServerTime,
    Stored,
    Ticked,
    UpdateUnkept,
)
from edge.hands import Hands
from edge.inbox import Inbox, StoreAnswered, WelcomeCame
from edge.link.codec import Channel, Site
from edge.link.ports import Link
from edge.machine import step
from edge.marks_hands import MarksHands
from edge.model import Identity, Limits, State
from edge.outbox import Entry
from edge.paper_hands import PaperHands
from edge.passwords import Passwords, Verifier
from edge.plan import Destroy, DropPaper, Forget, Pace, Step, plan
from edge.ports import Ports
from edge.queued import queued
from edge.readings_hands import ReadingsHands
from edge.screen import Drawn, Outside
from edge.showing import ended, situation, stuck, token_word
from edge.signing.files import RoundFiles
from edge.store_hands import StoreHands
from edge.updates.hands import UpdateHands
from sealing.signatures import DeviceSigner
from wire.ids import RoomId
from wire.secret import Secret
from wire.topics import PaperVersion, Topic, device_filters

AGENT: Final = "phonghop/0.2.0"
_CHECK_ROOM_S: Final = 5.0
_LOG: Final = logging.getLogger("phonghop.seat")


class Seat:
    """State, and what carries its commands out."""

    def __init__(self, ports: Ports, outside: Outside, *, limits: Limits, makers: Mapping[str, Maker] = MAKERS) -> None:
        self._ports: Final = ports
        self._outside: Final = outside
        self._hands: Final = Hands(ports)
        self._files: Final = RoundFiles(ports)
        self.inbox: Final = Inbox(ports, self._hands, self._files)
        self._pace: Final = Pace()
        self.passwords: Final = Passwords()
        self._ballots: Final = BallotHands(ports)
        self._marks: Final = MarksHands(ports)
        self._readings: Final = ReadingsHands(ports)
        self._papers: Final = PaperHands(ports, self._hands, self._files, passwords=self.passwords)
        self._updates: Final = UpdateHands(ports)
        self._store: Final = StoreHands(ports, self._hands)
        self._verifier: Verifier | None = None
        self._waiting: deque[Event] = deque()
        self._replan: Replan | None = None
        self._plan_left = False
        self._checked_room_s = 0.0
        self._drawn: Final = Drawn()
        self.state = State(limits=limits, started_s=ports.clock.monotonic_s(), makers=makers)

    # ------------------------------------------------------------ inputs

    def begin(self) -> None:
        """Open the store if its key outlived a restart. The first screen is shown once it is known who this is."""
        self._ports.welcomed = self._ports.run_dir.load_welcomed()
        if self._ports.welcomed is not None:
            self._waiting += [
                KeepingCame(*self._ports.run_dir.load_upkeep(), is_kept=True),
                ServerTime(*self._ports.welcomed),
            ]
        key = self._ports.run_dir.load_key()
        if key is not None:
            self._waiting.extend(self._store.begin(key))
        update = self._updates.begin()
        if update is not None:
            self._waiting.append(update)
        if self._ports.record is not None and self._ports.record.fault:
            self._waiting.append(RecordFound(self._ports.record.fault))
        self._drain()

    def attach(self, signer: DeviceSigner, site: Site, link: Link) -> None:
        """The device has its certificate: this is the way to the server."""
        ports = self._ports
        ports.channel = Channel(signer, site, now=ports.clock.now, random=ports.random)
        ports.link = link

    def identify(self, identity: Identity) -> None:
        """Enrolment got further."""
        self.handle(IdentityChanged(identity))

    def handle(self, event: Event) -> None:
        """Carry one event through."""
        self._waiting.append(event)
        self._settle()

    def received(self, topic: Topic, payload: bytes) -> None:
        """A message came."""
        meanings = self.inbox.take(topic, payload, self.state)
        self._guard(self._flush)
        if topic.chunk is not None and not meanings and not self._waiting:
            # One of thousands: nothing has changed that the plan or the screen would see.
            return
        if meanings and all(isinstance(meaning, PointCame) for meaning in meanings):
            self._waiting.extend(meaning for meaning in meanings if isinstance(meaning, PointCame))
            self._drain()
            return
        for meaning in meanings:
            if isinstance(meaning, WelcomeCame):
                self._welcome(meaning)
            elif isinstance(meaning, StoreAnswered):
                self._waiting.extend(self._store.answered(meaning))
            else:
                self._waiting.append(meaning)
        self._drain()
        self.inbox.retry_offers(self.state)
        self._request(Replan())
        self._settle()

    def connected(self) -> None:
        """The broker has accepted the seat."""
        self.handle(LinkUp())

    def disconnected(self) -> None:
        """The broker is gone."""
        if self._ports.channel is not None:
            self._ports.channel.hang_up()
        self._files.link_lost()
        self.handle(LinkDown())

    def tick(self) -> None:
        """Time went on; call it every quarter of a second, or so."""
        now_s = self._ports.clock.monotonic_s()
        if self._plan_left:
            self._request(Replan())
        self._guard(lambda: self._waiting.extend(self._store.tick(now_s)))
        if self._ports.vault.is_open:
            self._guard(self._flush)
            if now_s - self._checked_room_s >= _CHECK_ROOM_S:
                self._checked_room_s = now_s
                self._waiting.extend(self.inbox.check_room(self.state.fault))
        self._files.tick()
        self._waiting.extend(self._updates.look())
        self.handle(Ticked())

    def recheck(self, paper: PaperVersion) -> None:
        """A page of a paper could not be read: compare its chunks with the manifest."""
        self._guard(partial(self.inbox.recheck, paper))
        self._request(Replan())
        self._settle()

    @property
    def is_busy(self) -> bool:
        """Whether the next tick should come soon."""
        return self._plan_left or self.inbox.is_waiting

    # ------------------------------------------------------------ machine

    def _settle(self) -> None:
        """Events, then the plan, until neither brings anything new; then the screen."""
        self._drain()
        while self._replan is not None:
            request, self._replan = self._replan, None
            self._follow_plan(eager=request.eager)
            self._drain()
        self._show()

    def _drain(self) -> None:
        while self._waiting:
            event = self._waiting.popleft()
            self.state, commands = step(self.state, event, clock.read(self._ports.clock))
            for command in commands:
                is_done = self._guard(partial(self._perform, command))
                if not is_done and isinstance(command, KeepUpdate):
                    # What follows counts on it: the next start would not know of an installation.
                    self._waiting.append(UpdateUnkept())
                    break

    def _guard(self, work: Callable[[], object]) -> bool:
        """The disk's failures stop one piece of work, never the seat; whether it was done."""
        try:
            work()
        except VaultError as exc:
            _LOG.error("store: %s (%s)", exc.code, exc)
            self._waiting.append(FaultChanged(exc.code))
            return False
        return True

    def _perform(self, command: Command) -> None:
        hands, vault = self._hands, self._ports.vault
        match command:
            case Replan():
                self._request(command)
            case Report():
                hands.report_all()
            case SendEntry() | SendFront() | SendPoint() | AskReady() | AnswerOrder() | RestartMachine() | PowerOff():
                hands.send(command)
            case Settle(entry):
                hands.settle(entry)
            case SaveWish(wish):
                vault.save_wish(wish)
            case Record(meeting, events, state):
                vault.meeting(meeting).record(events, state)
            case HidePages():
                self._hide()
            case Answer(request):
                self.passwords.drop(request)
                self._outside.answer(command)
            case OpenRound() | CheckPin() | DropPin() | SendBegin() | ExamineAndSign() | SendAnswer():
                self._waiting.extend(self._papers.perform(command))
            case CloseRound():
                self._papers.perform(command)
                self._hide()
            case _ if isinstance(command, BallotCommand | MarksCommand | ReadingsCommand | UpdateCommand):
                self._use_books(command)
            case _:
                self._perform_at_length(command)

    def _perform_at_length(self, command: Command) -> None:
        match command:
            case Greet():
                self._greet()
            case Listen(room):
                self._listen(room)
            case SendSignIn():
                self._send_sign_in(command)
            case SendHealth():
                self._health()
            case OpenCard() | ReleaseCard() | VerifyPinAndSign() | SignWithCard() | SendKnock() | SendTokenSignIn():
                self._use_token(command)
            case Keep():
                self._keep(command)
            case CheckPassword() | RememberPassword() | ForgetPassword():
                self._use_password(command)
            case SaveSession() | SaveUpkeep():
                self._keep_for_boot(command)
            case ShowPoint(point):
                self._outside.point(point)
            case Wipe(order):
                self._wipe(order)

    # ------------------------------------------------------------ store

    def _welcome(self, came: WelcomeCame) -> None:
        welcome = came.welcome
        self._ports.welcomed = welcome.head.at, self._ports.clock.monotonic_s()
        self._ports.run_dir.save_welcomed(*self._ports.welcomed)
        self._waiting.append(ServerTime(*self._ports.welcomed))
        if self._ports.certificate is not None:
            self._guard(self._ports.certificate.welcomed)
        key = Secret(welcome.store_key)
        known = self._ports.run_dir.load_key()
        if not self._ports.vault.is_open or known != key:
            self._ports.vault.close()
            self.inbox.forget()
            self._waiting.extend(self._store.welcomed(key, came))
            return
        self._waiting.append(came.event())

    def _wipe(self, order: str) -> None:
        """What lies in memory first: the disk has no say in that."""
        self._hide()
        self.passwords.drop_all()
        self.inbox.forget()
        self._store.wipe(order)

    def _flush(self) -> None:
        if self.inbox.flush(self._ports.clock.monotonic_s()):
            self._waiting.append(Heard())
            self._waiting.extend(self.inbox.check_room())
            self._request(Replan())

    # ------------------------------------------------------------ plan

    def _request(self, replan: Replan) -> None:
        if self._replan is None or not self._replan.eager:
            self._replan = replan

    def _follow_plan(self, *, eager: bool) -> None:
        wish = self.state.wish
        if wish is None or not self._ports.vault.is_open:
            return
        steps = plan(
            wish,
            self._ports.vault.held(),
            heads={name: followed.head for name, followed in self.state.meetings.items()},
            ended=ended(self.state),
            stuck=stuck(self.state),
        )
        self._plan_left = bool(steps)
        for each in self._pace.due(steps, self._ports.clock.monotonic_s(), eager=eager):
            followed = self.state.meetings.get(each.meeting)
            title = "" if followed is None else followed.state.title
            if isinstance(each, Destroy | Forget | DropPaper):
                self._hide()
            self._guard(partial(self._do, each, title))

    def _hide(self) -> None:
        """What was drawn goes; the next screen is told even when it looks the same, for this one gives no paper now."""
        self._outside.hide()
        self._drawn.forget()

    def _do(self, each: Step, title: str) -> None:
        self._waiting.extend(self._hands.perform(each, title=title))

    # ------------------------------------------------------------ saying

    def _listen(self, room: str | None) -> None:
        ports = self._ports
        if ports.link is not None and ports.channel is not None:
            ports.link.listen(device_filters(ports.channel.device, None if room is None else RoomId(room)))

    def _greet(self) -> None:
        ports = self._ports
        if ports.channel is None or ports.link is None:
            return
        held = ports.vault.meeting_names()
        shown = "" if ports.certificate is None else ports.certificate.serial()
        frame = ports.channel.greet(
            boot=ports.run_dir.boot, agent=AGENT, is_open=ports.vault.is_open, held=held, certificate=shown
        )
        ports.link.publish(frame)

    def _send_sign_in(self, command: SendSignIn) -> None:
        waiting = self.state.signing_in
        password = None if waiting is None else self.passwords.get(waiting.request)
        if waiting is not None and password is not None:
            self._hands.send_sign_in(command, password, code=self.passwords.code(waiting.request))

    def _health(self) -> None:
        self._hands.health(
            generation=0 if self.state.wish is None else self.state.wish.generation,
            seqs={name: followed.state.seq for name, followed in self.state.meetings.items()},
            screen=situation(self.state).value,
            token=token_word(self.state),
            is_dark=self.state.upkeep.is_dark,
        )

    # ------------------------------------------------------------ people

    def _use_password(self, command: CheckPassword | RememberPassword | ForgetPassword) -> None:
        match command:
            case CheckPassword(request):
                self._check_password(request)
            case RememberPassword(request):
                password = self.passwords.get(request)
                self._verifier = None if password is None else Verifier(password)
            case ForgetPassword():
                self._verifier = None

    def _check_password(self, request: int) -> None:
        password = self.passwords.get(request)
        right = None if self._verifier is None or password is None else self._verifier.matches(password)
        self._waiting.append(PasswordChecked(request, self._ports.new_act(), right))

    def _use_token(
        self, command: OpenCard | ReleaseCard | VerifyPinAndSign | SignWithCard | SendKnock | SendTokenSignIn
    ) -> None:
        cards = self._ports.cards
        match command:
            case SendKnock(act, meeting):
                self._hands.knock(act, meeting)
            case SendTokenSignIn():
                self._hands.send_token_sign_in(command)
            case _ if cards is None:
                return
            case OpenCard(reader, count):
                cards.open(reader, count)
            case ReleaseCard(reader, count):
                cards.release(reader, count)
            case VerifyPinAndSign(request):
                # Given away: whoever has it wipes it.
                pin = self.passwords.hand_over(request)
                seat = None if self.state.wish is None else self.state.wish.seat
                if pin is not None:
                    self._hands.sign(command, pin, seat or "")
            case SignWithCard(work):
                pin = self.passwords.hand_over(work.request)
                if pin is not None:
                    self._hands.sign_document(command, pin)

    def _use_books(self, command: BallotCommand | MarksCommand | ReadingsCommand | UpdateCommand) -> None:
        if isinstance(command, UpdateCommand):
            self._waiting.extend(self._updates.perform(command))
            return
        if isinstance(command, ReadingsCommand):
            self._waiting.extend(self._readings.perform(command))
            return
        if isinstance(command, MarksCommand):
            self._waiting.extend(self._marks.perform(command, answer=self._outside.answer))
            return
        if not isinstance(command, MakeBallot):
            self._waiting.extend(self._ballots.perform(command))
            return
        try:
            made = self._ballots.make(command, self.state, keep=self._keep, answer=self._outside.answer)
        except VaultError as exc:
            self._outside.answer(Answer(command.request, exc.code))
            raise
        self._waiting.extend(made)

    def _keep_for_boot(self, command: SaveSession | SaveUpkeep) -> None:
        if isinstance(command, SaveUpkeep):
            self._ports.run_dir.save_upkeep(command.hours, command.maintenance)
        elif self._ports.vault.is_open:
            self._ports.run_dir.save_session(command.session, self._ports.vault.sealer())

    def _keep(self, command: Keep) -> None:
        entry = Entry(
            act=command.act,
            kind=command.kind,
            meeting=command.meeting,
            person=command.person,
            made_at=command.made_at or self._ports.now(),
            data=dict(command.data),
        )
        try:
            self._ports.vault.outbox.put(entry)
        except VaultError as exc:
            if command.request is not None:
                self._outside.answer(Answer(command.request, exc.code))
            raise
        self._waiting.append(Stored(queued(entry), command.request))

    # ------------------------------------------------------------ screen

    def _show(self) -> None:
        if self.state.identity.device is None:
            # A reader or a page may speak first; whoever looked would be told that the device is not enrolled.
            return
        screen = self._drawn.look(
            self.state,
            self._ports.vault,
            ahead_s=self._ports.ahead.total_seconds(),
            round_file=self._files.document(),
        )
        if screen is not None:
            self._outside.show(screen)
