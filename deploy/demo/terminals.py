"""The terminals' pages from outside: the address each screen opens, and calls as that screen makes them.

Rules: an agent leaves in its run folder the address that its screen opens and the name of its instance; the address
holds a secret of this room, so it is printed and opened, and goes to no log. A page that answers under another name
belongs to another room.

Usage::

    terminal = Terminal(8101, run_folder=folder.path("run", "seat-1"))
    terminal.get("/api/seat")
    address_of(folder.path("run", "seat-1")).reveal()
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from deploy.demo.client import Client, what_it_says
from deploy.demo.errors import Refused, ServerAway
from wire.secret import Secret

_ANOTHER_SCREEN: Final = "seat-kiosk-only"


class Terminal(Client):
    """As :class:`Client`, as the terminal's own browser; opens the page again when its agent has a new secret."""

    def __init__(self, port: int, run_folder: Path) -> None:
        super().__init__(port)
        self._run_folder: Final = run_folder

    @property
    def cookie(self) -> str:
        """The header that lets the terminal's browser in; raises Refused, ServerAway."""
        if not self._cookies:
            self._enter()
        return self._cookie()

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        if not self._cookies:
            self._enter()
        try:
            return super()._ask(method, path, body, headers)
        except Refused as refused:
            if refused.code != _ANOTHER_SCREEN:
                raise
        self._enter()
        return super()._ask(method, path, body, headers)

    def _enter(self) -> None:
        secret = address_of(self._run_folder).reveal().decode("ascii").partition("#kiosk=")[2]
        headers = {"Content-Type": "application/json"}
        super()._ask("POST", "/api/kiosk", json.dumps({"secret": secret}).encode(), headers)


def address_of(run_folder: Path) -> Secret:
    """What the terminal's screen opens; raises :class:`ServerAway` before the agent has said it."""
    return Secret(said(run_folder, "kiosk.url"))


def is_up(port: int, run_folder: Path) -> bool:
    """Whether the page at ``port`` answers, and is that of the agent with this run folder."""
    try:
        instance = said(run_folder, "page.instance").decode("ascii")
    except ServerAway:
        return False
    answer = what_it_says(port, "/healthz")
    return answer.startswith(f"{int(http.client.OK)} ") and instance in answer


def said(run_folder: Path, name: str) -> bytes:
    """What a program has left there; raises :class:`ServerAway` before it has."""
    try:
        return (run_folder / name).read_bytes().strip()
    except OSError as error:
        raise ServerAway(name, error) from error
