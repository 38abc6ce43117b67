"""Papers asked from people with a deadline, through the server (W137–W140, P2)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.papers.routes import received
from tests.support import pdfs
from tests.support.office import Browser, Office, Reply, fresh_id
from tests.support.papers import items_of
from wire.ids import MeetingId

#: The meeting is on Friday 27/11/2026; the office's clock begins on Monday 23/11/2026, 8:00.
STARTS = "2026-11-27T01:30:00.000Z"
_PDF = pdfs.text_pdf(["Báo cáo"], pages=2)


class Play:
    """A meeting on Friday, and somebody outside it who is asked for a paper."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.outsider_id = self.office.add("donvi")
        self.office.add("nguoikhac")
        self.secretary, self.chair = self.office.sign_in("thuky"), self.office.sign_in("chutri")
        self.outsider = self.office.sign_in("donvi")
        self.meeting = self.office.meeting("draft")
        self.secretary.put(f"/api/meetings/{self.meeting}", self.office.description() | {"starts_at": STARTS}).done()
        self.path = f"/api/meetings/{self.meeting}/requests"
        self.item = items_of(self.secretary, self.meeting)[0]

    def ask(self, who: Browser | None = None, **other: Any) -> Reply:
        wanted = {"item": self.item, "person": self.outsider_id, "what": "Báo cáo quý III", "until": "2026-11-25"}
        return (who or self.secretary).post(self.path, {"requests": [wanted | other]})

    def asked(self, **other: Any) -> str:
        return str(self.ask(**other).done()["requests"][0])

    def hand_in(self, request: str, who: Browser | None = None, *, act: str = "", **fields: Any) -> Reply:
        browser = who or self.outsider
        form = {"title": "Báo cáo quý III", "secrecy": "normal", **fields}
        if form.setdefault("file", (io.BytesIO(_PDF), "bao-cao.pdf")) is None:
            del form["file"]  # a stub
        headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": act or fresh_id("a")}
        path = f"{self.path}/{request}/paper"
        return Reply.of(browser.client.post(path, data=form, headers=headers, content_type="multipart/form-data"))

    def board(self) -> dict[str, Any]:
        return self.secretary.get(self.path).done()

    def line(self, request: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.board()["requests"] if each["request"] == request)
        return found

    def mine(self, who: Browser | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (who or self.outsider).get("/api/requests").done()["requests"]
        return found

    def remind_due(self) -> None:
        """What the chore does."""
        (chore,) = [each for each in self.office.services.chores._due_s if each.name == "requests"]  # noqa: SLF001
        chore.do()


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    found = Play(tmp_path)
    yield found
    found.office.services.close()


def test_P2_a_paper_is_asked_of_somebody_outside_handed_in_returned_and_approved(play: Play) -> None:
    request = play.asked()
    (told,) = play.mine()
    assert (told["title"], told["item_number"], told["what"], told["standing"], told["days_left"]) == (
        "Họp thử (demo)", "1", "Báo cáo quý III", "asked", 2,
    )  # fmt: skip
    made = play.hand_in(request).done()
    assert (made["version"], made["pages"]) == (1, 2)
    assert play.line(request)["standing"] == "submitted"
    assert play.secretary.post(f"{play.path}/{request}/return", {"reason": "Thiếu phụ lục"}).status == 200
    (told,) = play.mine()
    assert (told["standing"], told["reason"]) == ("returned", "Thiếu phụ lục")
    assert play.hand_in(request).done()["version"] == 2
    paper = play.line(request)["paper"]["paper"]
    play.secretary.post(f"/api/meetings/{play.meeting}/submit").done()
    play.chair.post(f"/api/meetings/{play.meeting}/papers/{paper}/approve").done()
    assert (play.line(request)["standing"], play.board()["counts"]["approved"]) == ("approved", 1)
    assert play.hand_in(request).code == "paper-request-over"


def test_P5_the_request_gives_the_right_to_its_own_paper_and_to_nothing_else(play: Play) -> None:
    request = play.asked()
    other = play.office.sign_in("nguoikhac")
    for who in (other, play.office.sign_in("daibieu"), play.office.sign_in("kythuat")):
        assert play.mine(who) == []
        assert who.get(f"{play.path}/{request}").code == "paper-request-unknown"
        assert play.hand_in(request, who).code == "paper-request-unknown"
        assert who.get(play.path).status == 403
        assert play.ask(who).status == 403
    meeting = f"/api/meetings/{play.meeting}"
    made = play.hand_in(request).done()
    assert play.outsider.get(f"{play.path}/{request}/pages/1").raw.mimetype == "image/webp"
    assert other.get(f"{play.path}/{request}/pages/1").code == "paper-request-unknown"
    assert play.outsider.get(f"{meeting}/papers/{made['paper']}/1/pages/1").status == 403
    assert play.outsider.get(meeting).status == 403
    assert play.outsider.get("/api/meetings").body["meetings"] == []


def test_W137_a_day_before_today_or_after_the_meeting_is_refused_and_a_late_one_is_told(play: Play) -> None:
    for until in ("2026-11-22", "2026-11-28"):
        refused = play.ask(until=until)
        assert (refused.code, refused.data) == ("paper-request-day", {"first": "2026-11-23", "last": "2026-11-27"})
    assert play.ask(until="27/11/2026").status == 400
    play.asked(until="2026-11-27")
    assert play.board()["papers_until"] == "2026-11-25", "two working days before; the screen compares"


def test_W137_of_two_who_change_a_request_the_second_is_told_what_it_says_now(play: Play) -> None:
    request = play.asked()
    body = {"person": play.outsider_id, "what": "Báo cáo năm", "until": "2026-11-24", "revision": 1}
    play.secretary.put(f"{play.path}/{request}", body).done()
    refused = play.secretary.put(f"{play.path}/{request}", body | {"what": "Tờ trình"})
    assert (refused.code, refused.data["revision"], refused.data["what"]) == (
        "paper-request-changed", 2, "Báo cáo năm",
    )  # fmt: skip
    assert play.secretary.put(f"{play.path}/{request}", body).status == 200, "the very same words change nothing"
    assert play.line(request)["revision"] == 2


def test_W138_who_misses_the_day_is_said_to_be_late_and_may_still_hand_in(play: Play) -> None:
    request = play.asked()
    play.office.clock.advance(days=2, hours=15, minutes=59, seconds=59)  # Wednesday, a second before midnight there
    play.secretary = play.office.sign_in("thuky")
    assert (play.line(request)["overdue"], play.board()["counts"]["overdue"]) == (False, 0)
    play.office.clock.advance(seconds=1)
    play.outsider = play.office.sign_in("donvi")
    assert (play.line(request)["overdue"], play.board()["counts"]["overdue"]) == (True, 1)
    play.hand_in(request).done()
    line = play.line(request)
    assert (line["standing"], line["late"], line["overdue"]) == ("submitted", True, False)


def test_W138_the_same_hand_in_again_is_answered_as_it_was(play: Play) -> None:
    request, act = play.asked(), fresh_id("a")
    made = play.hand_in(request, act=act).done()
    assert play.hand_in(request, act=act).done() == made
    assert play.line(request)["paper"]["version"] == 1
    again = fresh_id("a")
    second = play.hand_in(request, act=again).done()
    assert (second["version"], play.hand_in(request, act=again).done()) == (2, second)


def test_W138_no_paper_is_taken_for_what_was_withdrawn_or_is_over(play: Play) -> None:
    request, other = play.asked(), play.asked(what="Tờ trình")
    play.secretary.post(f"{play.path}/{request}/withdraw", {"reason": "Không cần nữa"}).done()
    assert play.hand_in(request).code == "paper-request-withdrawn"
    assert [each["request"] for each in play.mine()] == [other]
    play.secretary.post(f"/api/meetings/{play.meeting}/cancel", {"reason": "Hoãn"}).done()
    assert play.hand_in(other).code == "phase-not-allowed"
    assert play.mine() == []


def test_W139_people_are_reminded_by_hand_and_once_before_and_once_after_the_day(play: Play) -> None:
    request = play.asked()
    play.secretary.post(f"{play.path}/reminders", {}).done()
    assert play.line(request)["reminders"] == 1
    play.remind_due()
    assert play.line(request)["reminders"] == 1, "Monday: two working days are left"
    for hours, wanted in ((24, 2), (0, 2), (24, 2), (24, 3), (24, 3)):
        play.office.clock.advance(hours=hours)
        play.remind_due()
        play.secretary = play.office.sign_in("thuky")
        assert play.line(request)["reminders"] == wanted
    told = [e for e in play.office.services.meetings.events(MeetingId(play.meeting)) if "reminded" in e.kind]
    assert [(each.actor.partition(":")[0], each.data["why"]) for each in told] == [
        ("person", "hand"), ("system", "before"), ("system", "overdue"),
    ]  # fmt: skip
    play.hand_in(request, play.office.sign_in("donvi")).done()
    assert play.secretary.post(f"{play.path}/reminders", {}).code == "paper-request-nobody"


def test_a_disabled_account_is_asked_for_nothing(play: Play) -> None:
    play.office.sign_in("hethong").post(f"/api/people/{play.outsider_id}/disable", {}).done()
    assert play.ask().code == "account-disabled"
    assert play.board()["requests"] == []


def test_W137_a_unit_is_asked_and_its_head_hands_in_late(play: Play) -> None:
    admin = play.office.sign_in("hethong")
    unit = admin.post("/api/units", {"code": "P1", "name": "Phòng 1", "head": play.outsider_id}).done()["id"]
    request = play.asked(person=None, unit=unit)
    assert (play.line(request)["name"], play.line(request)["unit"]) == ("Phòng 1", unit)
    assert [each["request"] for each in play.mine()] == [request]
    other = play.office.sign_in("nguoikhac")
    assert play.hand_in(request, other).code == "paper-request-unknown", "a stranger to the unit"
    play.office.clock.advance(days=3)
    play.secretary, play.outsider = play.office.sign_in("thuky"), play.office.sign_in("donvi")
    play.remind_due()
    assert (play.line(request)["overdue"], play.line(request)["reminders"]) == (True, 1)
    play.hand_in(request).done()
    assert play.line(request)["late"]
    admin = play.office.sign_in("hethong")
    revision = next(each["revision"] for each in admin.get("/api/units").done()["units"] if each["id"] == unit)
    admin.post(f"/api/units/{unit}/close", {"revision": revision}).done()
    assert play.ask(person=None, unit=unit).code == "unit-closed"
    assert play.hand_in(request).code == "paper-request-unknown", "who led a closed unit has no more right"


def test_W137_what_was_asked_of_a_unit_that_was_merged_is_asked_of_the_one_that_took_it_in(play: Play) -> None:
    admin = play.office.sign_in("hethong")
    taker = admin.post("/api/units", {"code": "P2", "name": "Phòng 2", "head": play.outsider_id}).done()["id"]
    unit = admin.post("/api/units", {"code": "P1", "name": "Phòng 1"}).done()["id"]
    request = play.asked(person=None, unit=unit)
    assert play.mine() == [], "not of the other unit yet"
    admin.post(f"/api/units/{unit}/close", {"into": taker, "revision": 1}).done()
    assert [each["request"] for each in play.mine()] == [request]
    play.hand_in(request).done()
    refused = play.ask(person=None, unit=unit)
    assert (refused.code, refused.data) == ("unit-closed", {"name": "Phòng 1"})


def test_W137_where_every_head_is_disabled_whoever_belongs_to_the_unit_hands_in(play: Play) -> None:
    admin, head = play.office.sign_in("hethong"), play.office.people["daibieu"]
    unit = admin.post("/api/units", {"code": "P1", "name": "Phòng 1", "head": head}).done()["id"]
    admin.post(f"/api/people/{play.outsider_id}/unit", {"unit": unit})
    request = play.asked(person=None, unit=unit)
    assert play.mine() == [], "its head is there"
    admin.post(f"/api/people/{head}/disable", {}).done()
    assert [each["request"] for each in play.mine()] == [request]
    play.hand_in(request).done()


def test_W138_a_stub_that_was_chosen_by_mistake_comes_back_and_is_followed_by_another_paper(play: Play) -> None:
    request, act = play.asked(), fresh_id("a")
    stub = play.hand_in(request, act=act, secrecy="secret", file=None).done()
    assert (stub["pages"], play.hand_in(request).code) == (0, "secrecy-refused")
    play.secretary.post(f"{play.path}/{request}/return", {"reason": "Không phải tài liệu mật"}).done()
    assert play.secretary.post(f"{play.path}/{request}/return", {"reason": "x"}).code == "paper-request-returned"
    again = fresh_id("a")
    made = play.hand_in(request, act=again).done()
    assert (made["version"], made["pages"], made["paper"] == stub["paper"]) == (1, 2, False)
    assert (play.line(request)["standing"], play.line(request)["paper"]["paper"]) == ("submitted", made["paper"])
    assert play.hand_in(request, act=again).done() == made, "the same act is answered as it was"
    assert play.hand_in(request).done()["version"] == 2


def test_W138_of_two_first_versions_at_once_the_second_is_told_of_the_first(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, place = play.asked(), "server.requests.routes.received"

    @contextlib.contextmanager
    def slow(intake: Any) -> Iterator[Any]:
        monkeypatch.setattr(place, received)
        play.hand_in(request, play.secretary).done()
        with received(intake) as form:
            yield form

    monkeypatch.setattr(place, slow)
    refused = play.hand_in(request)
    assert (refused.code, refused.data) == ("paper-request-met", {"standing": "submitted"})
    assert play.secretary.post(f"{play.path}/{request}/withdraw", {"reason": "x"}).code == "paper-request-met"
