"""A meeting as a pure log: people, commands, and a playbook that plays them.

Usage::

    play = Play(); play.prepare()
    play(chair, Step(Change.OPEN))
    play.refused(guest, Step(Change.CLOSE))      # → "not-allowed"
"""

from __future__ import annotations

import datetime as dt

from server.errors import ServerError
from server.meetings import model
from server.meetings.commands import By, Command, Describe, SetAgenda, SetMembers, Step
from server.meetings.model import Draft, Log
from tests.support.office import START
from wire import ids
from wire.events import Event
from wire.ids import MeetingId
from wire.phases import Change
from wire.state import Item, Member, MemberRole, Visibility


def an_id(prefix: str, number: int) -> str:
    """The same id for the same number, always."""
    return ids.new(prefix, number.to_bytes(ids.RANDOM_BYTES, "big"))


MEETING = MeetingId(an_id("m", 1))
ROOM = an_id("r", 1)
SEATS = tuple(an_id("s", number) for number in range(1, 6))
CHAIR, SECRETARY, MEMBER, GUEST, PRESENTER, STRANGER = (an_id("u", number) for number in range(1, 7))
#: The account of a secretary who is no member.
OFFICE = By(an_id("u", 9), is_secretary=True)
ROLES = {
    CHAIR: MemberRole.CHAIR,
    SECRETARY: MemberRole.SECRETARY,
    MEMBER: MemberRole.MEMBER,
    GUEST: MemberRole.GUEST,
    PRESENTER: MemberRole.PRESENTER,
}
ITEMS = tuple(an_id("i", number) for number in range(1, 5))
PAPER = an_id("p", 1)


def members(*people: str) -> tuple[Member, ...]:
    """Members at the seats of their order, in their usual roles."""
    chosen = people or tuple(ROLES)
    return tuple(
        Member(person, f"{ROLES[person]} (demo)", "", "", ROLES[person], seat, f"A{number}")
        for number, (person, seat) in enumerate(zip(chosen, SEATS, strict=False), 1)
    )


def agenda(*entries: tuple[str, str | None], presenter: str | None = None) -> tuple[Item, ...]:
    """Items by (id, parent)."""
    return tuple(
        Item(item, parent, f"Nội dung {number}", 10, Visibility.COMMON, presenter)
        for number, (item, parent) in enumerate(entries, 1)
    )


PLAN = agenda((ITEMS[0], None), (ITEMS[1], None), (ITEMS[2], ITEMS[1]), presenter=PRESENTER)
DESCRIBED = Describe("Họp thử (demo)", "Giao ban", ROOM, "Phòng thử", START, 90)


class Play:
    """Plays commands against a log and keeps every event."""

    def __init__(self) -> None:
        self.now = START
        self.events: list[Event] = []
        self.log = Log(MEETING)
        self.write(model.created(DESCRIBED))

    def write(self, drafts: tuple[Draft, ...], actor: str = "system") -> None:
        """Append drafts as the logbook does."""
        events = self.log.events_of(drafts, actor=actor, now=self.now)
        self.log = self.log.grown(events)
        self.events += events
        self.now += dt.timedelta(seconds=1)

    def __call__(self, who: str | By, command: Command) -> tuple[Draft, ...]:
        """Perform it; the events it made."""
        by = who if isinstance(who, By) else By(who)
        drafts = model.decide(self.log, command, by)
        self.write(drafts, f"person:{by.person}")
        return drafts

    def refused(self, who: str | By, command: Command) -> str:
        """The code it is refused with; nothing may have changed."""
        before = self.log
        try:
            drafts = model.decide(self.log, command, who if isinstance(who, By) else By(who))
        except ServerError as refusal:
            assert self.log is before
            return refusal.code
        raise AssertionError(f"{command} was not refused: {drafts}")

    def prepare(self, *changes: Change) -> None:
        """Members and agenda, then the steps; without any the meeting is opened and its paper published."""
        self(OFFICE, SetMembers(members()))
        self(OFFICE, SetAgenda(PLAN, self.log.state.seq))
        for change in changes or (Change.SUBMIT, Change.APPROVE, Change.OPEN):
            self(OFFICE if change is Change.SUBMIT else CHAIR, Step(change))
        if not changes:
            self.publish()

    def publish(self, pages: int = 20) -> None:
        """The paper of the first item, submitted, approved and published."""
        submitted = {
            "paper": PAPER, "item": ITEMS[0], "title": "Báo cáo (demo)", "secrecy": "normal", "version": 1,
            "pages": pages, "size_bytes": 1000, "plain_sha256": "0" * 64, "owner": SECRETARY, "signed": False,
        }  # fmt: skip
        self.write(
            (
                Draft("paper_submitted", submitted),
                Draft("paper_approved", {"paper": PAPER}),
                Draft("paper_published", {"paper": PAPER, "version": 1, "manifest_sha256": "1" * 64}),
            )
        )
