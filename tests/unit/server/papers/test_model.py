"""The rules of papers: names, secrecy marks, who may read."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest

from server.papers.errors import PaperBadName, SecrecyMissing
from server.papers.model import (
    Reader,
    check_file_name,
    chosen_secrecy,
    clean_title,
    keeps_content,
    may_read,
    secrecy_mark,
    stub_title,
    to_publish,
)
from wire.ids import PaperId
from wire.phases import Phase
from wire.state import (
    Item,
    MeetingState,
    Member,
    MemberRole,
    Paper,
    PaperState,
    Presenting,
    Secrecy,
    Visibility,
)
from wire.topics import PaperVersion

CHAIR, SECRETARY, MEMBER, GUEST, OWNER, STRANGER = (f"u-{letter * 16}" for letter in "abcdef")
ITEM, PAPER = "i-" + "a" * 16, PaperId("p-" + "a" * 16)


@pytest.mark.parametrize(
    ("title", "file_name", "wanted"),
    [
        ("Tờ trình", "x.pdf", "Tờ trình"),
        ("", "Báo cáo quý III.PDF", "Báo cáo quý III"),
        ("", "C:\\Users\\a\\Tờ trình.pdf", "Tờ trình"),
        ("", "../../etc/passwd.pdf", "passwd"),
        ("  ", unicodedata.normalize("NFD", "Biên bản.pdf"), "Biên bản"),
    ],
)
def test_titles_are_cleaned(title: str, file_name: str, wanted: str) -> None:
    assert clean_title(title, file_name=file_name) == wanted


@pytest.mark.parametrize("bad", ["", "   ", "a\x00b", "a\nb", "a\u202egpj", "x" * 301, "/", "a/"])
def test_a_name_that_cannot_be_shown_is_refused(bad: str) -> None:
    with pytest.raises(PaperBadName):
        clean_title("" if "/" in bad else bad, file_name=bad)


def test_file_names_with_control_characters_are_refused() -> None:
    check_file_name("../Báo cáo.pdf")
    for bad in ("a\r\nb.pdf", "a\x7f.pdf", "x" * 501):
        with pytest.raises(PaperBadName):
            check_file_name(bad)


def test_P4_secrecy_is_chosen_never_assumed() -> None:
    assert chosen_secrecy("internal") is Secrecy.INTERNAL
    for missing in ("", "none", "NORMAL"):
        with pytest.raises(SecrecyMissing):
            chosen_secrecy(missing)


def test_P4_state_secrets_leave_a_stub_and_top_secrets_no_subject() -> None:
    assert [level for level in Secrecy if not keeps_content(level)] == ["confidential", "secret", "top_secret"]
    assert stub_title(Secrecy.SECRET, "Về việc A") == "Về việc A"
    assert stub_title(Secrecy.TOP_SECRET, "Về việc A") == ""


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("MẬT", "MẬT"),
        ("  TỐI MẬT ", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("M Ậ T", "MẬT"),
        ("T Ố I   M Ậ T", "TỐI MẬT"),
        ("[MẬT]", "MẬT"),
        ("Độ mật: TỐI MẬT", "TỐI MẬT"),
        (unicodedata.normalize("NFD", "TUYỆT MẬT"), "TUYỆT MẬT"),
        ("BẢO VỆ BÍ MẬT NHÀ NƯỚC", None),
        ("bí mật", None),
        ("mật", None),
        ("Mật ong", None),
        ("CƠ MẬT", None),
        ("", None),
    ],
)
def test_P4_marks_are_told_from_words(line: str, mark: str | None) -> None:
    assert secrecy_mark(["VIỆN KIỂM SÁT", line, "Số: 12/BC"]) == mark


def test_P4_the_gravest_mark_counts() -> None:
    assert secrecy_mark(["MẬT", "TUYỆT MẬT", "TỐI MẬT"]) == "TUYỆT MẬT"


def state(
    *,
    paper: PaperState = PaperState.PUBLISHED,
    phase: Phase = Phase.OPEN,
    visibility: Visibility = Visibility.COMMON,
    published: int = 2,
    presenter: str | None = None,
) -> MeetingState:
    members = ((CHAIR, MemberRole.CHAIR), (SECRETARY, MemberRole.SECRETARY), (MEMBER, MemberRole.MEMBER))
    return MeetingState(
        phase=phase,
        members=tuple(Member(p, p, "", "", role) for p, role in (*members, (GUEST, MemberRole.GUEST))),
        agenda=(Item(ITEM, None, "Một", 10, visibility, presenter),),
        papers=(
            Paper(
                paper=PAPER,
                item=ITEM,
                title="A",
                secrecy=Secrecy.NORMAL,
                version=2,
                state=paper,
                pages=3,
                size_bytes=9,
                plain_sha256="",
                owner=OWNER,
                published_version=published,
            ),
        ),
        opened_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )


def reads(meeting: MeetingState, person: str, version: int = 2) -> bool:
    return may_read(meeting, PaperVersion(PAPER, version), Reader(person))


def test_P5_members_read_the_published_version_and_no_other() -> None:
    assert reads(state(), MEMBER)
    assert not reads(state(), MEMBER, version=1)
    assert not reads(state(), MEMBER, version=3)
    assert not reads(state(published=0), MEMBER)
    assert not reads(state(), STRANGER)


def test_P5_chair_secretary_and_owner_read_what_they_approve() -> None:
    for person in (CHAIR, SECRETARY, OWNER):
        assert reads(state(paper=PaperState.SUBMITTED, published=0), person, version=1)
    assert may_read(state(published=0), PaperVersion(PAPER, 1), Reader(STRANGER, is_secretary=True))


def test_M4_items_decide_who_reads() -> None:
    assert not reads(state(visibility=Visibility.INTERNAL), GUEST)
    assert reads(state(visibility=Visibility.INTERNAL), MEMBER)
    assert not reads(state(visibility=Visibility.HIDDEN), MEMBER)
    assert reads(state(visibility=Visibility.HIDDEN, presenter=GUEST), GUEST)
    assert reads(state(visibility=Visibility.HIDDEN), CHAIR)


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.CLOSED, Phase.LOCKED, Phase.CANCELLED])
def test_P7_members_read_nothing_outside_the_meeting(phase: Phase) -> None:
    assert not reads(state(phase=phase), MEMBER)


def test_P5_a_display_shows_the_presented_page_only() -> None:
    shown = Presenting(paper=PAPER, version=2, page=2, person=CHAIR)
    meeting = MeetingState(papers=state().papers, presenting=shown)
    display = Reader(None)
    version = PaperVersion(PAPER, 2)
    assert may_read(meeting, version, display, page=2)
    assert not may_read(meeting, version, display, page=1)
    assert not may_read(meeting, PaperVersion(PAPER, 1), display, page=2)
    assert not may_read(state(), version, display, page=2)
    assert not may_read(meeting, version, display)


def test_P2_approved_papers_are_published_once() -> None:
    assert [p.paper for p in to_publish(state(paper=PaperState.APPROVED, published=1))] == [PAPER]
    assert to_publish(state(paper=PaperState.PUBLISHED)) == []
    assert to_publish(state(paper=PaperState.SUBMITTED, published=0)) == []
    assert to_publish(state(paper=PaperState.APPROVED, published=2)) == []
