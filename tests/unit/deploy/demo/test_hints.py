"""What the demo tells a visitor to do, for every phase its meeting may be resumed in."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import web
from deploy.demo import meeting as plans
from deploy.demo.hints import Standing, look, next_step
from wire.phases import HOLDING, Phase

_STANDINGS = [None, *map(Standing, Phase), Standing(Phase.APPROVED, unpublished=True)]


def _buttons(tree: dict[str, Any]) -> Iterator[str]:
    for value in tree.values():
        if isinstance(value, dict):
            yield from _buttons(value)
        else:
            yield re.sub(r" ?\{n\}.*", "", value)


@pytest.mark.parametrize("standing", _STANDINGS, ids=str)
def test_a_hint_names_only_buttons_that_there_are(standing: Standing | None) -> None:
    words = next_step(standing).partition(" · ")[0]
    known = set(_buttons(web.catalogue("vi")))
    assert set(re.findall("“([^”]*)”", words)) <= known


def test_only_a_meeting_that_can_be_opened_is_to_be_opened() -> None:
    opening = [each for each in _STANDINGS if "“Khai mạc”" in next_step(each)]
    assert {each.phase for each in opening if each} == {Phase.APPROVED}


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.LOCKED, Phase.CANCELLED])
def test_after_the_end_there_is_a_way_to_a_fresh_meeting(phase: Phase) -> None:
    assert "make demo-clean" in next_step(Standing(phase))
    assert all("make demo-clean" not in next_step(Standing(other)) for other in HOLDING)


@contextmanager
def _server(meetings: list[dict[str, Any]], sections: dict[str, Any], *, status: int = 200) -> Iterator[int]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            value: dict[str, Any] = {
                "person": {},
                "csrf": "c",
                "idle_s": 600,
                "meetings": meetings,
                "sections": sections,
            }
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Tests speak for themselves."""

    with ThreadingHTTPServer(("localhost", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_the_meeting_is_looked_at_by_its_title() -> None:
    listed = [{"id": "m-a", "title": "khác"}, {"id": "m-b", "title": plans.MAIN.title}]
    sections = {"meeting": {"phase": "closed"}, "papers": [{"state": "recalled"}]}
    with _server(listed, sections) as port:
        assert look(port) == Standing(Phase.CLOSED)
    waiting = {"meeting": {"phase": "approved"}, "papers": [{"state": "published"}, {"state": "approved"}]}
    with _server(listed, waiting) as port:
        assert look(port) == Standing(Phase.APPROVED, unpublished=True)


def test_a_meeting_that_cannot_be_seen_stops_nothing() -> None:
    with _server([], {}) as port:
        assert look(port) is None
    with _server([], {}, status=401) as port:
        assert look(port) is None
    assert look(port) is None
