"""Bodies that do not end: what anyone may send is never taken into memory without a limit."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from server.web import MAX_JSON_BYTES
from tests.support.office import Office


class Endless(io.RawIOBase):
    """What a client sends that never says how much it is (``Transfer-Encoding: chunked``)."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.given = 0
        self._most = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self._most - self.given)
        buffer[:size] = b" " * size
        self.given += size
        return size


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/unlock", "/api/display/sign-in"])
def test_a_body_without_a_length_is_cut_off_at_the_limit(tmp_path: Path, path: str) -> None:
    office = Office(tmp_path)
    sent = Endless(40 * 1024**2)
    environ = create_environ(path, method="POST", environ_overrides={"wsgi.input_terminated": True})
    environ["wsgi.input"] = sent
    body, status, _ = run_wsgi_app(office.app, environ, buffered=True)
    assert (status[:3], json.loads(b"".join(body))["error"]["code"]) == ("413", "body-too-large")
    assert sent.given <= 2 * MAX_JSON_BYTES
