"""A rehearsal over HTTP: everything is tried, nothing is left (M5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import String, Text, select

from server.db.metadata import metadata
from server.identity.model import Actor
from server.meetings.errors import RehearsalUnsigned
from server.meetings.model import Log
from server.meetings.store import meetings
from server.papers.copying import PaperCopier
from server.rehearsals.model import LONGEST
from server.signing.desk import Asked
from server.web import SESSION_COOKIE
from tests.support import pdfs
from tests.support.office import Browser, Office, fresh_id, item
from tests.support.papers import items_of, published, upload
from tests.support.votes import MORE_THAN_HALF
from wire import canonical
from wire.entries import HOUSE
from wire.ids import MeetingId
from wire.state import MeetingState


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    house = Office(tmp_path_factory.mktemp("rehearsals"))
    yield house
    house.services.close()


@pytest.fixture
def office(house: Office) -> Iterator[Office]:
    """One house for all scenes: what one leaves in its room is ended."""
    yield house
    services, chair = house.services, house.sign_in("chutri")
    for row in services.meetings.rehearsals():
        services.rehearsals.end(MeetingId(str(row.rehearsal_of)))
    for meeting in services.meetings.live():
        chair.post(f"/api/meetings/{meeting}/close").done()


#: Refused before it is looked at.
_ROUND: Any = None


class Stage:
    """An approved meeting with a published paper, and its rehearsal."""

    def __init__(self, office: Office, *, leads: bool = False, paper: bool = True) -> None:
        self.office = office
        self.chair, self.secretary = office.sign_in("chutri"), office.sign_in("thuky")
        self.meeting = office.meeting("approved")
        if paper:
            published(self.secretary, self.chair, self.meeting, pdfs.text_pdf(["Tờ trình"], pages=2))
        self.path = f"/api/meetings/{self.meeting}"
        starter = self.secretary if leads else self.chair
        self.copy: str = starter.post(f"{self.path}/rehearsal", {"leads": leads}).done()["rehearsal"]
        self.there = f"/api/meetings/{self.copy}"

    def state(self, meeting: str = "") -> MeetingState:
        return self.office.services.meetings.state(MeetingId(meeting or self.copy))

    def is_there(self) -> bool:
        return bool(self.chair.get(f"{self.path}/rehearsal").done()["running"])

    def swept(self) -> int:
        return self.office.services.rehearsals.sweep(now=self.office.clock.now())


def vote_body(stage: Stage, **more: Any) -> dict[str, Any]:
    rule = {"base": "present", "majority": MORE_THAN_HALF, "quorum": None, "tie": "fails"}
    item_id = stage.state().agenda[0].item
    body = {"item": item_id, "kind": "open", "question": "Thông qua (demo)?", "template": "approve", "rule": rule}
    return {**body, **more}


def mentions(office: Office, word: str) -> list[str]:
    """Tables in which ``word`` stands anywhere in words."""
    found = []
    with office.services.database.read() as tx:
        for table in metadata.sorted_tables:
            texts = [column for column in table.c if isinstance(column.type, String | Text)]
            rows = [" ".join(map(str, row)) for row in tx.execute(select(*texts))] if texts else []
            found += [table.name] if any(word in row for row in rows) else []
    return found


def play(stage: Stage) -> None:
    """The whole live job, as far as consoles go."""
    chair, secretary, there = stage.chair, stage.secretary, stage.there
    chair.post(f"{there}/open").done()
    first = stage.state().agenda[0].item
    chair.post(f"{there}/items/{first}/start").done()
    paper = stage.state().papers[0].paper
    chair.post(f"{there}/present", {"paper": paper, "page": 2}).done()
    person = stage.office.people["daibieu"]
    secretary.post(f"{there}/attendance", {"people": [person], "presence": "present"}).done()
    secretary.post(f"{there}/speaking", {"item": first, "kind": "speech", "person": person}).done()
    vote = chair.post(f"{there}/votes", vote_body(stage)).done()["vote"]
    chair.post(f"{there}/votes/{vote}/open").done()
    cast = {"answer": "yes", "nonce": "ab" * 32}
    stage.office.sign_in("daibieu").post(f"{there}/votes/{vote}/ballot", cast)
    chair.post(f"{there}/votes/{vote}/close").done()
    chair.post(f"{there}/votes/{vote}/announce").done()
    chair.post(f"{there}/display", {"mode": "message", "text": "Chạy thử (demo)"}).done()


def test_M5_it_has_people_places_agenda_and_papers_of_its_meeting_and_says_what_it_is(office: Office) -> None:
    stage = Stage(office)
    real, copy = stage.state(stage.meeting), stage.state()
    assert (copy.members, copy.agenda, copy.room, copy.roll_rules) == (
        real.members,
        real.agenda,
        real.room,
        real.roll_rules,
    )
    (paper,) = copy.papers
    assert (paper.title, paper.published_version, paper.published_pages) == ("Báo cáo", 1, 2)
    assert paper.paper != real.papers[0].paper
    assert copy.phase is real.phase
    (row,) = [row for row in stage.chair.get("/api/meetings").body["meetings"] if row["id"] == stage.copy]
    assert (row["title"], row["rehearsal_of"]) == ("CHẠY THỬ – Họp thử (demo)", stage.meeting)
    page = stage.chair.get(f"{stage.there}/papers/{paper.paper}/1/pages/1?width=400")
    assert page.status == 200


def test_M5_it_leaves_no_trace_in_tables_files_and_the_record_but_one_line_that_it_was_held(office: Office) -> None:
    stage = Stage(office)
    house_before = (
        sum(entry.log == HOUSE for entry in office.services.record.entries()) - 1
    )  # its beginning is that line
    log_before = [event.hash for event in office.services.meetings.events(MeetingId(stage.meeting))]
    play(stage)
    copied = stage.state().papers[0].paper
    files = office.services.settings.data_dir / "files"
    assert (files / f"{copied}.1.ct").exists()
    assert office.services.record.check().problems == ()
    assert stage.secretary.post(f"{stage.path}/rehearsal/end").done() == {"ended": True}
    assert mentions(office, stage.copy) == []
    assert mentions(office, copied) == []
    assert mentions(office, "CHẠY THỬ") == []
    assert not (files / f"{copied}.1.ct").exists()
    assert [event.hash for event in office.services.meetings.events(MeetingId(stage.meeting))] == log_before
    assert office.services.record.check().problems == ()
    assert stage.copy not in {entry.log for entry in office.services.record.entries()}
    line = office.services.audit.newest("rehearsal_held", limit=1)[0]
    assert line.data["meeting"] == stage.meeting
    assert sum(entry.log == HOUSE for entry in office.services.record.entries()) == house_before + 1
    assert stage.copy not in canonical.encode(line.whole()).decode()
    assert stage.chair.get(f"{stage.there}").status == 403
    assert stage.secretary.post(f"{stage.path}/rehearsal/end").done() == {"ended": False}


def test_M5_the_line_stands_before_any_screen_shows_the_rehearsal(office: Office) -> None:
    stage = Stage(office)
    assert office.services.audit.newest("rehearsal_held", limit=9)[0].actor == f"person:{office.people['chutri']}"
    assert stage.is_there()


def test_M5_one_at_a_time_of_an_approved_meeting_by_who_leads_or_prepares_it(office: Office) -> None:
    stage = Stage(office, paper=False)
    again = stage.chair.post(f"{stage.path}/rehearsal", {"leads": False})
    assert (again.code, again.data["title"]) == ("rehearsal-running", "CHẠY THỬ – Họp thử (demo)")
    # Another meeting in the same room: one seat shows one of them.
    assert stage.chair.post(f"/api/meetings/{office.meeting('approved')}/rehearsal", {"leads": False}).status == 409
    assert stage.chair.post(f"{stage.there}/rehearsal", {"leads": False}).code == "not-rehearsable"
    for phase in ("draft", "submitted", "open"):
        other = office.meeting(phase)
        assert stage.chair.post(f"/api/meetings/{other}/rehearsal", {"leads": False}).code == "not-rehearsable"
    for name in ("daibieu", "khach", "kythuat", "kiemtoan"):
        browser = office.sign_in(name)
        assert browser.post(f"{stage.path}/rehearsal", {"leads": False}).status == 403
        assert browser.post(f"{stage.path}/rehearsal/end").status == 403
        assert browser.get(f"{stage.path}/rehearsal").status == 403


def test_M5_the_same_act_again_begins_nothing_and_is_answered_the_same(office: Office) -> None:
    stage = Stage(office, paper=False)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    act, wanted = fresh_id("a"), {"leads": False}
    first = stage.chair.post(f"{stage.path}/rehearsal", wanted, act=act)
    again = stage.chair.post(f"{stage.path}/rehearsal", wanted, act=act)
    assert (again.status, again.body) == (201, first.body)
    assert stage.chair.post(f"{stage.path}/rehearsal", {"leads": True}, act=act).code == "act-reused"


@pytest.mark.parametrize("change", ["recusal", "open"])
def test_M5_what_the_meeting_does_while_its_papers_are_copied_is_not_overlooked(
    office: Office, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(office)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    one = items_of(stage.secretary, stage.meeting)[0]
    files = office.services.settings.data_dir / "files"
    before, copy = set(files.iterdir()), PaperCopier.copy

    def slow(copier: PaperCopier, *given: Any, **more: Any) -> Any:
        copied = copy(copier, *given, **more)
        if change == "open":
            stage.chair.post(f"{stage.path}/open").done()
        else:
            leaving = {"item": one, "person": office.people["daibieu"], "reason": "liên quan"}
            stage.secretary.post(f"{stage.path}/attendance/recusals", leaving).done()
        return copied

    with monkeypatch.context() as during:
        during.setattr(PaperCopier, "copy", slow)
        assert stage.chair.post(f"{stage.path}/rehearsal", {"leads": False}).code == "rehearsal-meeting-moved"
    assert not stage.is_there()
    assert set(files.iterdir()) == before


def test_M5_who_looks_for_what_is_over_is_woken_when_one_has_begun(office: Office) -> None:
    stage = Stage(office, paper=False)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    office.services.rehearsals.woken.clear()
    stage.chair.post(f"{stage.path}/rehearsal", {"leads": False}).done()
    assert office.services.rehearsals.woken.is_set()


def test_M5_who_has_to_leave_an_item_does_not_lead_in_the_chairs_place(office: Office) -> None:
    stage = Stage(office, paper=False)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    members = [*office.members(), {"person": office.people["thuky"], "role": "member", "seat": None}]
    members = list({line["person"]: line for line in members}.values())
    stage.secretary.put(f"{stage.path}/members", {"members": members}).done()
    one = items_of(stage.secretary, stage.meeting)[0]
    leaving = {"item": one, "person": office.people["thuky"], "reason": "liên quan"}
    stage.chair.post(f"{stage.path}/attendance/recusals", leaving).done()
    assert stage.secretary.post(f"{stage.path}/rehearsal", {"leads": True}).code == "leader-recused"


def test_M5_the_roll_that_is_taken_away_says_of_what_it_is(office: Office) -> None:
    stage = Stage(office, paper=False)
    table = stage.secretary.get(f"{stage.there}/attendance/sheet.csv").raw.data.decode("utf-8-sig")
    assert table.splitlines()[0] == "CHẠY THỬ – Họp thử (demo)"
    assert table.splitlines()[1].startswith("STT,")
    real = stage.secretary.get(f"{stage.path}/attendance/sheet.csv").raw.data.decode("utf-8-sig")
    assert real.startswith("STT,")


def test_M5_a_secretary_leads_it_without_troubling_the_chair(office: Office) -> None:
    stage = Stage(office, leads=True, paper=False)
    roles = {member.person: member.role.value for member in stage.state().members}
    assert roles[office.people["thuky"]] == "chair"
    assert roles[office.people["chutri"]] == "member"
    stage.secretary.post(f"{stage.there}/open").done()
    assert stage.chair.post(f"{stage.there}/recess").status == 403
    assert stage.state(stage.meeting).member(office.people["chutri"]).role.value == "chair"  # type: ignore[union-attr]


def test_M5_nothing_is_signed_and_nothing_is_given_out(office: Office) -> None:
    stage = Stage(office, paper=False)
    chair, there, code = stage.chair, stage.there, "rehearsal-unsigned"
    chair.post(f"{there}/open").done()
    assert chair.post(f"{there}/votes", vote_body(stage, kind="named")).code == code
    assert chair.get(f"{there}/statements/expected/attend?presence=present").code == code
    asked = Asked(Actor(office.people["chutri"]), fresh_id("a"), office.clock.now())
    with pytest.raises(RehearsalUnsigned):
        office.services.rounds.open(MeetingId(stage.copy), _ROUND, b"", texts=(), asked=asked)
    chair.post(f"{there}/close").done()
    assert stage.secretary.get(f"{there}/dossier").code == code


def test_M5_who_takes_part_and_what_they_read_is_the_meetings_own(office: Office) -> None:
    stage = Stage(office, paper=False)
    code = "rehearsal-fixed"
    there, secretary = stage.there, stage.secretary
    members = [{**line, "role": "member"} if line["role"] == "guest" else line for line in office.members()]
    assert secretary.put(f"{there}/members", {"members": members}).code == code
    assert secretary.put(there, office.description()).code == code
    assert secretary.post(f"{there}/cancel", {"reason": "thử"}).code == code
    one = items_of(secretary, stage.copy)[0]
    assert upload(secretary, stage.copy, pdfs.text_pdf(), item=one).code == code
    leaving = {"item": one, "person": office.people["daibieu"], "reason": "liên quan"}
    assert secretary.post(f"{there}/attendance/recusals", leaving).code == code
    # The agenda may be reordered live, as in a meeting.
    stage.chair.post(f"{there}/open").done()
    seq = stage.state().seq
    first, second = items_of(secretary, stage.copy)
    agenda = [item("Hai", item=second), item("Một", item=first), item("Ba")]
    assert stage.chair.put(f"{there}/agenda", {"items": agenda, "expected_seq": seq}).status == 200


def test_M5_who_sees_an_item_stays_as_it_is_in_the_meeting(office: Office) -> None:
    stage = Stage(office, leads=True, paper=False)
    one, two = items_of(stage.secretary, stage.copy)
    path, seq = f"{stage.there}/agenda", stage.state().seq
    kept = {entry.item: entry for entry in stage.state().agenda}
    assert kept[one].parent is None

    def put(*items: dict[str, Any]) -> str:
        return stage.secretary.put(path, {"items": list(items), "expected_seq": seq}).code

    first, second = item("Một", item=one), item("Hai", item=two)
    stage.secretary.post(f"{stage.there}/open").done()
    for changed in (
        item("Một", item=one, visibility="hidden"),
        item("Một", item=one, presenter=stage.office.people["daibieu"]),
    ):
        assert put(changed, second) == "rehearsal-fixed"
    assert put(first, item("Hai", item=two, parent=one)) == "rehearsal-fixed"
    assert put(first) == "rehearsal-fixed"
    seq = stage.state().seq
    moved = [item("Hai, sửa", item=two, minutes=7), first, item("Ba", visibility="hidden")]
    stage.secretary.put(path, {"items": moved, "expected_seq": seq}).done()
    assert [entry.title for entry in stage.state().agenda] == ["Hai, sửa", "Một", "Ba"]


def test_M5_who_left_an_item_does_not_read_its_papers_in_the_rehearsal(office: Office) -> None:
    stage = Stage(office)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    one = items_of(stage.secretary, stage.meeting)[0]
    leaving = {"item": one, "person": office.people["daibieu"], "reason": "liên quan"}
    stage.secretary.post(f"{stage.path}/attendance/recusals", leaving).done()
    stage.copy = stage.chair.post(f"{stage.path}/rehearsal", {"leads": False}).done()["rehearsal"]
    paper = stage.state().papers[0].paper
    member = office.sign_in("daibieu")
    assert member.get(f"/api/meetings/{stage.copy}/papers/{paper}/1/pages/1?width=400").status == 404


def test_M5_a_substitute_has_the_place_in_the_rehearsal_too(office: Office) -> None:
    stage = Stage(office, paper=False)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    standing = {"member": office.people["daibieu"], "person": office.people["khach"], "may_speak": True}
    standing |= {"may_vote": False, "reason": "đi công tác"}
    stage.secretary.post(f"{stage.path}/attendance/substitutes", standing).done()
    stage.copy = stage.chair.post(f"{stage.path}/rehearsal", {"leads": False}).done()["rehearsal"]
    real, copy = stage.state(stage.meeting), stage.state()
    assert set(copy.members) == set(real.members)
    assert [(s.member, s.person, s.may_vote) for s in copy.substitutes] == [
        (s.member, s.person, s.may_vote) for s in real.substitutes
    ]


def test_M5_opening_the_meeting_ends_its_rehearsal(office: Office) -> None:
    stage = Stage(office, paper=False)
    stage.chair.post(f"{stage.there}/open").done()
    office.services.rehearsals.woken.clear()
    stage.chair.post(f"{stage.path}/open").done()
    assert office.services.rehearsals.woken.is_set()
    assert stage.swept() == 1
    assert not stage.is_there()


def test_M5_a_meeting_that_begins_in_the_room_ends_it(office: Office) -> None:
    stage = Stage(office, paper=False)
    other = office.meeting("open")
    assert stage.swept() == 1
    assert stage.chair.post(f"{stage.path}/rehearsal", {"leads": False}).code == "room-in-use"
    assert office.services.meetings.state(MeetingId(other)).phase.value == "open"


@pytest.mark.parametrize("change", ["members", "recusal"])
def test_M5_it_is_over_when_the_meeting_gives_other_rights(office: Office, change: str) -> None:
    stage = Stage(office, paper=False)
    assert stage.swept() == 0
    if change == "members":
        stage.secretary.put(f"{stage.path}/members", {"members": office.members()[:2]}).done()
    else:
        one = items_of(stage.secretary, stage.meeting)[0]
        leaving = {"item": one, "person": office.people["daibieu"], "reason": "liên quan"}
        stage.secretary.post(f"{stage.path}/attendance/recusals", leaving).done()
    assert stage.swept() == 1


def test_M5_a_forgotten_one_ends_after_a_day_also_when_the_server_was_away(office: Office) -> None:
    stage = Stage(office, paper=False)
    rehearsals, now = office.services.rehearsals, office.clock.now()
    assert rehearsals.sweep(now=now + LONGEST - dt.timedelta(seconds=1)) == 0
    assert rehearsals.sweep(now=now + LONGEST) == 1
    assert not stage.is_there()


def test_M5_what_is_on_its_way_does_not_bring_a_deleted_rehearsal_back(office: Office) -> None:
    stage = Stage(office, paper=False)
    log = office.services.meetings
    seen = stage.state()
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    # A reader that had begun before puts what it knew back into the cache.
    book: Any = vars(log)["_logbook"]
    with pytest.raises(Exception, match="no-such-meeting"):
        log.change(MeetingId(stage.copy), actor="system", now=office.clock.now(), decide=lambda _log: ())
    vars(book)["_logs"][MeetingId(stage.copy)] = Log(MeetingId(stage.copy), seen)
    assert stage.chair.post(f"{stage.there}/open").code == "no-such-meeting"
    assert mentions(office, "CHẠY THỬ") == []


def test_M5_L2_a_real_meeting_is_never_deleted_by_the_same_way(office: Office) -> None:
    meeting = MeetingId(office.meeting("approved"))
    with pytest.raises(Exception, match="no-such-meeting"):
        office.services.meetings.destroy(meeting, lambda _tx: pytest.fail("nothing may be deleted"))
    assert office.services.meetings.state(meeting).seq > 0


def test_M5_the_record_names_a_real_meeting_that_is_passed_off_as_a_rehearsal(office: Office) -> None:
    meeting = office.meeting("approved")
    with office.services.database.begin() as tx:
        tx.execute(meetings.update().where(meetings.c.id == meeting).values(rehearsal_of="m-" + "a" * 16))
    problems = office.services.record.check().problems
    assert {problem.code for problem in problems} == {"event-missing"}
    assert {problem.data["log"] for problem in problems} == {meeting}
    with office.services.database.begin() as tx:
        tx.execute(meetings.update().where(meetings.c.id == meeting).values(rehearsal_of=None))


def test_M5_screens_that_watch_it_are_told_that_it_is_gone(office: Office) -> None:
    stage = Stage(office, paper=False)
    hub = office.services.live
    told: list[tuple[str, str, dict[str, Any]]] = []

    class _Outlet:
        def emit(self, sids: Sequence[str], event: str, payload: dict[str, Any]) -> None:
            told.extend((sid, event, payload) for sid in sids)

        def is_slow(self, _sid: str) -> bool:
            return False

        def drop(self, _sid: str) -> None:
            """Nobody."""

    vars(hub)["_outlet"].real = _Outlet()
    credentials = office.services.door.credentials(_cookie(stage.chair), "")
    hub.connect("one", credentials)
    hub.watch("one", MeetingId(stage.copy), 0)
    hub.tick(1.0)
    stage.chair.post(f"{stage.path}/rehearsal/end").done()
    hub.tick(2.0)
    assert ("one", "gone", {"meeting": stage.copy}) in told


def _cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(SESSION_COOKIE)
    assert found is not None
    return found.value
