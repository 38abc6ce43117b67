"""The bridge as one process: its adapters, made here and ended here.

Rules: it listens on the loopback, on the first of its ports that is free; it connects to nothing but the card service.
Ending is orderly; the card is let go, which resets it.

Usage::

    bridge = Bridge(Settings.load(os.environ))
    bridge.run()                # until bridge.stop(), from any thread or signal handler
"""

from __future__ import annotations

import fnmatch
import logging
import os
import secrets
import threading
from pathlib import Path
from typing import Final

import web
from edge.bridge.app import Surface, create_bridge
from edge.bridge.callers import HOST, Door
from edge.bridge.desk import Desk
from edge.bridge.errors import NoFreePort
from edge.bridge.home import Home
from edge.bridge.introductions import Introductions
from edge.bridge.settings import Settings
from edge.bridge.streams import MAX_STREAMS
from edge.card.pkcs11 import probe
from edge.card.worker import CardWorker
from edge.clock import Clock, SystemClock
from edge.page.kiosk import Kiosk, launcher
from edge.page.server import PageServer
from edge.vault.run_dir import RunDir, boot_id
from pages.renderer import Renderer
from wire.secret import Secret

ADDRESS: Final = "bridge.url"
LAUNCHER: Final = "bridge.html"
_LOG: Final = logging.getLogger("phonghop.bridge")


class Bridge:
    """One process of one person on one PC."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self._settings: Final = settings
        clock = clock or SystemClock()
        self._home: Final = Home(settings.config_dir, random=os.urandom)
        self._run_dir: Final = RunDir(settings.run_dir, boot=boot_id())
        self.desk: Final = Desk(self._home, clock=clock, random=os.urandom)
        pattern, module = settings.card_reader, settings.pkcs11_module
        self._cards: Final = CardWorker(
            self.desk.hear,
            is_ours=lambda reader: fnmatch.fnmatchcase(reader, pattern),
            modules=probe.candidates(Path(module) if module else None),
        )
        self.desk.cards = self._cards
        self._kiosk: Final = Kiosk(self._home.secret, port=lambda: self.port)
        self._introductions: Final = Introductions(self._home.key.signer, keep=self.desk.pair, at_s=clock.monotonic_s)
        self._renderer: Final = Renderer()
        self._server: PageServer | None = None
        self._ending: Final = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens; 0 before it does."""
        return 0 if self._server is None else self._server.port

    @property
    def address(self) -> Secret:
        """What the person's browser opens once; it holds the secret of the bridge's pages."""
        secret = self._kiosk.address.reveal().partition(b"#kiosk=")[2]
        return Secret(f"http://{HOST}:{self.port}/#enter=".encode("ascii") + secret)

    def run(self) -> None:
        """Serve until :meth:`stop`; raises NoFreePort, ``OSError``."""
        self.start()
        try:
            self._ending.wait()
        finally:
            self.shut_down()

    def start(self) -> None:
        """Listen, then look for tokens."""
        self._listen()
        self._run_dir.note(LAUNCHER, launcher(self.address))
        self._run_dir.note(ADDRESS, self.address.reveal() + b"\n")
        self._cards.start()
        _LOG.info("bridge %s on port %d; its page opens %s", self._home.key.device, self.port, LAUNCHER)

    def stop(self) -> None:
        """End :meth:`run`."""
        self._ending.set()

    def shut_down(self) -> None:
        """Let go of everything."""
        self.desk.stop()
        try:
            self._cards.stop()
        except TimeoutError:
            # Its thread is a daemon: the process ends all the same, and the service powers the card off.
            _LOG.warning("a driver did not let go of a token")
        if self._server is not None:
            self._server.stop()
        self._renderer.close()

    def _listen(self) -> None:
        door = Door(
            port=lambda: self.port,
            kiosk=self._kiosk,
            token=secrets.token_urlsafe(32),
            is_paired=lambda origin: self._home.pairing(origin) is not None,
        )
        app = create_bridge(Surface(self.desk, door, self._introductions, self._renderer, web.dist()))
        for port in self._settings.ports:
            server = PageServer(port, streams=MAX_STREAMS)
            try:
                server.start(app)
            except OSError as exc:
                _LOG.info("port %d is taken (%s)", port, exc)
                continue
            self._server = server
            return
        raise NoFreePort
