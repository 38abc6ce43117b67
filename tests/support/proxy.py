"""A real nginx with the production site before a little server that remembers what it was asked.

Rules: the configuration is rendered from `deploy/nginx`, only ports and paths differ.

Usage: `with running_proxy(tmp_path) as proxy: proxy.get("/api/me")`.
"""

from __future__ import annotations

import datetime as dt
import getpass
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from deploy.render import Proxy, render, site_values, whole_values
from server.pki.site import SiteNames, SitePki
from tests.support.broker import ENDS_WITH_US, free_ports
from tests.support.poll import until

#: More than the kernel's own buffers take on the loopback.
ANSWER_BYTES = 12_000_000


@dataclass
class Asked:
    """One request as the server behind the proxy got it; ``body_bytes`` grows while the body comes."""

    path: str
    headers: dict[str, str]
    body_bytes: int


@dataclass
class RunningProxy:
    """Where the proxy listens, whom to trust, and what came through."""

    plan: Proxy
    trust: ssl.SSLContext
    pid: int
    asked: list[Asked] = field(default_factory=list)

    def temporary_files(self) -> list[str]:
        """Files below its folder that nginx has open and no name for any more: how it buffers to the disk."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        opened = [link.readlink() for worker in workers for link in Path(f"/proc/{worker}/fd").iterdir()]
        return [
            str(path) for path in opened if str(path).startswith(str(self.plan.run_dir)) and "(deleted)" in str(path)
        ]

    def send(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """The answer and its body."""
        connection = HTTPSConnection("localhost", self.plan.https_port, context=self.trust, timeout=10)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@contextmanager
def running_proxy(folder: Path, dist: Path) -> Iterator[RunningProxy]:
    """Start nginx and the server behind it; ends both."""
    pki = SitePki.load_or_create(folder / "pki", names=SiteNames("Test", ("localhost",)), now=dt.datetime.now(dt.UTC))
    asked: list[Asked] = []
    behind = ThreadingHTTPServer(("127.0.0.1", 0), _handler(asked))
    http_port, https_port = free_ports(2)
    plan = Proxy(
        data_dir=folder,
        dist_dir=dist,
        key_file=pki.path("https.key"),
        address="127.0.0.1",
        https_port=https_port,
        http_port=http_port,
        server_port=behind.server_port,
        max_upload_mib=4,
        access_log=str(folder / "access.log"),
        run_dir=folder,
        user=getpass.getuser(),
    )
    (folder / "phonghop.conf").write_text(render("nginx/phonghop.conf.in", site_values(plan)))
    (folder / "nginx.conf").write_text(render("nginx/nginx.conf.in", whole_values(plan)))
    serving = threading.Thread(target=behind.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    nginx = subprocess.Popen(
        [*ENDS_WITH_US, "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE
    )
    try:
        until(lambda: _listens(nginx, https_port), what="nginx listens")
        yield RunningProxy(plan, ssl.create_default_context(cafile=str(pki.path("ca.pem"))), nginx.pid, asked)
    finally:
        nginx.terminate()
        nginx.communicate(timeout=10)
        behind.shutdown()
        serving.join()
        behind.server_close()


def _listens(nginx: subprocess.Popen[bytes], port: int) -> bool:
    assert nginx.poll() is None, nginx.communicate()[1].decode()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _handler(asked: list[Asked]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            asked.append(Asked(self.path, dict(self.headers.items()), 0))
            self._body(asked[-1])
            if self.headers.get("Upgrade") == "websocket":
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.end_headers()
                self.wfile.write(self.rfile.read(5)[::-1])
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", str(ANSWER_BYTES))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            with suppress(ConnectionError):  # a test may have heard enough
                self.wfile.write(bytes(ANSWER_BYTES))

        do_GET = do_POST = handle_any  # noqa: N815 - names of the standard library

        def _body(self, about: Asked) -> None:
            total = int(self.headers.get("Content-Length", 0))
            while about.body_bytes < total:
                part = self.rfile.read1(min(total - about.body_bytes, 65_536))
                if not part:
                    break
                about.body_bytes += len(part)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
