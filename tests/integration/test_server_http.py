"""The server as it runs: gunicorn's processes, HTTP, Socket.IO, signals, the command line."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
import socketio.exceptions

from server.front import CONTENT_POLICY, HEADERS, policy
from server.identity.model import Role
from tests.support.gunicorn import Page, RunningServer
from tests.support.office import PASSWORD, item
from tests.support.poll import until
from wire.asking import PORTS

_DEPLOYED = "deploy/gunicorn.conf.py"
PEOPLE = (("thuky", Role.SECRETARY), ("chutri", None), ("daibieu", None), ("kythuat", Role.IT))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("server"))
    _add_people(running)
    with running:
        yield running


def _add_people(server: RunningServer) -> None:
    for username, role in PEOPLE:
        server.add_person(username, frozenset({role} if role else ()))


def _meeting(server: RunningServer, room_name: str) -> tuple[str, Page, Page]:
    """An open meeting, its secretary's and its chair's page."""
    it, secretary, chair = (server.page().sign_in(name) for name in ("kythuat", "thuky", "chutri"))
    room = it.post("/api/rooms", {"name": room_name, "seats": [{"label": "A1", "x": 1, "y": 1}]}).done()
    people = {person["username"]: person["id"] for person in secretary.get("/api/people").done()["people"]}
    described = {
        "title": "Họp thử (demo)", "type": "Giao ban", "room": room["id"],
        "starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 60,
    }  # fmt: skip
    meeting: str = secretary.post("/api/meetings", described).done()["id"]
    path = f"/api/meetings/{meeting}"
    members = [
        {"person": people["chutri"], "role": "chair", "seat": room["seats"][0]["id"]},
        {"person": people["daibieu"], "role": "member", "seat": None},
    ]
    secretary.put(f"{path}/members", {"members": members}).done()
    secretary.put(f"{path}/agenda", {"items": [item("Một"), item("Hai")], "expected_seq": 99}).done()
    secretary.post(f"{path}/submit").done()
    chair.post(f"{path}/approve").done()
    chair.post(f"{path}/open").done()
    return meeting, secretary, chair


def test_every_answer_carries_the_security_headers(server: RunningServer) -> None:
    secretary = server.page().sign_in("thuky")
    for path in ("/", "/display", "/api/me", "/api/nothing", "/healthz", "/assets/nothing.js"):
        heard = secretary.get(path)
        # The console alone may speak with the bridge of the PC it is shown on (G50).
        own = {"Content-Security-Policy": policy(PORTS)} if path == "/" else {}
        for name, value in (HEADERS | own).items():
            assert heard.headers.get_all(name) == [value], f"{path}: {name}"
    for found in (CONTENT_POLICY, policy(PORTS)):
        assert found.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;")
        assert "unsafe" not in found
        assert "*" not in found
    assert "http" not in CONTENT_POLICY


def test_pages_are_asked_for_anew_and_answers_of_the_api_never_kept(server: RunningServer) -> None:
    page = server.page().sign_in("thuky")
    assert page.get("/api/me").headers["Cache-Control"] == "no-store"
    console = page.get("/")
    if console.status == 200:
        assert console.headers["Cache-Control"] == "no-cache"
    else:
        assert b"make web" in console.raw


def test_health_says_what_is_well_and_what_is_not(server: RunningServer) -> None:
    heard = server.page().get("/healthz")
    assert heard.status == 503, "no broker listens in this test"
    assert heard.body["database"] is True
    assert heard.body["disk"] is True
    assert heard.body["broker"] is False
    assert heard.body["ok"] is False


def test_paths_out_of_the_folder_of_assets_lead_nowhere(server: RunningServer) -> None:
    for path in ("/assets/../index.html", "/assets/..%2f..%2fserver%2fcli.py", "/assets//etc/passwd", "/seat.html"):
        assert server.page().get(path).status in {400, 404}, path


def test_M3_patches_lead_every_screen_to_the_same_state(server: RunningServer) -> None:
    meeting, secretary, chair = _meeting(server, "Phòng trực tiếp")
    member = server.page().sign_in("daibieu")
    lives = [page.live() for page in (secretary, chair, member)]
    shown = [live.call("watch", {"meeting": meeting, "seq": 0}) for live in lives]
    path = f"/api/meetings/{meeting}"
    for item_shown in shown[0]["sections"]["agenda"]:
        chair.post(f"{path}/items/{item_shown['item']}/start").done()
    chair.post(f"{path}/display", {"mode": "message", "text": "Giải lao"}).done()
    last: int = chair.post(f"{path}/recess").done()["seq"]
    for live, first, page in zip(lives, shown, (secretary, chair, member), strict=True):
        until(lambda live=live: live.events("patch") and live.events("patch")[-1]["seq"] == last)  # type: ignore[misc]
        seq, sections = first["seq"], first["sections"]
        for patch in live.events("patch"):
            assert patch["base"] == seq
            seq, sections = patch["seq"], {**sections, **patch["sections"]}
        assert {"seq": seq, "sections": sections} == page.get(path).done()
        live.close()


def test_a_live_request_that_makes_no_sense_gets_a_coded_error(server: RunningServer) -> None:
    live = server.page().sign_in("thuky").live()
    bodies: tuple[Any, ...] = ({}, {"meeting": "x", "seq": 0}, {"meeting": 1}, [], "x", 5, None)
    for event in ("watch", "unwatch", "watch_delivery"):
        for body in bodies:
            assert live.call(event, body)["error"]["code"] == "bad-field", (event, body)
    nowhere = {"meeting": "m-aaaaaaaaaaaaaaaa", "seq": 0}
    assert live.call("watch", nowhere)["error"]["code"] == "no-such-meeting"
    assert live.call("watch_fleet", {})["error"]["code"] == "not-allowed"
    assert live.client.connected
    live.close()


def test_live_connections_need_a_session_and_a_page_of_ours(server: RunningServer) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        server.page().live()
    secretary = server.page().sign_in("thuky")
    own = f"http://127.0.0.1:{server.port}"
    for origin, status in (("http://evil.example", "400"), ("null", "400"), (f"{own}0", "400"), (own, "101")):
        raw, line = secretary.upgrade(origin)
        raw.close()
        assert status in line, origin


def test_who_signs_out_is_shown_nothing_more_at_once(server: RunningServer) -> None:
    for _ in range(4):
        page = server.page().sign_in("thuky")
        live = page.live()
        page.post("/api/sign-out").done()
        until(lambda live=live: live.events("signed_out"), timeout_s=20)  # type: ignore[misc]
        assert live.ended.wait(20)


def test_the_fleet_comes_to_it_at_once(server: RunningServer) -> None:
    live = server.page().sign_in("kythuat").live()
    assert live.call("watch_fleet", {}) == {}
    assert until(lambda: live.events("fleet")) == [{"devices": []}]
    live.close()


def test_delivery_comes_to_the_chair_at_once_and_to_no_member(server: RunningServer) -> None:
    meeting, _, chair = _meeting(server, "Phòng phát")
    live, member = chair.live(), server.page().sign_in("daibieu").live()
    assert member.call("watch_delivery", {"meeting": meeting})["error"]["code"] == "not-allowed"
    live.call("watch_delivery", {"meeting": meeting})
    assert until(lambda: live.events("delivery"))[0]["meeting"] == meeting
    live.close()
    member.close()


def test_a_screen_that_reads_nothing_slows_no_other(server: RunningServer) -> None:
    """A socket that was opened and never read, while another screen gets everything in time."""
    meeting, secretary, chair = _meeting(server, "Phòng chậm")
    stuck = _stuck_screen(chair, meeting)
    live = secretary.live()
    live.call("watch", {"meeting": meeting, "seq": 0})
    path = f"/api/meetings/{meeting}/display"
    for number in range(40):
        last: int = chair.post(path, {"mode": "message", "text": f"{number} " + "x" * 400}).done()["seq"]
    until(lambda: live.events("patch") and live.events("patch")[-1]["seq"] == last, timeout_s=5)
    live.close()
    stuck.close()


def test_a_session_that_ends_on_a_screen_that_reads_nothing_holds_up_no_other(server: RunningServer) -> None:
    meeting, secretary, chair = _meeting(server, "Phòng kẹt")
    leaving = server.page().sign_in("chutri")
    stuck = _stuck_screen(leaving, meeting)
    live = secretary.live()
    live.call("watch", {"meeting": meeting, "seq": 0})
    path = f"/api/meetings/{meeting}/display"
    for number in range(40):
        chair.post(path, {"mode": "message", "text": f"{number} " + "x" * 400}).done()
    leaving.post("/api/sign-out").done()
    for number in range(10):
        last: int = chair.post(path, {"mode": "message", "text": f"Sau {number}"}).done()["seq"]
        until(lambda last=last: live.events("patch") and live.events("patch")[-1]["seq"] == last)  # type: ignore[misc]
    live.close()
    stuck.close()


def _stuck_screen(page: Page, meeting: str) -> socket.socket:
    """A WebSocket by hand that asks to watch and then never reads again."""
    raw, status = page.upgrade(f"http://127.0.0.1:{page.server.port}")
    assert "101" in status
    for text in ("40/live,", f'42/live,["watch",{{"meeting":"{meeting}","seq":0}}]'):
        body = text.encode()
        raw.sendall(bytes((0x81, 0x80 | len(body))) + b"\0\0\0\0" + body)
    return raw


def test_many_at_once_are_all_answered(server: RunningServer) -> None:
    page = server.page().sign_in("thuky")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(page.get("/api/me").status)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 40


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Length": "99999999999"}, b"", 413),
        ({"Content-Type": "text/xml"}, b"<x/>", 400),
        ({}, b"\xff\xfe", 400),
        ({}, b"[" * 100_000, 400),
        ({}, b'{"username": 1e999}', 400),
        ({}, b"{" + b'"a":1,' * 10 + b'"a":1}', 400),
    ],
    ids=["huge", "xml", "not UTF-8", "deep", "infinite", "no fields of ours"],
)
def test_rubbish_gets_a_coded_error(server: RunningServer, headers: dict[str, str], body: bytes, status: int) -> None:
    heard = server.page().send("POST", "/api/sign-in", body, headers)
    assert heard.status == status
    assert heard.code


def test_F2_a_display_beside_somebody_who_signed_in_is_live_as_a_display(server: RunningServer) -> None:
    it = server.page().sign_in("kythuat")
    room = it.post("/api/rooms", {"name": "Phòng có màn hình", "seats": []}).done()["id"]
    token = it.post(f"/api/rooms/{room}/display-link").done()["url"].partition("#")[2]
    opened = it.post("/api/display/sign-in", {"token": token})
    both = f"{it.cookie}; {str(opened.headers['Set-Cookie']).partition(';')[0]}"
    answers = []
    for query in ("", "?as=display"):
        client = socketio.Client(reconnection=False)
        url = f"http://127.0.0.1:{server.port}{query}"
        client.connect(url, headers={"Cookie": both}, namespaces=["/live"], transports=["websocket"], wait_timeout=20)
        answers.append(client.call("watch_fleet", {}, namespace="/live", timeout=20))
        client.disconnect()
    assert "error" not in answers[0]
    assert answers[1]["error"]["code"] == "not-allowed"


# Last: these stop the server of the module


def test_the_log_is_one_readable_line_an_event_and_holds_no_secret(server: RunningServer) -> None:
    lines = [line for line in server.log().splitlines() if line.strip()]
    assert all(line[2] == line[5] == ":" for line in lines), lines
    assert PASSWORD not in server.log()
    assert "phonghop_session" not in server.log()


def test_stopping_with_open_screens_ends_soon_and_leaves_no_process(server: RunningServer) -> None:
    live = server.page().sign_in("thuky").live()
    workers = server.workers()
    assert len(workers) == 1
    assert server.stop() == 0
    assert live.ended.wait(10)
    until(lambda: not Path(f"/proc/{workers[0]}").exists(), timeout_s=5)
    assert "Traceback" not in server.log()


def test_M2_a_server_that_is_killed_comes_back_with_every_acknowledged_change(tmp_path: Path) -> None:
    server = RunningServer(tmp_path)
    _add_people(server)
    with server:
        meeting, secretary, chair = _meeting(server, "Phòng")
        path = f"/api/meetings/{meeting}"
        last = chair.post(f"{path}/display", {"mode": "message", "text": "Trước khi mất điện"}).done()
        worker = server.workers()[0]
        server.kill()
        until(lambda: not Path(f"/proc/{worker}").exists(), what="the worker ends with its parent")
        server.start()
        again = secretary.get(path).done()
        assert again["seq"] == last["seq"]
        assert again["sections"]["display"]["text"] == "Trước khi mất điện"
        chair.post(f"{path}/close").done()
        exported = tmp_path / "events.json"
        exported.write_bytes(secretary.get(f"{path}/events").raw)
        _verify(exported)


def _verify(exported: Path) -> None:
    command = [sys.executable, "-m", "phonghop", "verify", str(exported)]
    root = Path(__file__).resolve().parents[2]
    good = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert "VERIFIED" in good.stdout
    exported.write_text(exported.read_text(encoding="utf-8").replace("mất điện", "có điện"), encoding="utf-8")
    bad = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert "NOT VERIFIED" in bad.stderr
    assert "its content no longer has the hash it states" in bad.stderr


def test_the_deployed_gunicorn_configuration_is_the_servers_own(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "deploy/gunicorn.conf.py",
            "--print-config",
            "server.run:application()",
        ],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "PHONGHOP_DATA_DIR": str(tmp_path), "PHONGHOP_THREADS": "77"},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert "server.reception.Reception" in printed, printed
    for name, value in (("workers", "1"), ("threads", "77"), ("preload_app", "False")):
        assert any(line.split() == [name, "=", value] for line in printed.splitlines()), (name, printed)


def test_the_server_itself_speaks_tls_with_the_sites_certificate(tmp_path: Path) -> None:
    pki = tmp_path / "data" / "pki"
    server = RunningServer(tmp_path, tls_certificate=pki / "https.pem", tls_key=pki / "https.key")
    assert server.admin("init").returncode == 0
    trust = ssl.create_default_context(cafile=pki / "ca.pem")
    with server:
        connection = http.client.HTTPSConnection("localhost", server.port, context=trust, timeout=20)
        connection.request("GET", "/api/me")
        response = connection.getresponse()
        assert response.status == 401
        assert response.headers["Strict-Transport-Security"]
        assert connection.sock.version() == "TLSv1.3"
        connection.close()


def test_a_server_that_cannot_start_says_why_without_a_traceback(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, database_url=f"sqlite:///{tmp_path}/none/x.db")
    done = subprocess.run(
        [sys.executable, "-m", "phonghop", "serve"],
        env=server.environ,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "[database-away]" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_all_told_at_once(tmp_path: Path) -> None:
    done = RunningServer(tmp_path, port="70000", idle_s="soon", nonsense="1").admin("migrate")
    assert done.returncode == 2
    for name in ("PHONGHOP_PORT", "PHONGHOP_IDLE_S", "PHONGHOP_NONSENSE"):
        assert name in done.stderr
