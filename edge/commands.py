"""What a seat does about it.

Rules: values only; :class:`edge.seat.Seat` carries them out. Passwords never pass through here: the agent holds them.

Usage: ``state, commands = step(state, event, now)``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.marks_values import Change, Place
from edge.model import CardWork, Queued, Session, Signing, SignsWith
from edge.updates.values import Task
from wire.events import Event as LogEvent
from wire.front import Front
from wire.messages import Challenge, Hours, Maintenance, Mix, Point, RoundNumber, SigningRound, SignOffer, View, Wish
from wire.messages.pointing import Place as PointedPlace
from wire.messages.updates import Release
from wire.messages.viewing import Part
from wire.proof import TokenData
from wire.readiness import Opening
from wire.state import MeetingState
from wire.topics import PaperVersion
from wire.votes import Vote


@dataclass(frozen=True, slots=True)
class Greet:
    """Send a hello with a new session."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Subscribe to the room (None: to no room)."""

    room: str | None


@dataclass(frozen=True, slots=True)
class SendSignIn:
    """Send the sign-in that waits; the agent has the password."""

    act: str
    meeting: str
    person: str


@dataclass(frozen=True, slots=True)
class OpenCard:
    """Take what is in the reader, say whose token it is."""

    reader: str
    count: int


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """Let go of it; the card forgets the PIN."""

    reader: str
    count: int


@dataclass(frozen=True, slots=True)
class SendKnock:
    """Ask the server for a challenge."""

    act: str
    meeting: str


@dataclass(frozen=True, slots=True)
class VerifyPinAndSign:
    """Give the card the PIN of this request, once, and have it sign the challenge (None: only to open the lock)."""

    request: int
    token: Signing
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class SignWithCard:
    """Give the card the PIN of this request, once, and have it sign ``message`` with its certificate for documents."""

    work: CardWork
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Fetch this file."""

    found: SigningRound
    meeting: str
    person: str


@dataclass(frozen=True, slots=True)
class CloseRound:
    """Forget it."""


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Give the card the PIN of this request, once, and keep a copy for the signature that follows."""

    work: CardWork


@dataclass(frozen=True, slots=True)
class DropPin:
    """Overwrite the copy."""

    request: int


@dataclass(frozen=True, slots=True)
class SendBegin:
    """Ask for the turn to sign."""

    act: str
    meeting: str
    person: str
    round: str
    signs: SignsWith


@dataclass(frozen=True, slots=True)
class ExamineAndSign:
    """Look at what is offered; have the card sign it if it is what was shown, and nothing else (G5–G8)."""

    work: CardWork
    offer: SignOffer
    #: number and date that the person was shown while they typed the PIN (G62)
    number: RoundNumber | None = None


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """Send the signature; without one the lease is given back (``act`` empty: a new one)."""

    act: str
    meeting: str
    person: str
    round: str
    fence: int
    signature: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class SendTokenSignIn:
    """Send what the token has signed."""

    act: str
    meeting: str
    data: TokenData


@dataclass(frozen=True, slots=True)
class SendFront:
    """Tell the server what lies in front of a person (W83)."""

    meeting: str
    person: str
    front: Front


@dataclass(frozen=True, slots=True)
class SendPoint:
    """Tell the server where the person points, or what they see; nothing waits for an answer (W110, W124)."""

    meeting: str
    person: str
    place: PointedPlace | Part


@dataclass(frozen=True, slots=True)
class AskReady:
    """Ask the server who is ready for a vote (W126)."""

    act: str
    meeting: str
    person: str
    opening: Opening


@dataclass(frozen=True, slots=True)
class ShowPoint:
    """The presenter points on the paper that is shown here, or sees that part of it."""

    point: Point | View


@dataclass(frozen=True, slots=True)
class SendEntry:
    """Send an entry of the outbox."""

    act: str


@dataclass(frozen=True, slots=True)
class SendHealth:
    """Tell the server how the seat is."""


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the server which chunks are held, paper by paper."""


@dataclass(frozen=True, slots=True)
class Replan:
    """Compare what is wanted with what is held. ``eager``: nothing is on its way."""

    eager: bool = False


@dataclass(frozen=True, slots=True)
class SaveWish:
    """Keep the wish for a start without a server."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Record:
    """Keep events of a meeting and the state they lead to."""

    meeting: str
    events: tuple[LogEvent, ...]
    state: MeetingState


@dataclass(frozen=True, slots=True)
class Keep:
    """Put an act into the outbox, then say :class:`Stored`."""

    request: int | None
    act: str
    kind: str
    meeting: str
    person: str
    data: Mapping[str, Any] = field(hash=False)
    #: when it was made, where that is part of what was signed
    made_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class MakeBallot:
    """Write a secret ballot down, and ask the server to sign it blind."""

    request: int
    act: str
    meeting: str
    person: str
    vote: str
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FinishBallot:
    """The server has signed a secret ballot, or refused to."""

    act: str
    outcome: str
    code: str
    data: Mapping[str, Any] = field(hash=False, repr=False)


@dataclass(frozen=True, slots=True)
class HandIn:
    """Send the secret ballots of a vote that is collected."""

    vote: Vote
    meeting: str


@dataclass(frozen=True, slots=True)
class MixBoxes:
    """Open this seat's layer of these boxes, if it is its turn, and hand back what is inside."""

    mix: Mix
    vote: Vote


@dataclass(frozen=True, slots=True)
class FindBallots:
    """Look for this seat's ballots in what was published."""

    vote: Vote


@dataclass(frozen=True, slots=True)
class EraseBallots:
    """Overwrite what is kept of a secret vote."""

    vote: str


@dataclass(frozen=True, slots=True)
class ReadMarks:
    """Answer the page's call with the person's marks on a paper."""

    request: int
    place: Place
    paper: str


@dataclass(frozen=True, slots=True)
class WriteMarks:
    """Keep what the person did to their marks, and answer the page's call."""

    request: int
    place: Place
    changes: tuple[Change, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FetchMarks:
    """Ask the server for the key, if it is not here, and for the marks that this seat has not got."""

    place: Place


@dataclass(frozen=True, slots=True)
class SendMarks:
    """Hand in what the server has not got."""

    place: Place


@dataclass(frozen=True, slots=True)
class TakeMarks:
    """The server's answer to an act that may have been one of these two."""

    act: str
    outcome: str
    code: str
    data: Mapping[str, Any] = field(hash=False, repr=False)


@dataclass(frozen=True, slots=True)
class CloseMarks:
    """The person has left: destroy the key, keep what the server has not got."""

    place: Place


@dataclass(frozen=True, slots=True)
class EraseMarks:
    """Keep nothing of them."""

    place: Place


@dataclass(frozen=True, slots=True)
class Settle:
    """The entry is done with: drop it; for a receipt, note that it is confirmed."""

    entry: Queued


@dataclass(frozen=True, slots=True)
class CheckPassword:
    """Compare the password of this request with the one the person signed in with."""

    request: int


@dataclass(frozen=True, slots=True)
class RememberPassword:
    """The password of this request is right: keep what recognises it."""

    request: int


@dataclass(frozen=True, slots=True)
class ForgetPassword:
    """Nobody is signed in: keep nothing that recognises a password."""


@dataclass(frozen=True, slots=True)
class SaveSession:
    """Keep the session for a restart within this boot (None: nobody)."""

    session: Session | None


@dataclass(frozen=True, slots=True)
class HidePages:
    """Empty every memory of drawn pages, and the renderer with its keys."""


@dataclass(frozen=True, slots=True)
class NoteReading:
    """A page lies in front of somebody: keep that it does."""

    place: Place
    paper: PaperVersion
    page: int


@dataclass(frozen=True, slots=True)
class SendReadings:
    """Tell the server what was read."""

    place: Place


@dataclass(frozen=True, slots=True)
class TakeReadings:
    """The server's answer to an act that may have told it."""

    act: str
    outcome: str
    code: str


@dataclass(frozen=True, slots=True)
class Wipe:
    """Destroy the whole store; ``order``: which order of IT is answered when it is done, empty for none."""

    order: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a page's call: done, or refused with a code."""

    request: int
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class AnswerOrder:
    """Say that an order of IT was carried out, or (``code``) why not."""

    order: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class RestartMachine:
    """Start this machine again, and say that it will be, or that it cannot."""

    order: str


@dataclass(frozen=True, slots=True)
class PowerOff:
    """Switch this machine off, and say that it will be, or that it cannot."""

    order: str


@dataclass(frozen=True, slots=True)
class SaveUpkeep:
    """Keep how this seat is looked after, over a restart of the agent."""

    hours: Hours | None
    maintenance: Maintenance | None


@dataclass(frozen=True, slots=True)
class SayUpdate:
    """Say how far this seat is with a new image (W177)."""

    task: Task


@dataclass(frozen=True, slots=True)
class KeepUpdate:
    """Keep that over starts."""

    task: Task


@dataclass(frozen=True, slots=True)
class FetchRelease:
    """Fetch its bundle, or go on with it."""

    release: Release


@dataclass(frozen=True, slots=True)
class DropRelease:
    """Remove what was fetched, but the beginning of ``keep`` (a digest)."""

    keep: str = ""


@dataclass(frozen=True, slots=True)
class InstallRelease:
    """Have the fetched bundle written into the slot that does not run."""

    update: str


@dataclass(frozen=True, slots=True)
class RestartForUpdate:
    """Start this machine again, from the slot that was written."""


BallotCommand = MakeBallot | FinishBallot | HandIn | MixBoxes | FindBallots | EraseBallots
MarksCommand = ReadMarks | WriteMarks | FetchMarks | SendMarks | TakeMarks | CloseMarks | EraseMarks
ReadingsCommand = NoteReading | SendReadings | TakeReadings
UpdateCommand = SayUpdate | KeepUpdate | FetchRelease | DropRelease | InstallRelease | RestartForUpdate
PaperCommand = OpenRound | CloseRound | CheckPin | DropPin | SendBegin | ExamineAndSign | SendAnswer
Command = (
    Greet | Listen | SendSignIn | OpenCard | ReleaseCard | SendKnock | VerifyPinAndSign | SignWithCard | PaperCommand
    | BallotCommand | MarksCommand | ReadingsCommand | SendTokenSignIn | SendFront | SendPoint | AskReady | ShowPoint
    | SendEntry | SendHealth | Report | Replan | SaveWish | Record | Keep | Settle | CheckPassword | RememberPassword
    | ForgetPassword | SaveSession | HidePages | Wipe | Answer | AnswerOrder | RestartMachine | PowerOff | SaveUpkeep
    | UpdateCommand
)  # fmt: skip
