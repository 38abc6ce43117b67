"""A bundle is fetched in pieces over a real connection: cut, gone on with, refused with its reason."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import queue
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from edge.events import UpdateWent
from edge.updates.fetching import BUNDLE, Fetch
from wire.messages.updates import Release

CONTENT = bytes(range(256)) * 4096
RELEASE = Release(
    "20261123.081500",
    "phonghop-seat-amd64",
    len(CONTENT),
    hashlib.sha256(CONTENT).hexdigest(),
    "20261101.081500",
    dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
)


class House(HTTPServer):
    """Gives the bundle as a server does, and badly when told so."""

    content = CONTENT
    #: so many bytes of each answer, then the connection ends
    cut = len(CONTENT)
    ranges = True
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    server: House

    def do_GET(self) -> None:
        house = self.server
        wanted = self.headers.get("Range", "")
        house.asked.append(wanted)
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and house.ranges else 0
        status = 206 if begin else house.status
        self.send_response(status if self.path == f"/api/releases/{RELEASE.sha256}" else 400)
        self.send_header("Content-Length", str(len(house.content) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(house.content) - 1}/{len(house.content)}")
        self.end_headers()
        self.wfile.write(house.content[begin : begin + house.cut])

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def house() -> Iterator[House]:
    with House() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetched(house: House, folder: Path, *, release: Release = RELEASE, free: int = 1 << 40) -> UpdateWent:
    """Where it ended."""
    told: queue.SimpleQueue[UpdateWent] = queue.SimpleQueue()
    fetch = Fetch(
        release,
        folder,
        connect=lambda: HTTPConnection("127.0.0.1", house.server_port, timeout=20),
        free_bytes=lambda: free,
        reserve_bytes=1000,
        tell=told.put,
        wait_s=0.0,
        patience_s=0.0,
    )
    fetch.start()
    while True:
        went = told.get(timeout=60)
        if went.state != "fetching":
            fetch.stop()
            return went


def test_W176_a_bundle_comes_whole(house: House, tmp_path: Path) -> None:
    assert fetched(house, tmp_path / "updates") == UpdateWent(RELEASE.sha256, "fetched", 100)
    assert (tmp_path / "updates" / BUNDLE).read_bytes() == CONTENT
    assert house.asked == [""]


def test_W176_what_was_cut_goes_on_where_it_was(house: House, tmp_path: Path) -> None:
    house.cut = 300_000
    assert fetched(house, tmp_path).state == "fetched"
    assert (tmp_path / BUNDLE).read_bytes() == CONTENT
    assert house.asked == ["", "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_W176_after_a_power_cut_what_is_there_is_not_asked_for_again(house: House, tmp_path: Path) -> None:
    (tmp_path / f"{RELEASE.sha256}.part").write_bytes(CONTENT[:1_000_000])
    assert fetched(house, tmp_path).state == "fetched"
    assert house.asked == ["bytes=1000000-"]
    (tmp_path / f"{RELEASE.sha256}.part").write_bytes(CONTENT)
    assert fetched(house, tmp_path).state == "fetched"
    assert len(house.asked) == 1, "whole, and only to be compared"


def test_a_server_without_ranges_begins_anew(house: House, tmp_path: Path) -> None:
    (tmp_path / f"{RELEASE.sha256}.part").write_bytes(b"x" * 1000)
    house.ranges = False
    assert fetched(house, tmp_path).state == "fetched"


def test_W176_another_content_than_was_promised_is_not_taken(house: House, tmp_path: Path) -> None:
    house.content = CONTENT[:-1] + b"x"
    assert fetched(house, tmp_path) == UpdateWent(RELEASE.sha256, "failed", 0, "tampered")
    assert list(tmp_path.iterdir()) == [], "nothing of it is left"


@pytest.mark.parametrize("there", [b"", CONTENT[:1000]])
def test_a_bundle_of_another_length_is_not_taken(house: House, tmp_path: Path, there: bytes) -> None:
    (tmp_path / f"{RELEASE.sha256}.part").write_bytes(there)
    house.content = CONTENT[:-1]
    assert fetched(house, tmp_path).reason == "truncated"


def test_a_disk_without_room_is_said_before_anything_is_asked_for(house: House, tmp_path: Path) -> None:
    assert fetched(house, tmp_path, free=len(CONTENT) + 999).reason == "no-space"
    assert house.asked == []
    assert fetched(house, tmp_path, free=len(CONTENT) + 1000).state == "fetched"


def test_a_server_that_does_not_answer_or_does_not_have_it(house: House, tmp_path: Path) -> None:
    house.status = 500
    assert fetched(house, tmp_path).reason == "unreachable"
    house.status = 404
    assert fetched(house, tmp_path).reason == "unreachable"
    assert fetched(house, tmp_path, release=dataclasses.replace(RELEASE, sha256="00" * 32)).reason == "unreachable"


def test_a_thread_that_was_stopped_touches_nothing_any_more(house: House, tmp_path: Path) -> None:
    """It waits for an answer while the next one has begun with the same file."""
    asked, goes_on = Event(), Event()
    told: list[UpdateWent] = []

    def connect() -> HTTPConnection:
        asked.set()
        assert goes_on.wait(60)
        return HTTPConnection("127.0.0.1", house.server_port, timeout=20)

    part = tmp_path / f"{RELEASE.sha256}.part"
    fetch = Fetch(
        RELEASE, tmp_path, connect=connect, free_bytes=lambda: 1 << 40, reserve_bytes=0, tell=told.append, wait_s=0.0
    )
    fetch.start()
    assert asked.wait(60)
    fetch.stop()
    part.write_bytes(CONTENT)
    goes_on.set()
    fetch.join(60)
    assert (part.read_bytes() == CONTENT, (tmp_path / BUNDLE).exists(), told) == (True, False, [])
