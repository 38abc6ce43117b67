"""The real nginx with the production site: what it lets through, adds, keeps to itself."""

from __future__ import annotations

import datetime as dt
import http.client
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.render import render, site_values
from server.pki.site import SiteNames, SitePki
from tests.support.devices import Terminal
from tests.support.poll import until
from tests.support.proxy import ANSWER_BYTES, RunningProxy, running_proxy

SCRIPT = b"export const answer = 42;\n" * 200


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[RunningProxy]:
    dist = tmp_path / "web dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "assets" / "console-AbCd1234.js").write_bytes(SCRIPT)
    (dist / "manifest.json").write_text("{}")
    with running_proxy(tmp_path, dist) as running:
        yield running


def test_nginx_accepts_the_configuration_without_a_warning(proxy: RunningProxy) -> None:
    conf = str(proxy.plan.run_dir / "nginx.conf")
    done = subprocess.run(["/usr/sbin/nginx", "-t", "-q", "-c", conf], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nginx_accepts_that_requests_are_not_logged(proxy: RunningProxy) -> None:
    (proxy.plan.run_dir / "phonghop.conf").write_text(
        render("nginx/phonghop.conf.in", site_values(replace(proxy.plan, access_log="off")))
    )
    conf = str(proxy.plan.run_dir / "nginx.conf")
    done = subprocess.run(["/usr/sbin/nginx", "-t", "-q", "-c", conf], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_plain_http_is_sent_to_tls(proxy: RunningProxy) -> None:
    connection = http.client.HTTPConnection("localhost", proxy.plan.http_port, timeout=10)
    connection.request("GET", "/display?a=1")
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://localhost:{proxy.plan.https_port}/display?a=1"
    connection.close()
    assert not proxy.asked


def test_only_tls_1_3_and_http_2_is_offered(proxy: RunningProxy) -> None:
    proxy.trust.set_alpn_protocols(["h2", "http/1.1"])
    address = ("127.0.0.1", proxy.plan.https_port)
    with proxy.trust.wrap_socket(socket.create_connection(address, 5), server_hostname="localhost") as connection:
        assert connection.version() == "TLSv1.3"
        assert connection.selected_alpn_protocol() == "h2"
    proxy.trust.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError), socket.create_connection(address, 5) as plain:
        proxy.trust.wrap_socket(plain, server_hostname="localhost")


def test_security_headers_stand_once_on_every_answer(proxy: RunningProxy) -> None:
    for path in ("/api/me", "/assets/console-AbCd1234.js", "/assets/none.js"):
        answer, _ = proxy.send(path)
        for name in ("Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy"):
            assert len(answer.headers.get_all(name) or []) == 1, (path, name)


def test_built_files_come_from_the_disk_and_never_change(proxy: RunningProxy) -> None:
    answer, body = proxy.send("/assets/console-AbCd1234.js", headers={"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].endswith("/javascript")
    assert len(body) < len(SCRIPT)
    assert not proxy.asked


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/../manifest.json", "/assets/..%2fmanifest.json"])
def test_nothing_else_of_the_disk_is_served(proxy: RunningProxy, path: str) -> None:
    answer, body = proxy.send(path)
    assert answer.status == 404 or proxy.asked, path
    assert body != b"{}"


@pytest.mark.parametrize("path", ["/api/me", "/socket.io/"])
def test_the_server_hears_who_asks_and_nobody_can_pretend(proxy: RunningProxy, path: str) -> None:
    proxy.send(path, headers={"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "x"})
    headers = proxy.asked[0].headers
    here = f"localhost:{proxy.plan.https_port}"
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["X-Forwarded-Host"] == headers["Host"] == here


@pytest.mark.parametrize("path", ["/.well-known/est/simplereenroll", "/socket.io/"])
def test_W182_the_server_hears_which_certificate_a_terminal_shows_and_nobody_can_pretend(
    proxy: RunningProxy, path: str
) -> None:
    forged = {"X-Phonghop-Client-Verified": "SUCCESS", "X-Phonghop-Client-Serial": "1234"}
    answer, _ = proxy.send(path, headers=forged)
    assert answer.status == 200, "who shows nothing is served all the same"
    heard = proxy.asked[-1].headers
    assert heard["X-Phonghop-Client-Verified"] == "NONE"
    assert not heard.get("X-Phonghop-Client-Serial")
    now = dt.datetime.now(dt.UTC)
    site = SitePki.load_or_create(proxy.plan.data_dir / "pki", names=SiteNames("Test", ("localhost",)), now=now)
    terminal = Terminal(proxy.plan.data_dir)
    shown = site.issue_device(terminal.id, spki=terminal.spki, now=now)
    terminal.keep(shown)
    proxy.trust.load_cert_chain(terminal.certificate_file, terminal.key_file)
    proxy.send(path, headers=forged)
    heard = proxy.asked[-1].headers
    assert heard["X-Phonghop-Client-Verified"] == "SUCCESS"
    assert int(heard["X-Phonghop-Client-Serial"], 16) == shown.serial_number


def test_an_upload_up_to_the_limit_passes_and_a_larger_one_is_refused(proxy: RunningProxy) -> None:
    path = "/api/meetings/m-aaaaaaaaaaaaaaaa/papers"
    answer, _ = proxy.send(path, method="POST", body=bytes(4 * 1024**2))
    assert answer.status == 200
    assert proxy.asked[-1].body_bytes == 4 * 1024**2
    answer, _ = proxy.send(path, method="POST", body=bytes(5 * 1024**2 + 1))
    assert answer.status == 413
    assert len(proxy.asked) == 1


def test_D5_an_image_of_terminals_may_be_larger_than_any_paper(proxy: RunningProxy) -> None:
    answer, _ = proxy.send("/api/updates/releases", method="POST", body=bytes(9 * 1024**2))
    assert answer.status == 200
    assert proxy.asked[-1].body_bytes == 9 * 1024**2
    assert not proxy.temporary_files()


def test_an_upload_reaches_the_server_while_it_comes(proxy: RunningProxy) -> None:
    """So no part of a paper ever waits in a file of the proxy."""
    address = ("127.0.0.1", proxy.plan.https_port)
    with proxy.trust.wrap_socket(socket.create_connection(address, 5), server_hostname="localhost") as connection:
        connection.sendall(b"POST /api/meetings/m-a/papers HTTP/1.1\r\nHost: localhost\r\n")
        connection.sendall(b"Content-Length: 3000000\r\n\r\n")
        connection.sendall(bytes(2_900_000))
        until(lambda: proxy.asked and proxy.asked[0].body_bytes == 2_900_000, what="the server has what was sent")
        assert not proxy.temporary_files()
        connection.sendall(bytes(100_000))
        until(lambda: proxy.asked[0].body_bytes == 3_000_000, what="the server has it all")


def test_an_answer_that_is_read_slowly_is_not_put_on_the_disk(proxy: RunningProxy) -> None:
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    plain.settimeout(10)
    plain.connect(("127.0.0.1", proxy.plan.https_port))
    with proxy.trust.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(b"GET /api/meetings/m/papers/p/1/pages/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = 0
        while heard < ANSWER_BYTES:
            heard += len(connection.recv(65_536))
            assert not proxy.temporary_files()


def test_answers_of_the_server_are_not_compressed(proxy: RunningProxy) -> None:
    answer, _ = proxy.send("/api/me", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_a_websocket_passes(proxy: RunningProxy) -> None:
    address = ("127.0.0.1", proxy.plan.https_port)
    with proxy.trust.wrap_socket(socket.create_connection(address, 5), server_hostname="localhost") as connection:
        connection.sendall(
            b"GET /socket.io/?transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
            b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        )
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += connection.recv(4096)
        assert heard.startswith(b"HTTP/1.1 101")
        connection.sendall(b"abcde")
        assert connection.recv(5) == b"edcba"


def test_the_log_holds_paths_and_no_queries(proxy: RunningProxy) -> None:
    proxy.send("/api/meetings/m/papers/p/1/search?q=mat")
    log = proxy.plan.run_dir / "access.log"
    until(log.read_text, what="the request is in the log")
    assert "/papers/p/1/search 200" in log.read_text()
    assert "q=" not in log.read_text()
