"""The services of the test PKI over real HTTP on the loopback, with the faults that real ones have.

Rules: listens on a port of its own; ``fault`` says what happens to requests whose path contains a word: ``silent``
(the connection stays open without an answer until the server stops), ``late`` (the right answer, when the test sets
``much_later``), ``refused`` (503), ``garbage``, ``trickle`` (one byte now and then), ``cut`` (the connection is closed
in the middle). ``answered`` counts the requests that are over.

Usage::

    with PkiServer() as server:
        pki = TestPki(PkiSettings(server.prefix, now), folder)
        server.serve(pki)
        server.fault["tsa"] = "silent"
"""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

from tests.pki.authority import TestPki


class PkiServer:
    """Starts on entering, is gone on leaving."""

    def __init__(self) -> None:
        self.fault: Final[dict[str, str]] = {}
        self.asked: Final[list[str]] = []
        self.answered = 0
        self.much_later: Final = threading.Event()
        self.closing: Final = threading.Event()
        self.pki: TestPki | None = None
        self._http: Final = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.prefix: Final = f"http://127.0.0.1:{self._http.server_port}"
        self._thread: Final = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05})

    def serve(self, pki: TestPki) -> None:
        """Answer as this PKI does."""
        self.pki = pki

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.much_later.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    owner: PkiServer
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, method: str, body: bytes) -> None:
        # Who asked a late service has gone by then.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._say(method, body)
        self.server.owner.answered += 1

    def _say(self, method: str, body: bytes) -> None:
        owner = self.server.owner
        owner.asked.append(self.path)
        fault = next((what for word, what in owner.fault.items() if word in self.path), "")
        if fault == "silent":
            owner.closing.wait(60)
            return
        if fault == "late":
            owner.much_later.wait(60)
        pki = owner.pki
        found = None if pki is None or fault == "refused" else pki.answer(method, self.path, body)
        if fault == "garbage":
            found = b"\x30\x82garbage"
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        if fault == "trickle":
            for byte in found or b"":
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if owner.closing.wait(0.05):
                    return
        elif fault == "cut":
            self.wfile.write((found or b"")[: len(found or b"") // 2])
        else:
            self.wfile.write(found or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The tests look at ``asked`` instead."""
