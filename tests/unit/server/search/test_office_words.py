"""The words of issued documents, minutes, remarks and slips: who finds which, as rights and words change."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from server.letters.model import Kind, Letter, Stage, Wording
from server.letters.store import SqlLetterStore
from server.meetings.model import Draft
from server.search.service import SearchService
from tests.support.office import Browser, Office, fresh_id, item
from tests.support.papers import items_of
from tests.support.slips import Slips
from wire.fields import print_instant
from wire.ids import MeetingId

HASH = "ab" * 32


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, idle_s=99_999)
    yield office
    office.services.close()


def looks(browser: Browser, query: str, **limits: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/api/search?{urlencode({'q': query, **limits})}").done()["results"]
    return found


def kinds(browser: Browser, query: str) -> list[tuple[str, str]]:
    return [(each["kind"], each["ref"]) for each in looks(browser, query)]


def put_up(office: Office, meeting: str, wording: Wording) -> str:
    """A notice that waits for its signatures."""
    now = office.clock.now()
    letter = Letter(fresh_id("l"), meeting, Kind.NOTICE, Stage.SIGNING, 2, wording, "person:u", now, now)
    with office.services.database.begin() as tx:
        SqlLetterStore().add(tx, letter)
    round_ = fresh_id("k")
    signers = {"signers": [office.people["chutri"]], "sha256": HASH, "size_bytes": 9}
    happens(
        office,
        meeting,
        Draft("round_opened", {"round": round_, "kind": "notice", "title": "Thông báo (demo)", **signers}),
        Draft("letter_put_up", {"letter": letter.id, "kind": "notice", "round": round_}),
    )
    return letter.id


def happens(office: Office, meeting: str, *drafts: Draft) -> None:
    now = office.clock.now()
    office.services.meetings.change(MeetingId(meeting), actor="system", now=now, decide=lambda _log: drafts)


def test_N9_an_issued_document_is_found_by_its_words_and_its_number_and_a_draft_by_nobody(office: Office) -> None:
    meeting = office.meeting("approved")
    wording = Wording("Kết luận giao ban", ("Giao Phòng 7 rà soát thiết bị",), recipients=("Phòng 7",))
    letter = put_up(office, meeting, wording)
    member, secretary, search = office.sign_in("daibieu"), office.sign_in("thuky"), office.services.search
    search.catch_up()
    assert kinds(member, "ra soat thiet bi") == kinds(secretary, "ra soat thiet bi") == []
    issued = {"letter": letter, "sha256": HASH, "recipients": 2, "number": "09/TB-VKS"}
    happens(office, meeting, Draft("letter_issued", issued))
    search.catch_up()
    assert kinds(member, "ra soat thiet bi") == [("letter", letter)]
    (found,) = looks(member, '"09/TB-VKS" thiet bi')
    assert (found["ref"], found["page"]) == (letter, 1)
    assert "Giao Phòng 7 rà soát" in "".join(text for text, _ in found["excerpt"])
    assert kinds(office.sign_in("kythuat"), "ra soat thiet bi") == []
    assert kinds(office.sign_in("kiemtoan"), "ra soat thiet bi") == [("letter", letter)]


def closed(office: Office) -> tuple[str, Browser, str]:
    """A meeting that is over, its secretary, and an item that only who leads knows of."""
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    path = f"/api/meetings/{meeting}"
    body = secretary.get(path).body
    names = ("item", "parent", "title", "minutes", "visibility", "presenter")
    kept = [{name: each[name] for name in names} for each in body["sections"]["agenda"]]
    shut = item("Nhân sự", visibility="hidden")
    secretary.put(f"{path}/agenda", {"items": [*kept, shut], "expected_seq": body["seq"]}).done()
    chair.post(f"{path}/open").done()
    first, _, hidden = items_of(secretary, meeting)
    for place in (first, hidden):
        chair.post(f"{path}/items/{place}/start").done()
        chair.post(f"{path}/items/{place}/conclusion", {"text": "Thống nhất phương án", "seen": 0}).done()
    office.services.search.catch_up()
    assert not [each for each in kinds(secretary, "bien ban") if each[0] == "minutes"], "not while it goes on"
    chair.post(f"{path}/close").done()
    return meeting, secretary, hidden


def test_BB9_minutes_are_found_by_who_may_read_each_part_of_them_now(office: Office) -> None:
    meeting, secretary, hidden = closed(office)
    path, search = f"/api/meetings/{meeting}/minutes", office.services.search
    member, guest, chair = (office.sign_in(name) for name in ("daibieu", "khach", "chutri"))
    parts = {part["item"]: part["paragraphs"] for part in secretary.get(path).done()["parts"]}
    for text, ref in (("Bổ sung kinh phí năm sau", None), ("Bổ sung nhân lực biên chế", hidden)):
        after = parts[ref][0]["paragraph"]
        secretary.post(f"{path}/paragraphs", {"after": after, "text": text}).done()
    search.catch_up()
    for browser in (secretary, chair, office.sign_in("kiemtoan")):
        assert ("minutes", "") in kinds(browser, "bo sung kinh phi")
        assert ("minutes", hidden) in kinds(browser, "bo sung nhan luc")
    assert kinds(member, "bo sung kinh phi") == [], "a draft that was not shared"
    until = print_instant(office.clock.now() + dt.timedelta(days=2))
    secretary.post(f"{path}/comment-period", {"until": until}).done()
    search.catch_up()
    assert kinds(member, "bo sung kinh phi") == [("minutes", "")]
    assert kinds(member, "bo sung nhan luc") == [], "of an item they may not know of"
    assert kinds(guest, "bo sung kinh phi") == kinds(office.sign_in("kythuat"), "bo sung kinh phi") == []
    added = next(
        each
        for part in secretary.get(path).done()["parts"]
        for each in part["paragraphs"]
        if each["text"] == "Bổ sung kinh phí năm sau"
    )
    edit = {"text": "Chuyển sang quý hai", "version": added["version"]}
    secretary.put(f"{path}/paragraphs/{added['paragraph']}", edit).done()
    search.catch_up()
    assert kinds(member, "bo sung kinh phi") == []
    assert kinds(member, "chuyen sang quy hai") == [("minutes", "")]


class _Broken:
    """Minutes that cannot be drafted, for whatever reason."""

    def now(self, meeting: MeetingId) -> None:
        raise ValueError(meeting)


def test_minutes_that_cannot_be_drafted_keep_nothing_else_of_their_meeting_from_being_found(office: Office) -> None:
    closed(office)
    tools = office.services.search._tools  # noqa: SLF001 - as it was put together
    search = SearchService(dataclasses.replace(tools, minutes=_Broken()))
    search.catch_up()
    assert search._index.find('"thong nhat phuong an"')  # noqa: SLF001 - what was put in, whoever may see it
    search.stop()


def test_W143_what_is_said_before_a_meeting_is_found_by_who_reads_it(office: Office) -> None:
    meeting = office.meeting("approved")
    member, chair, guest = (office.sign_in(name) for name in ("daibieu", "chutri", "khach"))
    first, path = items_of(chair, meeting)[0], f"/api/meetings/{meeting}/remarks"
    body = {"item": first, "kind": "question", "text": "Nguồn vốn từ đâu"}
    open_one = member.post(path, {**body, "readers": "all"}).done()["remark"]
    own = member.post(path, {**body, "readers": "leaders", "text": "Vướng mắc về nguồn vốn"}).done()["remark"]
    search = office.services.search
    search.catch_up()
    assert (
        {ref for _, ref in kinds(member, "nguon von")}
        == {ref for _, ref in kinds(chair, "nguon von")}
        == {open_one, own}
    )
    assert kinds(guest, "nguon von") == [("remark", open_one)]
    assert kinds(office.sign_in("kythuat"), "nguon von") == []
    chair.put(f"{path}/{open_one}/answer", {"revision": 1, "text": "Ngân sách địa phương"}).done()
    member.post(f"{path}/{own}/withdraw").done()
    search.catch_up()
    assert kinds(guest, "ngan sach dia phuong") == [("remark", open_one)]
    assert kinds(chair, "vuong mac") == []


def test_C1_slips_are_found_by_their_words_by_those_they_are_there_for(tmp_path: Path) -> None:
    office = Office(tmp_path)
    slips = Slips(office)
    drafted = slips.drafted(subject="Phân bổ kinh phí (demo)")
    sent = slips.sent(people=("daibieu",), subject="Kinh phí trang bị (demo)", submission="Theo tờ trình số 9.")

    def found(name: str, words: str) -> list[str]:
        query = urlencode({"q": words})
        told = slips.browser(name).get(f"/api/consultations?{query}").done()["found"]
        return [f"/api/consultations/{each['consultation']}" for each in told]

    assert set(found("thuky", "kinh phi")) == {sent, drafted}
    assert found("daibieu", "kinh phi") == found("chutri", "to trinh so 9") == [sent]
    assert found("daibieu", "thoi diem ap dung") == [sent], "a question's words"
    assert found("khach", "kinh phi") == found("daibieu", "kinh phi dao tao") == []
    assert slips.browser("thuky").get("/api/consultations?q=a").code == "search-empty"
    office.services.close()


def test_words_of_the_office_are_written_nowhere_by_the_search(office: Office) -> None:
    meeting, secretary, _ = closed(office)
    path = f"/api/meetings/{meeting}/minutes"
    after = secretary.get(path).done()["parts"][0]["paragraphs"][0]["paragraph"]
    folder = office.services.settings.data_dir
    secretary.post(f"{path}/paragraphs", {"after": after, "text": "Xyzzy plugh"}).done()
    office.services.search.catch_up()
    assert [ref for kind, ref in kinds(secretary, "xyzzy") if kind == "minutes"] == [""]
    # As people wrote it, it stands where the minutes are kept; as the index has it, in no file at all.
    assert [file for file in folder.rglob("*") if file.is_file() and b"xyzzy" in file.read_bytes()] == []
