"""The real server: ``phonghop serve`` as its own processes, and pages that speak to it over HTTP and Socket.IO.

Usage::

    with RunningServer(tmp_path) as server:
        page = server.page(); page.sign_in("thuky", "…")
        live = page.live(); live.watch(meeting)
        server.kill(); server.start()
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import socketio

from server.assembly import core
from server.cli import prepare
from server.identity.model import Role
from server.identity.service import NewAccount
from server.settings import Settings
from tests.support.office import PASSWORD, fresh_id
from tests.support.poll import until
from wire.secret import Secret

_ROOT = Path(__file__).resolve().parents[2]
_READY = re.compile(r"ready: https?://127\.0\.0\.1:(\d+)")


def _port_nobody_uses() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningServer:
    """Starts on entering; the data lies in ``folder`` and survives :meth:`kill`."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.port = 0
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PHONGHOP_")},
            "PHONGHOP_DATA_DIR": str(folder / "data"),
            "PHONGHOP_PORT": "0",
            "PHONGHOP_ARGON2_MEMORY_KIB": "64",
            "PHONGHOP_DISK_RESERVE_MIB": "0",
            "PHONGHOP_SECOND_FACTOR": "off",
            # No broker listens there: the server has to serve pages all the same.
            "PHONGHOP_MQTT_PORT": str(_port_nobody_uses()),
            **{f"PHONGHOP_{name.upper()}": str(value) for name, value in settings.items()},
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def start(self) -> None:
        """Start and wait until it says that it is ready."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "phonghop", "serve"], stdout=log, stderr=log, env=self.environ, cwd=_ROOT
            )
        self.port = int(until(self._ready, timeout_s=60, every_s=0.05, what="the server is ready"))

    def _ready(self) -> str:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        found = _READY.search(self.log())
        return "" if found is None else found.group(1)

    def stop(self) -> int:
        """Ask it to end, as a service manager does; its exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=30)

    def kill(self) -> None:
        """``kill -9`` of the parent alone."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=10)

    def workers(self) -> list[int]:
        """Process ids of the parent's children."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text(encoding="utf-8")

    def add_person(self, username: str, roles: frozenset[Role]) -> None:
        """An account in the server's database, without starting a program for it."""
        services = prepare(Settings.load(self.environ))
        new = NewAccount(username, f"{username} (demo)", "", "", roles)
        act, now = fresh_id("a"), services.clock.now()
        secret = Secret(PASSWORD.encode())
        core.build_identity(services).create_account(new, secret, actor="system", act=act, now=now)
        services.database.close()

    def admin(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run ``phonghop admin …`` on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "phonghop", "admin", *words],
            env=self.environ,
            cwd=_ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def page(self) -> Page:
        """A browser's page where nobody has signed in."""
        return Page(self)


@dataclass(frozen=True)
class Heard:
    """An answer over the wire."""

    status: int
    headers: http.client.HTTPMessage
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw) if self.raw else {}
        return found

    @property
    def code(self) -> str:
        return str(self.body.get("error", {}).get("code", ""))

    def done(self) -> dict[str, Any]:
        assert self.status < 300, self.raw
        return self.body


@dataclass
class Page:
    """Cookies and the CSRF token of one page; each request takes a connection of its own."""

    server: RunningServer
    cookie: str = ""
    csrf: str = ""

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Heard:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", "Cookie": self.cookie, "X-CSRF-Token": self.csrf}
        given["Idempotency-Key"] = fresh_id("a")
        try:
            connection.request(method, path, content, given | (headers or {}))
            response = connection.getresponse()
            return Heard(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Heard:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None) -> Heard:
        return self.send("POST", path, {} if body is None else body)

    def put(self, path: str, body: Any) -> Heard:
        return self.send("PUT", path, body)

    def sign_in(self, username: str, password: str = PASSWORD) -> Self:
        heard = self.post("/api/sign-in", {"username": username, "password": password})
        self.csrf = heard.done()["csrf"]
        self.cookie = str(heard.headers["Set-Cookie"]).partition(";")[0]
        return self

    def live(self) -> Live:
        return Live(self)

    def upgrade(self, origin: str) -> tuple[socket.socket, str]:
        """A WebSocket by hand, as a page of ``origin`` opens it: the connection, and the answer's status line."""
        raw = socket.create_connection(("127.0.0.1", self.server.port), 10)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        lines = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: 127.0.0.1:{self.server.port}",
            f"Origin: {origin}",
            f"Cookie: {self.cookie}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
        raw.sendall("\r\n".join((*lines, "", "")).encode())
        # The first frame may arrive together with the answer, and a frame is not text.
        return raw, raw.recv(1024).partition(b"\r\n")[0].decode()


@dataclass
class Live:
    """A Socket.IO connection that keeps all it hears."""

    page: Page
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.client = socketio.Client(reconnection=False)
        for event in ("patch", "delivery", "fleet", "session_locked", "signed_out"):
            self.client.on(event, self._keeper(event), namespace="/live")
        self.client.on("disconnect", lambda *_: self.ended.set(), namespace="/live")
        headers = {"Cookie": self.page.cookie}
        url = f"http://127.0.0.1:{self.page.server.port}"
        self.client.connect(url, headers=headers, namespaces=["/live"], transports=["websocket"], wait_timeout=20)

    def _keeper(self, event: str) -> Any:
        return lambda payload=None: self.heard.append((event, payload))

    def call(self, event: str, body: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.client.call(event, body, namespace="/live", timeout=20)
        return found

    def events(self, event: str) -> list[dict[str, Any]]:
        return [payload for name, payload in list(self.heard) if name == event]

    def close(self) -> None:
        self.client.disconnect()
