"""Any people doing anything in any order: what must hold after every step (M1–M4).

A screen and a late seat come along: the screen takes patches and now and then misses some, the seat takes events and
catches up from its number. Whatever was refused changed nothing; whatever was written leads everyone to the same state.
"""

from __future__ import annotations

import datetime as dt

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.errors import ServerError
from server.meetings import model
from server.meetings.commands import (
    RIGHTS,
    By,
    CallBack,
    Command,
    LeaveSeat,
    Present,
    SetAgenda,
    SetMembers,
    ShowOnDisplay,
    StartItem,
    Step,
    StopPresenting,
    TakeSeat,
)
from tests.support.meetings import (
    CHAIR,
    DESCRIBED,
    ITEMS,
    OFFICE,
    PAPER,
    PRESENTER,
    ROLES,
    SEATS,
    STRANGER,
    Play,
    agenda,
    an_id,
    members,
)
from wire import canonical, view
from wire.agenda import numbers
from wire.events import Event, check_chain
from wire.fold import fold
from wire.phases import TABLE, Change
from wire.state import DisplayMode, ItemState, MeetingState, SeatReceipt

people = st.sampled_from([*(By(person) for person in ROLES), By(STRANGER), OFFICE])
trees = st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from([None, None, *ITEMS])), max_size=6).map(
    lambda entries: agenda(*entries, presenter=PRESENTER)
)
lists = st.lists(st.sampled_from([*ROLES]), max_size=6).map(lambda chosen: members(*chosen))
commands: st.SearchStrategy[Command] = st.one_of(
    st.just(DESCRIBED),
    lists.map(SetMembers),
    st.builds(SetAgenda, trees, st.integers(0, 60)),
    st.builds(Step, st.sampled_from([change for change in Change if change in RIGHTS]), st.just("vì sao")),
    st.sampled_from(ITEMS).map(StartItem),
    st.builds(Present, st.just(PAPER), st.integers(0, 25), st.sampled_from([None, 1, 2])),
    st.just(CallBack()),
    st.just(StopPresenting()),
    st.builds(ShowOnDisplay, st.sampled_from(DisplayMode), st.sampled_from(["", "Giải lao"])),
    st.sampled_from(SEATS).map(TakeSeat),
    st.just(LeaveSeat()),
)
VIEWERS = (CHAIR, *sorted(set(ROLES) - {CHAIR}), STRANGER, None)


def _picture(state: MeetingState, viewer: str | None) -> view.Section:
    shown = view.for_display(state) if viewer is None else view.for_person(state, viewer)
    return view.sections(shown)


class MeetingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.screens = {viewer: (self.play.log.state.seq, self._pictures()[viewer]) for viewer in VIEWERS}
        self.seat: list[Event] = []

    def _pictures(self) -> dict[str | None, view.Section]:
        return {viewer: _picture(self.play.log.state, viewer) for viewer in VIEWERS}

    @rule(by=people, command=commands)
    def command(self, by: By, command: Command) -> None:
        before = self.play.log
        try:
            drafts = self.play(by, command)
        except ServerError:
            assert self.play.log is before
            return
        moved = self.play.log.state.phase is not before.state.phase
        assert moved == isinstance(command, Step), "M1: only a step moves a meeting, and a step always does"
        if isinstance(command, Step):
            assert TABLE[before.state.phase, command.change] is self.play.log.state.phase
        assert len(drafts) == self.play.log.state.seq - before.state.seq

    @precondition(lambda self: not self.play.log.state.agenda)
    @rule()
    def prepare(self) -> None:
        try:
            self.play.prepare()
        except ServerError:
            return

    @precondition(lambda self: self.play.log.state.item(ITEMS[0]) is not None and not self.play.log.state.papers)
    @rule()
    def publish(self) -> None:
        self.play.publish()

    @rule(device=st.integers(1, 3))
    def confirm(self, device: int) -> None:
        receipt = SeatReceipt(an_id("d", device), SEATS[0], "A1", 1, 20, self.play.now, f"{device}" * 64)
        try:
            self.play.write(model.confirm_recall(self.play.log.state, receipt))
        except ServerError:
            assert self.play.log.state.phase not in model.ENDED

    @rule(minutes=st.integers(-600, 600))
    def clock_jumps(self, minutes: int) -> None:
        self.play.now += dt.timedelta(minutes=minutes)

    @rule()
    def seat_catches_up(self) -> None:
        """M3: from its last number, over the wire."""
        missing = self.play.events[len(self.seat) :]
        carried = [Event.from_value(canonical.decode(canonical.encode(event.to_value()))) for event in missing]
        check_chain(carried, after=self.seat[-1] if self.seat else None, meeting=self.play.log.meeting)
        self.seat += carried

    @rule(viewer=st.sampled_from(VIEWERS))
    def screen_takes_a_patch(self, viewer: str | None) -> None:
        """M3, W44: however many changes it missed, one patch from its number leads to the newest."""
        seq, shown = self.screens[viewer]
        now = self._pictures()[viewer]
        patched = {**shown, **view.diff(shown, now)}
        assert patched == now
        assert seq <= self.play.log.state.seq
        self.screens[viewer] = (self.play.log.state.seq, patched)

    @invariant()
    def m2_the_state_is_the_fold_of_the_log(self) -> None:
        assert fold(self.play.events) == self.play.log.state
        check_chain(self.play.events, after=None, meeting=self.play.log.meeting)
        assert [event.seq for event in self.play.events] == list(range(1, len(self.play.events) + 1))
        assert all(a.at <= b.at for a, b in zip(self.play.events, self.play.events[1:], strict=False))

    @invariant()
    def m2_a_seat_that_is_behind_holds_a_state_that_was(self) -> None:
        assert fold(self.seat) == fold(self.play.events[: len(self.seat)])

    @invariant()
    def m4_the_agenda_is_a_tree_and_one_item_is_dealt_with(self) -> None:
        state = self.play.log.state
        assert list(numbers(state.agenda)) == [item.item for item in state.agenda]
        seen: set[str] = set()
        for item in state.agenda:
            assert item.parent is None or item.parent in seen
            seen.add(item.item)
        above, now = [], state.active_item
        while now is not None:
            above.append(now.item)
            now = None if now.parent is None else state.item(now.parent)
        assert [item.item for item in state.agenda if item.state is ItemState.ACTIVE] == above[::-1]  # W47
        assert all(paper.item in seen for paper in state.papers)

    @invariant()
    def a_prepared_meeting_stays_complete(self) -> None:
        state = self.play.log.state
        if state.phase.value in {"submitted", "approved", "open", "recess"}:
            assert sum(member.role.value == "chair" for member in state.members) == 1
            assert state.agenda
            assert all(item.presenter is None or state.member(item.presenter) for item in state.agenda)

    @invariant()
    def who_sits_is_a_member_and_sits_once(self) -> None:
        state = self.play.log.state
        assert all(state.member(person) for person, _ in state.seated)
        assert (
            len({person for person, _ in state.seated}) == len({seat for _, seat in state.seated}) == len(state.seated)
        )

    @invariant()
    def nothing_goes_on_after_the_end(self) -> None:
        state = self.play.log.state
        if state.phase in model.ENDED:
            assert state.presenting is None
            assert state.active_item is None
            assert not state.seated


MeetingMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestMeeting = MeetingMachine.TestCase
