"""Documents of the office from draft to issue, with real certificates: signed, numbered, sealed (N8, N9, G61)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.db.errors import DatabaseFull
from server.identity.model import Actor, Role
from server.letters.store import OPENINGS, SqlLetterStore
from server.meetings.service import MeetingService
from server.signing.desk import Asked
from tests.pki.authority import TestPki
from tests.signing.house import House, send_form, text
from tests.signing.pdfsig import second_opinion
from tests.signing.pictures import seal_png, signature_png
from tests.support.measured import find, measured
from tests.support.office import Browser, Reply
from wire.ids import MeetingId, PersonId
from wire.state import MeetingState

AGENCY = {
    "parent": "Viện kiểm sát nhân dân tối cao",
    "name": "Viện kiểm sát nhân dân\ntỉnh A",
    "short": "VKSTA",
    "place": "Hà Nội",
}


@pytest.fixture
def office(tmp_path: Path, pki: TestPki) -> Iterator[House]:
    found = House(tmp_path, pki)
    found.people["vanthu"] = found.add("vanthu", frozenset({Role.CLERK}))
    found.enrol("chutri", "an")
    found.enrol("vanthu", "binh")
    admin = found.sign_in("anninh")
    for owner, png in ((found.people["chutri"], signature_png()), ("seal", seal_png())):
        admin.put(f"/api/signing/pictures/{owner}", {"png": text(png)}).done()
    found.sign_in("hethong").put("/api/agency", AGENCY).done()
    yield found
    found.services.close()


def drafted(secretary: Browser, meeting: str, kind: str = "invitation") -> str:
    """A draft that can be put up; its address."""
    made = secretary.post(f"/api/meetings/{meeting}/letters", {"kind": kind}).done()
    path = f"/api/meetings/{meeting}/letters/{made['letter']}"
    wording = secretary.get(path).done()["wording"] | {"authority": "VIỆN TRƯỞNG"}
    secretary.put(path, {"revision": 1, "wording": wording}).done()
    return path


def put_up(office: House, secretary: Browser, path: str, **more: Any) -> Reply:
    return secretary.post(f"{path}/put-up", {"clerk": office.people["vanthu"], **more})


def signs(office: House, meeting: str, round_id: str, username: str, *, label: str) -> Reply:
    browser, path = office.sign_in(username), f"/api/meetings/{meeting}/rounds/{round_id}"
    begun = browser.post(f"{path}/begin", {"certificate": office.pki.fingerprint(label)})
    if begun.code:
        return begun
    signature = office.signs(label, base64.b64decode(begun.body["signed_attributes"]))
    return browser.post(f"{path}/complete", {"fence": begun.body["fence"], "signature": text(signature)})


def signed(office: House, meeting: str, round_id: str) -> None:
    """By the leader, then by the registry clerk."""
    signs(office, meeting, round_id, "chutri", label="an").done()
    signs(office, meeting, round_id, "vanthu", label="binh").done()


def test_N8_an_invitation_from_draft_to_issue_is_valid_for_two_programs(office: House, tmp_path: Path) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    assert secretary.get(f"{path}/preview.pdf").raw.data.startswith(b"%PDF-")
    round_id = put_up(office, secretary, path).done()["round"]
    assert signs(office, meeting, round_id, "vanthu", label="binh").code == "signing-not-your-turn", "the leader first"
    signs(office, meeting, round_id, "chutri", label="an").done()
    leader = office.sign_in("vanthu").get(f"/api/meetings/{meeting}/rounds/{round_id}/file").raw.data
    assert secretary.post(f"{path}/issue").code == "letter-stage-wrong", "not numbered yet"
    signs(office, meeting, round_id, "vanthu", label="binh").done()
    assert secretary.get(path).done()["stage"] == "signed"
    now = office.services.clock.now()
    (ready,) = secretary.get(f"/api/register/{now.year}").done()["ready"]
    assert (ready["number"], path.endswith(ready["letter"])) == ("01/GM-VKSTA", True)
    office.sign_in("vanthu").post(f"{path}/issue").done()
    shown = secretary.get(path).done()
    assert (shown["stage"], shown["number"], shown["moves"]) == ("issued", "01/GM-VKSTA", ["revoke"])
    clerk, year = office.sign_in("vanthu"), shown["issued_on"][:4]
    (entry,) = clerk.get(f"/api/register/{year}").done()["entries"]
    assert (entry["number"], entry["stage"], entry["series"]) == ("01/GM-VKSTA", "issued", "GM")
    table = clerk.get(f"/api/register/{year}/csv").raw.data.decode("utf-8-sig")
    assert "01/GM-VKSTA" in table
    assert "Giấy mời: Họp thử" in table
    assert office.sign_in("daibieu").get(f"/api/register/{year}").status == 403
    sent = office.sign_in("daibieu").get(f"{path}/file").raw.data
    assert sent.startswith(leader), "not a byte that the leader signed is another"
    report = send_form(office.sign_in("daibieu"), "/api/signatures/check", sent).done()
    assert [one["result"] for one in report["signatures"]] == ["valid", "valid"]
    assert [one["changed"] for one in report["signatures"]] == ["signed-later", "no"]
    opinions = second_opinion(sent, tmp_path, roots={name: office.pki.der(name) for name in ("root", "interm")})
    assert [one.is_valid and one.is_trusted for one in opinions] == [True, True]
    kinds = [event.kind for event in office.services.meetings.events(meeting)]  # type: ignore[arg-type]
    wanted = ["round_opened", "letter_put_up", "paper_signed", "paper_signed", "round_closed", "letter_issued"]
    assert [kind for kind in kinds if kind in wanted] == wanted


def test_N9_a_document_that_is_withdrawn_is_drafted_anew_and_leaves_no_gap(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    first = put_up(office, secretary, path).done()["round"]
    assert secretary.put(path, {"revision": 2, "wording": secretary.get(path).body["wording"]}).code == (
        "letter-stage-wrong"
    ), "what is put up is a file"
    signs(office, meeting, first, "chutri", label="an").done()
    secretary.post(f"{path}/withdraw", {"reason": "Sai địa điểm (demo)"})
    shown = secretary.get(path).done()
    assert (shown["stage"], shown["round"]) == ("draft", None)
    assert signs(office, meeting, first, "vanthu", label="binh").code == "signing-round-closed"
    second = put_up(office, secretary, path).done()["round"]
    signed(office, meeting, second)
    assert secretary.get(path).done()["number"] == "01/GM-VKSTA", "the number was nobody's"


def test_N9_a_round_that_was_ended_elsewhere_is_shown_as_stopped_and_drafted_anew(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    round_id = put_up(office, secretary, path).done()["round"]
    secretary.post(f"/api/meetings/{meeting}/rounds/{round_id}/close")
    assert secretary.get(path).done()["stage"] == "stopped"
    secretary.post(f"{path}/withdraw", {"reason": "Dừng ký (demo)"})
    assert secretary.get(path).done()["stage"] == "draft"


def test_N9_the_same_act_puts_up_one_round_and_only_a_clerk_seals(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    refused = secretary.post(f"{path}/put-up", {"clerk": office.people["thuky"]})
    assert (refused.status, refused.code) == (403, "letter-not-a-clerk")
    body, act = {"clerk": office.people["vanthu"]}, "a-" + "b" * 16
    rounds = {secretary.post(f"{path}/put-up", body, act=act).done()["round"] for _ in range(2)}
    assert rounds == {"k-" + "b" * 16}
    assert put_up(office, secretary, path).code == "letter-stage-wrong"


def test_N8_N1_the_invitation_stands_in_the_legal_layout(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    page, *_ = measured(secretary.get(f"{path}/preview.pdf").raw.data)
    title = find(page, "GIẤY MỜI")
    abstract = next(line for line in page.lines if line.text == "Họp thử")
    assert (title.is_bold, title.size, abstract.is_bold) == (True, 14, True)
    number, date = find(page, "/GM-VKSTA"), find(page, "Hà Nội, ngày")
    assert (number.size, date.is_italic) == (13, True)
    assert abs(number.baseline - date.baseline) < 0.5, "on one line"
    leader, name = find(page, "VIỆN TRƯỞNG"), next(line for line in page.lines if line.text == "chutri")
    assert (leader.is_bold, name.is_bold) == (True, True)
    assert abs(leader.middle - name.middle) < 1
    assert 8 < name.baseline - leader.baseline < 70, "room for the mark (G13)"
    recipients = find(page, "Nơi nhận:")
    assert (recipients.size, recipients.is_bold, recipients.is_italic) == (12, True, True)


def test_N9_a_clerk_reads_what_they_sign_and_nothing_else(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    round_id = put_up(office, secretary, drafted(secretary, meeting)).done()["round"]
    clerk = office.sign_in("vanthu")
    assert clerk.get(f"/api/meetings/{meeting}/rounds/{round_id}/file").status == 200
    assert clerk.get(f"/api/meetings/{meeting}").status == 403
    assert clerk.get(f"/api/meetings/{meeting}/letters").status == 403
    stranger = office.sign_in("kythuat")
    assert stranger.get(f"/api/meetings/{meeting}/rounds/{round_id}/file").status == 403
    assert signs(office, meeting, round_id, "kythuat", label="an").code == "signing-not-a-signer"


def test_N13_an_invitation_to_another_time_or_room_is_not_issued(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    signed(office, meeting, put_up(office, secretary, path).done()["round"])
    described = office.description()
    secretary.put(f"/api/meetings/{meeting}", {**described, "starts_at": "2026-12-24T01:30:00.000Z"}).done()
    refused = secretary.post(f"{path}/issue")
    assert (refused.status, refused.code, refused.data["number"]) == (409, "letter-outdated", "01/GM-VKSTA")
    assert secretary.get(f"/api/meetings/{meeting}/invitation").done()["sent"] is None
    assert secretary.get(path).done()["stage"] == "signed", "its number stays in the register"
    secretary.put(f"/api/meetings/{meeting}", described).done()
    secretary.post(f"{path}/issue").done()
    assert secretary.get(f"/api/meetings/{meeting}/invitation").done()["sent"]["moved"] is False


def test_N17_an_issued_invitation_of_a_meeting_that_moves_is_told_of_revoked_and_followed_by_another(
    office: House,
) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    base = f"/api/meetings/{meeting}"
    path = drafted(secretary, meeting)
    signed(office, meeting, put_up(office, secretary, path).done()["round"])
    secretary.post(f"{path}/issue").done()
    member = office.sign_in("daibieu")
    member.post(f"{base}/invitation/answer", {"reply": "attend"}).done()
    assert secretary.get("/api/letters/outdated").done()["letters"] == []
    # Over midnight in Viet Nam, and into New Year's Day.
    secretary.put(base, {**office.description(), "starts_at": "2026-12-31T17:30:00.000Z"}).done()
    (told,) = secretary.get("/api/letters/outdated").done()["letters"]
    assert (told["meeting"], told["number"], told["stage"]) == (meeting, "01/GM-VKSTA", "issued")
    assert member.get("/api/letters/outdated").done()["letters"] == []
    assert (secretary.get(path).done()["outdated"], secretary.get(path).done()["moves"]) == (True, ["revoke"])
    reason = {"reason": "Cuộc họp đổi giờ (demo)"}
    assert member.post(f"{path}/revoke", reason).status == 403
    act = "a-" + "c" * 16
    assert len({secretary.post(f"{path}/revoke", reason, act=act).done()["seq"] for _ in range(2)}) == 1
    shown = secretary.get(path).done()
    assert (shown["stage"], shown["number"], shown["moves"], shown["outdated"], shown["revoked"]) == (
        "revoked", "01/GM-VKSTA", [], False, reason["reason"],
    )  # fmt: skip
    assert secretary.post(f"{path}/revoke", reason).code == "letter-stage-wrong"
    mine = member.get(f"{base}/invitation").done()
    assert (mine["sent"]["revoked"], mine["open"]) == (reason["reason"], False)
    assert member.post(f"{base}/invitation/answer", {"reply": "attend"}).code == "letter-invitation-revoked"
    assert secretary.post(f"{base}/invitation/reminders").code == "letter-invitation-revoked"
    assert member.get(f"{path}/file").status == 409, "nobody takes for valid what is not"
    assert _may_read(office, meeting, shown["round"])["daibieu"] == 403
    clerk, year = office.sign_in("vanthu"), shown["issued_on"][:4]
    (entry,) = clerk.get(f"/api/register/{year}").done()["entries"]
    assert (entry["number"], entry["stage"]) == ("01/GM-VKSTA", "revoked")
    assert "Đã hủy" in clerk.get(f"/api/register/{year}/csv").raw.data.decode()
    again = drafted(secretary, meeting)
    assert "00 giờ 30, thứ Sáu, ngày 01 tháng 01 năm 2027" in secretary.get(again).done()["wording"]["body"]
    signed(office, meeting, put_up(office, secretary, again).done()["round"])
    secretary.post(f"{again}/issue").done()
    assert member.get(f"{base}/invitation").done()["sent"]["number"] == "02/GM-VKSTA"
    member.post(f"{base}/invitation/answer", {"reply": "attend"}).done()
    office.sign_in("chutri").post(f"{base}/open").done()
    assert secretary.post(f"{again}/revoke", reason).code == "letter-followed"


def test_N17_what_is_signed_and_wrong_is_revoked_before_it_is_issued_of_every_kind(office: House) -> None:
    meeting, secretary = office.meeting("open"), office.sign_in("thuky")
    path = drafted(secretary, meeting, "notice")
    signed(office, meeting, put_up(office, secretary, path).done()["round"])
    secretary.post(f"{path}/revoke", {"reason": "Sai tên đơn vị (demo)"}).done()
    assert secretary.post(f"{path}/issue").code == "letter-stage-wrong"
    year = office.services.clock.now().year
    assert secretary.get(f"/api/register/{year}").done()["ready"] == []
    second = drafted(secretary, meeting, "notice")
    signed(office, meeting, put_up(office, secretary, second).done()["round"])
    secretary.post(f"{second}/issue").done()
    assert secretary.post(f"{second}/revoke", {"reason": "Sai (demo)"}).code == "letter-stage-wrong"


def test_N9_an_issued_notice_waits_on_its_readers_first_pages_until_they_have_its_file(office: House) -> None:
    meeting, secretary = office.meeting("open"), office.sign_in("thuky")
    path = drafted(secretary, meeting, "notice")
    round_id = put_up(office, secretary, path).done()["round"]
    signed(office, meeting, round_id)

    def waits(name: str) -> list[str]:
        found = office.sign_in(name).get("/api/letters/received").done()["letters"]
        return [each["round"] for each in found]

    assert waits("daibieu") == [], "not issued"
    secretary.post(f"{path}/issue").done()
    told = {name: waits(name) for name in ("daibieu", "khach", "chutri", "thuky", "kythuat")}
    assert told == {"daibieu": [round_id], "khach": [round_id], "chutri": [], "thuky": [], "kythuat": []}
    office.sign_in("daibieu").get(f"{path}/file")
    office.sign_in("khach").get(f"/api/meetings/{meeting}/rounds/{round_id}/file")
    assert (waits("daibieu"), waits("khach")) == ([], [])


def test_N9_of_a_reader_the_first_time_is_kept_and_the_file_comes_when_it_cannot_be(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, secretary = office.meeting("open"), office.sign_in("thuky")
    path = drafted(secretary, meeting, "notice")
    round_id = put_up(office, secretary, path).done()["round"]
    signed(office, meeting, round_id)
    secretary.post(f"{path}/issue").done()

    def opened() -> list[Any]:
        with office.services.database.read() as tx:
            return [each.at for each in tx.execute(select(OPENINGS))]

    member = office.sign_in("daibieu")
    assert member.get(f"{path}/file").status == 200
    first = opened()
    office.clock.advance(minutes=5)
    assert member.get(f"{path}/file").status == 200
    assert opened() == first, "not when they read it again"

    def full(*_asked: Any, **_how: Any) -> None:
        raise DatabaseFull

    monkeypatch.setattr(SqlLetterStore, "open", full)
    for address in (f"{path}/file", f"/api/meetings/{meeting}/rounds/{round_id}/file"):
        assert office.sign_in("khach").get(address).status == 200


def test_N16_a_draft_of_another_time_is_put_up_by_who_says_that_they_mean_it(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    assert secretary.get(path).done()["differs"] == []
    secretary.put(f"/api/meetings/{meeting}", {**office.description(), "starts_at": "2026-12-24T01:30:00.000Z"}).done()
    (found,) = secretary.get(path).done()["differs"]
    assert (found["says"][:10], found["now"]) == ("Thời gian:", "08 giờ 30, thứ Năm, ngày 24 tháng 12 năm 2026")
    refused = put_up(office, secretary, path)
    assert (refused.code, refused.data) == ("letter-differs", found)
    # Moved again while the question was open: what was meant was another time.
    secretary.put(f"/api/meetings/{meeting}", {**office.description(), "starts_at": "2026-12-25T01:30:00.000Z"}).done()
    assert put_up(office, secretary, path, differs=[found]).code == "letter-differs"
    put_up(office, secretary, path, differs=secretary.get(path).done()["differs"]).done()
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/cancel", {"reason": "Hoãn (demo)"}).done()
    assert secretary.post(f"/api/meetings/{meeting}/letters", {"kind": "invitation"}).code == "letter-too-late"
    secretary.post(f"/api/meetings/{meeting}/letters", {"kind": "notice"}).done()


def test_N16_what_is_judged_of_the_meeting_is_what_is_set_and_told_of(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path, other = drafted(secretary, meeting), {**office.description(), "starts_at": "2026-12-24T01:30:00.000Z"}
    letters, read = office.services.letters, MeetingService.state
    moved: list[int] = []

    def reads(self: MeetingService, which: MeetingId) -> MeetingState:
        found = read(self, which)
        if not moved:
            moved.append(1)
            secretary.put(f"/api/meetings/{meeting}", other).done()
        return found

    asked = Asked(Actor(office.people["thuky"], "thuky"), "a-" + "e" * 16, office.clock.now())
    with monkeypatch.context() as patch:
        patch.setattr(MeetingService, "state", reads)
        letters.put_up(
            MeetingId(meeting), path.rpartition("/")[2], clerk=PersonId(office.people["vanthu"]), asked=asked
        )
    assert secretary.get(path).done()["outdated"], "set with the time that the meeting had"


def _may_read(office: House, meeting: str, round_id: str) -> dict[str, int]:
    path = f"/api/meetings/{meeting}/rounds/{round_id}/file"
    people = ("khach", "daibieu", "chutri", "thuky", "vanthu")
    found = {name: office.sign_in(name).get(path).status for name in people}
    for name in people[:-1]:  # no member, but a signer
        listed = office.sign_in(name).get(f"/api/meetings/{meeting}/rounds").done()["rounds"]
        told = [each["may_read"] for each in listed if each["round"] == round_id]
        assert told == ([True] if found[name] == 200 else []), f"{name} is told of what they may read alone"
    return found


def test_N9_what_is_not_issued_is_read_by_who_leads_and_who_signs_alone(office: House) -> None:
    meeting, secretary = office.meeting("approved"), office.sign_in("thuky")
    path = drafted(secretary, meeting)
    kept = {"khach": 403, "daibieu": 403, "chutri": 200, "thuky": 200, "vanthu": 200}
    first = put_up(office, secretary, path).done()["round"]
    assert _may_read(office, meeting, first) == kept, "waiting"
    secretary.post(f"{path}/withdraw", {"reason": "Sai địa điểm (demo)"})
    assert _may_read(office, meeting, first) == kept, "withdrawn"
    second = put_up(office, secretary, path).done()["round"]
    signed(office, meeting, second)
    assert _may_read(office, meeting, second) == kept, "signed"
    office.sign_in("vanthu").post(f"{path}/issue").done()
    assert _may_read(office, meeting, second) == dict.fromkeys(kept, 200), "issued"
    assert _may_read(office, meeting, first) == kept, "withdrawn for ever"
