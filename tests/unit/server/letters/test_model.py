"""Stages and wordings of issued documents (N9, N10)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.agency.model import House
from server.documents.model import Document, Points, Table, Text
from server.letters import compose
from server.letters.compose import Facts
from server.letters.errors import LetterIncomplete, LetterStageWrong
from server.letters.model import TABLE, Kind, Move, Stage, Wording, move, moves, read_wording, stage_now
from tests.support.meeting_log import MeetingLog, item, named
from tests.support.meetings import Play
from tests.support.votes import whole
from wire.conclusions import Conclusion
from wire.errors import BadField
from wire.fields import Fields
from wire.state import MeetingState

HOUSE = House(("Viện kiểm sát nhân dân tối cao",), ("Viện kiểm sát nhân dân", "tỉnh A"), "VKSTA", "Hà Nội")
ONE_IS_ENOUGH = {"base": "cast", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("wanted", Move)
def test_N9_what_is_not_in_the_table_is_refused(stage: Stage, wanted: Move) -> None:
    if (stage, wanted) in TABLE:
        assert move(stage, wanted) is TABLE[stage, wanted]
        return
    with pytest.raises(LetterStageWrong):
        move(stage, wanted)


@given(complete=st.booleans(), closed=st.booleans())
def test_N9_signed_and_stopped_are_what_the_round_has_come_to(complete: bool, closed: bool) -> None:  # noqa: FBT001 - hypothesis names them
    found = stage_now(Stage.SIGNING, complete=complete, closed=closed)
    assert found is (Stage.SIGNED if complete else Stage.STOPPED if closed else Stage.SIGNING)
    for written in set(Stage) - {Stage.SIGNING}:
        assert stage_now(written, complete=complete, closed=closed) is written


def test_N9_people_neither_sign_nor_stop_by_a_move() -> None:
    offered = {stage: moves(stage) for stage in Stage}
    assert offered[Stage.DRAFT] == (Move.EDIT, Move.DROP, Move.PUT_UP)
    assert offered[Stage.SIGNING] == offered[Stage.STOPPED] == (Move.WITHDRAW,)
    assert offered[Stage.SIGNED] == (Move.ISSUE, Move.REVOKE)
    assert (offered[Stage.ISSUED], moves(Stage.ISSUED, Kind.NOTICE)) == ((Move.REVOKE,), ()), (
        "what ends an invitation alone"
    )
    assert offered[Stage.REVOKED] == offered[Stage.DROPPED] == ()
    with pytest.raises(LetterStageWrong):
        move(Stage.ISSUED, Move.REVOKE, Kind.RESOLUTION)


_LINES = st.lists(st.text(alphabet="aăâbcđeê -./:", min_size=1, max_size=20).map(str.strip).filter(bool), max_size=5)


@given(body=_LINES, recipients=_LINES, people=st.booleans())
def test_N10_a_wording_is_read_as_it_was_written(
    body: list[str],
    recipients: list[str],
    people: bool,  # noqa: FBT001 - hypothesis names them
) -> None:
    wording = Wording("Họp", tuple(body), recipients=tuple(recipients), people=people)
    assert read_wording(Fields(wording.to_value(), "wording")) == wording


@pytest.mark.parametrize(
    ("field", "value"), [("body", "một\n" * 401), ("recipients", "a" * 10_501), ("urgency", "soon"), ("signer", "an")]
)
def test_N10_a_wording_that_cannot_be_set_is_refused_not_cut(field: str, value: str) -> None:
    with pytest.raises(BadField):
        read_wording(Fields(Wording("Họp", ()).to_value() | {field: value}, "wording"))


@pytest.mark.parametrize("missing", ["abstract", "body", "authority", "signer"])
def test_N9_a_document_without_a_part_it_needs_is_not_put_up(missing: str) -> None:
    whole = Wording("Họp", ("Một",), ("VIỆN TRƯỞNG",), "u-" + "a" * 16)
    whole.must_be_whole()
    nothing: dict[str, Any] = {missing: "" if missing in {"abstract", "signer"} else ()}
    with pytest.raises(LetterIncomplete) as refused:
        dataclasses.replace(whole, **nothing).must_be_whole()
    assert refused.value.data["field"] == missing


def _state() -> MeetingState:
    play = Play()
    play.prepare()
    return play.log.state


def _document(kind: Kind, wording: Wording | None = None) -> Document:
    facts = Facts(_state(), HOUSE, dt.date(2026, 11, 20))
    said = wording or compose.proposed(kind, facts)
    return compose.composed(kind, said, facts, signer="Nguyễn Văn A (demo)", now=NOW)


def test_N10_the_invitation_says_who_where_when_and_until_when_to_answer() -> None:
    wording = compose.proposed(Kind.INVITATION, Facts(_state(), HOUSE, dt.date(2026, 11, 20)))
    text = "\n".join(wording.body)
    assert "Viện kiểm sát nhân dân tỉnh A trân trọng kính mời:" in text
    assert "Tới dự: Họp thử." in text
    assert "- Báo cáo" in text
    assert "Thời gian: 08 giờ 00, thứ Hai, ngày 23 tháng 11 năm 2026." in text
    assert "Địa điểm: Phòng thử." in text
    assert "chậm nhất ngày 20 tháng 11 năm 2026." in text
    assert "(demo)" not in text


@pytest.mark.parametrize(("kind", "notation"), [("invitation", "GM"), ("notice", "TB"), ("resolution", "NQ")])
def test_N8_number_and_day_are_left_to_the_registry_and_the_text_ends_as_it_should(kind: str, notation: str) -> None:
    document = _document(Kind(kind))
    assert (str(document.symbol), document.dated) == (f"/{notation}-VKSTA", None)
    last = document.parts[-1]
    assert (last.text if isinstance(last, Text) else last.lines[-1] if isinstance(last, Points) else "").endswith("./.")
    assert document.foot.right.name == "Nguyễn Văn A", "as it is signed: without the mark of demo data"


def test_N10_lines_with_a_dash_are_points_and_grounds_end_as_the_decree_has_it() -> None:
    wording = Wording("Về việc", ("Một.", "- a;", "- b", "Hai"), ("VIỆN TRƯỞNG",), basis=("Căn cứ A", "Căn cứ B;"))
    document = _document(Kind.RESOLUTION, wording)
    kinds = [part.kind for part in document.parts]
    assert kinds == ["basis", "basis", "heading", "text", "points", "text"]
    assert [part.text for part in document.parts if part.kind == "basis"] == ["Căn cứ A;", "Căn cứ B."]  # type: ignore[union-attr]


def test_N10_what_guests_may_not_know_is_in_no_appendix() -> None:
    wording = Wording("Họp", ("Một",), ("VIỆN TRƯỞNG",), people=True, agenda=True)
    people, plan = _document(Kind.INVITATION, wording).appendices
    assert (people.label, plan.label) == ("Phụ lục I", "Phụ lục II")
    assert "Kèm theo Giấy mời" in people.note


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Báo cáo quý III", "Thông qua: Báo cáo quý III."),
        ("Thông qua: Báo cáo quý III", "Thông qua: Báo cáo quý III."),
        ("thông qua dự thảo Quy chế.", "Thông qua dự thảo Quy chế."),
        ("Thông quan lô hàng số 7", "Thông qua: Thông quan lô hàng số 7."),
    ],
)
def test_N10_a_resolution_says_once_that_something_is_passed(question: str, sentence: str) -> None:
    log = MeetingLog().prepared()
    log.add("agenda_set", {"items": [item("one")]})
    log.add("meeting_opened")
    whole(log, {"lan": "for"}, ["lan"], rule=ONE_IS_ENOUGH, name="one", item=named("i", "one"), question=question)
    assert compose.proposed(Kind.RESOLUTION, Facts(log.state, HOUSE)).body[0] == f"Điều 1. {sentence}"


def test_N10_what_stands_below_a_hidden_item_and_votes_on_it_are_in_no_proposal() -> None:
    log = MeetingLog().prepared()
    agenda = [item("one"), item("secret", visibility="hidden"), item("below", parent="secret")]
    log.add("agenda_set", {"items": [*agenda, item("inner", visibility="internal")]})
    log.add("meeting_opened")
    for name in ("one", "secret", "below", "inner"):
        asked = {"name": name, "item": named("i", name), "question": f"Việc {name}"}
        whole(log, {"lan": "for"}, ["lan"], rule=ONE_IS_ENOUGH, **asked)
    state = log.state
    below = dataclasses.replace(state.papers[0], item=named("i", "below"), title="Tài liệu kín")
    facts = Facts(dataclasses.replace(state, papers=(*state.papers, below)), HOUSE)
    assert [each.item for each in facts.items] == [named("i", "one")]
    assert "Thông qua: Việc one." in compose.proposed(Kind.RESOLUTION, facts).body[0]
    assert len(compose.proposed(Kind.RESOLUTION, facts).body) == 2, "one vote, and who carries it out"
    assert [line for line in compose.proposed(Kind.NOTICE, facts).body if "…" in line] == ["1. …"], "nothing concluded"
    for kind in Kind:
        said = str(compose.proposed(kind, facts))
        assert [word for word in ("secret", "below", "inner", "Tài liệu kín") if word in said] == []


def test_TK1_the_notice_has_the_tasks_that_were_given_as_its_appendix() -> None:
    rows = (
        ("Trình phương án", "Phòng 9", ("Văn phòng", "Bình (demo)"), "30/12/2026"),
        ("Báo cáo", "An (demo)", (), "05/01/2027"),
    )
    facts = Facts(_state(), HOUSE, tasks=rows)
    wording = compose.proposed(Kind.NOTICE, facts)
    assert wording.tasks
    assert wording.body[-1].endswith("theo danh mục kèm theo.")
    assert read_wording(Fields(wording.to_value(), "wording")) == wording
    document = compose.composed(Kind.NOTICE, wording, facts, signer="Nguyễn Văn A (demo)", now=NOW)
    (appendix,) = document.appendices
    (table,) = appendix.parts
    assert isinstance(table, Table)
    assert table.rows == (
        ("1", "Trình phương án", "Phòng 9", "Văn phòng, Bình", "30/12/2026"),
        ("2", "Báo cáo", "An", "", "05/01/2027"),
    )
    assert (appendix.label, appendix.title) == ("Phụ lục", "Danh mục nhiệm vụ được giao")
    without = dataclasses.replace(wording, tasks=False)
    assert compose.composed(Kind.NOTICE, without, facts, signer="A", now=NOW).appendices == ()
    assert not compose.proposed(Kind.NOTICE, Facts(_state(), HOUSE)).tasks, "nothing was given"


def test_N10_a_draft_from_before_the_appendix_of_tasks_is_read() -> None:
    value = Wording("Họp", ("Một",)).to_value()
    del value["tasks"]
    assert read_wording(Fields(value, "wording")) == Wording("Họp", ("Một",))


def test_N10_the_longest_meeting_gives_a_draft_that_is_read_back() -> None:
    state = _state()
    said = "Giao các đơn vị.\n\nBáo cáo trước ngày 30. " + "a" * 9_900
    at = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)
    told = (Conclusion(state.agenda[0].item, said, "person:u-" + "a" * 16, at, 20),)
    long = dataclasses.replace(state, title="Hội nghị " + "á" * 491, conclusions=told)
    for kind in Kind:
        wording = compose.proposed(kind, Facts(long, HOUSE, dt.date(2026, 11, 20)))
        assert read_wording(Fields(wording.to_value(), "wording")) == wording
        if kind is Kind.NOTICE:
            assert any(line.endswith(": Giao các đơn vị.") for line in wording.body), "what the chair concluded"
            assert not any("…" in line for line in wording.body), "and nothing of what was not concluded"
