"""The seat agent: builds every adapter, owns the one queue and the loop.

Rules: the loop's thread is the only one that touches the seat; callbacks of MQTT, the page and enrolment put work on
the queue. Between two pieces of work the loop ticks: often while chunks wait to be written, else four times a second. A
message is acknowledged to the broker when the seat is done with it, so the queue stays short. Ending is orderly; being
killed loses nothing that was acknowledged.

Usage::

    agent = Agent(Settings.load(os.environ, file))
    agent.run()            # until agent.stop(), from any thread or signal handler
"""

from __future__ import annotations

import fnmatch
import logging
import os
import queue
import secrets
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import web
from edge.card.pkcs11 import probe
from edge.clock import Clock, SystemClock
from edge.commands import Answer
from edge.enrol.client import SiteClient
from edge.enrol.key import DeviceKey
from edge.enrol.service import CA, Credentials, Enroller, Told
from edge.events import FoundWell
from edge.helped import POWER_OFF_FILE, RESTART_FILE, RunCommand, RunSoon, TouchFile
from edge.link import mqtt
from edge.model import Identity, Limits, LinkState, Standing
from edge.page.app import Page, create_page
from edge.page.board import Board
from edge.page.desk import Desk
from edge.page.kiosk import SECRET_BYTES, Kiosk, launcher
from edge.page.pictures import Pictures
from edge.page.server import PageServer
from edge.panel import Panel
from edge.ports import Ports
from edge.record import RecordKeeper
from edge.screen import Screen
from edge.seat import Seat
from edge.settings import Settings
from edge.updates.desk import Desk as UpdateDesk
from edge.vault.disk import RealDisk
from edge.vault.place import Partition
from edge.vault.run_dir import RunDir, boot_id
from edge.vault.store import Vault
from edge.vigil import GOOD, Signs, Vigil
from edge.vitals import Vitals
from pages.renderer import Renderer
from wire.messages import Point, View
from wire.topics import PaperVersion, device_filters

if TYPE_CHECKING:
    from edge.card.worker import CardWorker

TICK_S: Final = 0.25
BUSY_TICK_S: Final = 0.1
#: Refusals of the broker in a row before the server is asked whether this device is still welcome.
REFUSALS: Final = 2
#: How often it is looked whether a renewed certificate waits to be shown.
SHOW_EVERY_S: Final = 60.0
#: A bundle that does not go on for so long is asked for anew.
BUNDLE_SILENCE_S: Final = 30.0
#: Below ``data_dir``: where the partition is mounted.
VAULT: Final = "vault"
_MIB: Final = 1 << 20
_LOG: Final = logging.getLogger("phonghop.seat")

Work = Callable[[Seat], None]


class Agent:
    """One process on one terminal."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self._settings: Final = settings
        self._clock: Final = clock or SystemClock()
        self._queue: Final[queue.SimpleQueue[Work | None]] = queue.SimpleQueue()
        self._board: Final = Board()
        self._desk: Final = Desk(self._queue.put)
        self._renderer: Final = Renderer(processes=2, timeout_s=settings.page_patience_s)
        self._pictures: Final = Pictures(
            self._renderer, max_bytes=settings.page_cache_mib * _MIB, damaged=self._damaged
        )
        self._server: Final = PageServer(settings.page_port)
        self._link: mqtt.MqttLink | None = None
        self._credentials: Credentials | None = None
        self._refusals = 0
        self._shows_again_s = 0.0
        self._disk: Final = RealDisk(settings.data_dir)
        self._vitals: Final = Vitals(self._clock)
        self._ports: Final = Ports(
            vault=_vault(settings, self._disk),
            run_dir=RunDir(settings.run_dir, boot=boot_id()),
            clock=self._clock,
            random=os.urandom,
            reserve_bytes=settings.disk_reserve_mib * _MIB,
            record=RecordKeeper(self._disk),
            vitals=self._vitals,
            restart=_helped(settings.machine_restart, settings.run_dir / RESTART_FILE),
            power_off=_helped(settings.machine_off, settings.run_dir / POWER_OFF_FILE),
            is_program=settings.is_program,
        )
        self._ports.updates = self._update_desk()
        self._vigil: Final = Vigil(
            self._ports.run_dir,
            watch_s=settings.screen_watch_s,
            now_s=self._clock.monotonic_s(),
            good=GOOD if self._vitals.slot else None,
        )
        self._panel: Final = Panel(self._ports.run_dir)
        limits = Limits(idle_s=settings.idle_lock_s, following_s=settings.following_lock_s, grace_s=settings.grace_s)
        self._cards: Final = self._card_worker()
        self._ports.cards = self._cards
        self._seat: Final = Seat(self._ports, self, limits=limits)
        self._key: Final = DeviceKey.load_or_create(self._disk)
        self._enroller: Final = Enroller(
            self._disk,
            SiteClient(settings.server_url, ca_pem=lambda: self._disk.read(CA)),
            key=self._key,
            ca_sha256=settings.ca_sha256,
            serial=settings.serial,
            code=settings.enrolment_code,
            clock=self._clock,
            tell=self._told,
        )
        self._ports.wiping, self._ports.wiped = self._enroller.wiping, self._enroller.wiped

    @property
    def port(self) -> int:
        """The page's port, once it runs."""
        return self._server.port

    def run(self) -> None:
        """Serve the seat until :meth:`stop`; raises ``OSError`` when the page's port is taken."""
        self._start_page()
        try:
            self._seat.begin()
            if self._cards is not None:
                self._cards.start()
            self._enroller.start()
            self._loop()
        finally:
            self._shut_down()

    def stop(self) -> None:
        """End the loop after what is in the queue."""
        self._queue.put(None)

    # ---------------------------------------------------------- the loop

    def _loop(self) -> None:
        due_s = self._clock.monotonic_s()
        while True:
            try:
                work = self._queue.get(timeout=max(0.0, due_s - self._clock.monotonic_s()))
            except queue.Empty:
                work = Seat.tick
            if work is None:
                return
            self._do(work)
            if self._clock.monotonic_s() >= due_s:
                if work is not Seat.tick:
                    self._do(Seat.tick)
                if self._vigil.look(self._clock.monotonic_s(), self._signs()):
                    self._do(lambda seat: seat.handle(FoundWell()))
                self._light(is_dark=self._seat.state.upkeep.is_dark)
                self._show_renewed()
                due_s = self._clock.monotonic_s() + (BUSY_TICK_S if self._seat.is_busy else TICK_S)

    def _do(self, work: Work) -> None:
        try:
            work(self._seat)
        except Exception:  # noqa: BLE001 - the loop must go on
            # A fault of ours in one message must not take the seat from its reader; it stands in the log.
            _LOG.exception("a fault in the seat; going on")

    def _signs(self) -> Signs:
        state, ports = self._seat.state, self._ports
        readers = state.cards.watched and not state.cards.code
        return Signs(
            online=state.link.state is LinkState.ONLINE,
            readers=readers or self._cards is None,
            ahead_s=None if ports.welcomed is None else ports.ahead.total_seconds(),
            painted_ago_s=self._vitals.painted_ago_s,
            is_dark=state.upkeep.is_dark,
        )

    # ---------------------------------------------------------- what the seat tells (Outside)

    def show(self, screen: Screen) -> None:
        """The screen has changed."""
        self._board.show(screen)
        self._light(is_dark=screen.sections["upkeep"]["dark"])

    def _light(self, *, is_dark: bool) -> None:
        """Where this seat has a screen of its own."""
        if self._settings.screen_watch_s:
            self._panel.tell(self._clock.monotonic_s(), is_dark=is_dark)

    def point(self, point: Point | View) -> None:
        """The presenter points on the page, or sees that part of it."""
        self._board.point(point.TYPE, point.to_value())

    def answer(self, answer: Answer) -> None:
        """A page's call is answered."""
        self._desk.answer(answer)

    def hide(self) -> None:
        """Every drawn page and the renderer's keys go; empty processes wait for the next reader.

        The screen that is still up gives no paper from now on (P7).
        """
        self._board.conceal()
        self._pictures.hide()
        self._renderer.warm()

    # ---------------------------------------------------------- tokens

    def _card_worker(self) -> CardWorker | None:
        """What reads USB tokens, where this machine can: the drivers are an extra of its own (``card``)."""
        pattern = self._settings.card_reader
        if not pattern:
            return None
        try:
            from edge.card.watchdog import DEAF_FILE, Watchdog  # noqa: PLC0415 - not everywhere
            from edge.card.worker import CardWorker  # noqa: PLC0415 - not everywhere
        except ImportError as exc:
            _LOG.warning("no USB tokens at this seat, people sign in with passwords: %s is not installed", exc.name)
            return None
        module, restart = self._settings.pkcs11_module, self._settings.pcscd_restart
        return CardWorker(
            lambda event: self._queue.put(lambda seat: seat.handle(event)),
            is_ours=lambda reader: fnmatch.fnmatchcase(reader, pattern),
            modules=probe.candidates(Path(module) if module else None),
            watchdog=Watchdog(RunCommand(restart) if restart else TouchFile(self._settings.run_dir / DEAF_FILE)),
        )

    def _update_desk(self) -> UpdateDesk | None:
        """Where this machine has two slots: its version and which of them runs are told by the image."""
        if not self._vitals.slot or not self._vitals.image:
            return None
        return UpdateDesk(
            self._disk,
            self._settings.data_dir,
            self._ports.run_dir,
            running=self._vitals.image,
            boot=self._ports.run_dir.boot,
            connect=self._connect_for_bundles,
            reserve_bytes=self._settings.disk_reserve_mib * _MIB,
        )

    def _connect_for_bundles(self) -> HTTPConnection:
        """On the thread that fetches: the server this device was enrolled at; who knows the digest may have it."""
        credentials = self._credentials
        if credentials is None:
            raise ConnectionError("not enrolled yet")
        parts = urlsplit(self._settings.server_url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "http":
            return HTTPConnection(host, port, timeout=BUNDLE_SILENCE_S)
        return HTTPSConnection(host, port, timeout=BUNDLE_SILENCE_S, context=credentials.house())

    # ---------------------------------------------------------- what others tell

    def _told(self, told: Told) -> None:
        if isinstance(told, Credentials):
            self._queue.put(lambda seat: self._enrolled(seat, told))
        else:
            self._queue.put(lambda seat: self._identified(seat, told))

    def _identified(self, seat: Seat, identity: Identity) -> None:
        if identity.standing in {Standing.REFUSED, Standing.REVOKED} and self._link is not None:
            self._link.stop()
            self._link = None
            seat.disconnected()
        seat.identify(identity)

    def _enrolled(self, seat: Seat, credentials: Credentials) -> None:
        """Connect with new credentials; a renewed certificate is shown once that disturbs nobody."""
        known = self._credentials
        self._credentials = credentials
        self._ports.certificate = credentials.wallet
        if known is not None and known.document == credentials.document and self._link is not None:
            return
        document = credentials.document
        if self._link is not None:
            self._link.stop()
            seat.disconnected()
        link = mqtt.MqttLink(
            credentials.key.device,
            host=document.host,
            port=document.port,
            tls=credentials.tls,
            inbox=self._from_link,
        )
        self._link = link
        link.listen(device_filters(credentials.key.device, None))
        seat.attach(credentials.key.signer, document.site, link)
        link.start()

    def _show_renewed(self) -> None:
        """Connect anew where another certificate is to be shown and nobody sits here; by itself it comes in a day."""
        now_s = self._clock.monotonic_s()
        if self._link is None or self._credentials is None or now_s < self._shows_again_s:
            return
        self._shows_again_s = now_s + SHOW_EVERY_S
        wallet = self._credentials.wallet
        if self._seat.state.session is None and not wallet.is_aside and wallet.next() is not None:
            _LOG.info("connecting anew with the renewed certificate")
            self._link.reconnect()

    def _from_link(self, told: mqtt.Told) -> None:
        """On paho's thread: only put it on the queue."""
        if isinstance(told, mqtt.Received):
            self._queue.put(lambda seat: self._received(seat, told))
        elif isinstance(told, mqtt.Connected):
            self._queue.put(self._connected)
        else:
            self._queue.put(lambda seat: self._disconnected(seat, told))

    def _received(self, seat: Seat, message: mqtt.Received) -> None:
        try:
            seat.received(message.topic, message.payload)
        finally:
            message.done()

    def _connected(self, seat: Seat) -> None:
        self._refusals = 0
        _LOG.info("broker: connected")
        seat.connected()

    def _disconnected(self, seat: Seat, message: mqtt.Disconnected) -> None:
        self._refusals = self._refusals + 1 if message.refused else 0
        if message.refused and self._credentials is not None:
            self._credentials.wallet.refused()
        if self._refusals >= REFUSALS:
            self._enroller.check()
        seat.disconnected()

    def _damaged(self, paper: PaperVersion) -> None:
        """On a page's thread: a paper could not be read."""
        self._queue.put(lambda seat: seat.recheck(paper))

    # ---------------------------------------------------------- beginning and end

    def _start_page(self) -> None:
        run_dir, instance = self._ports.run_dir, secrets.token_hex(8)
        kiosk = Kiosk(run_dir.kiosk_secret(os.urandom, size=SECRET_BYTES), port=lambda: self._server.port)
        page = Page(
            board=self._board,
            desk=self._desk,
            pictures=self._pictures,
            now=self._clock.now,
            new_act=self._ports.new_act,
            token=secrets.token_urlsafe(32),
            kiosk=kiosk,
            instance=instance,
            painted=self._vitals.painted,
        )
        self._server.start(create_page(page, port=lambda: self._server.port, dist=web.dist()))
        self._pictures.start()
        self._renderer.warm()
        run_dir.note("page.instance", f"{instance}\n".encode("ascii"))
        run_dir.note("kiosk.html", launcher(kiosk.address))
        run_dir.note("kiosk.url", kiosk.address.reveal() + b"\n")
        _LOG.info("seat %s on port %d; its screen opens %s/kiosk.html", self._key.device, self._server.port, run_dir)

    def _shut_down(self) -> None:
        began_s = time.monotonic()
        self._board.stop()
        self._release_cards()
        if self._link is not None:
            self._link.stop()
        self._enroller.stop()
        if self._ports.updates is not None:
            self._ports.updates.stop()
        self._server.stop()
        self._pictures.stop()
        self._renderer.close()
        _LOG.info("seat ended in %.1f s", time.monotonic() - began_s)

    def _release_cards(self) -> None:
        if self._cards is None:
            return
        try:
            self._cards.stop()
        except TimeoutError:
            # Its thread is a daemon: the process ends all the same, and the service powers the card off.
            _LOG.warning("a driver did not let go of a token")


def _vault(settings: Settings, store: RealDisk) -> Vault:
    """What comes from meetings: beside all else of the seat, or in a partition of its own."""
    if not settings.vault_socket:
        return Vault(store)
    disk = RealDisk(settings.data_dir / VAULT)
    return Vault(disk, Partition(store, disk, Path(settings.vault_socket)))


def _helped(command: str, file: Path) -> Callable[[], None]:
    """What does it in the agent's place: a command of the settings, or the unit of systemd that watches a file."""
    return RunSoon(command) if command else TouchFile(file)
