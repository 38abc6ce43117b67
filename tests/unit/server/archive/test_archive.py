"""Dossiers of the house: made up, kept for a time, listed, handed over; what archives want in them (D1–D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.archive.model import ends_on
from server.archive.store import SqlArchiveStore
from server.dossier import metadata, openings
from server.dossier.anchors import Anchors
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import CONTENTS, INDEX, METADATA, OPENINGS, RECORD
from server.dossier.reading import open_archive
from server.dossier.verifying import verify_events, verify_files
from server.identity.model import Role
from server.readings.model import How, Row
from server.settings import BadSettings, Settings
from server.verify import read_log
from tests.support.office import Browser, Office, Reply
from wire.fold import fold
from wire.ids import PaperId
from wire.topics import PaperVersion

AGENCY = {"parent": "", "name": "Viện kiểm sát nhân dân\ntỉnh A", "short": "VKSTA", "place": "Hà Nội"}
#: An account that nobody uses for a year is disabled in other tests.
PERIODS: dict[str, Any] = {
    "retention_years": 20,
    "retention_by_type": (("giao ban", 5), ("Họp Ủy ban", 0)),
    "disable_after_days": 3650,
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path, **PERIODS)
    found.people["vanthu"] = found.add("vanthu", frozenset({Role.CLERK}))
    found.sign_in("hethong").put("/api/agency", AGENCY).done()
    yield found
    found.services.close()


def over(office: Office, *, locked: bool = True) -> str:
    """A meeting that is over."""
    meeting, chair = office.meeting("open"), office.sign_in("chutri")
    chair.post(f"/api/meetings/{meeting}/close").done()
    if locked:
        chair.post(f"/api/meetings/{meeting}/lock", {"reason": "Xong (demo)"}).done()
    return meeting


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as found:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in found)


def board(browser: Browser) -> dict[str, Any]:
    return browser.get("/api/archive").done()


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.integers(1, 70))
def test_D4_a_period_is_counted_from_the_year_of_the_close_to_the_end_of_a_year(closed: dt.date, years: int) -> None:
    last = ends_on(closed, years=years)
    assert last == dt.date(closed.year + years, 12, 31)
    assert ends_on(closed, years=None) is None


def test_D4_the_house_says_for_how_long_a_type_is_kept(tmp_path: Path) -> None:
    asked = {"PHONGHOP_DATA_DIR": str(tmp_path), "PHONGHOP_RETENTION_BY_TYPE": "Giao ban=5; Họp Ủy ban=0"}
    found = Settings.load(asked)
    assert [found.retention(each) for each in ("giao ban", "Họp Ủy ban", "Khác")] == [5, None, 20]
    for wrong in ("Giao ban=71", "=5", "Giao ban=x"):
        with pytest.raises(BadSettings):
            Settings.load({**asked, "PHONGHOP_RETENTION_BY_TYPE": wrong})


def test_D4_D5_it_is_made_up_after_the_close_with_a_period_that_changes_with_a_reason_only(office: Office) -> None:
    secretary, live = office.sign_in("thuky"), office.meeting("open")
    assert secretary.post(f"/api/meetings/{live}/archive", {"years": 5}).code == "archive-too-early"
    office.sign_in("chutri").post(f"/api/meetings/{live}/close").done()
    meeting = live
    (waits,) = board(secretary)["waiting"]
    assert (waits["meeting"], waits["default"]) == (meeting, 5)
    path, act = f"/api/meetings/{meeting}/archive", "a-" + "c" * 16
    made = [secretary.post(path, {"years": 5}, act=act).done() for _ in range(2)]
    assert made[0] == made[1], "the same act is one dossier"
    assert (made[0]["notation"], made[0]["ends_on"], made[0]["due"]) == ("01/2026", "2031-12-31", False)
    assert secretary.post(path, {"years": 9}).code == "archive-made"
    assert secretary.put(path, {"years": None, "reason": " ", "revision": 1}).code == "archive-reason-missing"
    told = secretary.put(path, {"years": None, "reason": "Vụ việc lớn", "revision": 1}).done()
    assert (told["years"], told["ends_on"], told["reason"]) == (None, None, "Vụ việc lớn")
    late = secretary.put(path, {"years": 3, "reason": "Khác", "revision": 1})
    assert (late.code, late.data["years"], late.data["reason"]) == ("archive-changed", None, "Vụ việc lớn")
    (entry,) = office.services.audit.newest("retention_changed", limit=5)
    assert (entry.data["before"], entry.data["kept"], entry.data["reason"]) == ("5 năm", "Vĩnh viễn", "Vụ việc lớn")
    for years in (0, 71, "5"):
        assert secretary.put(path, {"years": years, "reason": "x", "revision": 2}).status == 400


def test_D5_what_is_due_is_shown_and_nothing_is_deleted(office: Office) -> None:
    secretary, meeting = office.sign_in("thuky"), over(office)
    secretary.post(f"/api/meetings/{meeting}/archive", {"years": 1}).done()
    office.clock.moment = dt.datetime(2027, 12, 31, 16, 59, tzinfo=dt.UTC)
    assert [each["due"] for each in board(office.sign_in("vanthu"))["dossiers"]] == [False], "the last evening"
    office.clock.advance(minutes=1)
    assert [each["due"] for each in board(office.sign_in("vanthu"))["dossiers"]] == [True]
    assert office.services.meetings.state(meeting).title == "Họp thử (demo)"  # type: ignore[arg-type]


def test_D6_D7_locked_dossiers_go_to_the_archive_once_and_then_keep_their_period(office: Office) -> None:
    secretary, clerk = office.sign_in("thuky"), office.sign_in("vanthu")
    one, other, closed = over(office), over(office), over(office, locked=False)
    for meeting, years in ((one, 5), (other, None), (closed, 5)):
        secretary.post(f"/api/meetings/{meeting}/archive", {"years": years}).done()
    span = {"since": "2026-01-01", "until": "2026-12-31"}
    lists = "/api/archive/transfers"
    assert clerk.post(lists, {**span, "meetings": []}).code == "archive-transfer-empty"
    assert clerk.post(lists, {**span, "meetings": [closed]}).code == "archive-open"
    before = {"since": "2025-01-01", "until": "2025-12-31"}
    assert clerk.post(lists, {**before, "meetings": [one]}).code == "archive-outside"
    assert secretary.post(lists, {**span, "meetings": [one, other]}).done() == {"transfer": 1}
    assert clerk.post(lists, {**span, "meetings": [one]}).data == {"notation": "01/2026", "transfer": 1}
    pdf = clerk.get(f"{lists}/1/list.pdf").raw.data
    text = words(pdf)
    for said in ("BIÊN BẢN", "Giao nhận hồ sơ", "01/2026", "02/2026", "5 năm", "Vĩnh viễn", "02 hồ sơ"):
        assert said in text, said
    assert "03/2026" not in text
    assert "Phụ lục I" not in text, "one appendix has no number (NĐ 30/2020, Phụ lục I)"
    taken = {"receiver": "Lê Thị Lưu (demo)", "position": "Lưu trữ cơ quan", "on": "2026-12-30"}
    done = clerk.post(f"{lists}/1/handed", taken).done()
    assert (done["state"], done["receiver"], done["done_by"]) == ("done", taken["receiver"], "vanthu (demo)")
    assert clerk.post(f"{lists}/1/handed", taken).code == "archive-transfer-done"
    assert "thuky" not in words(clerk.get(f"{lists}/1/list.pdf").raw.data), "who hands over is named and signs"
    late = secretary.put(f"/api/meetings/{one}/archive", {"years": 9, "reason": "x", "revision": 2})
    assert (late.code, late.data["receiver"]) == ("archive-transfer-done", taken["receiver"])
    assert clerk.post(f"{lists}/7/handed", taken).code == "archive-transfer-unknown"
    assert [each.data["transfer"] for each in office.services.audit.newest("archive_handed", limit=3)] == [1]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """The dossier of a meeting that was made up, as an auditor takes it with a reason."""
    office = Office(tmp_path_factory.mktemp("archive"), **PERIODS)
    office.sign_in("hethong").put("/api/agency", AGENCY).done()
    meeting = over(office)
    office.sign_in("thuky").post(f"/api/meetings/{meeting}/archive", {"years": 5}).done()
    taken = office.sign_in("kiemtoan").get(f"/api/meetings/{meeting}/dossier?reason=Xem+x%C3%A9t")
    assert [each.data["reason"] for each in office.services.audit.newest("readings_read", limit=5)] == ["Xem xét"]
    yield open_archive(taken.raw.data)
    office.services.close()


def test_D1_D2_a_dossier_has_its_index_to_read_and_its_metadata_for_archives(taken: dict[str, bytes]) -> None:
    text = words(taken[CONTENTS])
    for said in ("MỤC LỤC VĂN BẢN", "Họp thử", "01/2026", "5 năm", "Nhật ký cuộc họp", "events.json"):
        assert said in text, said
    root = ET.fromstring(taken[METADATA])  # noqa: S314 - our own file
    assert root.findtext("Maintenance") == "5 năm"
    assert (root.findtext("StartDate"), root.findtext("EndDate")) == ("2026-11-23", "2026-11-23")
    assert (root.findtext("FileCode/FileCatalog"), root.findtext("FileCode/FileNotation")) == ("2026", "01/2026")
    assert root.findtext("DocTotal") == str(len(root.findall("Documents/Document")))
    found = Findings()
    events = read_log(taken["events.json"]).events
    metadata.check(taken, events, found)
    openings.check(taken, events, found)
    assert found.codes == [("right", "metadata"), ("right", "openings-rows")]
    assert "Các bước kiểm chứng" in taken["README.txt"].decode()


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("<Title>Họp thử", "<Title>Họp khác", "Title"),
        ("<EndDate>2026", "<EndDate>2027", "EndDate"),
        ("<DocTotal>1", "<DocTotal>2", "DocTotal"),
        ("<PageTotal>0", "<PageTotal>9", "PageTotal"),
        ("<SHA256>", "<SHA256>0", "Document 1"),
    ],
)
def test_D2_metadata_that_say_something_else_are_named(taken: dict[str, bytes], old: str, new: str, where: str) -> None:
    told = taken[METADATA].decode()
    assert old in told
    found = Findings()
    metadata.check({**taken, METADATA: told.replace(old, new).encode()}, read_log(taken["events.json"]).events, found)
    assert [(each.code, each.data["where"]) for each in found.all] == [("metadata-differs", where)]


def test_D3_openings_hang_together_and_one_that_was_changed_is_named(taken: dict[str, bytes]) -> None:
    events, paper = read_log(taken["events.json"]).events, PaperVersion(PaperId("p-" + "a" * 16), 1)
    at = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
    rows = [Row("u-" + "a" * 16, paper, page, how, "console", at) for page, how in ((0, How.OPENED), (1, How.FRONT))]
    told = openings.encoded(fold(events), {}, rows)
    changes = ((b"", b"", ("right", "openings-rows")), (b'"page":1', b'"page":2', ("wrong", "openings-differ")))
    for old, new, expected in changes:
        found = Findings()
        openings.check({OPENINGS: told.replace(old, new) if old else told}, events, found)
        assert found.codes == [expected]


def test_D2_no_entity_is_read(taken: dict[str, bytes]) -> None:
    evil = b'<!DOCTYPE HoSo [<!ENTITY a "x">]><HoSo><Title>&a;</Title></HoSo>'
    found = Findings()
    metadata.check({**taken, METADATA: evil}, read_log(taken["events.json"]).events, found)
    assert found.codes == [("wrong", "metadata-unreadable")]


@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_G49_a_changed_byte_in_any_file_of_a_whole_dossier_is_named(
    taken: dict[str, bytes], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(taken)))
    at = data.draw(st.integers(0, len(taken[name]) - 1))
    changed = bytearray(taken[name])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    found = Findings()
    files = {**taken, name: bytes(changed)}
    index = verify_files(files, found)
    if name in {INDEX, RECORD}:
        # The record's signature holds these two: its part of the check looks at them.
        verify_events(files, index, checking=Checking(Anchors(), dt.datetime.now(dt.UTC)), found=found)
        assert found.first_wrong is not None, f"{name} {at}"
        return
    wrong = found.first_wrong
    assert wrong is not None
    assert (wrong.code, wrong.data["path"]) == ("file-changed", name)


def test_D9_a_list_made_wrongly_is_taken_back_with_a_reason_and_its_dossiers_are_free(office: Office) -> None:
    secretary, clerk = office.sign_in("thuky"), office.sign_in("vanthu")
    one, other = over(office), over(office)
    for meeting, years in ((one, 5), (other, None)):
        secretary.post(f"/api/meetings/{meeting}/archive", {"years": years}).done()
    lists, span = "/api/archive/transfers", {"since": "2026-01-01", "until": "2026-12-31"}
    clerk.post(lists, {**span, "meetings": [one, other]}).done()
    assert clerk.post(f"{lists}/1/back", {"reason": "  ", "seen": "listed"}).code == "archive-back-reason-missing"
    assert clerk.post(f"{lists}/7/back", {"reason": "x", "seen": "listed"}).code == "archive-transfer-unknown"
    act = "a-" + "d" * 16
    told = [
        clerk.post(f"{lists}/1/back", {"reason": "Nhầm thời kỳ", "seen": "listed"}, act=act).done() for _ in range(2)
    ]
    assert told[0] == told[1]
    assert (told[0]["state"], told[0]["back_by"], told[0]["dossiers"]) == ("back", "vanthu (demo)", 2)
    (entry,) = office.services.audit.newest("archive_taken_back", limit=5)
    assert (entry.data["reason"], entry.data["meetings"]) == ("Nhầm thời kỳ", sorted([one, other]))
    again = secretary.post(f"{lists}/1/back", {"reason": "Khác", "seen": "listed"})
    assert (again.code, again.data) == ("archive-transfer-back", {"by": "vanthu (demo)", "reason": "Nhầm thời kỳ"})
    taken = {"receiver": "Lê Thị Lưu (demo)", "on": "2026-12-30"}
    assert clerk.post(f"{lists}/1/handed", taken).code == "archive-transfer-back"
    # Free again: another list takes them, and what is decided meanwhile is no part of the old one.
    secretary.put(f"/api/meetings/{one}/archive", {"years": 9, "reason": "x", "revision": 3}).done()
    assert secretary.post(lists, {**span, "meetings": [one]}).done() == {"transfer": 2}
    assert [(each["transfer"], each["dossiers"]) for each in board(clerk)["transfers"]] == [(2, 1), (1, 2)]
    old, new = (words(clerk.get(f"{lists}/{number}/list.pdf").raw.data) for number in (1, 2))
    for said in ("ĐÃ RÚT LẠI ngày 23/11/2026", "Nhầm thời kỳ", "01/2026", "02/2026", "5 năm", "02 hồ sơ"):
        assert said in old, said
    assert "9 năm" not in old
    assert ("9 năm" in new, "ĐÃ RÚT LẠI" in new) == (True, False)


def test_D9_a_list_noted_as_handed_over_by_mistake_is_taken_back_on_record_and_handed_over_anew(office: Office) -> None:
    clerk, secretary, meeting = office.sign_in("vanthu"), office.sign_in("thuky"), over(office)
    secretary.post(f"/api/meetings/{meeting}/archive", {"years": 5}).done()
    lists, span = "/api/archive/transfers", {"since": "2026-01-01", "until": "2026-12-31", "meetings": [meeting]}
    taken = {"receiver": "Lê Thị Lưu (demo)", "on": "2026-12-30"}
    clerk.post(lists, span).done()
    clerk.post(f"{lists}/1/handed", taken).done()
    # From a page that is older than the note: whoever has not read whom it was noted for is told of it first.
    older = secretary.post(f"{lists}/1/back", {"reason": "Bấm nhầm dòng", "seen": "listed"})
    told = {"receiver": taken["receiver"], "by": "vanthu (demo)"}
    assert (older.status, older.code, older.data) == (409, "archive-transfer-moved", told)
    assert [each["state"] for each in board(clerk)["transfers"]] == ["done"]
    back = clerk.post(f"{lists}/1/back", {"reason": "Bấm nhầm dòng", "seen": "done"}).done()
    assert (back["state"], back["receiver"], back["dossiers"]) == ("back", taken["receiver"], 1)
    (entry,) = office.services.audit.newest("archive_taken_back", limit=5)
    assert {"receiver": taken["receiver"], "on": taken["on"], "reason": "Bấm nhầm dòng"}.items() <= entry.data.items()
    printed = words(clerk.get(f"{lists}/1/list.pdf").raw.data)
    assert "Đã từng ghi là giao cho Lê Thị Lưu ngày 30/12/2026: việc ghi đó không còn giá trị." in printed
    assert clerk.post(f"{lists}/1/handed", taken).code == "archive-transfer-back"
    # The period is the house's again, and another list hands the dossier over.
    secretary.put(f"/api/meetings/{meeting}/archive", {"years": 9, "reason": "x", "revision": 3}).done()
    clerk.post(lists, span).done()
    assert clerk.post(f"{lists}/2/handed", taken).done()["state"] == "done"


def test_D9_who_changes_a_list_or_its_dossiers_holds_the_tables_before_a_row(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretary, clerk = office.sign_in("thuky"), office.sign_in("vanthu")
    meeting = over(office)
    secretary.post(f"/api/meetings/{meeting}/archive", {"years": 5}).done()
    lists, span = "/api/archive/transfers", {"since": "2026-01-01", "until": "2026-12-31", "meetings": [meeting]}
    clerk.post(lists, span).done()
    order: list[str] = []
    for name in ("hold", "transfer"):
        plain = getattr(SqlArchiveStore, name)

        def seen(*args: Any, name: str = name, plain: Any = plain) -> Any:
            order.append(name)
            return plain(*args)

        monkeypatch.setattr(SqlArchiveStore, name, seen)

    def held_first(reply: Reply) -> bool:
        reply.done()
        first, order[:] = order[:1], []
        return first == ["hold"]

    change = {"years": 9, "reason": "x", "revision": 2}
    assert held_first(secretary.put(f"/api/meetings/{meeting}/archive", change))
    assert held_first(clerk.post(f"{lists}/1/back", {"reason": "Nhầm", "seen": "listed"}))
    clerk.post(lists, span).done()
    order.clear()
    assert held_first(clerk.post(f"{lists}/2/handed", {"receiver": "Lê Thị Lưu (demo)", "on": "2026-12-30"}))
