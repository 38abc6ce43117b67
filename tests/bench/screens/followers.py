"""Many followers in one process: Socket.IO clients as a console has them, or clients that ask every second.

Rules: reads one JSON line with the session cookies, says how many follow, ends with its standard input and then says
what each heard and when. A client of Python costs more than a browser's: the server's share is what is to be seen, and
the clients' processes are kept apart from it.

Usage: ``python -m tests.bench.screens.followers live PORT MEETING``; ``poll`` instead of ``live`` for the yardstick.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from typing import Any, Final

import socketio

_EVERY_S: Final = 1.0
_CONNECT_S: Final = 30


class Live:
    """One screen that watches the meeting."""

    def __init__(self, port: int, meeting: str, cookie: str) -> None:
        self.heard: Final[list[tuple[int, float]]] = []
        self._client: Final[Any] = socketio.Client(reconnection=False, handle_sigint=False)
        self._client.on("patch", self._patch, namespace="/live")
        self._client.connect(
            f"http://localhost:{port}",
            headers={"Cookie": cookie},
            transports=["websocket"],
            namespaces=["/live"],
            wait_timeout=_CONNECT_S,
        )
        self._client.call("watch", {"meeting": meeting, "seq": 0}, namespace="/live", timeout=_CONNECT_S)

    def _patch(self, patch: dict[str, Any]) -> None:
        self.heard.append((patch["seq"], time.time()))

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()


class Poll:
    """The yardstick: the whole meeting, every second, on a connection that stays open."""

    def __init__(self, port: int, meeting: str, cookie: str, *, phase_s: float) -> None:
        self.heard: Final[list[tuple[int, float]]] = []
        self._connection: Final = http.client.HTTPConnection("localhost", port, timeout=_CONNECT_S)
        self._path: Final = f"/api/meetings/{meeting}"
        self._headers: Final = {"Cookie": cookie}
        self._ending: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._run, args=(phase_s,), daemon=True)
        self._thread.start()

    def _run(self, phase_s: float) -> None:
        wait = phase_s
        while not self._ending.wait(wait):
            began = time.monotonic()
            self._connection.request("GET", self._path, headers=self._headers)
            answer = json.loads(self._connection.getresponse().read())
            self.heard.append((answer["seq"], time.time()))
            wait = max(0.0, _EVERY_S - (time.monotonic() - began))

    def close(self) -> None:
        """Ask no more."""
        self._ending.set()
        self._thread.join(timeout=_CONNECT_S)
        self._connection.close()


def main() -> None:
    """Follow until the standard input ends."""
    kind, port, meeting = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    cookies: list[str] = json.loads(sys.stdin.readline())
    followers: list[Live | Poll] = []
    for at, cookie in enumerate(cookies):
        phase_s = _EVERY_S * at / len(cookies)
        followers.append(
            Live(port, meeting, cookie) if kind == "live" else Poll(port, meeting, cookie, phase_s=phase_s)
        )
    _say({"following": len(followers)})
    sys.stdin.read()
    for follower in followers:
        follower.close()
    _say([follower.heard for follower in followers])


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
