"""Talks to the room's server as a person's browser does: a session cookie, the CSRF token, a key for every act.

Rules: the demo has no way into the server but this. A changing request carries an idempotency key made from the room's
seed and the name of the step, so a demo that was interrupted asks the same thing again and gets the same answer.

Usage::

    with Client(8080, seed="…").signed_in("thuky", Secret(b"…")) as secretary:
        meeting = secretary.post("/api/meetings", {"title": …}, step="meeting")["id"]
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from deploy.demo.errors import Refused, ServerAway
from wire import ids
from wire.secret import Secret

_TIMEOUT_S: Final = 60.0
_LOOK_TIMEOUT_S: Final = 5.0
_LOOK_BYTES: Final = 300
_PIECE_BYTES: Final = 256 * 1024


@dataclass
class Client:
    """One person's connection to the server on ``localhost:port``; also reads the seats' pages.

    ``timeout_s``: how long an answer may take.
    """

    port: int
    seed: str = ""
    _cookies: dict[str, str] = field(default_factory=dict, repr=False)
    _csrf: str = field(default="", repr=False)
    timeout_s: float = _TIMEOUT_S

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._csrf:
            self.post("/api/sign-out", {}, step="")
            self._csrf = ""

    def signed_in(self, username: str, password: Secret) -> Self:
        """This client with a session of its own; raises :class:`Refused`."""
        answer = self.post("/api/sign-in", {"username": username, "password": password.reveal().decode()}, step="")
        self._csrf = answer["csrf"]
        return self

    @property
    def cookie(self) -> str:
        """The header of this session, for a connection of another kind (Socket.IO)."""
        return self._cookie()

    def get(self, path: str) -> dict[str, Any]:
        """The answer to GET; raises :class:`Refused`."""
        return self._ask("GET", path)

    def fetch(self, path: str) -> bytes:
        """A file; raises :class:`Refused`."""
        return self._send("GET", path)

    def post(self, path: str, value: Mapping[str, Any], *, step: str) -> dict[str, Any]:
        """The answer to POST; ``step`` names it within the seeding, empty for something that may be done twice."""
        return self._change("POST", path, value, step=step)

    def put(self, path: str, value: Mapping[str, Any], *, step: str) -> dict[str, Any]:
        """As :meth:`post`, with PUT."""
        return self._change("PUT", path, value, step=step)

    def delete(self, path: str) -> dict[str, Any]:
        """The answer to DELETE."""
        return self._change("DELETE", path, {}, step="")

    def upload(self, path: str, file: Path, fields: Mapping[str, str], *, step: str) -> dict[str, Any]:
        """Post a form with one PDF, read from the disk as it goes."""
        boundary = secrets.token_hex(16)
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        start, end = head.encode(), f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(start) + file.stat().st_size + len(end)),
        }
        return self._ask("POST", path, _parts(start, file, end), headers | self._act(step))

    def bring(self, path: str, file: Path) -> dict[str, Any]:
        """Post a file as it is, read from the disk as it goes."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(file.stat().st_size)}
        return self._ask("POST", path, _parts(b"", file, b""), headers | self._act(""))

    def _change(self, method: str, path: str, value: Mapping[str, Any], *, step: str) -> dict[str, Any]:
        body = json.dumps(value, ensure_ascii=False).encode()
        return self._ask(method, path, body, {"Content-Type": "application/json"} | self._act(step))

    def _act(self, step: str) -> dict[str, str]:
        key = hashlib.sha256(f"{self.seed}\0{step}".encode()).digest() if step else secrets.token_bytes(32)
        act = ids.new("a", key[: ids.RANDOM_BYTES])
        return {"X-CSRF-Token": self._csrf, "Idempotency-Key": act}

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        data = self._send(method, path, body, headers)
        answer: dict[str, Any] = json.loads(data) if data else {}
        return answer

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=self.timeout_s)
        sent = {"Cookie": self._cookie(), "Accept": "application/json", **(headers or {})}
        try:
            # A server that refuses a body while it is still coming has answered already.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, sent)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ServerAway(f"{method} {path}", error) from error
        finally:
            connection.close()
        for header in response.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()
        if response.status >= http.client.BAD_REQUEST:
            raise refused(f"{method} {path}", response.status, data)
        return data

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())


def answers(port: int, path: str) -> bool:
    """Whether a GET is answered with 200 (used to see whether a program is ready)."""
    return what_it_says(port, path).startswith(f"{int(http.client.OK)} ")


def what_it_says(port: int, path: str) -> str:
    """Status and first bytes of the answer to a GET, or why there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LOOK_TIMEOUT_S)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        return f"{response.status} {response.read(_LOOK_BYTES).decode('utf-8', errors='replace').strip()}"
    except (OSError, http.client.HTTPException) as error:
        return f"{path}: {error!r}"
    finally:
        connection.close()


def _parts(start: bytes, file: Path, end: bytes) -> Iterator[bytes]:
    yield start
    with file.open("rb") as source:
        while piece := source.read(_PIECE_BYTES):
            yield piece
    yield end


def refused(what: str, status: int, data: bytes) -> Refused:
    """What the server said of a request that it refused."""
    try:
        error = json.loads(data)["error"]
        return Refused(what, status, str(error["code"]), f"{error['vi']} · {error['en']}")
    except (ValueError, KeyError, TypeError):
        return Refused(what, status, "", data[:200].decode("utf-8", errors="replace"))
