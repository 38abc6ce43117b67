"""Who has opened which paper, through the server: consoles, seats, counts, reminders, record (P5, W127–W129, L3)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from server.audit.store import EVENTS
from server.meetings.model import Draft
from server.meetings.ports import Outcome
from server.papers.ports import StoredVersion
from server.readings.store import ROWS
from tests.support import pdfs
from tests.support.office import PASSWORD, Browser, Office, Reply, fresh_id
from tests.support.papers import items_of, published
from wire.fields import print_instant
from wire.ids import MeetingId, PaperId
from wire.messages import Act, Head
from wire.readings import KIND
from wire.rehearsal import Rehearsal
from wire.topics import PaperVersion

_ABOUT = {
    "title": "Báo cáo", "secrecy": "normal", "pages": 3, "size_bytes": 100, "plain_sha256": "0" * 64, "signed": False,
}  # fmt: skip
#: The office's clock begins at 8:00 in Viet Nam.
MINUTE = "2026-11-23T01:00:00.000Z"


class Play:
    """A meeting that is approved, with a paper of three pages that is out: chair, a member, a guest, a secretary."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.secretary, self.chair = self.office.sign_in("thuky"), self.office.sign_in("chutri")
        self.member = self.office.sign_in("daibieu")
        self.meeting = self.office.meeting("approved")
        self.path = f"/api/meetings/{self.meeting}"
        self.items = items_of(self.secretary, self.meeting)
        self.paper = fresh_id("p")
        self.out(self.paper, 1)

    def out(self, paper: str, version: int, *, steps: int = 3) -> None:
        """A version of three pages is submitted, approved, published; its file is only talked of."""
        services, now, meeting = self.office.services, self.office.clock.now(), MeetingId(self.meeting)
        named = {"paper": paper, "version": version}
        with services.database.begin() as tx:
            key = PaperVersion(PaperId(paper), version)
            services.paper_store.add(tx, StoredVersion(key, meeting, 100, 3, b"{}", "0" * 64, b"key", now))
        drafts = [
            Draft("paper_submitted", named | {"item": self.items[0], **_ABOUT, "owner": self.office.people["thuky"]}),
            Draft("paper_approved", {"paper": paper}),
            Draft("paper_published", named | {"manifest_sha256": "0" * 64}),
        ]
        services.meetings.change(meeting, actor="system", now=now, decide=lambda _log: drafts[:steps])

    def read(self, who: str = "daibieu", page: int = 1, *, version: int = 1, meeting: str = "") -> None:
        """As the routes of papers say it when they hand something out."""
        office, where = self.office, MeetingId(meeting or self.meeting)
        state = office.services.meetings.state(where)
        paper = PaperVersion(PaperId(state.papers[0].paper), version)
        office.services.reading.read(state, where, paper, person=office.people[who], page=page, now=office.clock.now())

    def page(self, number: int = 1, who: Browser | None = None, *, width: int = 800, version: int = 1) -> Reply:
        return (who or self.member).get(f"{self.path}/papers/{self.paper}/{version}/pages/{number}?width={width}")

    def words(self, number: int = 1, who: Browser | None = None) -> Reply:
        return (who or self.member).get(f"{self.path}/papers/{self.paper}/1/text/{number}")

    def board(self, who: Browser | None = None) -> dict[str, Any]:
        return (who or self.secretary).get(f"{self.path}/readings").done()

    def line(self) -> tuple[int, int, list[str]]:
        """Opened, of how many, and the accounts of who has not."""
        (line,) = self.board()["papers"]
        names = {person: name for name, person in self.office.people.items()}
        return line["opened"], line["of"], [names[each["person"]] for each in line["unread"]]

    def remind(self, *people: str, who: Browser | None = None, act: str | None = None) -> Reply:
        body = {"people": [self.office.people[name] for name in people]} if people else {}
        return (who or self.secretary).post(f"{self.path}/readings/{self.paper}/remind", body, act=act)

    def rows(self) -> list[tuple[int, str, str, str]]:
        """Page, how, place and moment, in the order in which they came."""
        self.write()
        with self.office.services.database.read() as tx:
            found = tx.execute(select(ROWS).where(ROWS.c.meeting == self.meeting).order_by(ROWS.c.number))
            return [(row.page, row.how, row.place, print_instant(row.at)) for row in found]

    def write(self) -> None:
        self._chore("what was read")

    def keep(self) -> None:
        self.write()
        self._chore("the hash of what was read")

    def look(self, who: str = "kiemtoan", **more: Any) -> Reply:
        return self.office.sign_in(who).post(f"{self.path}/readings/look", {"reason": "Lộ trang 2 (demo)"} | more)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        return [each.data for each in self.office.services.audit.newest(kind, limit=10)]

    def _chore(self, name: str) -> None:
        (chore,) = [each for each in self.office.services.chores._due_s if each.name == name]  # noqa: SLF001
        chore.do()


class Seat:
    """A terminal at the member's seat, where they sit."""

    def __init__(self, play: Play, *, sits: bool = True) -> None:
        self.play, self.device = play, fresh_id("d")
        self.person = play.office.people["daibieu"]
        if sits:
            done = self.send("sign_in", {"person": self.person, "password": PASSWORD}, person=None)
            assert done.outcome == "done"

    def send(self, kind: str, data: dict[str, Any], *, person: str | None = "") -> Outcome:
        office = self.play.office
        now, who = office.clock.now(), self.person if person == "" else person
        act = Act(Head(self.device, b"\0" * 16, 1, now), fresh_id("a"), self.play.meeting, kind, who, now, data)
        return office.services.acts.perform(act, device=self.device, seat=office.seats[1], now=now)

    def tell(self, *pages: int, opened: bool = True, at: str = MINUTE, version: int = 1, **more: Any) -> Outcome:
        told = {"paper": self.play.paper, "version": version, "opened": [at] if opened else []}
        return self.send(KIND, {"papers": [told | {"pages": [{"page": page, "at": at} for page in pages]} | more]})


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    found = Play(tmp_path)
    yield found
    found.office.services.close()


def test_W128_what_a_console_is_handed_is_kept_once_and_only_what_is_shown(tmp_path: Path) -> None:
    """Pictures are handed out, words say what lies in front, thumbnails and refusals are nothing."""
    play = Play(tmp_path)
    item = play.items[0]
    play.paper, _ = published(play.secretary, play.chair, play.meeting, pdfs.text_pdf(["Báo cáo"], pages=3), item=item)
    play.office.clock.advance(seconds=75)
    assert [play.page(4).status, play.words(9).status, play.page(1, play.office.sign_in("kiemtoan")).status] == [
        404,
        404,
        403,
    ]
    assert play.rows() == []
    assert [play.page(1).status, play.words(1).status, play.page(2).status, play.page(3, width=160).status] == [200] * 4
    for seconds in (20, 400, 700):
        play.office.clock.advance(seconds=seconds)
        play.words(1)
    assert play.rows() == [
        (0, "opened", "console", "2026-11-23T01:01:15.000Z"),
        (0, "opened", "console", "2026-11-23T01:19:55.000Z"),
        (1, "sent", "console", "2026-11-23T01:01:00.000Z"),
        (1, "front", "console", "2026-11-23T01:01:00.000Z"),
        (2, "sent", "console", "2026-11-23T01:01:00.000Z"),
    ]
    play.office.services.close()


def test_P5_who_has_not_opened_a_paper_is_named_and_nothing_else_is_said_of_anybody(play: Play) -> None:
    assert play.line() == (0, 3, ["chutri", "daibieu", "khach"])
    play.read()
    play.read("chutri")
    assert play.line() == (2, 3, ["khach"])
    (unread,) = play.board()["papers"][0]["unread"]
    # Neither when, nor where, nor how often, nor which pages of anybody.
    assert set(unread) == {"person", "name", "position", "older", "reminders", "reminded_at"}


def test_P5_a_new_version_counts_anew_and_older_readers_are_shown_as_such(play: Play) -> None:
    play.read()
    play.out(play.paper, 2, steps=2)
    assert play.line() == (1, 3, ["chutri", "khach"])
    play.out(play.paper, 3)
    assert play.line() == (0, 3, ["chutri", "daibieu", "khach"])
    older = {each["person"]: each["older"] for each in play.board()["papers"][0]["unread"]}
    assert older[play.office.people["daibieu"]] is True
    assert older[play.office.people["khach"]] is False
    play.read(version=3)
    assert play.line() == (1, 3, ["chutri", "khach"])


def test_M4_who_has_to_leave_the_item_is_not_waited_for(play: Play) -> None:
    item = play.items[0]
    play.chair.post(
        f"{play.path}/attendance/recusals",
        {"item": item, "person": play.office.people["daibieu"], "reason": "Liên quan"},
    ).done()
    assert play.line() == (0, 2, ["chutri", "khach"])


def test_P5_only_who_prepares_or_leads_sees_the_counts_and_nobody_less_sees_more(play: Play) -> None:
    for who in ("daibieu", "kythuat", "hethong", "kiemtoan"):
        assert play.office.sign_in(who).get(f"{play.path}/readings").status == 403
    for name in ("thuky", "chutri", "daibieu", "kythuat", "hethong", "anninh"):
        assert play.look(name).status == 403
    assert play.board(play.chair)["may"] is True


def test_P5_a_reminder_stands_on_the_first_page_until_the_paper_is_opened(play: Play) -> None:
    play.read("chutri")
    act = fresh_id("a")
    told = play.remind(act=act).done()["reminded"]
    assert told == [play.office.people["daibieu"], play.office.people["khach"]]
    assert play.remind(act=act).done()["reminded"] == told
    (waiting,) = play.member.get("/api/readings/waiting").done()["papers"]
    assert (waiting["title"], waiting["paper"], waiting["reminders"]) == ("Họp thử (demo)", play.paper, 1)
    assert play.chair.get("/api/readings/waiting").done()["papers"] == []
    assert [each["reminders"] for each in play.board()["papers"][0]["unread"]] == [1, 1]
    (entry,) = play.entries("paper_reminded")
    assert entry["people"] == told
    play.read()
    assert play.member.get("/api/readings/waiting").done()["papers"] == []
    assert play.remind("daibieu").code == "readings-nobody"
    assert play.remind("khach", who=play.chair).status == 200
    assert play.remind(who=play.member).status == 403


def test_P5_a_reminder_goes_with_the_meeting_and_nobody_is_reminded_after_it(play: Play) -> None:
    play.remind("khach").done()
    guest = play.office.sign_in("khach")
    assert guest.get("/api/readings/waiting").done()["papers"]
    play.secretary.post(f"{play.path}/cancel", {"reason": "Hoãn"}).done()
    assert guest.get("/api/readings/waiting").done()["papers"] == []
    assert play.remind("khach").status == 409


def test_W127_what_a_seat_tells_counts_like_a_console_and_twice_is_once(play: Play) -> None:
    seat = Seat(play)
    assert seat.tell(1, 2) == Outcome("done", data={"kept": 3, "refused": 0})
    assert seat.tell(1, 2) == Outcome("done", data={"kept": 0, "refused": 0})
    assert play.line() == (1, 3, ["chutri", "khach"])
    assert [(page, how) for page, how, _, _ in play.rows()] == [(0, "opened"), (1, "front"), (2, "front")]
    assert {place for _, _, place, _ in play.rows()} == {seat.device}


def test_W127_what_is_finer_doubled_empty_or_strange_is_refused(play: Play) -> None:
    seat = Seat(play)
    assert seat.tell(1, at="2026-11-23T01:00:30.000Z", opened=False).code == "bad-field"
    assert seat.tell(at="2026-11-23T01:00:30.500Z").code == "bad-field"
    assert seat.tell(1, 1).code == "bad-field"
    assert seat.tell(opened=False).code == "bad-field"
    assert seat.tell(note="ghi chú").code == "bad-field"
    assert seat.send(KIND, {"papers": []}, person=None).code == "not-signed-in-here"
    assert play.rows() == []


def test_W129_what_cannot_be_true_is_refused_counted_and_named_to_it_and_the_rest_is_kept(play: Play) -> None:
    seat = Seat(play)
    assert seat.tell(1, 7) == Outcome("done", data={"kept": 2, "refused": 1})
    late = print_instant(play.office.clock.now() + dt.timedelta(hours=1))
    early = print_instant(play.office.clock.now() - dt.timedelta(days=1))
    for wrong, why in (
        ({"at": late}, "time"),
        ({"at": early}, "time"),
        ({"version": 2}, "paper"),
        ({"paper": fresh_id("p")}, "paper"),
    ):
        refused = seat.tell(**wrong)
        assert (refused.outcome, refused.code, refused.data) == ("refused", "readings-refused", {"why": {why: 1}})
    draft = fresh_id("p")
    play.out(draft, 1, steps=1)
    assert seat.tell(paper=draft).code == "readings-refused"
    play.write()
    found = play.office.sign_in("kythuat").get("/api/readings/refused").done()["refused"]
    assert {(each["device"], each["why"], each["count"]) for each in found} == {
        (seat.device, "page", 1), (seat.device, "time", 2), (seat.device, "paper", 3),
    }  # fmt: skip
    assert len(play.rows()) == 2
    assert play.office.sign_in("thuky").get("/api/readings/refused").status == 403
    play.office.clock.advance(days=31)
    assert play.office.sign_in("kythuat").get("/api/readings/refused").done()["refused"] == []


def test_W129_a_seat_speaks_for_nobody_who_never_sat_there(play: Play) -> None:
    stranger = Seat(play, sits=False)
    assert stranger.tell(1).code == "readings-foreign"
    seat = Seat(play)
    assert seat.send(KIND, {"papers": []}, person=play.office.people["khach"]).outcome == "refused"
    told = {"papers": [{"paper": play.paper, "version": 1, "opened": [MINUTE], "pages": []}]}
    assert seat.send(KIND, told, person=play.office.people["khach"]).code == "readings-foreign"


def test_W129_what_was_read_before_is_taken_after_the_person_left_and_after_the_recall(play: Play) -> None:
    seat = Seat(play)
    play.chair.post(f"{play.path}/open").done()
    assert seat.send("sign_out", {}).outcome == "done"
    play.office.clock.advance(minutes=5)
    assert seat.tell(1).outcome == "done"
    play.chair.post(f"{play.path}/close").done()
    assert seat.tell(2, opened=False) == Outcome("done", data={"kept": 1, "refused": 0})


def test_W129_judged_is_the_moment_that_is_told_of(play: Play) -> None:
    seat = Seat(play)
    play.office.clock.advance(minutes=10)
    item = play.items[0]
    play.chair.post(
        f"{play.path}/attendance/recusals", {"item": item, "person": seat.person, "reason": "Liên quan"}
    ).done()
    play.office.clock.advance(minutes=10)
    assert seat.tell(1).data == {"kept": 2, "refused": 0}
    assert seat.tell(2, at="2026-11-23T01:15:00.000Z").data == {"why": {"paper": 2}}


def test_W129_all_papers_of_an_item_that_was_closed_since_were_open_when_they_were_read(play: Play) -> None:
    papers = [play.paper, *(fresh_id("p") for _ in range(4))]
    for paper in papers[1:]:
        play.out(paper, 1)
    seat = Seat(play)
    play.office.clock.advance(minutes=10)
    about = {"item": play.items[0], "person": seat.person, "reason": "Liên quan"}
    play.chair.post(f"{play.path}/attendance/recusals", about).done()
    play.office.clock.advance(minutes=10)
    told = [{"paper": paper, "version": 1, "opened": [MINUTE], "pages": []} for paper in papers]
    # One of them is told of a moment at which it was closed.
    told[1]["opened"] = ["2026-11-23T01:15:00.000Z"]
    assert seat.send(KIND, {"papers": told}).data == {"kept": 4, "refused": 1}


def test_W129_a_flood_is_not_listened_to(play: Play) -> None:
    seat = Seat(play)
    codes = [seat.tell(1).code for _ in range(31)]
    assert codes == [""] * 30 + ["readings-flood"]
    play.office.clock.advance(seconds=61)
    assert seat.tell(1).code == ""
    play.write()
    (found,) = play.office.sign_in("kythuat").get("/api/readings/refused").done()["refused"]
    assert (found["why"], found["count"]) == ("flood", 1)


def test_L3_page_by_page_is_for_auditors_with_a_reason_and_that_they_looked_is_in_the_record(play: Play) -> None:
    Seat(play).tell(1, 2)
    assert play.look(reason=" ").status == 400
    found = play.look(person=play.office.people["daibieu"]).done()
    assert [(each["page"], each["how"], each["place"], each["name"]) for each in found["readings"]] == [
        (page, how, "seat", "daibieu (demo)") for page, how in ((0, "opened"), (1, "front"), (2, "front"))
    ]
    assert play.look(person=play.office.people["khach"]).done()["readings"] == []
    entries = play.entries("readings_read")
    assert [each["reason"] for each in entries] == ["Lộ trang 2 (demo)"] * 2
    own = play.member.get(f"{play.path}/readings/mine").done()["readings"]
    assert [each["page"] for each in own] == [0, 1, 2]
    assert play.chair.get(f"{play.path}/readings/mine").done()["readings"] == []
    (meeting,) = play.member.get("/api/me/readings").done()["meetings"]
    assert (meeting["id"], meeting["rows"]) == (play.path.rpartition("/")[2], 3)
    about = play.member.get(play.path).done()["sections"]["meeting"]
    assert (meeting["title"], meeting["starts_at"]) == (about["title"], about["starts_at"])
    assert play.chair.get("/api/me/readings").done()["meetings"] == []


def test_L3_who_is_no_member_is_named_and_can_be_asked_for(play: Play) -> None:
    play.read("anninh")
    Seat(play).tell(1)
    play.write()
    stranger = play.office.people["anninh"]
    found = play.look(person=stranger).done()
    assert [each["name"] for each in found["readings"]] == ["anninh (demo)"] * 2
    names = {each["person"]: each["name"] for each in found["people"]}
    assert names == {stranger: "anninh (demo)", play.office.people["daibieu"]: "daibieu (demo)"}


def test_L1_the_record_holds_the_hash_of_all_rows_and_a_changed_one_is_noticed(play: Play) -> None:
    seat = Seat(play)
    seat.tell(1)
    play.keep()
    seat.tell(2, opened=False)
    play.keep()
    play.keep()
    assert [each["rows"] for each in play.entries("readings_kept")] == [3, 2]
    found = play.look().done()
    assert (found["intact"], found["kept"], found["rows"]) == (True, 3, 3)
    with play.office.services.database.begin() as tx:
        tx.execute(update(ROWS).where(ROWS.c.number == 1).values(person=play.office.people["khach"]))
    assert play.look().done()["intact"] is False
    with play.office.services.database.begin() as tx:
        tx.execute(ROWS.delete().where(ROWS.c.number == 1))
    assert play.look().done()["intact"] is False


def test_L1_a_meeting_is_intact_however_many_others_were_kept_since(play: Play) -> None:
    Seat(play).tell(1)
    play.keep()
    other = {"meeting": fresh_id("m"), "rows": 1, "sha256": "0" * 64}
    told = {"actor": "system", "kind": "readings_kept", "data": json.dumps(other), "before": "", "hash": ""}
    with play.office.services.database.begin() as tx:
        values = [told | {"number": number, "at": play.office.clock.now()} for number in range(10_000, 12_001)]
        tx.execute(insert(EVENTS), values)
    assert play.look().done()["intact"] is True
    with play.office.services.database.begin() as tx:
        tx.execute(update(ROWS).where(ROWS.c.number == 1).values(page=2))
    assert play.look().done()["intact"] is False


def test_M5_a_rehearsal_leaves_nothing(play: Play) -> None:
    state = dataclasses.replace(
        play.office.services.meetings.state(MeetingId(play.meeting)), rehearsal=Rehearsal(fresh_id("m"), 1)
    )
    paper = PaperVersion(PaperId(play.paper), 1)
    person, now = play.office.people["daibieu"], play.office.clock.now()
    play.office.services.reading.read(state, MeetingId(play.meeting), paper, person=person, page=1, now=now)
    assert play.rows() == []
