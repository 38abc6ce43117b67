"""The server without a proxy before it: clients that send slowly keep nobody else out, and are cut off."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from server.identity.model import Role
from server.reception import ARRIVAL_S
from tests.support import pdfs
from tests.support.gunicorn import Page, RunningServer
from tests.support.office import fresh_id
from tests.support.poll import until

SLOW = 50
#: Fewer than are slow in any one way; connections there are eight times as many.
THREADS = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("server"), threads=THREADS)
    running.add_person("thuky", frozenset({Role.SECRETARY}))
    with running:
        yield running


class Drip:
    """Connections that send a byte every half second until :meth:`stop`."""

    def __init__(self, server: RunningServer, begin: bytes, count: int) -> None:
        self.sockets = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(count)]
        for each in self.sockets:
            each.sendall(begin)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            for each in self.sockets:
                with contextlib.suppress(OSError):
                    each.send(b"a")

    def cut(self) -> int:
        """How many the server has ended."""
        readable, _, _ = select.select(self.sockets, [], [], 0)
        return len(readable)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        for each in self.sockets:
            each.close()


def answer_s(page: Page, path: str) -> float:
    """Seconds until a normal request has its answer."""
    began = time.monotonic()
    assert page.get(path).status in {200, 401, 503}
    return time.monotonic() - began


HEAD = b"POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BEGUN = {
    "head": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "body": HEAD + b"Content-Length: 400\r\n\r\n{",
    "body without a length": HEAD + b"Transfer-Encoding: chunked\r\n\r\n190\r\n{",
    "body that waits to be asked for": HEAD + b"Expect: 100-continue\r\nContent-Length: 400\r\n\r\n",
    "large body of nobody": HEAD.replace(b"sign-in", b"meetings/m-a/papers") + b"Content-Length: 99000000\r\n\r\n{",
}


def test_fifty_slow_clients_of_every_kind_keep_the_next_from_nothing_and_are_cut_off(server: RunningServer) -> None:
    page = server.page()
    with contextlib.ExitStack() as slow:
        drips: dict[str, Drip] = {}
        for part, begin in BEGUN.items():
            drips[part] = Drip(server, begin, SLOW)
            slow.callback(drips[part].stop)
            waits = [answer_s(page, path) for path in ("/healthz", "/api/me", "/healthz")]
            assert max(waits) < 2, (part, waits)
        for part, drip in drips.items():
            until(
                partial(_all_cut, drip), timeout_s=ARRIVAL_S * 4, every_s=0.2, what=f"the slow ones are cut off: {part}"
            )


def _all_cut(drip: Drip) -> bool:
    return drip.cut() >= SLOW


def test_fifty_slow_uploads_of_people_who_signed_in_keep_the_others_from_nothing(server: RunningServer) -> None:
    secretary = server.page().sign_in("thuky")
    begin = (
        f"POST /api/meetings/{fresh_id('m')}/papers HTTP/1.1\r\nHost: localhost\r\nCookie: {secretary.cookie}\r\n"
        f"X-CSRF-Token: {secretary.csrf}\r\nIdempotency-Key: {fresh_id('a')}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 90000000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    )
    drip = Drip(server, begin.encode(), SLOW)
    try:
        waits = [answer_s(secretary, "/api/meetings") for _ in range(5)]
        assert max(waits) < 2, waits
        until(drip.cut, timeout_s=60, every_s=0.2, what="the first slow upload is cut off")
    finally:
        drip.stop()


def test_a_client_that_is_slow_and_not_too_slow_is_answered(server: RunningServer) -> None:
    body = json.dumps({"username": "thuky", "password": "x" * 200}).encode()
    raw = socket.create_connection(("127.0.0.1", server.port), 20)
    raw.sendall(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode())
    waiting = threading.Event()
    for start in range(0, len(body), 40):
        waiting.wait(0.3)
        raw.sendall(body[start : start + 40])
    assert raw.recv(1000).startswith(b"HTTP/1.1 401")
    raw.close()


def test_a_connection_is_used_again_after_a_body(server: RunningServer) -> None:
    raw = socket.create_connection(("127.0.0.1", server.port), 20)
    for _ in range(3):
        raw.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        heard = b""
        while b'"bad-field"' not in heard:
            part = raw.recv(4000)
            assert part, heard
            heard += part
        assert heard.startswith(b"HTTP/1.1 400")
    raw.close()


def test_large_bodies_still_come_whole(server: RunningServer, tmp_path: Path) -> None:
    page = server.page().sign_in("thuky")
    data = pdfs.large_pdf(3_000_000)
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + data + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    heard = page.send("POST", f"/api/meetings/{fresh_id('m')}/papers", form, headers)
    assert heard.code == "secrecy-missing", "the whole form was read"
