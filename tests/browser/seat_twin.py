"""A twin of the seat's agent for its page: the same calls, sections set by the test, everything remembered.

Rules: answers as `docs/API.md` says, under a page policy as strict as the agent's; loopback, a port of the system's.

Usage::

    with SeatTwin(dist, sections) as twin:
        twin.change(link={"state": "offline", "behind": False, "since_at": None})
        assert twin.acts[-1]["kind"] == "present"
"""

from __future__ import annotations

import contextlib
import json
import mimetypes
import queue
import re
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import web
from tests.browser.paper_twin import TwinPaper

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NOW = "2026-11-21T02:42:10.000Z"
_PAGE = re.compile(r"/api/papers/(?P<paper>[^/]+)/(?P<version>\d+)/(?P<what>pages|text|search|outline)(?:/(?P<n>\d+))?")


class SeatTwin:
    """Serves the page built in ``dist`` and the sections it is given."""

    def __init__(self, dist: Path, sections: Mapping[str, Any], papers: Mapping[str, TwinPaper]) -> None:
        self.dist = dist
        self.sections: dict[str, Any] = dict(sections)
        self.papers = dict(papers)
        self.seq = 12
        self.passwords = {"dung-mat-khau"}
        #: What a right password has to come with; empty: nothing more.
        self.code = ""
        #: The code and data that every PIN is answered with; empty: it is right.
        self.pin_refused: tuple[str, dict[str, int]] = ("", {})
        #: Wrong passwords that are still answered at once, and how long the next one waits then.
        self.tries_left = 5
        self.wait_s = 0
        self.acts: list[dict[str, Any]] = []
        self.posts: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.token = "twin-token"
        #: The person's private marks: identifier → content.
        self.marks: dict[str, dict[str, Any]] = {}
        #: Why marks are refused; empty: they are kept.
        self.marks_refused = ""
        self.fetched: list[str] = []
        #: as ``fetched``, once the answer has been sent
        self.answered: list[str] = []
        #: what who presents here was said to see
        self.views: list[dict[str, Any]] = []
        #: who is ready, as the chair is told it
        self.ready: dict[str, Any] = {
            "entitled": 45, "present": 45, "able": 45, "represented": 0, "recused": 0, "people": [], "more": 0
        }  # fmt: skip
        self.failing: set[str] = set()
        self.streams: list[queue.Queue[bytes | None]] = []
        twin = self

        class Handler(_Handler):
            pass

        Handler.twin = twin
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://localhost:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def change(self, *, by: int = 0, skip: int = 0, **sections: Any) -> None:
        """Change sections and tell the page; ``by`` events happened, ``skip`` of them it was never told of."""
        base = self.seq + skip
        self.seq = base + by
        self.sections |= sections
        body = json.dumps({"base": base, "seq": self.seq, "sections": sections}, ensure_ascii=False)
        for stream in list(self.streams):
            stream.put(f"event: patch\ndata: {body}\n\n".encode())

    def point(self, **place: Any) -> None:
        """The presenter points on the page."""
        self._tell("point", place)

    def view(self, **part: Any) -> None:
        """The presenter sees this part of the page."""
        self._tell("view", part)

    def _tell(self, event: str, value: dict[str, Any]) -> None:
        for stream in list(self.streams):
            stream.put(f"event: {event}\ndata: {json.dumps(value)}\n\n".encode())

    def cut(self) -> None:
        """End every stream, as an agent that dies does."""
        for stream in list(self.streams):
            stream.put(None)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    twin: SeatTwin

    def log_message(self, *_: object) -> None:
        """Tests speak for themselves."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.twin.fetched.append(self.path)
        if url.path == "/api/seat":
            self._json({"token": self.twin.token, "seq": self.twin.seq, "now": NOW, **self.twin.sections})
        elif url.path == "/api/live":
            self._stream()
        elif url.path == "/api/marks":
            paper = parse_qs(url.query)["paper"][0]
            marks = [{"mark": m, "content": c} for m, c in self.twin.marks.items() if c["paper"] == paper]
            self._json({"marks": marks, "rev": self.twin.sections["marks"]["rev"], "unsent": 0})
        elif found := _PAGE.fullmatch(url.path):
            self._paper(found.groupdict(), parse_qs(url.query))
        else:
            self._file(url.path)
        self.twin.answered.append(self.path)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.twin.posts.append(self.path)
        if self.path in {"/api/sign-in", "/api/unlock", "/api/token", "/api/point"}:
            self.twin.bodies.append(body)
        if self.path == "/api/view":
            self.twin.views.append(body)
        if self.headers["X-Seat-Token"] != self.twin.token:
            self._error(403, "seat-wrong-token", "Trang đã cũ.")
        elif self.path in {"/api/sign-in", "/api/unlock"} and body["password"] not in self.twin.passwords:
            self._wrong_password()
        elif self.path in {"/api/sign-in", "/api/unlock"} and body.get("code", "") != self.twin.code:
            code = "second-factor-wrong" if "code" in body else "second-factor-needed"
            data = {"tries_left": 2} if "code" in body else {}
            self._error(401, code, web.error_text(code, data).vi, data)
        elif self.path == "/api/token" and self.twin.pin_refused[0]:
            code, data = self.twin.pin_refused
            self._error(409, code, web.error_text(code, data).vi, data)
        elif self.path == "/api/marks":
            self._write_marks(body["changes"])
        elif self.path == "/api/ready":
            self._json(self.twin.ready)
        elif self.path == "/api/act":
            self.twin.acts.append(body)
            self._json({"act": body["act"]}, status=202)
        else:
            self._send(204, b"")

    def _write_marks(self, changes: list[dict[str, Any]]) -> None:
        if self.twin.marks_refused:
            code, data = self.twin.marks_refused, {"most": 5000}
            return self._error(409, code, web.error_text(code, data).vi, data)
        for change in changes:
            if "content" in change:
                self.twin.marks[change["mark"]] = change["content"]
            else:
                self.twin.marks.pop(change["mark"], None)
        known = self.twin.sections["marks"]
        rev = known["rev"] + 1
        self._json({"rev": rev, "unsent": known["unsent"]})
        return self.twin.change(marks=known | {"rev": rev})

    def _wrong_password(self) -> None:
        if self.twin.wait_s:
            return self._error(429, "too-many-tries", "Sai quá nhiều lần.", {"wait_s": self.twin.wait_s})
        self.twin.tries_left -= 1
        left = {"tries_left": self.twin.tries_left}
        return self._error(401, "bad-credentials", "Tên đăng nhập hoặc mật khẩu không đúng.", left)

    def _paper(self, wanted: dict[str, Any], query: dict[str, list[str]]) -> None:
        paper = self.twin.papers[wanted["paper"]]
        if f"{wanted['what']}/{wanted['n']}" in self.twin.failing:
            self._error(500, "render-failed", "Trang này chưa dựng được. Đề nghị đồng chí thử lại.")
        elif wanted["what"] == "pages" and query.get("ahead") == ["1"]:
            self._send(204, b"")
        elif wanted["what"] == "pages":
            self._send(200, paper.picture(int(wanted["n"]), width=int(query["width"][0])), kind="image/webp")
        elif wanted["what"] == "text":
            self._json(paper.text(int(wanted["n"])))
        elif wanted["what"] == "search":
            self._json({"hits": paper.search(query["q"][0])})
        else:
            self._json(paper.outline())

    def _stream(self) -> None:
        stream: queue.Queue[bytes | None] = queue.Queue()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b": here\n\n")
        self.wfile.flush()
        self.twin.streams.append(stream)
        with contextlib.suppress(OSError):  # the page may have gone
            while (part := stream.get()) is not None:
                self.wfile.write(part)
                self.wfile.flush()
        self.twin.streams.remove(stream)
        self.close_connection = True

    def _file(self, path: str) -> None:
        file = self.twin.dist / (path.lstrip("/") or "seat.html")
        if file.is_file():
            self._send(200, file.read_bytes(), kind=mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        else:
            self._error(404, "not-found", "Không có trang này.")

    def _json(self, value: object, *, status: int = 200) -> None:
        self._send(status, json.dumps(value, ensure_ascii=False).encode(), kind="application/json")

    def _error(self, status: int, code: str, text: str, data: dict[str, int] | None = None) -> None:
        self._json({"error": {"code": code, "vi": text, "en": code, "data": data or {}}}, status=status)

    def _send(self, status: int, body: bytes, *, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        with contextlib.suppress(OSError):  # the page may no longer want it
            self.wfile.write(body)
