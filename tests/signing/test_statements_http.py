"""Signed acts over HTTP and from the seat: declared in full, verified before it counts, kept beside the event."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.signing.statement import build, statement_to_sign
from server.meetings.ports import Outcome
from server.trust.ports import Enrolled
from server.trust.store import MATERIAL
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from tests.signing.house import House, send_form
from tests.support.office import Browser, Reply, fresh_id
from tests.support.pdfs import text_pdf
from wire import cades, declare
from wire.declare import Maker
from wire.ids import MeetingId, PersonId
from wire.messages import Act, Head
from wire.state import MeetingState
from wire.statement import Place, Statement

#: Who holds which certificate of the test PKI.
CARDS = {"chutri": "an", "daibieu": "chi", "thuky": "dung"}


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    for username, label in CARDS.items():
        found.enrol(username, label)
    yield found
    found.services.close()


@pytest.fixture
def meeting(office: House) -> str:
    return office.meeting("open")


def state(office: House, meeting: str) -> MeetingState:
    return office.services.meetings.state(MeetingId(meeting))


def expected(browser: Browser, meeting: str, kind: str, query: str = "") -> Statement:
    """What the console is told to declare."""
    return Statement.of(browser.get(f"/api/meetings/{meeting}/statements/expected/{kind}{query}").done()["statement"])


def signed(office: House, statement: Statement, label: str) -> dict[str, Any]:
    """As the program that holds the card makes it, through the terminal's own code."""
    certificate = office.pki.der(label)
    return build(statement, certificate, office.signs(label, statement_to_sign(statement, certificate)))


def send(office: House, meeting: str, statement: Statement, username: str, *, label: str = "", act: str = "") -> Reply:
    data = signed(office, statement, label or CARDS[username])
    return office.sign_in(username).post(f"/api/meetings/{meeting}/statements/{statement.kind}", data, act=act or None)


def attendance(office: House, meeting: str, username: str) -> Statement:
    return expected(office.sign_in(username), meeting, "attend")


def add_paper(office: House, meeting: str) -> str:
    secretary = office.sign_in("thuky")
    first = state(office, meeting).agenda[0].item
    form = {"item": first, "title": "Báo cáo (demo)", "secrecy": "normal"}
    return str(send_form(secretary, f"/api/meetings/{meeting}/papers", text_pdf(["Báo cáo"]), **form).done()["paper"])


# What is done, and what is kept


def test_G44_a_roll_call_signed_is_an_event_with_its_evidence(office: House, meeting: str) -> None:
    said = attendance(office, meeting, "daibieu")
    answer = send(office, meeting, said, "daibieu").done()
    assert answer["statement"] == said.sha256
    now = state(office, meeting)
    assert now.last is not None
    assert (now.last.seq, now.last.kind, now.last.data["statement"]) == (
        answer["seq"],
        "attendance_recorded",
        said.sha256,
    )
    entry = now.presence_of(office.people["daibieu"])
    assert entry is not None
    assert (entry.presence.value, entry.method.value, entry.statement) == ("present", "token", said.sha256)
    secretary = office.sign_in("thuky")
    path = f"/api/meetings/{meeting}/statements"
    (listed,) = secretary.get(path).done()["statements"]
    assert (listed["sha256"], listed["seq"], listed["certificate"]) == (
        said.sha256,
        answer["seq"],
        office.pki.fingerprint("chi"),
    )
    kept = secretary.get(f"{path}/{said.sha256}").done()
    assert base64.b64decode(kept["bytes"]) == said.encode()
    parts = cades.check(said, base64.b64decode(kept["cms"]))
    assert parts.certificates == (office.pki.der("chi"), office.pki.der("interm"))
    material = office.services.statements.one(MeetingId(meeting), said.sha256).material
    assert {one.kind for one in material} == {"ocsp", "crl"}
    sections = secretary.get(f"/api/meetings/{meeting}").done()["sections"]
    people = [office.people[name] for name in ("chutri", "daibieu")]
    assert [entry["person"] for entry in sections["attendance"]] == people, "the chair opened"


@pytest.mark.parametrize("username", sorted(CARDS))
def test_G43_every_kind_of_key_signs(office: House, meeting: str, username: str) -> None:
    assert send(office, meeting, attendance(office, meeting, username), username).status == 200


def test_G44_an_approval_of_papers_names_every_version_and_digest(office: House, meeting: str) -> None:
    papers = [add_paper(office, meeting) for _ in range(2)]
    chair = office.sign_in("chutri")
    said = expected(chair, meeting, "approve_papers", "?" + "&".join(f"paper={paper}" for paper in papers))
    assert [entry["sha256"] for entry in said.body["papers"]] == [
        paper.plain_sha256 for paper in state(office, meeting).papers
    ]
    answer = send(office, meeting, said, "chutri").done()
    events = office.services.meetings.events(MeetingId(meeting))[-2:]
    assert [(event.kind, event.data) for event in events] == [
        ("paper_approved", {"paper": paper, "statement": answer["statement"]}) for paper in papers
    ]


def test_G44_a_closing_counts_who_was_there(office: House, meeting: str) -> None:
    send(office, meeting, attendance(office, meeting, "daibieu"), "daibieu").done()
    said = expected(office.sign_in("chutri"), meeting, "close")
    assert (said.body["members"], said.body["attended"], said.body["papers"]) == (4, 2, 0)
    send(office, meeting, said, "chutri").done()
    closed = next(e for e in office.services.meetings.events(MeetingId(meeting)) if e.kind == "meeting_closed")
    assert closed.data["statement"] == said.sha256


def test_G45_what_is_to_be_declared_comes_with_its_words(office: House, meeting: str) -> None:
    chair = office.sign_in("chutri")
    given = chair.get(f"/api/meetings/{meeting}/statements/expected/close").done()
    assert given["words"]["vi"]["title"] == "Bế mạc cuộc họp"
    assert given["sha256"] == Statement.of(given["statement"]).sha256
    assert office.sign_in("daibieu").get(f"/api/meetings/{meeting}/statements/expected/close").status == 403
    assert chair.get(f"/api/meetings/{meeting}/statements/expected/resign").code == "statement-kind-unknown"
    assert chair.get(f"/api/meetings/{meeting}/statements/expected/approve_papers?paper=x").code == "bad-field"


def test_W28_the_same_act_again_gets_the_same_answer(office: House, meeting: str) -> None:
    said, act = attendance(office, meeting, "daibieu"), fresh_id("a")
    data, browser = signed(office, said, "chi"), office.sign_in("daibieu")
    path = f"/api/meetings/{meeting}/statements/attend"
    first = browser.post(path, data, act=act).done()
    office.services.trust.withdraw(office.pki.fingerprint("chi"), reason="mất", now=office.clock.now())
    assert browser.post(path, data, act=act).done() == first


# What is refused: nothing is written then


def refused(office: House, meeting: str, do: Callable[[], Reply]) -> str:
    before = state(office, meeting).seq
    reply = do()
    assert reply.status >= 400
    after = state(office, meeting).seq
    assert (after, office.services.statements.of_meeting(MeetingId(meeting))) == (before, [])
    assert set(reply.body["error"]) >= {"vi", "en"}
    return reply.code


def test_G46_a_replayed_statement_is_refused(office: House, meeting: str) -> None:
    said = attendance(office, meeting, "daibieu")
    send(office, meeting, said, "daibieu").done()
    assert send(office, meeting, said, "daibieu").code == "presence-known"
    left = expected(office.sign_in("daibieu"), meeting, "attend", "?presence=left")
    send(office, meeting, left, "daibieu").done()
    # The state would allow it again; the statement has done its act.
    assert send(office, meeting, said, "daibieu").code == "statement-used"
    assert state(office, meeting).presence_of(office.people["daibieu"]).presence.value == "left"  # type: ignore[union-attr]


@pytest.mark.parametrize(("label", "code"), [("an", "statement-not-yours"), ("binh", "certificate-unknown")])
def test_G45_another_persons_certificate_signs_nothing(office: House, meeting: str, label: str, code: str) -> None:
    said = attendance(office, meeting, "daibieu")
    assert refused(office, meeting, lambda: send(office, meeting, said, "daibieu", label=label)) == code


def test_G45_a_statement_about_another_person_is_refused(office: House, meeting: str) -> None:
    said = attendance(office, meeting, "daibieu")
    code = refused(office, meeting, lambda: send(office, meeting, said, "chutri"))
    assert code == "statement-differs"


def test_G45_a_statement_of_another_meeting_is_refused(office: House, meeting: str) -> None:
    said = attendance(office, office.meeting("open"), "daibieu")
    assert refused(office, meeting, lambda: send(office, meeting, said, "daibieu")) == "statement-other-log"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Họp thử  (demo)"},
        {"name": "daibiêu (demo)"},
        {"place": Place("d-aaaaaaaaaaaaaaaa", "s-aaaaaaaaaaaaaaaa", "A1")},
        {"person": "u-aaaaaaaaaaaaaaaa"},
    ],
    ids=str,
)
def test_G45_one_letter_that_differs_is_found_and_named(office: House, meeting: str, change: dict[str, Any]) -> None:
    said = dataclasses.replace(attendance(office, meeting, "daibieu"), **change)
    before = state(office, meeting).seq
    reply = send(office, meeting, said, "daibieu")
    assert (reply.code, state(office, meeting).seq) == ("statement-differs", before)
    assert reply.data["where"].split(".")[0] in {"meeting", "person", "place"}


@pytest.mark.parametrize("field", ["version", "title", "sha256"])
def test_G45_an_approval_of_another_text_is_refused(office: House, meeting: str, field: str) -> None:
    paper = add_paper(office, meeting)
    said = expected(office.sign_in("chutri"), meeting, "approve_papers", f"?paper={paper}")
    other = {"version": 2, "title": "Báo cáo  (demo)", "sha256": "ab" * 32}[field]
    body = {"papers": [said.body["papers"][0] | {field: other}]}
    changed = dataclasses.replace(said, body=body)
    reply = send(office, meeting, changed, "chutri")
    assert (reply.code, reply.data["where"]) == ("statement-differs", f"body.papers[0].{field}")


def test_G45_a_paper_that_was_replaced_meanwhile_is_not_approved(office: House, meeting: str) -> None:
    paper = add_paper(office, meeting)
    said = expected(office.sign_in("chutri"), meeting, "approve_papers", f"?paper={paper}")
    path = f"/api/meetings/{meeting}/papers/{paper}/versions"
    send_form(office.sign_in("thuky"), path, text_pdf(["Báo cáo khác"])).done()
    assert send(office, meeting, said, "chutri").code == "statement-differs"


def test_G45_a_statement_is_bound_to_an_event_of_this_log(office: House, meeting: str) -> None:
    said = attendance(office, meeting, "daibieu")
    for change in ({"hash": "ab" * 32}, {"seq": said.seq - 1}, {"seq": said.seq + 1}, {"seq": 10**9}):
        other = dataclasses.replace(said, **change)
        assert refused(office, meeting, lambda: send(office, meeting, other, "daibieu")) == "statement-other-log"  # noqa: B023 - called at once


@pytest.mark.parametrize("off", [dt.timedelta(minutes=3), dt.timedelta(hours=-13), dt.timedelta(days=-400)], ids=str)
def test_G45_a_moment_that_cannot_be_is_refused(office: House, meeting: str, off: dt.timedelta) -> None:
    said = attendance(office, meeting, "daibieu")
    other = dataclasses.replace(said, made_at=said.made_at + off)
    assert refused(office, meeting, lambda: send(office, meeting, other, "daibieu")) == "statement-time-wrong"


def test_G46_garbage_of_a_card_and_a_signature_of_other_bytes_are_refused(office: House, meeting: str) -> None:
    said = attendance(office, meeting, "daibieu")
    data, browser = signed(office, said, "chi"), office.sign_in("daibieu")
    path = f"/api/meetings/{meeting}/statements/attend"
    other = signed(office, dataclasses.replace(said, seq=said.seq - 1), "chi")["signature"]
    for signature in (base64.b64encode(bytes(72)).decode(), other, base64.b64encode(b"x").decode()):
        bad = {**data, "signature": signature}
        assert refused(office, meeting, lambda: browser.post(path, bad)) == "statement-signature-wrong"  # noqa: B023 - called at once
    spaced = base64.b64encode(said.encode() + b" ").decode()
    assert refused(office, meeting, lambda: browser.post(path, {**data, "statement": spaced})) == "bad-json"
    wrong = f"/api/meetings/{meeting}/statements/close"
    assert refused(office, meeting, lambda: browser.post(wrong, data)) == "statement-kind-unknown"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("expired", "certificate-expired"),
        ("not-yet", "certificate-not-yet-valid"),
        ("revoked", "certificate-revoked"),
        ("sha1", "certificate-weak"),
        ("encipherment", "certificate-wrong-usage"),
        ("login-only", "certificate-wrong-usage"),
        ("unknown", "certificate-issuer-unknown"),
    ],
)
def test_G20_a_certificate_that_may_not_sign_declares_nothing(
    office: House, meeting: str, label: str, code: str
) -> None:
    trust, now = office.services.trust, office.clock.now()
    facts = trust.read(office.pki.der(label))
    with trust.tools.unit.begin() as tx:
        # As if it had been good when it was enrolled.
        trust.tools.store.enrol(tx, Enrolled(facts, PersonId(office.people["khach"]), now, "system"))
    said = attendance(office, meeting, "khach")
    assert refused(office, meeting, lambda: send(office, meeting, said, "khach", label=label)) == code


def test_G25_when_nobody_answers_for_the_certificate_nothing_is_signed(
    office: House, meeting: str, pki_server: PkiServer, tmp_path: Path
) -> None:
    """What was known is thrown away, and the services are down: the console may try again, a seat gets its answer."""
    seat = Seat(office, meeting)
    seat.sign_in()
    with office.services.database.begin() as tx:
        tx.execute(MATERIAL.delete())
    pki_server.fault["/"] = "refused"
    said = attendance(office, meeting, "daibieu")
    assert refused(office, meeting, lambda: send(office, meeting, said, "daibieu")) == "revocation-unknown"
    assert seat.send("attend", signed(office, seat.statement(), "chi")).code == "statement-certificate-unsure"


# The house's rule


def test_G47_a_house_may_want_the_chairs_signature(tmp_path: Path, pki: TestPki) -> None:
    office = House(tmp_path, pki, approval_must_be_signed=True, closing_must_be_signed=True)
    office.enrol("chutri", "an")
    meeting, chair = office.meeting("open"), office.sign_in("chutri")
    paper = add_paper(office, meeting)
    path = f"/api/meetings/{meeting}"
    assert chair.post(f"{path}/papers/{paper}/approve").code == "approval-must-be-signed"
    assert chair.post(f"{path}/close").code == "closing-must-be-signed"
    send(office, meeting, expected(chair, meeting, "approve_papers", f"?paper={paper}"), "chutri").done()
    send(office, meeting, expected(chair, meeting, "close"), "chutri").done()
    office.services.close()


# From a seat


class Seat:
    """The member's seat, who signed in there."""

    def __init__(self, office: House, meeting: str) -> None:
        self.office, self.meeting = office, meeting
        self.seat, self.device = office.seats[1], fresh_id("d")
        self.person = office.people["daibieu"]

    def send(self, kind: str, data: dict[str, Any], *, person: str | None = None, act: str = "") -> Outcome:
        now = self.office.clock.now()
        head = Head(self.device, b"\0" * 16, 1, now)
        message = Act(head, act or fresh_id("a"), self.meeting, kind, person or self.person, now, data)
        return self.office.services.acts.perform(message, device=self.device, seat=self.seat, now=now)

    def sign_in(self) -> None:
        """With a password: how somebody proved who they are is not what they sign with."""
        now, act = self.office.clock.now(), fresh_id("a")
        data = {"person": self.person, "password": "mật khẩu thử"}
        message = Act(Head(self.device, b"\0" * 16, 1, now), act, self.meeting, "sign_in", None, now, data)
        assert self.office.services.acts.perform(message, device=self.device, seat=self.seat, now=now).outcome == "done"

    def statement(self) -> Statement:
        """From the seat's own state, as the terminal makes it."""
        place = Place(self.device, self.seat, "A2")
        maker = Maker(self.person, place, self.office.clock.now())
        return declare.attend(state(self.office, self.meeting), maker)


@pytest.fixture
def seat(office: House, meeting: str) -> Seat:
    found = Seat(office, meeting)
    found.sign_in()
    return found


def test_A1_roll_call_at_the_seat_by_token(office: House, seat: Seat) -> None:
    said, act = seat.statement(), fresh_id("a")
    data = signed(office, said, "chi")
    first = seat.send("attend", data, act=act)
    assert (first.outcome, first.data["statement"]) == ("done", said.sha256)
    assert seat.send("attend", data, act=act) == first
    entry = state(office, seat.meeting).presence_of(seat.person)
    assert entry is not None
    assert (entry.presence.is_there, entry.statement) == (True, said.sha256)


def test_G45_a_seat_declares_only_where_it_stands_and_for_who_sits_there(office: House, seat: Seat) -> None:
    said = seat.statement()
    elsewhere = dataclasses.replace(said, place=Place(fresh_id("d"), seat.seat, "A2"))
    assert seat.send("attend", signed(office, elsewhere, "chi")).code == "statement-differs"
    console = dataclasses.replace(said, place=None)
    assert seat.send("attend", signed(office, console, "chi")).code == "statement-differs"
    chair = office.people["chutri"]
    assert seat.send("attend", signed(office, said, "an"), person=chair).code == "not-signed-in-here"
    assert seat.send("close", signed(office, said, "chi")).code == "statement-kind-unknown"
    assert seat.send("attend", {"presence": "present"}).code == "bad-field"
    assert [each.person for each in state(office, seat.meeting).attendance] == [chair], "who opened the meeting"


def test_G46_a_revoked_certificate_is_refused_for_good(office: House, seat: Seat) -> None:
    data = signed(office, seat.statement(), "chi")
    office.services.trust.withdraw(office.pki.fingerprint("chi"), reason="mất", now=office.clock.now())
    assert seat.send("attend", data).code == "certificate-revoked"
