"""Before the meeting, through the whole server: remarks, answers, requests to speak, and who knows (W142–W145)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import pdfs
from tests.support.office import PASSWORD, Browser, Office, Reply, fresh_id, item
from tests.support.papers import items_of
from tests.unit.server.voting.test_voting import Room
from wire.before import Wish
from wire.phases import LIVE
from wire.speaking import SpeechState

_PDF = pdfs.text_pdf(["Báo cáo"], pages=2)


class Eve(Room):
    """An approved meeting of its own in the tests' one house, with one hidden item at the end."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.meeting = office.meeting("draft")
        self.path = f"/api/meetings/{self.meeting}"
        self.secretary, self.chair = office.sign_in("thuky"), office.sign_in("chutri")
        self.member, self.guest = office.sign_in("daibieu"), office.sign_in("khach")
        self.members = [*office.members(), {"person": office.people["unit"], "role": "member", "seat": None}]
        self.secretary.put(f"{self.path}/members", {"members": self.members}).done()
        items = [item("Một"), item("Hai"), item("Kín", visibility="hidden")]
        seq = self.secretary.get(self.path).body["seq"]
        self.secretary.put(f"{self.path}/agenda", {"items": items, "expected_seq": seq}).done()
        self.secretary.post(f"{self.path}/submit").done()
        self.chair.post(f"{self.path}/approve").done()
        self.items = items_of(self.secretary, self.meeting)
        self.devices = [fresh_id("d") for _ in office.seats]

    def write(self, who: Browser | None = None, **other: Any) -> Reply:
        body = {"item": self.items[0], "kind": "question", "readers": "all", "text": "Số liệu này lấy ở đâu?"}
        return (who or self.member).post(f"{self.path}/remarks", body | other)

    def written(self, who: Browser | None = None, **other: Any) -> str:
        return str(self.write(who, **other).done()["remark"])

    def answer(self, who: Browser, remark: str, text: str = "Từ báo cáo quý.", revision: int = 1) -> Reply:
        return who.put(f"{self.path}/remarks/{remark}/answer", {"text": text, "revision": revision})

    def wish(self, who: Browser | None = None, **other: Any) -> Reply:
        body = {"item": self.items[0], "about": "Chỉ tiêu quý IV", "minutes": 5}
        return (who or self.member).post(f"{self.path}/advance", body | other)

    def board(self, who: Browser) -> dict[str, Any]:
        return who.get(f"{self.path}/before").done()

    def reads(self, who: Browser) -> set[str]:
        reply = who.get(f"{self.path}/before")
        return {each["remark"] for each in reply.body["remarks"]} if reply.status == 200 else set()

    def convene(self) -> None:
        self.chair.post(f"{self.path}/open").done()

    def begin(self, number: int) -> None:
        self.chair.post(f"{self.path}/items/{self.items[number]}/start").done()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    found.people["unit"] = found.add("unit")
    yield found
    found.services.close()


@pytest.fixture
def eve(office: Office) -> Iterator[Eve]:
    found = Eve(office)
    yield found
    # One meeting at a time goes on in a room.
    if found.state.phase in LIVE:
        found.chair.post(f"{found.path}/close").done()


def test_W142_a_question_is_asked_changed_answered_and_stays_as_it_was_asked(eve: Eve) -> None:
    act = fresh_id("a")
    body = {"item": eve.items[0], "kind": "question", "readers": "all", "text": "Số liệu này lấy ở đâu?"}
    remark = eve.member.post(f"{eve.path}/remarks", body, act=act).done()["remark"]
    assert eve.member.post(f"{eve.path}/remarks", body, act=act).done()["remark"] == remark
    wording = {"kind": "question", "readers": "all", "text": "Số liệu quý III lấy ở đâu?"}
    eve.member.put(f"{eve.path}/remarks/{remark}", {**wording, "revision": 1}).done()
    # Another tab of the same person saw the first text.
    stale = eve.member.put(f"{eve.path}/remarks/{remark}", {**wording, "text": "Bản cũ", "revision": 1})
    assert (stale.code, stale.data["text"]) == ("remark-changed", wording["text"])
    # The chair answers what they saw: the old text.
    late = eve.answer(eve.chair, remark)
    assert (late.code, late.data["text"], late.data["revision"]) == ("remark-changed", wording["text"], 2)
    eve.answer(eve.chair, remark, revision=2).done()
    # Two answers at once: the second is shown the first, and answers anew.
    second = eve.answer(eve.secretary, remark, "Từ phòng 7.", revision=2)
    assert (second.code, second.data["answer"], second.data["name"]) == (
        "remark-changed", "Từ báo cáo quý.", "chutri (demo)",
    )  # fmt: skip
    eve.answer(eve.secretary, remark, "Từ phòng 7.", revision=3).done()
    for reply in (
        eve.member.put(f"{eve.path}/remarks/{remark}", {**wording, "text": "Khác", "revision": 4}),
        eve.member.post(f"{eve.path}/remarks/{remark}/withdraw"),
    ):
        assert (reply.code, reply.data["answer"]) == ("remark-answered", "Từ phòng 7.")
    (seen,) = eve.board(eve.member)["remarks"]
    assert (seen["text"], seen["answer"]["name"], seen["mine"], seen["may_change"], seen["may_answer"]) == (
        wording["text"], "thuky (demo)", True, False, False,
    )  # fmt: skip


def test_W143_who_reads_what(eve: Eve, office: Office) -> None:
    other, auditor, it = office.sign_in("unit"), office.sign_in("kiemtoan"), office.sign_in("kythuat")
    for_all = eve.written()
    private = eve.written(readers="leaders", text="Chỉ chủ trì nên biết")
    hidden = eve.written(eve.chair, item=eve.items[2], text="Về nội dung kín")
    for who, expected in (
        (eve.chair, {for_all, private, hidden}),
        (eve.secretary, {for_all, private, hidden}),
        (auditor, {for_all, private, hidden}),
        (eve.member, {for_all, private}),
        (other, {for_all}),
        (eve.guest, {for_all}),
        (it, set()),
    ):
        assert eve.reads(who) == expected
    assert it.get(f"{eve.path}/before").status == 403
    assert eve.answer(other, private).code == "remark-unknown"
    assert eve.answer(other, for_all).code == "remark-not-yours"
    # Recused of the item: neither read nor written any more, also one's own.
    recused = {"item": eve.items[0], "person": office.people["daibieu"], "reason": "Có liên quan"}
    eve.chair.post(f"{eve.path}/attendance/recusals", recused).done()
    assert eve.reads(eve.member) == set()
    assert eve.write().code == "no-such-item"
    assert eve.wish().code == "may-not-speak"
    # What was withdrawn is told to nobody.
    mine = eve.written(other, text="Tôi rút ý kiến này")
    other.post(f"{eve.path}/remarks/{mine}/withdraw").done()
    assert mine not in eve.reads(eve.chair) | eve.reads(other)
    assert other.post(f"{eve.path}/remarks/{mine}/withdraw").status == 200


def test_W143_whoever_prepared_the_paper_answers_member_or_not(eve: Eve, office: Office) -> None:
    head, bystander = f"truong-{eve.meeting[-4:]}", f"khac-{eve.meeting[-4:]}"
    person = office.add(head)
    office.add(bystander)
    outsider, other = office.sign_in(head), office.sign_in(bystander)
    wanted = {"item": eve.items[0], "person": person, "what": "Báo cáo", "until": "2026-11-23"}
    request = eve.secretary.post(f"{eve.path}/requests", {"requests": [wanted]}).done()["requests"][0]
    about = eve.written()
    private = eve.written(readers="leaders", text="Chỉ chủ trì nên biết")
    assert outsider.get(f"{eve.path}/before").status == 403
    headers = {"X-CSRF-Token": outsider.csrf, "Idempotency-Key": fresh_id("a")}
    form = {"title": "Báo cáo", "secrecy": "normal", "file": (io.BytesIO(_PDF), "bao-cao.pdf")}
    path = f"{eve.path}/requests/{request}/paper"
    sent = outsider.client.post(path, data=form, headers=headers, content_type="multipart/form-data")
    made = Reply.of(sent).done()
    eve.chair.post(f"{eve.path}/papers/{made['paper']}/approve").done()
    eve.secretary.post(f"{eve.path}/publish").done()
    assert eve.write(paper=made["paper"], page=3).code == "remark-place-wrong"
    on_page = eve.written(paper=made["paper"], page=2, text="Trang 2 thiếu nguồn")
    assert eve.reads(outsider) == {about, on_page}
    (told,) = [one for one in outsider.get("/api/remarks").done()["meetings"] if one["meeting"] == eve.meeting]
    assert (told["questions"], told["requests"], told["member"]) == (2, 0, False)
    assert other.get("/api/remarks").done()["meetings"] == []
    assert eve.answer(outsider, private).code == "remark-unknown"
    eve.answer(outsider, on_page).done()
    shown = next(each for each in eve.board(eve.member)["remarks"] if each["remark"] == on_page)
    assert (shown["paper_title"], shown["page"], shown["answer"]["name"]) == ("Báo cáo", 2, f"{head} (demo)")
    (mine,) = [one for one in eve.chair.get("/api/remarks").done()["meetings"] if one["meeting"] == eve.meeting]
    assert (mine["questions"], mine["member"]) == (2, True)


def test_W142_bad_input_is_answered_clearly_and_the_opening_ends_it(eve: Eve, office: Office) -> None:
    assert eve.write(text="x" * 4001).status == 400
    assert eve.write(text="   ").status == 400
    assert eve.write(item=eve.items[2]).code == "no-such-item"
    assert eve.write(eve.guest).status == 403
    assert eve.write(page=1).code == "remark-place-wrong"
    assert eve.wish(minutes=61).status == 400
    assert eve.wish(about="").status == 400
    assert eve.wish(eve.chair).status == 403
    remark, wish = eve.written(), eve.wish().done()["advance"]
    # The item is removed after both were written: nothing is lost, and nothing breaks.
    seq = eve.secretary.get(eve.path).body["seq"]
    gone, *_ = eve.items
    items = [{"item": each, **item("Còn lại")} for each in eve.items[1:]]
    eve.secretary.put(f"{eve.path}/agenda", {"items": items, "expected_seq": seq}).done()
    board = eve.board(eve.member)
    assert [(each["remark"], each["item_number"]) for each in board["remarks"]] == [(remark, "")]
    assert [(each["advance"], each["item_number"], each["item"]) for each in board["advances"]] == [(wish, "", gone)]
    assert eve.chair.post(f"{eve.path}/advance/{wish}/accept").code == "no-such-item"
    assert eve.answer(eve.chair, remark).code == "remark-not-yours"
    # The meeting moves: what was written stands.
    moved = office.description() | {"starts_at": "2026-11-24T01:30:00.000Z"}
    eve.secretary.put(eve.path, moved).done()
    late = eve.written(item=eve.items[1])
    assert len(eve.board(eve.chair)["remarks"]) == 2
    eve.convene()
    assert eve.write(item=eve.items[1]).code == "before-over"
    assert eve.wish(item=eve.items[1]).code == "before-over"
    again = {"kind": "comment", "readers": "all", "text": "Muộn", "revision": 1}
    assert eve.member.put(f"{eve.path}/remarks/{late}", again).code == "before-over"
    # Answers go on while the meeting does.
    assert eve.answer(eve.chair, late).status == 200
    board = eve.board(eve.member)
    assert (board["may_write"], board["may_ask"]) == (False, False)


def test_W144_requests_are_decided_ordered_and_taken_back(eve: Eve, office: Office) -> None:
    other = office.sign_in("unit")
    first, second = eve.wish().done()["advance"], eve.wish(other).done()["advance"]
    assert eve.wish().done()["advance"] == first
    assert eve.wish(about="Việc khác").code == "advance-twice"
    base = f"{eve.path}/advance"
    assert eve.member.post(f"{base}/{first}/accept").status == 403
    assert eve.chair.post(f"{base}/{first}/refuse", {"reason": " "}).code == "speech-reason-missing"
    eve.chair.post(f"{base}/{first}/refuse", {"reason": "Trùng ý kiến"}).done()
    (mine,) = eve.board(eve.member)["advances"]
    assert (mine["state"], mine["reason"], mine["may_withdraw"]) == ("refused", "Trùng ý kiến", False)
    eve.secretary.post(f"{base}/{first}/accept").done()
    eve.secretary.post(f"{base}/{first}/accept").done()
    eve.chair.put(base, {"item": eve.items[0], "advances": [second, first]}).done()
    assert [each["advance"] for each in eve.board(eve.chair)["advances"]] == [second, first]
    assert other.post(f"{base}/{first}/withdraw").code == "advance-unknown"
    other.post(f"{base}/{second}/withdraw").done()
    assert eve.chair.post(f"{base}/{second}/accept").code == "advance-over"
    # Whoever asked and is no member any more is out.
    third = eve.wish(other, item=eve.items[1]).done()["advance"]
    eve.secretary.put(f"{eve.path}/members", {"members": eve.members[:-1]}).done()
    assert eve.state.before.advance(third).state is Wish.GONE  # type: ignore[union-attr]
    assert eve.reads(other) == set()
    assert other.post(f"{base}/{third}/withdraw").status == 403


def test_W145_the_accepted_stand_in_the_queue_and_the_absent_hand_in_in_writing(eve: Eve, office: Office) -> None:
    other = office.sign_in("unit")
    there, away = eve.wish().done()["advance"], eve.wish(other).done()["advance"]
    for wish in (there, away):
        eve.chair.post(f"{eve.path}/advance/{wish}/accept").done()
    data = {"person": office.people["daibieu"], "password": PASSWORD}
    assert eve.act(1, "sign_in", None, data).outcome == "done"
    eve.convene()
    assert other.post(f"{eve.path}/speaking/{away}/text", {"text": "Sớm quá"}).code == "item-not-dealt-with"
    eve.begin(0)
    # While the item is dealt with they may still come.
    assert not eve.board(other)["advances"][0]["may_hand_in"]
    (turn,) = eve.state.speaking.speeches
    assert (turn.speech, turn.in_advance, turn.state) == (there, True, SpeechState.WAITING)
    assert eve.chair.post(f"{eve.path}/advance/{there}/refuse", {"reason": "Muộn"}).code == "advance-queued"
    eve.chair.post(f"{eve.path}/speaking/{there}/start", {}).done()
    eve.begin(1)
    found = {each["advance"]: each for each in eve.board(other)["advances"]}
    assert found[away]["may_hand_in"]
    other.post(f"{eve.path}/speaking/{away}/text", {"text": "Bài của tôi"}).done()
    assert other.get(f"{eve.path}/speaking/{away}/text").done()["text"] == "Bài của tôi"
    assert eve.chair.post(f"{eve.path}/advance/{away}/accept").code == "item-over"
    assert not eve.board(other)["advances"][0]["may_hand_in"]


def test_M5_a_rehearsal_has_none_and_takes_none(eve: Eve) -> None:
    eve.written()
    eve.wish().done()
    made = eve.chair.post(f"{eve.path}/rehearsal", {"leads": False}).done()["rehearsal"]
    path = f"/api/meetings/{made}"
    board = eve.member.get(f"{path}/before").done()
    assert (board["remarks"], board["advances"], board["may_write"]) == ([], [], False)
    body = {"item": items_of(eve.chair, made)[0], "kind": "comment", "readers": "all", "text": "Thử"}
    assert eve.member.post(f"{path}/remarks", body).code == "rehearsal-fixed"
