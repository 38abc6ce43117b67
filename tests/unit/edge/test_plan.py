"""Want, have, steps: any plan that is performed leads to the wish, and then there is nothing to do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge.plan import (
    ASK_AGAIN_S,
    PATIENCE_S,
    STALLED_S,
    AwaitChunks,
    Destroy,
    DropPaper,
    Forget,
    Held,
    HeldMeeting,
    HeldPaper,
    Join,
    MakeBox,
    Pace,
    SendReceipt,
    Step,
    WantEvents,
    WantManifest,
    plan,
)
from tests.support.meeting_log import named
from wire.ids import PaperId
from wire.messages import Holding, Wish
from wire.topics import PaperVersion

MEETINGS = [named("m", str(number)) for number in range(4)]
PAPERS = [PaperVersion(PaperId(named("p", str(number))), version) for number in range(3) for version in (1, 2)]
M, OTHER = MEETINGS[:2]
OLD, NEW = PAPERS[:2]
WHOLE = HeldPaper(has_key=True, have=4, chunks=4)
PART = HeldPaper(has_key=True, have=1, chunks=4)


def wish(*hold: Holding, recall: tuple[str, ...] = ()) -> Wish:
    return Wish(1, None, "", None, "", hold, recall)


def holding(*papers: PaperVersion, meeting: str = M, seq: int = 5, epoch: int = 1) -> Holding:
    return Holding(meeting, epoch, seq, papers)


def kept(papers: dict[PaperVersion, HeldPaper] | None = None) -> HeldMeeting:
    return HeldMeeting(has_box=True, epochs=frozenset({1}), seq=5, papers=papers or {})


# ------------------------------------------------------------ by example


def test_W27_a_new_meeting_is_joined_then_its_log_then_its_papers() -> None:
    wanted = wish(holding(OLD))
    assert plan(wanted, Held()) == (MakeBox(M), Join(M, 1), WantEvents(M, 0))
    here = HeldMeeting(has_box=True, epochs=frozenset({1}), seq=5)
    assert plan(wanted, Held({M: here})) == (WantManifest(M, OLD),)
    assert plan(wanted, Held({M: replace(here, papers={OLD: PART})})) == (AwaitChunks(M, OLD, 1),)
    assert plan(wanted, Held({M: replace(here, papers={OLD: WHOLE})})) == ()


def test_P7_keys_are_destroyed_before_anything_else_happens() -> None:
    steps = plan(wish(holding(OLD), recall=(OTHER,)), Held({OTHER: kept({NEW: WHOLE})}))
    assert steps[0] == Destroy(OTHER)
    assert MakeBox(M) in steps


def test_P7_the_end_in_the_log_is_enough_to_destroy() -> None:
    assert plan(wish(holding(OLD)), Held({M: kept()}), ended=frozenset({M})) == (Destroy(M),)


def test_a_recall_of_what_was_never_here_gets_its_receipt_too() -> None:
    assert plan(wish(recall=(M,)), Held()) == (Destroy(M),)
    assert plan(wish(recall=(M,)), Held(receipts={M: False})) == ()


def test_W29_a_receipt_the_server_asks_for_again_is_sent_again() -> None:
    assert plan(wish(recall=(M,)), Held(receipts={M: True})) == (SendReceipt(M),)


def test_a_meeting_nobody_wants_is_forgotten_without_a_receipt() -> None:
    assert plan(wish(), Held({M: kept()})) == (Forget(M),)


def test_P3_the_old_version_goes_when_the_new_one_is_whole() -> None:
    both = Held({M: kept({OLD: WHOLE, NEW: PART})})
    assert plan(wish(holding(NEW)), both) == (AwaitChunks(M, NEW, 1),)
    both = Held({M: kept({OLD: WHOLE, NEW: WHOLE})})
    assert plan(wish(holding(NEW)), both) == (DropPaper(M, OLD),)


def test_a_paper_taken_back_singly_goes_at_once() -> None:
    assert plan(wish(holding()), Held({M: kept({OLD: WHOLE})})) == (DropPaper(M, OLD),)


def test_W26_a_new_epoch_is_asked_for() -> None:
    assert plan(wish(holding(epoch=2)), Held({M: kept()})) == (Join(M, 2),)


def test_M3_a_newer_number_heard_of_is_asked_for_unless_the_log_is_stuck() -> None:
    assert plan(wish(holding()), Held({M: kept()}), heads={M: 9}) == (WantEvents(M, 5),)
    assert plan(wish(holding()), Held({M: kept()}), heads={M: 9}, stuck=frozenset({M})) == ()


# ------------------------------------------------------------ as a property

_papers = st.dictionaries(
    st.sampled_from(PAPERS),
    st.builds(HeldPaper, has_key=st.just(value=True), have=st.integers(0, 4), chunks=st.just(4)),
    max_size=4,
)
_meetings = st.builds(
    HeldMeeting, st.booleans(), st.frozensets(st.integers(1, 3), max_size=3), st.integers(0, 9), _papers
)
_helds = st.builds(
    Held,
    st.dictionaries(st.sampled_from(MEETINGS), _meetings, max_size=4),
    st.dictionaries(st.sampled_from(MEETINGS), st.booleans(), max_size=4),
)
_holdings = st.builds(
    Holding,
    st.sampled_from(MEETINGS),
    st.integers(1, 3),
    st.integers(0, 9),
    st.lists(st.sampled_from(PAPERS), unique_by=lambda paper: paper.paper, max_size=3).map(tuple),
)
_wishes = st.builds(
    lambda hold, recall: wish(*hold, recall=tuple(recall - {each.meeting for each in hold})),
    st.lists(_holdings, unique_by=lambda each: each.meeting, max_size=3),
    st.frozensets(st.sampled_from(MEETINGS), max_size=2),
)


def perform(held: Held, step: Step, wanted: Wish) -> Held:
    """What a step leads to, if the server does its part."""
    meetings, receipts = dict(held.meetings), dict(held.receipts)
    here = meetings.get(step.meeting, HeldMeeting())
    target = next((each for each in wanted.hold if each.meeting == step.meeting), None)
    match step:
        case Destroy(meeting):
            meetings.pop(meeting, None)
            receipts[meeting] = False
        case SendReceipt(meeting):
            receipts[meeting] = False
        case Forget(meeting):
            meetings.pop(meeting, None)
        case DropPaper(meeting, paper):
            meetings[meeting] = replace(here, papers={k: v for k, v in here.papers.items() if k != paper})
        case MakeBox(meeting):
            meetings[meeting] = replace(here, has_box=True)
        case Join(meeting, epoch):
            meetings[meeting] = replace(here, epochs=here.epochs | {epoch})
        case WantEvents(meeting, _):
            assert target is not None
            meetings[meeting] = replace(here, seq=target.seq)
        case WantManifest(meeting, paper):
            meetings[meeting] = replace(here, papers={**here.papers, paper: HeldPaper(has_key=True, chunks=4)})
        case AwaitChunks(meeting, paper, _):
            meetings[meeting] = replace(here, papers={**here.papers, paper: WHOLE})
    return Held(meetings, receipts)


@given(wanted=_wishes, held=_helds)
def test_W27_every_plan_leads_to_the_wish_and_is_then_empty(wanted: Wish, held: Held) -> None:
    for _ in range(30):
        steps = plan(wanted, held)
        if not steps:
            break
        for step in steps:
            held = perform(held, step, wanted)
    assert plan(wanted, held) == ()
    expected = {each.meeting: each for each in wanted.hold if each.meeting not in wanted.recall}
    assert set(held.meetings) <= set(expected)
    for meeting, target in expected.items():
        here = held.meetings.get(meeting, HeldMeeting())
        assert here.has_box
        assert target.epoch in here.epochs
        assert here.seq >= target.seq
        assert set(here.papers) == set(target.papers)
        assert all(paper.complete for paper in here.papers.values())


@given(wanted=_wishes, held=_helds)
def test_P7_destruction_is_always_first(wanted: Wish, held: Held) -> None:
    steps = plan(wanted, held)
    destroying = [isinstance(step, Destroy) for step in steps]
    assert destroying == sorted(destroying, reverse=True)


# ------------------------------------------------------------ pace


def test_what_may_be_on_its_way_is_not_asked_for_at_once() -> None:
    pace, step = Pace(), WantEvents(M, 5)
    assert pace.due((step,), 0.0) == ()
    assert pace.due((step,), PATIENCE_S) == (step,)
    assert pace.due((step,), PATIENCE_S + 1) == ()
    assert pace.due((step,), PATIENCE_S + ASK_AGAIN_S) == (step,)


def test_after_a_welcome_everything_is_asked_for_at_once() -> None:
    pace, step = Pace(), Join(M, 1)
    assert pace.due((step,), 0.0, eager=True) == (step,)
    assert pace.due((step,), 0.1) == ()
    assert pace.due((step,), 0.2, eager=True) == (step,)


def test_destruction_does_not_wait() -> None:
    pace = Pace()
    assert pace.due((Destroy(M), Join(M, 1)), 0.0) == (Destroy(M),)


def test_a_paper_that_moves_is_not_reported_for_standing_still() -> None:
    pace = Pace()
    for second in range(20):
        assert pace.due((AwaitChunks(M, OLD, second),), float(second)) == ()
    stalled = AwaitChunks(M, OLD, 19)
    assert pace.due((stalled,), 19 + STALLED_S) == (stalled,)
    assert pace.due((stalled,), 20 + STALLED_S) == ()


def test_a_step_that_comes_back_is_new() -> None:
    pace, step = Pace(), Join(M, 1)
    assert pace.due((step,), 0.0, eager=True) == (step,)
    assert pace.due((), 0.1) == ()
    assert pace.due((step,), 0.2) == ()
    assert pace.due((step,), 0.2 + PATIENCE_S) == (step,)
