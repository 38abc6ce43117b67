"""The search over HTTP: who finds what, as rights, papers and meetings change."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from pages.model import Document
from server.errors import Unavailable
from server.search.errors import Unreadable
from server.search.model import Kind, Seeker, entries, may_find
from server.search.ports import SealedText
from server.search.reader import PaperPages
from server.search.service import PAGE, SearchService
from server.search.store import TEXTS, SqlTexts
from server.unit import Transaction
from tests.support import pdfs
from tests.support.office import Browser, Office, Reply, fresh_id, item
from tests.support.papers import items_of, published, upload
from tests.support.poll import until
from wire.ids import MeetingId, PaperId
from wire.letters import Letter
from wire.secret import Secret
from wire.topics import PaperVersion

AT = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.services.close()


def looks(browser: Browser, query: str, **limits: str) -> dict[str, Any]:
    return asks(browser, {"q": query, **limits}).done()


def asks(browser: Browser, query: dict[str, str]) -> Reply:
    return browser.get(f"/api/search?{urlencode(query)}")


def titles(browser: Browser, query: str, **limits: str) -> list[tuple[str, str]]:
    """Kind and title of what is found."""
    found = looks(browser, query, **limits)["results"]
    return [(each["kind"], "".join(text for text, _ in each["title"])) for each in found]


def test_everything_of_a_meeting_is_found_with_its_place(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    report = pdfs.text_pdf(["Báo cáo công tác kiểm sát", "Kiến nghị sửa đổi quy chế"], pages=3)
    paper, _ = published(secretary, chair, meeting, report)
    office.services.search.catch_up()
    assert titles(office.sign_in("daibieu"), "hop thu") == [("meeting", "Họp thử (demo)")]
    assert titles(secretary, "hai") == [("item", "Hai")]
    (found,) = looks(office.sign_in("daibieu"), "kien nghi quy che")["results"]
    assert (found["kind"], found["ref"], found["version"], found["page"]) == ("paper", paper, 1, 1)
    assert (found["meeting"]["id"], found["meeting"]["phase"]) == (meeting, "approved")
    assert [text for text, is_hit in found["excerpt"] if is_hit] == ["Kiến", "nghị", "quy", "chế"]
    assert looks(secretary, "trang 3")["results"][0]["page"] == 3


def test_P5_a_paper_is_found_by_those_who_may_read_that_version_of_it(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair, member = (office.sign_in(name) for name in ("thuky", "chutri", "daibieu"))
    search = office.services.search
    one = items_of(secretary, meeting)[0]
    paper = upload(secretary, meeting, pdfs.text_pdf(["Bản dự thảo lần đầu"]), item=one).done()["paper"]
    search.catch_up()
    assert titles(member, "lan dau") == [], "not published yet"
    assert titles(secretary, "lan dau") == titles(chair, "lan dau") == [("paper", "Báo cáo")]
    chair.post(f"/api/meetings/{meeting}/papers/{paper}/approve").done()
    secretary.post(f"/api/meetings/{meeting}/publish").done()
    assert titles(member, "lan dau") == [("paper", "Báo cáo")], "rights are those of this moment"
    upload(secretary, meeting, pdfs.text_pdf(["Bản dự thảo lần sau"]), item="", paper=paper).done()
    search.catch_up()
    assert titles(member, "lan dau") == [("paper", "Báo cáo")]
    assert titles(member, "lan sau") == []
    assert titles(secretary, "lan dau") == [], "who may read a newer version is not sent to an older one"
    assert titles(secretary, "lan sau") == [("paper", "Báo cáo")]


def test_P7_a_recalled_paper_is_found_by_its_title_alone(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    published(secretary, chair, meeting, pdfs.text_pdf(["Kiến nghị sửa đổi quy chế"]))
    office.services.search.catch_up()
    assert titles(secretary, "kien nghi") == [("paper", "Báo cáo")]
    chair.post(f"/api/meetings/{meeting}/open").done()
    chair.post(f"/api/meetings/{meeting}/close").done()
    assert titles(secretary, "kien nghi") == titles(chair, "kien nghi") == [], "at once, for those who lead, too"
    for browser in (secretary, chair, office.sign_in("daibieu")):
        (found,) = looks(browser, "bao cao", kind="paper")["results"]
        assert (found["recalled"], found["page"], found["excerpt"]) == (True, 0, [])
    assert titles(office.sign_in("kythuat"), "bao cao") == []


def test_M4_hidden_items_other_peoples_meetings_and_closed_papers_are_not_found(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    published(secretary, chair, meeting, pdfs.text_pdf(["Nội dung tài liệu"]))
    path = f"/api/meetings/{meeting}"
    seq, agenda = secretary.get(path).body["seq"], secretary.get(path).body["sections"]["agenda"]
    kept = [
        {name: each[name] for name in ("item", "parent", "title", "minutes", "visibility", "presenter")}
        for each in agenda
    ]
    hidden = item("Nhân sự kín", visibility="hidden")
    secretary.put(f"{path}/agenda", {"items": [*kept, hidden], "expected_seq": seq}).done()
    office.services.search.catch_up()
    assert titles(office.sign_in("daibieu"), "nhan su") == []
    assert titles(secretary, "nhan su") == titles(chair, "nhan su") == [("item", "Nhân sự kín")]
    outsider = office.sign_in("kythuat")
    assert titles(outsider, "hop thu") == titles(outsider, "noi dung") == []
    auditor = office.sign_in("kiemtoan")
    assert titles(auditor, "hop thu") == [("meeting", "Họp thử (demo)")]
    assert titles(auditor, "noi dung") == []
    chair.post(f"{path}/open").done()
    chair.post(f"{path}/close").done()
    assert titles(office.sign_in("daibieu"), "noi dung") == [], "recalled with the close (P7)"
    assert titles(secretary, "noi dung") == []


def test_W136_what_was_concluded_is_found_by_who_may_know_of_the_item(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair, member = (office.sign_in(name) for name in ("thuky", "chutri", "daibieu"))
    path = f"/api/meetings/{meeting}"
    body = secretary.get(path).body
    kept = [
        {name: each[name] for name in ("item", "parent", "title", "minutes", "visibility", "presenter")}
        for each in body["sections"]["agenda"]
    ]
    hidden = item("Nhân sự", visibility="hidden")
    secretary.put(f"{path}/agenda", {"items": [*kept, hidden], "expected_seq": body["seq"]}).done()
    chair.post(f"{path}/open").done()
    first, _, staff = items_of(secretary, meeting)
    for place, text in ((first, "Giao Phòng 9 hoàn thành phương án"), (staff, "Hoàn thành hồ sơ bổ nhiệm")):
        chair.post(f"{path}/items/{place}/conclusion", {"text": text, "seen": 0}).done()
    office.services.search.catch_up()
    (found,) = looks(member, "hoan thanh")["results"]
    assert (found["kind"], found["ref"], found["excerpt"][0]) == ("conclusion", first, ["Giao Phòng 9 ", False])
    assert looks(chair, "hoan thanh")["total"] == 2
    assert looks(office.sign_in("kythuat"), "hoan thanh")["total"] == 0
    chair.post(f"{path}/items/{first}/conclusion", {"text": "Giao Phòng 9 trình lại", "seen": found["version"]}).done()
    office.services.search.catch_up()
    assert titles(member, "hoan thanh") == [], "the newest words count"
    assert titles(member, "trinh lai", kind="conclusion") == [("conclusion", "Một")]


def test_W136_an_item_and_what_was_concluded_of_it_are_one_row_that_says_both(office: Office) -> None:
    meeting = office.meeting("open")
    chair, member = office.sign_in("chutri"), office.sign_in("daibieu")
    first, *_ = items_of(chair, meeting)
    text = "Giao Phòng 9 hoàn thành phương án một trước ngày 30 tháng 11 năm 2026. " * 9
    chair.post(f"/api/meetings/{meeting}/items/{first}/conclusion", {"text": text, "seen": 0}).done()
    office.services.search.catch_up()
    (found,) = [each for each in looks(member, "mot")["results"] if each["ref"] == first]
    assert (found["kind"], found["title"], found["more_pages"]) == ("conclusion", [["Một", True]], 0)
    assert ["một", True] in found["excerpt"]
    assert "".join(words for words, _ in found["excerpt"]).startswith("Giao Phòng 9 hoàn thành phương án một trước")
    assert titles(member, "mot", kind="item") == [("item", "Một")]
    short = {"text": "Giao Phòng 9 trình lại trong tuần", "seen": found["version"]}
    chair.post(f"/api/meetings/{meeting}/items/{first}/conclusion", short).done()
    office.services.search.catch_up()
    (found,) = [each for each in looks(member, "mot")["results"] if each["ref"] == first]
    assert found["excerpt"] == [[short["text"], False]], (
        "the title has the word, and the conclusion is said all the same"
    )


def test_an_issued_document_is_found_by_its_number_and_no_other_one(office: Office) -> None:
    meeting = MeetingId(office.meeting("approved"))
    state = office.services.meetings.state(meeting)
    put_up = Letter("l-aaaaaaaaaaaaaaaa", "notice", "r-aaaaaaaaaaaaaaaa", state.starts_at or AT, number="7/TB-VKS")
    issued = dataclasses.replace(put_up, letter="l-bbbbbbbbbbbbbbbb", number="12/TB-VKS", issued_at=AT)
    after = dataclasses.replace(state, letters=(put_up, issued))
    (entry,) = [each for each in entries(after, meeting) if each.kind is Kind.LETTER]
    assert (entry.ref, entry.title) == (issued.letter, "Thông báo 12/TB-VKS")
    member, outsider = (office.sign_in(name).get("/api/me").done()["person"]["id"] for name in ("daibieu", "kythuat"))
    assert may_find(entry, after, Seeker(member))
    assert may_find(entry, after, Seeker(outsider, is_auditor=True))
    assert not may_find(entry, after, Seeker(outsider))


def test_results_are_limited_by_kind_time_and_type_and_come_in_portions(office: Office) -> None:
    meeting = office.meeting()
    secretary = office.sign_in("thuky")
    seq = secretary.get(f"/api/meetings/{meeting}").body["seq"]
    many = [item(f"Báo cáo {number}") for number in range(PAGE + 5)]
    secretary.put(f"/api/meetings/{meeting}/agenda", {"items": many, "expected_seq": seq}).done()
    office.services.search.catch_up()
    first = looks(secretary, "bao cao")
    rest = looks(secretary, "bao cao", offset=str(PAGE))
    assert (first["total"], len(first["results"]), len(rest["results"])) == (PAGE + 5, PAGE, 5)
    assert {each["ref"] for each in first["results"]}.isdisjoint(each["ref"] for each in rest["results"])
    assert looks(secretary, "bao cao", kind="paper")["total"] == 0
    assert looks(secretary, "bao cao", kind="item")["total"] == PAGE + 5
    assert titles(secretary, "giao ban") == [("meeting", "Họp thử (demo)")]
    assert looks(secretary, "thu", type="Giao ban")["total"] == 1
    assert looks(secretary, "thu", type="Khác")["total"] == 0
    # The meeting begins at 8:30 of the 23rd in Viet Nam.
    for limits, total in (
        ({"from": "2026-11-23", "to": "2026-11-23"}, 1),
        ({"from": "2026-11-24"}, 0),
        ({"to": "2026-11-22"}, 0),
    ):
        assert looks(secretary, "hop thu", **limits)["total"] == total


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"q": ""}, "search-empty"),
        ({}, "search-empty"),
        ({"q": "x" * 300}, "search-too-long"),
        ({"q": "họp", "kind": "person"}, "bad-request"),
        ({"q": "họp", "from": "23/11/2026"}, "bad-request"),
        ({"q": "họp", "to": "9999-12-31"}, "bad-request"),
        ({"q": "họp", "offset": "-1"}, "bad-request"),
        ({"q": "họp", "offset": "9" * 30}, "bad-request"),
    ],
)
def test_bad_questions_are_refused_in_words(office: Office, query: dict[str, str], code: str) -> None:
    reply = asks(office.sign_in("thuky"), query)
    assert (reply.status, reply.code) == (400, code)
    assert reply.body["error"]["vi"] != code


def test_nobody_looks_without_signing_in(office: Office) -> None:
    assert office.browser().get("/api/search?q=hop").status == 401


def test_M5_a_rehearsal_is_not_found(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary = office.sign_in("thuky")
    secretary.post(f"/api/meetings/{meeting}/rehearsal", {"leads": True}).done()
    office.services.search.catch_up()
    assert looks(secretary, "hop thu")["total"] == 1


def test_after_a_restart_everything_is_found_and_no_file_is_read_again(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("approved")
    published(office.sign_in("thuky"), office.sign_in("chutri"), meeting, pdfs.text_pdf(["Phương án ngân sách"]))
    office.services.search.catch_up()
    search = SearchService(replaced(office, pages=_Forbidden()))
    try:
        search.catch_up()
        (hit,) = search._index.find('"ngan sach"')  # noqa: SLF001 - what was put in, whoever may see it
        assert hit.page == 1
    finally:
        search.stop()
        office.services.close()


def test_what_is_kept_of_a_paper_is_sealed_and_bound_to_its_version(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    published(secretary, chair, meeting, pdfs.text_pdf(["Một điều bí mật nghề nghiệp"]))
    published(secretary, chair, meeting, pdfs.text_pdf(["Phương án khác"]))
    office.services.search.catch_up()
    database = office.services.database
    with database.begin() as tx:
        rows = tx.execute(select(TEXTS)).all()
        assert len(rows) == 2
        assert all("nghề nghiệp".encode() not in row.sealed + row.wrapped_key for row in rows)
        first, second = rows
        swapped = {"sealed": second.sealed, "wrapped_key": second.wrapped_key}
        tx.execute(TEXTS.update().where(TEXTS.c.paper == first.paper).values(swapped))
    found = SearchService(office.services.search._tools)  # noqa: SLF001 - another start of the same server
    found.catch_up()
    assert len(found._index.find('"nghe nghiep"')) == 1, "read again from its file"  # noqa: SLF001 - as above
    found.stop()


def test_a_paper_whose_words_cannot_be_read_is_found_by_its_title(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    paper, version = published(secretary, chair, meeting, pdfs.text_pdf(["Bản quét"]))
    file = office.services.settings.data_dir / "files" / f"{paper}.{version}.ct"
    file.write_bytes(bytes(file.stat().st_size))
    office.services.search.catch_up()
    assert titles(secretary, "bao cao") == [("paper", "Báo cáo")]
    assert titles(secretary, "ban quet") == []


def test_a_database_that_is_away_loses_nothing_of_what_waits(office: Office) -> None:
    meeting = office.meeting()
    away = _Away(office.services.meetings)
    search = SearchService(replaced(office, meetings=away))
    with pytest.raises(Unavailable):
        search.catch_up()
    away.is_away = False
    search.catch_up()
    assert [hit.entry.meeting for hit in search._index.find('"hop thu"')] == [meeting]  # noqa: SLF001 - as above
    search.stop()


def test_the_thread_follows_what_is_changed(office: Office) -> None:
    office.services.search.start()
    secretary = office.sign_in("thuky")
    secretary.post("/api/meetings", {**office.description(), "title": "Hội nghị viên chức"}).done()
    until(lambda: titles(secretary, "vien chuc") == [("meeting", "Hội nghị viên chức")], what="it is found")


def test_a_file_of_thousands_of_pages_is_read_whole(tmp_path: Path, office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    published(secretary, chair, meeting, pdfs.text_pdf(pages=1500))
    office.services.search.catch_up()
    assert looks(secretary, '"trang 1499"')["results"][0]["page"] == 1499


def test_a_state_that_was_folded_twice_is_looked_at_once(office: Office) -> None:
    """What was announced may be another folding of the same log: equal, and not the same."""
    meeting = office.meeting("approved")
    twice = _Twice(office.services.meetings)
    search = SearchService(replaced(office, meetings=twice))
    state = twice.state(meeting)
    search.announce(MeetingId(meeting), [], before=dataclasses.replace(state, title=""), after=twice.state(meeting))
    search.catch_up()
    assert twice.looks <= 5
    search.stop()


def test_M5_a_rehearsal_that_ends_takes_no_words_of_other_papers_with_it(office: Office) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    published(secretary, chair, meeting, pdfs.text_pdf(["Phương án ngân sách"]))
    office.services.search.catch_up()
    secretary.post(f"/api/meetings/{meeting}/rehearsal", {"leads": True}).done()
    assert secretary.post(f"/api/meetings/{meeting}/rehearsal/end").done()["ended"]
    with office.services.database.read() as tx:
        assert len(tx.execute(select(TEXTS)).all()) == 1


def test_a_full_disk_keeps_nobody_from_finding_and_no_file_is_read_in_circles(office: Office) -> None:
    meeting = office.meeting("approved")
    published(office.sign_in("thuky"), office.sign_in("chutri"), meeting, pdfs.text_pdf(["Phương án ngân sách"]))
    search = SearchService(replaced(office, texts=_Full(office.services.keys.master)))
    search.catch_up()
    assert len(search._index.find('"ngan sach"')) == 1  # noqa: SLF001 - as above
    search.stop()


def test_what_the_index_has_no_room_for_is_found_by_its_title(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = office.meeting("approved")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    published(secretary, chair, meeting, pdfs.text_pdf(["Phương án ngân sách"]))
    monkeypatch.setattr("server.search.service.MAX_LETTERS", 50)
    office.services.search.catch_up()
    assert titles(secretary, "bao cao") == [("paper", "Báo cáo")]
    assert titles(secretary, "ngan sach") == []


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nwhile True: sys.stdout.write('x' * 65536)",
        "import time; time.sleep(60)",
        "print('[1, 2]')",
        "print('{}')",
        "import os; os.abort()",
    ],
)
def test_a_process_that_reads_and_lies_hangs_or_dies_is_ended_and_believed_nothing(program: str) -> None:
    paper = PaperVersion(PaperId(fresh_id("p")), 1)
    document = Document(Path("không có"), 1, paper, Secret(bytes(32)))
    with pytest.raises(Unreadable):
        PaperPages(0.5, program=("-c", program)).read(document)


class _Twice:
    """Folds the log anew for everybody who asks, as a log book does that has forgotten it."""

    def __init__(self, meetings: Any) -> None:
        self._meetings = meetings
        self.looks = 0

    def known(self) -> Any:
        return self._meetings.known()

    def state(self, meeting: Any) -> Any:
        self.looks += 1
        assert self.looks < 50, "it is looked at in circles"
        found = self._meetings.state(meeting)
        papers = tuple(dataclasses.replace(each) for each in found.papers)
        return dataclasses.replace(found, papers=papers, agenda=tuple(dataclasses.replace(i) for i in found.agenda))


class _Full(SqlTexts):
    def put(self, tx: Transaction, text: SealedText) -> None:
        raise Unavailable


class _Forbidden(PaperPages):
    def read(self, document: Document) -> list[str]:
        raise AssertionError(f"{document.paper} is read again")


class _Away:
    """The meetings of a database that is away for a while."""

    def __init__(self, meetings: Any) -> None:
        self._meetings = meetings
        self.is_away = True

    def known(self) -> Any:
        return self._meetings.known()

    def state(self, meeting: Any) -> Any:
        if self.is_away:
            raise Unavailable
        return self._meetings.state(meeting)


def replaced(office: Office, **parts: Any) -> Any:
    """The search's tools, some of them others."""
    return dataclasses.replace(office.services.search._tools, **parts)  # noqa: SLF001 - as it was put together
