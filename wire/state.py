"""The state of a meeting as values (what the log folds to, see ``wire.fold``).

Rule M2: nothing here changes but by an event; all classes are frozen.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Final

from wire.before import Before
from wire.conclusions import Conclusion
from wire.events import Event
from wire.letters import Invitation, Letter
from wire.notices import Notice
from wire.paper_requests import PaperRequest
from wire.phases import Phase
from wire.rehearsal import Rehearsal
from wire.series import Series
from wire.speaking import Speaking
from wire.votes import Share, Vote


class MemberRole(enum.StrEnum):
    """chủ trì · thư ký · thành viên · khách mời · người trình bày."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"
    GUEST = "guest"
    PRESENTER = "presenter"


class Visibility(enum.StrEnum):
    """chung · nội bộ · ẩn (M4)."""

    COMMON = "common"
    INTERNAL = "internal"
    HIDDEN = "hidden"


class ItemState(enum.StrEnum):
    """chưa đến · đang diễn ra · đã xong."""

    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"


class PaperState(enum.StrEnum):
    """đã trình → được duyệt or bị trả lại → đã phát hành → được thay thế → đã thu hồi (P2)."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    RECALLED = "recalled"


class Secrecy(enum.StrEnum):
    """Độ mật: chosen, never assumed (P4). The ordinary build refuses the content of the last three."""

    NORMAL = "normal"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a level, not a password
    TOP_SECRET = "top_secret"  # noqa: S105 - as above


class Presence(enum.StrEnum):
    """có mặt · đến muộn · vắng có lý do · vắng mặt · đã rời đi · đã trở lại (A1)."""

    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"
    LEFT = "left"
    RETURNED = "returned"

    @property
    def is_there(self) -> bool:
        """Whether the person is in the room."""
        return self in {Presence.PRESENT, Presence.LATE, Presence.RETURNED}


class AttendanceMethod(enum.StrEnum):
    """Signed with the person's token, said at the seat, or recorded by staff on their behalf."""

    TOKEN = "token"  # noqa: S105 - the name of a way, not a secret
    SELF = "self"
    STAFF = "staff"


#: Mật, Tối mật, Tuyệt mật: only a stub is kept.
STATE_SECRETS = frozenset({Secrecy.CONFIDENTIAL, Secrecy.SECRET, Secrecy.TOP_SECRET})


class DisplayMode(enum.StrEnum):
    """What the room display shows (F2)."""

    WELCOME = "welcome"
    ITEM = "item"
    PAGE = "page"
    VOTE = "vote"
    MESSAGE = "message"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the meeting, and the seat they are given."""

    person: str
    name: str
    position: str
    unit: str
    role: MemberRole
    seat: str | None = None
    seat_label: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One node of the agenda tree, kept in reading order.

    ``number``: as the whole agenda has it, set where only a part of it is seen (W45); empty: its place says it.
    """

    item: str
    parent: str | None
    title: str
    minutes: int
    visibility: Visibility
    presenter: str | None = None
    state: ItemState = ItemState.WAITING
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper at its newest version. ``plain_sha256`` and ``manifest_sha256`` are hexadecimal."""

    paper: str
    item: str
    title: str
    secrecy: Secrecy
    version: int
    state: PaperState
    pages: int
    size_bytes: int
    plain_sha256: str
    owner: str
    signed: bool = False
    manifest_sha256: str = ""
    published_version: int = 0
    reason: str = ""
    #: of the published version, while a newer one is being prepared
    published_pages: int = 0

    @property
    def readable_version(self) -> int:
        """The version that the seats hold; 0 before publishing and after recall."""
        return 0 if self.state is PaperState.RECALLED else self.published_version


@dataclass(frozen=True, slots=True)
class Presenting:
    """What everyone follows (F1)."""

    paper: str
    version: int
    page: int
    person: str
    #: counts "bring everyone back" calls; a seat that sees it grow returns to following
    call: int = 0


@dataclass(frozen=True, slots=True)
class Display:
    """What the room display shows."""

    mode: DisplayMode = DisplayMode.WELCOME
    text: str = ""
    #: what a message counts down to, and which one it is (W96)
    until: dt.datetime | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """The newest word about a person. ``arrived_at``: when they first were there; ``statement``: SHA-256 (W62)."""

    person: str
    presence: Presence
    method: AttendanceMethod
    at: dt.datetime
    arrived_at: dt.datetime | None = None
    reason: str = ""
    statement: str = ""

    @property
    def was_there(self) -> bool:
        """At any time."""
        return self.arrived_at is not None


@dataclass(frozen=True, slots=True)
class Substitute:
    """``person`` sits in the place of ``member`` with the rights that were granted (A3, W89)."""

    member: str
    person: str
    may_speak: bool
    may_vote: bool
    reason: str
    since: dt.datetime
    #: was in the meeting as a guest before, and is again afterwards
    was_guest: bool = False


@dataclass(frozen=True, slots=True)
class Recusal:
    """``person`` has to leave ``item`` (W90)."""

    item: str
    person: str
    reason: str
    at: dt.datetime


class ServiceKind(enum.StrEnum):
    """nước uống · giấy bút · hỗ trợ kỹ thuật · mời thư ký · việc khác."""

    WATER = "water"
    PAPER = "paper"
    TECHNICAL = "technical"
    SECRETARY = "secretary"
    OTHER = "other"


class CallState(enum.StrEnum):
    """đã yêu cầu → đã nhận → đã xong; đã hủy."""

    ASKED = "asked"
    TAKEN = "taken"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """What somebody asks for at their seat (D6). ``by``: who took or ended it, by name; ``at``: its newest change."""

    call: str
    person: str
    seat_label: str
    kind: ServiceKind
    text: str
    asked_at: dt.datetime
    at: dt.datetime
    state: CallState = CallState.ASKED
    by: str = ""


#: Minutes, of a meeting whose log says nothing else.
LATE_AFTER: Final = 10


@dataclass(frozen=True, slots=True)
class RollRules:
    """What a meeting wants of its roll. ``quorum``: of all who count (None: no such rule, A4).

    ``by_self``: people may say at their seat that they are there, without a token. ``late_after``: who comes this many
    minutes after the beginning, and no later, is not late (W156); None: nothing was said of it, :data:`LATE_AFTER`.
    """

    quorum: Share | None = None
    by_self: bool = True
    late_after: int | None = None

    @property
    def grace(self) -> dt.timedelta:
        """How much later than the beginning is in time."""
        return dt.timedelta(minutes=LATE_AFTER if self.late_after is None else self.late_after)


@dataclass(frozen=True, slots=True)
class SigningRound:
    """A file that people sign. ``sha256`` and ``size_bytes`` are of ``revision``.

    ``signers``: who is asked, and when they signed.
    """

    round: str
    kind: str
    title: str
    signers: tuple[tuple[str, dt.datetime | None], ...]
    revision: int
    sha256: str
    size_bytes: int
    opened_at: dt.datetime
    closed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SeatReceipt:
    """A seat's signed word that its keys are destroyed."""

    device: str
    seat: str
    seat_label: str
    papers: int
    pages: int
    at: dt.datetime
    receipt_sha256: str


@dataclass(frozen=True, slots=True)
class Recall:
    """Recall after closing: which seats held papers, which have answered."""

    expected: tuple[tuple[str, str], ...] = ()
    receipts: tuple[SeatReceipt, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingState:
    """Everything the log says so far. ``last`` is the newest event (None before the first)."""

    last: Event | None = None
    title: str = ""
    kind: str = ""
    room: str = ""
    room_name: str = ""
    starts_at: dt.datetime | None = None
    planned_minutes: int = 0
    phase: Phase = Phase.DRAFT
    reason: str = ""
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    epoch: int = 0
    members: tuple[Member, ...] = ()
    agenda: tuple[Item, ...] = ()
    papers: tuple[Paper, ...] = ()
    votes: tuple[Vote, ...] = ()
    presenting: Presenting | None = None
    #: whom the chair has handed the presenting to; empty: nobody (F1, W109)
    presenter: str = ""
    display: Display = field(default_factory=Display)
    seated: tuple[tuple[str, str], ...] = ()
    #: since when somebody is at a seat, or was at their first one; before the opening only who is still there (W86)
    arrivals: tuple[tuple[str, dt.datetime], ...] = ()
    #: who sat signed in when the meeting closed (W87)
    stayed: tuple[str, ...] = ()
    recall: Recall = field(default_factory=Recall)
    attendance: tuple[Attendance, ...] = ()
    roll_rules: RollRules = field(default_factory=RollRules)
    rounds: tuple[SigningRound, ...] = ()
    speaking: Speaking = field(default_factory=Speaking)
    substitutes: tuple[Substitute, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    calls: tuple[ServiceCall, ...] = ()
    notices: tuple[Notice, ...] = ()
    letters: tuple[Letter, ...] = ()
    #: the one that counts, with the answers to it; None before one was sent
    invitation: Invitation | None = None
    conclusions: tuple[Conclusion, ...] = ()
    #: papers that people or units were asked for (W137)
    requests: tuple[PaperRequest, ...] = ()
    #: comments, questions and requests to speak from before the opening (W142)
    before: Before = field(default_factory=Before)
    #: which meeting this one tries out (M5); None for a real one
    rehearsal: Rehearsal | None = None
    #: which one of which series this is (W141)
    series: Series | None = None

    @property
    def seq(self) -> int:
        """The number of the newest event, 0 before the first."""
        return 0 if self.last is None else self.last.seq

    def member(self, person: str) -> Member | None:
        """The member entry of a person."""
        return next((m for m in self.members if m.person == person), None)

    def item(self, item: str) -> Item | None:
        """An agenda item by id."""
        return next((i for i in self.agenda if i.item == item), None)

    def paper(self, paper: str) -> Paper | None:
        """A paper by id."""
        return next((p for p in self.papers if p.paper == paper), None)

    def presence_of(self, person: str) -> Attendance | None:
        """The newest word about a person's presence; None before any."""
        return next((entry for entry in self.attendance if entry.person == person), None)

    def vote(self, vote: str) -> Vote | None:
        """A vote by id."""
        return next((v for v in self.votes if v.vote == vote), None)

    def notice(self, notice: str) -> Notice | None:
        """A message by id."""
        return next((n for n in self.notices if n.notice == notice), None)

    @property
    def active_item(self) -> Item | None:
        """The item that is being dealt with: the innermost in progress, after those above it in reading order (W47)."""
        return next((i for i in reversed(self.agenda) if i.state is ItemState.ACTIVE), None)
