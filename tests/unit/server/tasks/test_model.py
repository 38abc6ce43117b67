"""The table of tasks, sides and lateness (TK1–TK3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from server.tasks import model
from server.tasks.counting import Counted, counted
from server.tasks.errors import TaskStageWrong
from server.tasks.model import Giving, Move, PartyKind, Side, Stage, Task, party
from server.tasks.rights import Asker, House, sides
from server.units.model import Tree, Unit
from wire.state import MemberRole

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 27)
TOP, MID, LOW, OLD = (f"o-{letter * 16}" for letter in "abcd")
HEAD, CHIEF, DEPUTY, OTHER, GIVER = (f"u-{letter * 16}" for letter in "abcde")


def task(lead: str = HEAD, **more: object) -> Task:
    giving = Giving("Báo cáo tiến độ", "", party(lead), (), DAY)
    return replace(Task("t-" + "a" * 16, giving, GIVER, NOW), **more)  # type: ignore[arg-type]


def house() -> House:
    units = (
        Unit(TOP, "V", "Viện", head=CHIEF),
        Unit(MID, "V1", "Vụ 1", parent=TOP, head=HEAD, deputies=(DEPUTY,)),
        Unit(OLD, "V0", "Vụ cũ", parent=TOP, closed_at=NOW, into=MID),
    )
    active = {HEAD, CHIEF, DEPUTY, OTHER, GIVER}
    return House(Tree(units), {HEAD: "Hà"}, {HEAD: MID, DEPUTY: MID, CHIEF: TOP, OTHER: None}, active)


def test_TK1_every_way_through_the_table() -> None:
    way = (Move.ACCEPT, Move.PROGRESS, Move.REPORT, Move.RETURN, Move.PROGRESS, Move.REPORT, Move.CONFIRM)
    stage = Stage.GIVEN
    seen = [stage := model.move(stage, each) for each in way]
    assert [each.value for each in seen] == [
        "accepted",
        "doing",
        "reported",
        "returned",
        "doing",
        "reported",
        "confirmed",
    ]
    for over in (Stage.CONFIRMED, Stage.DROPPED):
        assert not [each for each in Move if (over, each) in model.TABLE], "what is over stays as it is"
    with pytest.raises(TaskStageWrong):
        model.move(Stage.GIVEN, Move.CONFIRM)


@pytest.mark.parametrize(
    ("stage", "reported", "today", "late", "overdue"),
    [
        (Stage.DOING, None, DAY, False, False),
        (Stage.DOING, None, DAY + dt.timedelta(days=1), True, True),
        (Stage.REPORTED, DAY, DAY + dt.timedelta(days=9), False, False),
        (Stage.RETURNED, DAY, DAY + dt.timedelta(days=1), True, True),
        (Stage.CONFIRMED, DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2), True, False),
        (Stage.DROPPED, None, DAY + dt.timedelta(days=9), False, False),
    ],
)
def test_TK1_TK5_late_is_what_the_day_says(
    stage: Stage, reported: dt.date | None, today: dt.date, *, late: bool, overdue: bool
) -> None:
    one = task(stage=stage, reported_on=reported)
    assert (model.is_late(one, today), model.is_overdue(one, today)) == (late, overdue)


def test_TK3_a_unit_answers_by_whom_its_head_names_and_by_its_head_else() -> None:
    led = task(MID)
    assert house().answers(led) == HEAD
    assert house().answers(replace(led, answers=DEPUTY)) == DEPUTY
    assert house().answers(replace(led, answers=OTHER)) == HEAD, "who has moved elsewhere answers no more"
    assert house().answers(replace(led, answers=CHIEF)) == HEAD, "who is in the unit above is not of the unit"
    assert house().answers(replace(task(TOP), answers=DEPUTY)) == DEPUTY, "who is below is"
    assert house().answers(replace(led, answers="u-" + "z" * 16)) == HEAD, "who may not sign in answers for nobody"
    assert house().answers(task(OLD)) == HEAD, "a unit that was merged is the one that took it in"
    assert not house().can_answer(party(LOW))
    assert not house().can_answer(party(OLD)), "nothing new is given to a unit that is closed"


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (Asker(GIVER), {Side.GIVER}),
        (Asker(HEAD), {Side.LEAD, Side.HEAD}),
        (Asker(DEPUTY), {Side.READER}),
        (Asker(CHIEF), {Side.READER}),
        (Asker(OTHER), set()),
        (Asker(OTHER, {"m-x": MemberRole.CHAIR}), {Side.GIVER}),
        (Asker(OTHER, {"m-x": MemberRole.SECRETARY}), {Side.DESK}),
        (Asker(OTHER, {"m-x": MemberRole.MEMBER}), set()),
        (Asker(OTHER, {"m-y": MemberRole.CHAIR}), set()),
        (Asker(OTHER, prepares=True), {Side.DESK}),
        (Asker(OTHER, taken={"t-" + "a" * 16}), {Side.READER}),
    ],
)
def test_TK2_sides(who: Asker, found: set[Side]) -> None:
    assert sides(task(MID, meeting="m-x"), who, house()) == found


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (Asker(GIVER), {Side.GIVER}),
        (Asker(HEAD), {Side.LEAD, Side.HEAD}),
        (Asker(DEPUTY), set()),
        (Asker(CHIEF), set()),
        (Asker(OTHER, prepares=True), set()),
        (Asker(OTHER, {"m-x": MemberRole.SECRETARY}, prepares=True), {Side.DESK}),
        (Asker(OTHER, taken={"t-" + "a" * 16}), set()),
    ],
)
def test_TK2_behind_a_barred_item_stands_only_who_has_a_part(who: Asker, found: set[Side]) -> None:
    one, barred = task(MID, meeting="m-x", item="i-x"), replace(who, barred={("m-x", "i-x")})
    assert sides(one, barred, house()) == found
    assert sides(replace(one, item="i-y"), barred, house()), "of another item nothing is barred"


def test_TK2_a_task_by_hand_is_no_business_of_other_secretaries() -> None:
    assert sides(task(MID), Asker(OTHER, prepares=True), house()) == frozenset()


def test_who_only_reads_may_do_nothing_and_the_lead_decides_nothing() -> None:
    assert [each for each in Move if each is not Move.GIVE and model.may(each, {Side.READER})] == []
    for each in (Move.CONFIRM, Move.RETURN, Move.EXTEND, Move.REFUSE, Move.EDIT, Move.DROP):
        assert not model.may(each, {Side.LEAD, Side.HEAD, Side.HELPER})


def test_TK9_every_task_is_counted_once() -> None:
    later = DAY + dt.timedelta(days=40)
    one, two = Counted(MID, "Vụ 1"), Counted(LOW, "Vụ 2")
    rows = [
        (one, task(stage=Stage.CONFIRMED, reported_on=DAY)),
        (one, task(stage=Stage.CONFIRMED, reported_on=later)),
        (one, task(stage=Stage.DOING)),
        (two, task(stage=Stage.REPORTED, reported_on=DAY)),
        (two, task(stage=Stage.DROPPED)),
    ]
    told = counted(rows, later)
    assert told["units"] == [
        {"id": MID, "name": "Vụ 1", "in_time": 1, "late": 1, "open": 0, "overdue": 1},
        {"id": LOW, "name": "Vụ 2", "in_time": 0, "late": 0, "open": 1, "overdue": 0},
    ]
    assert told["months"] == [{"month": "2026-11", "in_time": 1, "late": 1, "open": 1, "overdue": 1}]
    assert party(TOP).kind is PartyKind.UNIT


def test_TK9_two_of_one_name_are_two_rows() -> None:
    rows = [(Counted(HEAD, "Hà"), task()), (Counted(OTHER, "Hà"), task())]
    assert [each["id"] for each in counted(rows, DAY)["units"]] == [HEAD, OTHER]
