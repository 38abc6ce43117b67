"""cheroot in front of the page: a small pool of threads on the loopback.

Rules: the page's live streams hold a thread each for as long as they are open, so the pool is larger than their limit.
Stopping returns when no request is being answered, or after five seconds.

Usage::

    server = PageServer(port=0)
    server.start(app); server.port; server.stop()
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from cheroot.wsgi import Server
from flask import Flask

from edge.page.board import MAX_STREAMS

HOST: Final = "127.0.0.1"
_BESIDE: Final = 6
_LOG: Final = logging.getLogger("phonghop.seat.page")


class _Quiet(Server):
    """cheroot, writing to our log."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - cheroot's signature
        """One line."""
        _LOG.log(level, "%s", msg, exc_info=traceback)


class PageServer:
    """``port`` is known once it is started; ``streams`` may be open at once."""

    def __init__(self, port: int, *, streams: int = MAX_STREAMS) -> None:
        self.port = port
        self._threads: Final = streams + _BESIDE
        self._server: _Quiet | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: Flask) -> None:
        """Listen, then serve until :meth:`stop`; raises ``OSError`` when the port is taken."""
        server = _Quiet((HOST, self.port), app, numthreads=self._threads, server_name="localhost", timeout=30)
        server.shutdown_timeout = 5
        server.prepare()
        self.port = int(server.bind_addr[1])
        self._server = server
        self._thread = threading.Thread(target=server.serve, name="page", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
