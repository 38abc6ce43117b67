"""Room displays: the link IT makes, what opening it gives, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.web import DISPLAY_COOKIE
from tests.support.office import Browser, Office, Reply, fresh_id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def link(office: Office, *, replace: bool = False) -> str:
    """The token of a new link."""
    made = office.sign_in("kythuat").post(f"/api/rooms/{office.room}/display-link", {"replace": replace})
    assert made.status == 201
    page, _, token = made.body["url"].partition("#")
    assert page == "/display"
    return str(token)


def open_link(browser: Browser, token: str) -> Reply:
    return Reply.of(browser.client.post("/api/display/sign-in", json={"token": token}))


def test_F2_a_display_signs_in_with_its_link_and_knows_its_room(office: Office) -> None:
    screen = office.browser()
    assert open_link(screen, link(office)).done() == {"room": office.room, "room_name": "Phòng thử"}
    assert screen.get("/api/display").done() == {"room": office.room, "room_name": "Phòng thử"}


def test_F2_a_display_is_given_the_plan_of_its_own_room_and_nobody_else_asks_there(office: Office) -> None:
    screen = office.browser()
    assert screen.get("/api/display/plan").status == 401
    open_link(screen, link(office))
    [room] = [each for each in office.sign_in("kythuat").get("/api/rooms").done()["rooms"] if each["id"] == office.room]
    drawn = [{key: seat[key] for key in ("id", "label", "x", "y")} for seat in room["seats"]]
    assert drawn
    assert screen.get("/api/display/plan").done() == {"seats": drawn}
    assert office.sign_in("kythuat").get("/api/display/plan").status == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    reply = open_link(office.browser(), link(office))
    [cookie] = reply.raw.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{DISPLAY_COOKIE}=")
    for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie


def test_the_cookie_travels_over_tls_only_where_there_is_tls(office: Office) -> None:
    token = link(office)
    answer = office.app.test_client().post("/api/display/sign-in", json={"token": token}, base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_neither_link_nor_cookie_is_kept_in_clear(office: Office, tmp_path: Path) -> None:
    screen, token = office.browser(), link(office)
    open_link(screen, token)
    cookie = screen.client.get_cookie(DISPLAY_COOKIE)
    assert cookie is not None
    assert cookie.value != token
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("phonghop.db*"))
    for secret in (token, cookie.value):
        assert secret.encode() not in stored
        assert bytes.fromhex(secret) not in stored


def test_a_screen_that_forgot_everything_opens_its_link_again(office: Office) -> None:
    token = link(office)
    for _ in range(2):
        assert open_link(office.browser(), token).status == 200


@pytest.mark.parametrize("token", ["x", "0" * 64, "đ"])
def test_another_link_is_refused(office: Office, token: str) -> None:
    link(office)
    reply = open_link(office.browser(), token)
    assert (reply.status, reply.code) == (401, "display-link-unknown")
    assert office.browser().get("/api/display").status == 401


def test_a_new_link_can_end_the_old_ones_and_their_screens(office: Office) -> None:
    token, screen = link(office), office.browser()
    open_link(screen, token)
    link(office)
    assert screen.get("/api/display").status == 200
    link(office, replace=True)
    assert screen.get("/api/display").status == 401
    assert open_link(office.browser(), token).status == 401


def test_only_it_makes_links_and_only_for_rooms_that_exist(office: Office) -> None:
    for who in ("thuky", "chutri", "hethong"):
        assert office.sign_in(who).post(f"/api/rooms/{office.room}/display-link").status == 403
    reply = office.sign_in("kythuat").post(f"/api/rooms/{fresh_id('r')}/display-link")
    assert (reply.status, reply.code) == (404, "no-such-room")


def test_a_display_reads_its_rooms_meetings_and_changes_nothing(office: Office) -> None:
    meeting = office.meeting("open")
    screen = office.browser()
    open_link(screen, link(office))
    assert screen.get(f"/api/meetings/{meeting}").status == 200
    assert screen.get("/api/devices").status == 401
    assert screen.get(f"/api/meetings/{meeting}/events").status in {401, 403}
    assert screen.post(f"/api/meetings/{meeting}/close").status in {401, 403}
    assert screen.get("/api/people").status == 401


def test_a_display_sees_nothing_of_another_room(office: Office) -> None:
    it = office.sign_in("kythuat")
    other = it.post("/api/rooms", {"name": "Phòng khác", "seats": []}).done()["id"]
    token = it.post(f"/api/rooms/{other}/display-link").done()["url"].partition("#")[2]
    meeting = office.meeting("open")
    screen = office.browser()
    open_link(screen, token)
    assert screen.get(f"/api/meetings/{meeting}").status == 403


# ── a display in a browser where somebody has signed in ──────────────────────────────────────────────────────────


def _both(office: Office, who: str, token: str) -> Browser:
    """One browser with the cookies of a person and of a display."""
    browser = office.sign_in(who)
    assert open_link(browser, token).status == 200
    return browser


def test_F2_a_display_is_a_display_whoever_has_signed_in_beside_it(office: Office) -> None:
    meeting, draft = office.meeting("open"), office.meeting("draft")
    path = f"/api/meetings/{meeting}"
    secretary = office.sign_in("thuky")
    known = [
        {key: entry[key] for key in ("item", "parent", "title", "minutes", "visibility", "presenter")}
        for entry in secretary.get(path).body["sections"]["agenda"]
    ]
    hidden = {**known[1], "visibility": "hidden"}
    secretary.put(f"{path}/agenda", {"items": [known[0], hidden], "expected_seq": 99}).done()
    screen = _both(office, "thuky", link(office))
    assert screen.get("/api/display").done()["room"] == office.room
    assert [row["id"] for row in screen.get("/api/meetings?as=display").done()["meetings"]] == [meeting]
    assert len(screen.get(f"{path}?as=display").done()["sections"]["agenda"]) == 1, "nothing hidden goes to the wall"
    assert screen.get(f"/api/meetings/{draft}?as=display").status == 403
    # The pages of the person who has signed in stay theirs.
    assert {row["id"] for row in screen.get("/api/meetings").done()["meetings"]} == {meeting, draft}
    assert len(screen.get(path).done()["sections"]["agenda"]) == 2


def test_F2_a_session_that_has_locked_or_ended_beside_it_keeps_no_display_dark(office: Office) -> None:
    meeting = office.meeting("open")
    screen = _both(office, "thuky", link(office))
    office.clock.advance(hours=1)
    assert screen.get("/api/me").status == 423
    for path in ("/api/display", "/api/meetings?as=display", f"/api/meetings/{meeting}?as=display"):
        assert screen.get(path).status == 200
    office.clock.advance(hours=12)
    assert screen.get("/api/me").status == 401
    assert screen.get("/api/display").status == 200


def test_a_person_is_no_display(office: Office) -> None:
    secretary = office.sign_in("thuky")
    for path in ("/api/display", "/api/meetings?as=display"):
        assert (secretary.get(path).status, secretary.get(path).code) == (401, "not-signed-in")
    assert secretary.get("/api/rooms?as=display").status == 200, "a route that no display may call is the person's"
