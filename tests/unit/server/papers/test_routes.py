"""Papers over HTTP: upload, bad uploads, decisions, publication, pages and who may see them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.app import create_app, services_of
from tests.support import pdfs
from tests.support.office import Browser, Office, Reply, fresh_id, item
from tests.support.papers import items_of, published, upload


@pytest.fixture
def office(tmp_path: Path) -> Any:
    office = Office(tmp_path, max_upload_mib=1)
    yield office
    office.services.close()


@pytest.fixture
def secretary(office: Office) -> Browser:
    return office.sign_in("thuky")


@pytest.fixture
def chair(office: Office) -> Browser:
    return office.sign_in("chutri")


def papers_of(browser: Browser, meeting: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/api/meetings/{meeting}").done()["sections"]["papers"]
    return found


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for name in ("incoming", "files") for path in (folder / name).iterdir())


def test_P2_a_paper_is_submitted_approved_and_published(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("approved")
    reply = upload(secretary, meeting, pdfs.text_pdf(["Báo cáo"], pages=3), item=items_of(secretary, meeting)[0])
    assert reply.status == 201
    assert (reply.body["version"], reply.body["pages"], reply.body["warnings"]) == (1, 3, [])
    paper = reply.body["paper"]
    assert secretary.post(f"/api/meetings/{meeting}/publish").code == "nothing-to-publish"
    chair.post(f"/api/meetings/{meeting}/papers/{paper}/approve").done()
    answer = secretary.post(f"/api/meetings/{meeting}/publish").done()
    assert answer["papers"] == [{"paper": paper, "version": 1}]
    (shown,) = papers_of(secretary, meeting)
    assert (shown["state"], shown["published_version"], shown["title"]) == ("published", 1, "Báo cáo")
    assert left_over(office.services.settings.data_dir) == [f"{paper}.1.ct"]


def test_P3_a_further_version_goes_the_same_way(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("approved")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf(pages=1))
    reply = upload(secretary, meeting, pdfs.text_pdf(pages=2), item="", paper=paper)
    assert (reply.status, reply.body["version"], reply.body["pages"]) == (201, 2, 2)
    (shown,) = papers_of(secretary, meeting)
    assert (shown["state"], shown["version"], shown["published_version"]) == ("submitted", 2, 1)


def test_P2_the_chair_returns_with_a_reason(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("submitted")
    paper = upload(secretary, meeting, pdfs.text_pdf(), item=items_of(secretary, meeting)[0]).done()["paper"]
    path = f"/api/meetings/{meeting}/papers/{paper}"
    assert chair.post(f"{path}/return", {"reason": " "}).status == 400
    chair.post(f"{path}/return", {"reason": "Thiếu phụ lục"}).done()
    (shown,) = papers_of(secretary, meeting)
    assert (shown["state"], shown["reason"]) == ("returned", "Thiếu phụ lục")
    assert chair.post(f"{path}/approve").code == "paper-wrong-state"
    assert secretary.post(f"{path}/approve").status == 403


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "paper-empty"),
        (b"PK\x03\x04 word", "paper-not-pdf"),
        (b"%PDF-1.7\n" + bytes(2000), "paper-broken"),
        (pdfs.encrypted(pdfs.text_pdf(), user="x"), "paper-encrypted"),
        (pdfs.without_pages(), "paper-empty"),
        (pdfs.text_pdf(["TỐI MẬT"]), "secrecy-mark-found"),
        (bytes(1024 * 1024 + 1), "paper-too-large"),
        (bytes(9 * 1024 * 1024), "paper-too-large"),
        (None, "paper-file-missing"),
    ],
)
def test_bad_uploads_are_refused_and_leave_nothing(
    office: Office, secretary: Browser, data: bytes | None, code: str
) -> None:
    meeting = office.meeting()
    reply = upload(secretary, meeting, data, item=items_of(secretary, meeting)[0])
    assert reply.code == code
    assert reply.body["error"]["vi"] != code, "there is a text"
    assert papers_of(secretary, meeting) == []
    assert left_over(office.services.settings.data_dir) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secrecy": ""}, "secrecy-missing"),
        ({"secrecy": "secret"}, "secrecy-refused"),
        ({"item": fresh_id("i")}, "no-such-item"),
        ({"name": "a\x00b.pdf"}, "paper-bad-name"),
        ({"title": "x" * 301}, "paper-bad-name"),
    ],
)
def test_bad_forms_are_refused(office: Office, secretary: Browser, change: dict[str, str], code: str) -> None:
    meeting = office.meeting()
    form: dict[str, Any] = {"item": items_of(secretary, meeting)[0], **change}
    assert upload(secretary, meeting, pdfs.text_pdf(), **form).code == code
    assert left_over(office.services.settings.data_dir) == []


def test_a_path_in_a_name_is_cut(office: Office, secretary: Browser) -> None:
    meeting = office.meeting()
    name = "..\\..\\Tờ trình/12.pdf"
    upload(secretary, meeting, pdfs.text_pdf(), item=items_of(secretary, meeting)[0], name=name).done()
    assert [paper["title"] for paper in papers_of(secretary, meeting)] == ["12"]


def test_P4_a_state_secret_leaves_a_stub_alone(office: Office, secretary: Browser) -> None:
    meeting = office.meeting()
    where = items_of(secretary, meeting)[0]
    upload(secretary, meeting, None, item=where, title="Về việc A", secrecy="secret").done()
    upload(secretary, meeting, None, item=where, title="Về việc B", secrecy="top_secret").done()
    assert [(paper["title"], paper["pages"]) for paper in papers_of(secretary, meeting)] == [("Về việc A", 0), ("", 0)]


def test_the_same_act_twice_is_one_paper(office: Office, secretary: Browser) -> None:
    meeting, act = office.meeting(), fresh_id("a")
    where = items_of(secretary, meeting)[0]
    data = pdfs.changed(pdfs.text_pdf(), pdfs.add_link)
    first = upload(secretary, meeting, data, item=where, act=act).done()
    again = upload(secretary, meeting, data, item=where, act=act).done()
    assert again == first
    assert len(papers_of(secretary, meeting)) == 1
    assert left_over(office.services.settings.data_dir) == [f"{first['paper']}.1.ct"]
    assert upload(secretary, meeting, pdfs.text_pdf(["Khác"]), item=where, act=act).code == "act-reused"


def test_the_same_act_twice_is_one_further_version(office: Office, secretary: Browser, chair: Browser) -> None:
    """The answer was lost on its way: the page sends the file again, under the same key."""
    meeting, act = office.meeting("approved"), fresh_id("a")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf(pages=1))
    data = pdfs.text_pdf(pages=2)
    first = upload(secretary, meeting, data, item="", paper=paper, act=act).done()
    again = upload(secretary, meeting, data, item="", paper=paper, act=act).done()
    assert again == first
    assert [shown["version"] for shown in papers_of(secretary, meeting)] == [2]
    assert left_over(office.services.settings.data_dir) == [f"{paper}.1.ct", f"{paper}.2.ct"]
    assert upload(secretary, meeting, pdfs.text_pdf(["Khác"]), item="", paper=paper, act=act).code == "act-reused"


def test_a_full_disk_keeps_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path, disk_reserve_mib=1_000_000)
    meeting, secretary = office.meeting(), office.sign_in("thuky")
    reply = upload(secretary, meeting, pdfs.text_pdf(), item=items_of(secretary, meeting)[0])
    assert (reply.status, reply.code) == (503, "disk-full")
    assert left_over(tmp_path) == []
    office.services.close()


def test_a_closed_meeting_takes_no_paper(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("open")
    where = items_of(secretary, meeting)[0]
    chair.post(f"/api/meetings/{meeting}/close").done()
    assert upload(secretary, meeting, pdfs.text_pdf(), item=where).code == "phase-not-allowed"


def test_members_and_strangers_may_not_upload(office: Office, secretary: Browser) -> None:
    meeting = office.meeting()
    where = items_of(secretary, meeting)[0]
    for name in ("daibieu", "hethong"):
        assert upload(office.sign_in(name), meeting, pdfs.text_pdf(), item=where).status == 403


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(browser: Browser, meeting: str, paper: str, **query: Any) -> Reply:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return browser.get(f"/api/meetings/{meeting}/papers/{paper}/1/pages/1?{words}")


def test_P5_members_read_what_is_published(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("approved")
    member = office.sign_in("daibieu")
    data = pdfs.text_pdf(["Báo cáo công tác đảng"], pages=2)
    made = upload(secretary, meeting, data, item=items_of(secretary, meeting)[0]).done()
    assert page(member, meeting, made["paper"]).code == "paper-unknown", "not yet"
    assert page(chair, meeting, made["paper"]).status == 200, "the chair approves what the chair has read"
    chair.post(f"/api/meetings/{meeting}/papers/{made['paper']}/approve").done()
    secretary.post(f"/api/meetings/{meeting}/publish").done()
    reply = page(member, meeting, made["paper"], width=800)
    assert reply.raw.headers["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(reply.raw.data)) as picture:
        assert (picture.format, picture.width) == ("WEBP", 800)
    base = f"/api/meetings/{meeting}/papers/{made['paper']}/1"
    words = [word[4] for word in member.get(f"{base}/text/1").done()["words"]]
    assert words == ["Báo", "cáo", "công", "tác", "đảng"]
    assert [hit["page"] for hit in member.get(f"{base}/search?q=dang").done()["hits"]] == [1]
    assert len(member.get(f"{base}/outline").done()["sizes"]) == 2


def test_M4_a_hidden_item_hides_its_papers(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("approved")
    path = f"/api/meetings/{meeting}"
    seq = secretary.get(path).body["seq"]
    hidden = {"items": [item("Ẩn", visibility="hidden")], "expected_seq": seq}
    secretary.put(f"{path}/agenda", hidden).done()
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf())
    assert page(office.sign_in("daibieu"), meeting, paper).code == "paper-unknown"
    assert page(chair, meeting, paper).status == 200


def test_P7_after_closing_members_read_nothing(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("open")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf())
    member = office.sign_in("daibieu")
    assert page(member, meeting, paper).status == 200
    chair.post(f"/api/meetings/{meeting}/close").done()
    assert page(member, meeting, paper).code == "paper-unknown"


def test_a_display_shows_the_presented_page_only(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting = office.meeting("open")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf(pages=2))
    link = office.sign_in("kythuat").post(f"/api/rooms/{office.room}/display-link").done()["url"]
    display = office.browser()
    Reply.of(display.client.post("/api/display/sign-in", json={"token": link.partition("#")[2]})).done()
    base = f"/api/meetings/{meeting}/papers/{paper}/1"
    assert display.get(f"{base}/pages/1").status == 404
    chair.post(f"/api/meetings/{meeting}/present", {"paper": paper, "page": 2}).done()
    assert display.get(f"{base}/pages/2").status == 200
    assert display.get(f"{base}/pages/1").status == 404
    assert display.get(f"{base}/text/2").status == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("pages/9", 404),
        ("pages/1?width=5", 400),
        ("pages/1?width=99999", 400),
        ("pages/1?width=x", 400),
        ("text/9", 404),
    ],
)
def test_bad_questions_about_pages(office: Office, secretary: Browser, chair: Browser, path: str, status: int) -> None:
    meeting = office.meeting("approved")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf())
    assert secretary.get(f"/api/meetings/{meeting}/papers/{paper}/1/{path}").status == status


def test_a_paper_is_read_in_its_own_meeting_only(office: Office, secretary: Browser, chair: Browser) -> None:
    meeting, other = office.meeting("approved"), office.meeting("approved")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf())
    assert page(secretary, other, paper).code == "paper-unknown"
    assert page(secretary, meeting, "p-x").status == 404
    assert secretary.get(f"/api/meetings/{meeting}/papers/{paper}/0/pages/1").status == 404
    assert secretary.get(f"/api/meetings/{meeting}/papers/{paper}/99999/pages/1").status == 404


def test_an_interrupted_upload_is_swept_at_the_next_start(office: Office, secretary: Browser, chair: Browser) -> None:
    folder = office.services.settings.data_dir
    meeting = office.meeting("approved")
    paper, _ = published(secretary, chair, meeting, pdfs.text_pdf())
    for name in ("incoming/0123.upload", f"files/{fresh_id('p')}.1.ct", f"files/.{paper}.2.ct.new", "files/x"):
        (folder / name).write_bytes(b"left by a crash")
    services_of(create_app(office.services.settings, clock=office.clock)).close()
    assert left_over(folder) == [f"{paper}.1.ct"]
