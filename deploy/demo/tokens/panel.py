"""The demo's token panel: a page on the loopback with one card a terminal, to plug tokens in and pull them out.

Rules: works without scripts; whatever changes something is a POST with the token of this start, from this page; shows
nothing secret but the PIN of the demo, which is printed anyway.

Usage: `with Panel(stand, labels=("B1", "B2"), port=8190) as panel: ... panel.address`.
"""

from __future__ import annotations

import hmac
import html
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs

from deploy.demo.people import Person
from deploy.demo.tokens.authority import PIN
from deploy.demo.tokens.stand import Stand

_MAX_BODY: Final = 1024
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
_STYLE: Final = """
:root { color-scheme: light dark; font: 18px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem }
section { border: 2px solid GrayText; border-radius: 12px; padding: 1rem }
section.in { border-color: #1668b3 }
button { display: block; width: 100%; min-height: 48px; margin-top: .5rem; border: 2px solid GrayText;
  border-radius: 8px; background: Canvas; color: CanvasText; font: inherit; text-align: start; padding: .25rem .75rem }
button.out { border-color: #b3261e; font-weight: 600 }
h1 { font-size: 1.5rem } h2 { margin: 0; font-size: 1.2rem } small { display: block }
"""


class Panel:
    """Serves in threads of its own until it is left; ``labels`` name the places, in the order of the readers."""

    def __init__(self, stand: Stand, *, labels: tuple[str, ...], port: int) -> None:
        self.stand: Final = stand
        self.labels: Final = labels
        self.token: Final = secrets.token_urlsafe(16)
        self._server: Final = _Server(("127.0.0.1", port), _Handler)
        self._server.panel = self
        self._thread: Final = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="token-panel", daemon=True
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def address(self) -> str:
        """What to open."""
        return f"http://localhost:{self.port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def page(self) -> str:
        """The whole page."""
        seats = "".join(self._seat(index, label) for index, label in enumerate(self.labels))
        return f"""<!doctype html><html lang="vi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>USB token mẫu (demo)</title><style>{_STYLE}</style></head><body>
<h1>USB token mẫu (demo)</h1>
<p>Cắm hoặc rút USB token tại từng chỗ ngồi, rồi nhập mã PIN <strong>{PIN}</strong> trên màn hình của chỗ đó;
ở máy bàn, trong cửa sổ USB token mà trang điều hành mở ra.
<small lang="en">Plug software tokens in and out of the demo's seats; the PIN of all of them is {PIN}.</small></p>
<main>{seats}</main><h2>Cấp lại · as new</h2><main>{"".join(self._renewal(name) for name in self.stand.holders)}</main>
</body></html>"""

    def act(self, form: dict[str, str]) -> bool:
        """Do what a form asks; false when it asks for something that is not there."""
        what, who = form.get("what", ""), form.get("who", "")
        if what == "renew" and who in self.stand.holders:
            self.stand.renew(who)
            return True
        seat = form.get("seat", "")
        if not seat.isascii() or not seat.isdigit() or int(seat) >= self.stand.seats:
            return False
        if what == "pull":
            self.stand.pull(int(seat))
            return True
        if what == "plug" and who in self.stand.holders:
            self.stand.plug(int(seat), who)
            return True
        return False

    def _seat(self, index: int, label: str) -> str:
        there = self.stand.inside(index)
        state = "Chưa cắm USB token" if there is None else f"Đang cắm: {there.name}"
        head = f'<section class="{"in" if there else ""}"><h2>{html.escape(label)}</h2><p>{html.escape(state)}</p>'
        pull = "" if there is None else self._button("Rút · pull out", what="pull", seat=index, css="out")
        plugs = "".join(self._plug(index, person) for person in self.stand.holders.values() if person is not there)
        return f"{head}{pull}{plugs}</section>"

    def _plug(self, index: int, person: Person) -> str:
        return self._button(f"Cắm token của {person.name}", what="plug", seat=index, who=person.username)

    def _renewal(self, username: str) -> str:
        person, left = self.stand.holders[username], self.stand.tries_left(username)
        text = f"Cấp lại token của {person.name} (còn {left} lần thử)"
        return self._button(text, what="renew", who=username)

    def _button(self, text: str, *, what: str, seat: int | None = None, who: str = "", css: str = "") -> str:
        values = {"token": self.token, "what": what, "seat": "" if seat is None else str(seat), "who": who}
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in values.items()
        )
        return f'<form method="post" action="/">{hidden}<button class="{css}">{html.escape(text)}</button></form>'


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    panel: Panel


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """The page."""
        if self._is_addressed_here() and self.path == "/":
            self._send(HTTPStatus.OK, self.server.panel.page())
        else:
            self._send(HTTPStatus.NOT_FOUND, "")

    def do_POST(self) -> None:
        """One button."""
        size = self.headers.get("Content-Length", "")
        if not self._is_addressed_here() or not size.isdigit() or int(size) > _MAX_BODY:
            self._send(HTTPStatus.BAD_REQUEST, "")
            return
        body = self.rfile.read(int(size)).decode("utf-8", "replace")
        form = {name: values[0] for name, values in parse_qs(body).items()}
        panel = self.server.panel
        if not hmac.compare_digest(form.get("token", "").encode(), panel.token.encode()):
            self._send(HTTPStatus.FORBIDDEN, "")
        elif not panel.act(form):
            self._send(HTTPStatus.BAD_REQUEST, "")
        else:
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _is_addressed_here(self) -> bool:
        port = self.server.server_port
        return self.headers.get("Host") in {f"localhost:{port}", f"127.0.0.1:{port}"}

    def _send(self, status: HTTPStatus, page: str) -> None:
        body = page.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """What is clicked here is nobody's business."""
