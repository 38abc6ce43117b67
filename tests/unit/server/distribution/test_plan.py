"""The plan on its own and in rooms that lose, delay, reorder and die."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.distribution.chunks import full
from server.distribution.plan import ChunkRoom, ChunkSeat, OfferRoom, OfferSeat, Pace, RoomPlan, Step
from tests.support.simulator import Simulation
from wire.ids import DeviceId, PaperId
from wire.topics import PaperVersion

A, B, C = (DeviceId(f"d-{letter * 16}") for letter in "abc")
PAPER = PaperVersion(PaperId("p-" + "a" * 16), 1)
OTHER = PaperVersion(PaperId("p-" + "b" * 16), 1)


def plan_with(*devices: DeviceId, chunks: int = 20, pace: Pace | None = None) -> RoomPlan:
    """A plan whose seats have the manifest and no chunk."""
    plan = RoomPlan(pace)
    plan.want([(PAPER, chunks)])
    for device in devices:
        plan.arrive(device, 0.0)
    assert plan.steps(0.0) == [OfferRoom(PAPER)]
    for device in devices:
        plan.report(device, PAPER, 0, now=0.0)
    return plan


def chunks_of(steps: list[Step]) -> list[int]:
    return [step.number for step in steps if isinstance(step, ChunkRoom | ChunkSeat)]


def test_nothing_wanted_or_nobody_here_is_nothing_to_do() -> None:
    plan = RoomPlan()
    plan.arrive(A, 0.0)
    assert plan.steps(1.0) == []
    plan.leave(A)
    plan.want([(PAPER, 3)])
    assert plan.steps(2.0) == []


def test_each_chunk_goes_to_the_room_once() -> None:
    plan = plan_with(A, B, chunks=20)
    assert plan.steps(0.1) == [ChunkRoom(PAPER, number) for number in range(20)]
    assert plan.steps(0.2) == []


def test_a_room_at_rest_hears_whoever_says_something() -> None:
    plan = plan_with(A, B, chunks=20)
    plan.steps(0.1)
    for device in (A, B):
        plan.report(device, PAPER, full(20), now=0.3)
    assert plan.steps(0.3) == []
    plan.ask(A, PAPER)
    assert plan.steps(0.4) == [OfferSeat(A, PAPER)]
    assert plan.steps(0.5) == []
    plan.report(B, PAPER, full(20) & ~1, now=0.6)
    assert plan.steps(0.6) == [ChunkSeat(B, PAPER, 0)]
    plan.report(B, PAPER, full(20), now=0.7)
    assert plan.steps(0.7) == []
    plan.arrive(C, 0.8)
    assert not plan.idle
    assert plan.steps(0.8) == []
    assert plan.steps(60.0) == [OfferSeat(C, PAPER)]
    plan.want([(PAPER, 20), (OTHER, 3)])
    assert OfferRoom(OTHER) in plan.steps(60.1)


def test_a_complete_room_needs_nothing() -> None:
    plan = plan_with(A, B, chunks=20)
    plan.steps(0.1)
    for device in (A, B):
        plan.report(device, PAPER, full(20), now=0.3)
    assert plan.steps(0.3) == []
    assert plan.idle


def test_the_window_follows_the_median_seat() -> None:
    plan = plan_with(A, B, C, chunks=200, pace=Pace(window=10))
    assert chunks_of(plan.steps(0.0)) == list(range(10))
    plan.report(A, PAPER, full(10), now=0.1)
    assert plan.steps(0.1) == [], "one of three does not move the room"
    plan.report(B, PAPER, full(6), now=0.2)
    assert chunks_of(plan.steps(0.2)) == list(range(10, 16)), "the median has six more"


def test_small_papers_do_not_wait_for_the_window() -> None:
    plan = RoomPlan(Pace(window=4, small=8))
    plan.want([(PAPER, 100), (OTHER, 8)])
    plan.arrive(A, 0.0)
    plan.steps(0.0)
    plan.report(A, PAPER, 0, now=0.0)
    plan.report(A, OTHER, 0, now=0.0)
    steps = plan.steps(0.0)
    assert [step.number for step in steps if isinstance(step, ChunkRoom) and step.paper == OTHER] == list(range(8))


def test_W34_a_chunk_that_was_overtaken_is_sent_to_its_seat_alone() -> None:
    plan = plan_with(A, B, chunks=6)
    plan.steps(0.0)
    plan.report(A, PAPER, full(6), now=0.2)
    plan.report(B, PAPER, full(6) & ~(1 << 2), now=0.2)
    assert plan.steps(0.3) == [], "it may still be on its way"
    assert plan.steps(0.8) == [ChunkSeat(B, PAPER, 2)]
    assert plan.steps(0.9) == []


def test_what_is_merely_slow_is_not_sent_again() -> None:
    plan = plan_with(A, B, chunks=20)
    plan.steps(0.0)
    plan.report(A, PAPER, full(20), now=0.2)
    for moment in range(1, 10):
        plan.report(B, PAPER, full(moment), now=float(moment * 5))
        assert plan.steps(moment * 5 + 0.9) == []


def test_a_seat_that_stands_still_is_probed_with_one_chunk_at_growing_intervals() -> None:
    plan = plan_with(A, B, chunks=4, pace=Pace(stall_s=6.0))
    plan.steps(0.0)
    plan.report(A, PAPER, full(4), now=0.2)
    assert plan.steps(5.9) == []
    assert plan.steps(6.0) == [ChunkSeat(B, PAPER, 3)], "the rest may stand in a crowded line"
    assert plan.steps(17.9) == []
    assert plan.steps(18.0) == [ChunkSeat(B, PAPER, 3)]
    plan.report(B, PAPER, 1 << 3, now=18.1)
    assert plan.steps(18.1) == [ChunkSeat(B, PAPER, number) for number in range(3)], "these were dropped before it"


def test_a_seat_behind_a_crowded_line_gets_one_chunk_twice_and_no_more() -> None:
    plan = plan_with(A, B, chunks=20, pace=Pace(stall_s=6.0))
    plan.steps(0.0)
    plan.report(A, PAPER, full(20), now=0.2)
    plan.report(B, PAPER, full(3), now=0.3)
    assert plan.steps(7.0) == [ChunkSeat(B, PAPER, 19)]
    plan.report(B, PAPER, full(10), now=8.0)
    assert plan.steps(9.0) == []
    plan.report(B, PAPER, full(20), now=9.5)
    assert plan.steps(9.5) == []
    assert plan.idle


def test_a_new_connection_voids_what_was_on_its_way_and_resumes_from_the_report() -> None:
    plan = plan_with(A, B, chunks=20)
    plan.steps(0.0)
    plan.report(A, PAPER, full(20), now=0.1)
    plan.arrive(B, 1.0)
    assert plan.steps(1.0) == [], "nothing before the seat has said what it has"
    plan.report(B, PAPER, full(15), now=1.1)
    assert plan.steps(1.1) == [ChunkSeat(B, PAPER, number) for number in range(15, 20)]


def test_single_repairs_have_a_window_of_their_own() -> None:
    plan = plan_with(A, B, chunks=100, pace=Pace(single_window=4))
    plan.report(A, PAPER, full(100), now=0.1)
    assert len(plan.steps(0.2)) == 4
    assert plan.steps(0.3) == []
    plan.report(B, PAPER, full(2), now=0.4)
    assert plan.steps(0.4) == [ChunkSeat(B, PAPER, 4), ChunkSeat(B, PAPER, 5)]


def test_a_few_early_seats_do_not_turn_a_late_room_into_single_copies() -> None:
    devices = [DeviceId(f"d-{chr(97 + n) * 16}") for n in range(20)]
    plan = plan_with(*devices, chunks=5)
    plan.report(devices[0], PAPER, full(5), now=0.0)
    assert plan.steps(0.1) == [ChunkRoom(PAPER, number) for number in range(5)]


def test_a_large_paper_waits_for_a_seat_that_is_slow_to_keep_its_manifest() -> None:
    plan = RoomPlan()
    plan.want([(PAPER, 1000)])
    for device in (A, B):
        plan.arrive(device, 0.0)
    plan.steps(0.0)
    plan.report(A, PAPER, 0, now=0.1)
    assert plan.steps(1.4) == [], "what comes before the manifest is thrown away"
    plan.report(B, PAPER, 0, now=1.5)
    assert plan.steps(1.5) == [ChunkRoom(PAPER, number) for number in range(64)]


def test_the_first_chunk_waits_a_moment_for_seats_that_are_arriving() -> None:
    plan = RoomPlan()
    plan.want([(PAPER, 3)])
    plan.arrive(A, 0.0)
    plan.arrive(B, 0.0)
    plan.steps(0.0)
    plan.report(A, PAPER, 0, now=0.1)
    assert plan.steps(0.2) == []
    assert len(plan.steps(0.6)) == 3, "but not for ever"


def test_a_silent_seat_is_offered_the_paper_again_and_less_and_less_often() -> None:
    plan = RoomPlan()
    plan.want([(PAPER, 3)])
    plan.arrive(A, 0.0)
    found = [moment for moment in range(80) if OfferSeat(A, PAPER) in plan.steps(float(moment))]
    assert found == [5, 15, 35, 75]


def test_a_question_is_answered_once() -> None:
    plan = plan_with(A, B, chunks=3)
    plan.ask(B, PAPER)
    assert OfferSeat(B, PAPER) in plan.steps(0.1)
    assert OfferSeat(B, PAPER) not in plan.steps(0.2)


def test_a_paper_that_is_no_longer_wanted_is_not_sent() -> None:
    plan = plan_with(A, chunks=100, pace=Pace(window=4))
    plan.steps(0.0)
    plan.want([])
    assert plan.steps(10.0) == []
    assert plan.idle


def test_a_seat_that_lost_its_store_gets_all_again() -> None:
    plan = plan_with(A, chunks=5)
    plan.steps(0.0)
    plan.report(A, PAPER, full(5), now=0.1)
    assert plan.steps(0.2) == []
    plan.arrive(A, 5.0)
    plan.report(A, PAPER, 0, now=5.1)
    assert len(plan.steps(5.7)) == 5


# ── whole rooms ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_loss_each_chunk_leaves_the_server_once() -> None:
    room = Simulation(seed=1)
    seats = [room.seat() for _ in range(20)]
    room.want(chunks=1024)
    room.run(room.complete)
    assert room.copies == 1.0
    assert sum(seat.twice for seat in seats) == 0
    assert room.faults == []


def test_two_slow_seats_of_sixteen_do_not_slow_the_others() -> None:
    alone = Simulation(seed=2)
    for _ in range(14):
        alone.seat(rate=500)
    alone.want(chunks=1024)
    without = alone.run(alone.complete)

    room = Simulation(seed=2)
    quick = [room.seat(rate=500) for _ in range(14)]
    slow = [room.seat(rate=20) for _ in range(2)]
    paper = room.want(chunks=1024)
    room.run(room.complete)
    assert max(seat.done_at[paper] for seat in quick) <= without * 1.1
    assert room.copies < 1.02
    assert all(seat.done_at[paper] >= 1024 / 20 for seat in slow)
    assert room.faults == []


@pytest.mark.parametrize("seed", range(5))
def test_one_percent_loss_costs_the_lost_chunks_and_no_more(seed: int) -> None:
    room = Simulation(seed)
    seats = [room.seat(loss=0.01) for _ in range(20)]
    room.want(chunks=512)
    room.run(room.complete)
    lost = 0.01 * len(seats)
    assert 1 + lost * 0.5 < room.copies < 1 + lost * 2
    assert room.faults == []


def test_a_late_seat_gets_its_own_copy_and_disturbs_nobody() -> None:
    room = Simulation(seed=3)
    early = [room.seat() for _ in range(8)]
    late = room.seat(here=False)
    room.want(chunks=256)
    room.run(lambda: room.now > 5 and room.complete())
    received = [seat.received for seat in early]
    room.arrive(late)
    room.run(room.complete)
    assert [seat.received for seat in early] == received
    assert room.copies == 2.0
    assert late.twice == 0


def test_a_seat_that_dies_half_way_fetches_only_what_it_lacks() -> None:
    room = Simulation(seed=4)
    seats = [room.seat(rate=200) for _ in range(8)]
    room.want(chunks=1000)
    room.at(2.5, lambda: room.die(seats[0]))
    room.at(4.0, lambda: room.arrive(seats[0]))
    room.run(lambda: room.now > 4 and room.complete())
    assert seats[0].twice <= 50, "at most five in a hundred again"
    assert room.faults == []


@pytest.mark.parametrize("seed", range(5))
def test_a_server_that_restarts_goes_on_from_the_reports(seed: int) -> None:
    room = Simulation(seed)
    seats = [room.seat(rate=300) for _ in range(12)]
    room.want(chunks=1000)
    room.at(1.0 + seed / 7, room.restart_server)
    room.run(room.complete)
    assert room.copies <= 1 + 12 * 2 * room.pace.window / 1000
    assert sum(seat.twice for seat in seats) <= 12 * 2 * room.pace.window
    assert room.faults == []


def test_seats_that_come_one_after_another_all_complete() -> None:
    room = Simulation(seed=5)
    for number in range(40):
        seat = room.seat(here=False, rate=400)
        room.at(0.05 * number, functools.partial(room.arrive, seat))
    room.want(chunks=500)
    room.run(lambda: room.now > 3 and room.complete())
    assert room.faults == []


seat_kinds = st.fixed_dictionaries(
    {
        "rate": st.sampled_from([20.0, 200.0, 2000.0]),
        "loss": st.sampled_from([0.0, 0.02, 0.2]),
        "late": st.sampled_from([0.0, 0.1]),
        "deaf": st.sampled_from([0.0, 0.5]),
        "here": st.booleans(),
    }
)
happenings = st.lists(
    st.tuples(st.floats(0.0, 20.0), st.sampled_from(["die", "arrive", "server", "paper"]), st.integers(0, 11)),
    max_size=12,
)


def happen(room: Simulation, what: str, which: int) -> None:
    seat = list(room.seats.values())[which % len(room.seats)]
    if what == "die" and seat.here:
        room.die(seat)
    elif what == "arrive" and not seat.here:
        room.arrive(seat)
    elif what == "server":
        room.restart_server()
    elif what == "paper":
        room.want(chunks=which + 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(seat_kinds, min_size=1, max_size=12), happenings, st.integers(1, 300))
def test_W34_whatever_happens_every_seat_completes_and_is_sent_nothing_it_reported(
    seed: int, kinds: list[dict[str, float]], happened: list[tuple[float, str, int]], chunks: int
) -> None:
    room = Simulation(seed)
    seats = [room.seat(**kind) for kind in kinds]  # type: ignore[arg-type]
    room.want(chunks)
    for moment, what, which in happened:
        room.at(moment, functools.partial(happen, room, what, which))
    for which in range(len(seats)):
        room.at(21.0, functools.partial(happen, room, "arrive", which))
    room.run(lambda: room.now > 22 and room.complete())
    assert room.faults == []
