"""A site around a real broker for real agents: enrolment over HTTP, and the server's twin on the broker.

Rules: certificates, access lists and revocation are the product's own (`tests.support.broker`); only what the server
says is the twin's. The HTTP side decides at once, or waits, or refuses, as the test has set it.

Usage::

    with SiteTwin(broker) as site:
        agent = site.agent(tmp_path / "A1", seat="A1")
        until(lambda: agent.where == "waiting")
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from server.pki.announcement import SiteFacts, site_document
from server.pki.bundle import bundle
from server.pki.requests import EnrolmentRequest, read_request
from tests.support.broker import BrokerSite, Client
from tests.support.meeting_log import named
from tests.support.poll import until
from tests.support.server_twin import ROOM, ServerTwin, TwinDevice
from wire.ids import DeviceId
from wire.topics import parse

_ROOT = Path(__file__).resolve().parents[2]
_REPAIR_S = 0.3


class SiteTwin:
    """HTTP enrolment, and a thread that is the server on the broker."""

    def __init__(self, broker: BrokerSite) -> None:
        self.broker = broker
        self.twin = ServerTwin(out=self._out)
        self.lock = threading.RLock()
        self.verdicts: dict[str, str] = {}
        self.asked: list[EnrolmentRequest] = []
        self.chunks_sent = 0
        self.errors: list[BaseException] = []
        self._client: Client | None = None
        self._stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._threads = [
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
            threading.Thread(target=self._serve, daemon=True),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        for thread in self._threads:
            thread.join(10)
        assert not self.errors, self.errors

    @property
    def url(self) -> str:
        """Where seats enrol."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def approve(self, device: DeviceId, *, seat: str, spki: bytes) -> None:
        """As IT does: the seat in the access list, the server knows it."""
        with self.lock:
            if device not in self.twin.devices:
                self.twin.devices[device] = TwinDevice(device, spki, named("s", seat))
                self.broker.members[device] = ROOM
                assert self.broker.warden.enforce()
            self.verdicts[device] = "approved"

    def enrol(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a `simpleenroll`."""
        asked = read_request(body)
        self.asked.append(asked)
        verdict = self.verdicts.get(asked.device)
        if verdict is None and asked.serial:
            self.approve(asked.device, seat=asked.serial, spki=asked.spki)
            verdict = "approved"
        if verdict in {"device-refused", "device-revoked"}:
            return 403, {"X-Phonghop-Code": verdict}, b"khong\nno\n"
        if verdict != "approved":
            return 202, {"Retry-After": "1"}, b""
        certificate = self.broker.pki.issue_device(asked.device, spki=asked.spki, now=self.broker.now)
        self.broker.certificates[asked.device] = certificate
        return 200, {}, bundle([certificate, self.broker.pki.authority.certificate])

    def document(self) -> dict[str, Any]:
        """The site document."""
        facts = SiteFacts("Test", "localhost", self.broker.process.seats_port, self.twin.mailbox.public)
        signer = self.twin.signer
        certificate = self.broker.pki.signing_certificate(signer.public, now=self.broker.now)
        return site_document(facts, certificate=certificate, sign=signer.sign)

    # ------------------------------------------------------- the server on the broker

    def _out(self, topic: Any, payload: bytes) -> None:
        if topic.chunk is not None:
            self.chunks_sent += 1
        if self._client is not None:
            self._client.send(str(topic), payload)

    def _serve(self) -> None:
        try:
            while not self._stopping.is_set():
                with self.broker.server() as client:
                    self._client = client
                    self._answer(client)
        except AssertionError as exc:
            if not self._stopping.is_set():
                self.errors.append(exc)
        finally:
            self._client = None

    def _answer(self, client: Client) -> None:
        done = connections = 0
        repaired_s = time.monotonic()
        while not self._stopping.is_set():
            if connections != len(client.connections) and client.is_connected:
                connections = len(client.connections)
                client.subscribe("u/+/+")
            if done == len(client.messages):
                self._stopping.wait(0.005)
            while done < len(client.messages):
                topic, payload = client.messages[done]
                done += 1
                with self.lock:
                    self.twin.handle(parse(topic), payload)
            if time.monotonic() - repaired_s >= _REPAIR_S:
                repaired_s = time.monotonic()
                with self.lock:
                    self.twin.repair(at_most=64)

    # ------------------------------------------------------- agents

    @contextmanager
    def agent(self, folder: Path, *, seat: str, **settings: Any) -> Iterator[AgentProcess]:
        """An agent in a process of its own; ended when the block ends."""
        agent = AgentProcess(self, folder, seat=seat, settings=settings)
        agent.start()
        try:
            yield agent
        finally:
            agent.end()


class AgentProcess:
    """`phonghop seat` as it runs on a terminal, and its page as a browser calls it."""

    def __init__(self, site: SiteTwin, folder: Path, *, seat: str, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.data_dir, self.run_dir = folder / "data", folder / "run"
        self._settings = {
            "server_url": site.url,
            "ca_sha256": site.broker.pki.ca_sha256(),
            "data_dir": str(self.data_dir),
            "run_dir": str(self.run_dir),
            "serial": seat,
            "page_port": 0,
            "disk_reserve_mib": 0,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._token = ""
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def start(self) -> None:
        """Start it (again) and wait for its page."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "seat.toml"
        config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in self._settings.items()))
        (self.run_dir / "kiosk.url").unlink(missing_ok=True)
        with (self.folder / "agent.log").open("ab") as log:
            command = [sys.executable, "-m", "phonghop", "seat", "--config", str(config)]
            self._process = subprocess.Popen(command, stderr=log, cwd=_ROOT)
        until(self._is_up, timeout_s=20, what="the agent's page answers")

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        return (self.run_dir / "kiosk.url").exists() and self.seat()[0] == 200

    def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def end(self) -> None:
        """As systemd does."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(20) == 0, self.log()

    @property
    def arguments(self) -> list[str]:
        """What every program of the machine can read of it."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/cmdline").read_text().split("\0")

    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "agent.log").read_text()

    @property
    def url(self) -> str:
        """The page's address, without what only its screen has."""
        return self.address.partition("/#")[0]

    @property
    def address(self) -> str:
        """What the terminal's screen opens."""
        return (self.run_dir / "kiosk.url").read_text().strip()

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of a request of the page, as the terminal's own browser."""
        status, answer = self._ask(method, path, body, headers)
        if status == HTTPStatus.UNAUTHORIZED and b"seat-kiosk-only" in answer:
            self._ask("POST", "/api/kiosk", {"secret": self.address.partition("#kiosk=")[2]})
            status, answer = self._ask(method, path, body, headers)
        return status, answer

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)  # noqa: S310 - http on the loopback
        for name, value in ({"X-Seat-Token": self._token} | (headers or {})).items():
            request.add_header(name, value)
        try:
            with self._browser.open(request, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as exc:
            return exc.code, exc.read()
        except OSError:
            return 0, b""

    def seat(self) -> tuple[int, dict[str, Any]]:
        """`GET /api/seat`."""
        status, body = self.call("GET", "/api/seat")
        found: dict[str, Any] = json.loads(body) if status == 200 else {}
        self._token = found.get("token", self._token)
        return status, found

    @property
    def sections(self) -> dict[str, Any]:
        """What the page shows."""
        return self.seat()[1]

    @property
    def where(self) -> str:
        """The screen it is on."""
        return str(self.sections.get("seat", {}).get("state", ""))

    def reaches(self, where: str, *, timeout_s: float = 15.0) -> None:
        """Wait for a screen."""
        until(lambda: self.where == where, timeout_s=timeout_s, what=f"the seat is at {where}, not {self.where}")

    def has(self, paper: str, *, timeout_s: float = 15.0) -> None:
        """Wait until a paper (``p-….1``) is whole and shown."""
        until(lambda: self.holding(paper).get("ready"), timeout_s=timeout_s, what=f"{paper} is whole")

    def holding(self, paper: str) -> dict[str, Any]:
        """How far a paper is."""
        found: dict[str, Any] = self.sections.get("holding", {}).get(paper, {})
        return found

    def sign_in(self, who: str) -> None:
        """As a person of the playbook, with their password."""
        status, answer = self.post("/api/sign-in", {"person": named("u", who), "password": who})
        assert status == 200, answer

    def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """A changing call."""
        status, data = self.call("POST", path, body or {})
        return status, json.loads(data) if data else {}


def _handler(site: SiteTwin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/est/cacerts":
                self._answer(200, {}, bundle([site.broker.pki.authority.certificate]))
            elif self.path == "/.well-known/phonghop/site":
                self._answer(200, {}, json.dumps(site.document()).encode())
            else:
                self._answer(404, {}, b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._answer(*site.enrol(body))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            """Silent."""

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
