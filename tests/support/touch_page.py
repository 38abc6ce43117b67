"""A person's hands on a terminal's touch page, by the page's own calls.

Usage::

    page = room.touch_page(0)
    page.post("/api/sign-in", {"person": person, "password": "…"})
    page.picture(paper, 1, 3, width=480)
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from deploy.demo.terminals import Terminal

_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class TouchPage:
    """The page of a terminal."""

    terminal: Terminal

    def read(self) -> dict[str, Any]:
        """All the page shows: token, number and sections; raises DemoError."""
        return self.terminal.get("/api/seat")

    def post(self, call: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for something; raises Refused, ServerAway."""
        token = self.terminal.get("/api/seat")["token"]
        headers = {"Content-Type": "application/json", "X-Seat-Token": token}
        return self.terminal._ask("POST", call, json.dumps(body).encode(), headers)  # noqa: SLF001 - a header of the seat's own

    def picture(self, paper: str, version: int, page: int, *, width: int) -> bytes:
        """One page as a picture; raises AssertionError with the answer when there is none."""
        connection = http.client.HTTPConnection("localhost", self.terminal.port, timeout=_TIMEOUT_S)
        try:
            headers = {"Cookie": self.terminal.cookie}
            connection.request("GET", f"/api/papers/{paper}/{version}/pages/{page}?width={width}", headers=headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        assert answer.status == http.client.OK, f"page {page} of {paper}: {answer.status} {data[:300]!r}"
        return data
