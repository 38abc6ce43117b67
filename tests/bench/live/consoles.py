"""Consoles in one process: the page's connection, and when each was sent how many have voted and how many wait.

Rules: Engine.IO and Socket.IO as a page speaks them over its WebSocket, but of what comes only the two counts are
read: ten screens that parse everything in one process of Python would measure that process. A page has a processor of
its own.

Usage: ``python -m tests.bench.live.consoles PORT MEETING`` with a line of cookies; then lines ``{"do": "told"}``
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from typing import Any, Final

import websocket

_CONNECT_S: Final = 60
_CAST: Final = re.compile(r'"turnout":\{[^}]*"cast":(\d+)')
_SPEAKING: Final = '"speaking":{'
_WAITING: Final = '"state":"waiting"'
_PATCH: Final = '42/live,["patch"'
_PING, _PONG = "2", "3"


class Console:
    """One screen that watches the meeting and who holds which paper, as the chair's does."""

    def __init__(self, port: int, meeting: str, cookie: str) -> None:
        #: moment, ballots, requests; -1 where a patch does not say
        self.counts: list[tuple[int, int, int]] = []
        self._socket: Final[Any] = websocket.create_connection(
            f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket",
            cookie=cookie,
            timeout=_CONNECT_S,
            # In Python, and most of what these processes did: it took processors from what is measured.
            skip_utf8_validation=True,
        )
        self._until("0{")
        self._socket.send("40/live,")
        self._until("40/live,")
        self._ask(1, "watch", {"meeting": meeting, "seq": 0})
        self._ask(2, "watch_delivery", {"meeting": meeting})
        threading.Thread(target=self._listen, daemon=True).start()

    def _ask(self, number: int, event: str, body: dict[str, Any]) -> None:
        self._socket.send(f"42/live,{number}{json.dumps([event, body])}")
        self._until(f"43/live,{number}")

    def _until(self, beginning: str) -> None:
        while not (text := self._receive()).startswith(beginning):
            self._hear(text)

    def _receive(self) -> str:
        text: str = self._socket.recv()
        if text == _PING:
            self._socket.send(_PONG)
        return text

    def _listen(self) -> None:
        self._socket.settimeout(None)
        while True:
            try:
                self._hear(self._receive())
            except (OSError, websocket.WebSocketException):
                return

    def _hear(self, text: str) -> None:
        if not text.startswith(_PATCH):
            return
        at_ns = time.monotonic_ns()
        cast = _CAST.findall(text)
        begins = text.find(_SPEAKING)
        waiting = text.count(_WAITING, begins) if begins >= 0 else -1
        self.counts.append((at_ns, int(cast[-1]) if cast else -1, waiting))

    def take(self) -> dict[str, Any]:
        """What was shown since the last time."""
        counts, self.counts = self.counts, []
        return {"counts": counts}


def main() -> None:
    """Obey until the standard input ends."""
    port, meeting = int(sys.argv[1]), sys.argv[2]
    consoles = [Console(port, meeting, cookie) for cookie in json.loads(sys.stdin.readline())]
    _say({"consoles": len(consoles)})
    for _ in sys.stdin:
        _say({"told": [console.take() for console in consoles]})


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
