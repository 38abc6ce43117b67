"""A bridge without a card service: its desk and its HTTP surface, a reader played by hand, and a server that signs.

Usage::

    play = BridgePlay(tmp_path)
    play.paired(); play.plug("lan")
    ticket = play.ask(Kind.SIGN_IN)
    play.types_pin(ticket); play.signs()
"""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from edge.bridge.app import Surface, create_bridge
from edge.bridge.callers import HOST, TICKET_HEADER, TOKEN_HEADER, Door
from edge.bridge.desk import Desk
from edge.bridge.home import Home, Pairing
from edge.bridge.introductions import Introductions
from edge.events import CardCame, CardOpened, CardWent, TokenRefused, TokenSigned
from edge.model import TokenSeen
from edge.page.kiosk import Kiosk
from edge.ports import SignOrder
from pages.renderer import Renderer
from sealing.signatures import ServerSigner
from tests.support.poll import until
from tests.support.token_play import READER, token
from wire import ids
from wire.asking import Ask, Kind, seal_ask

ORIGIN = "https://hop.example.vn"
PORT = 24_871
OWN = f"http://{HOST}:{PORT}"
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
_serial = itertools.count(1)


@dataclass
class PlayClock:
    """Moves when it is told to."""

    moment: dt.datetime = NOW

    def now(self) -> dt.datetime:
        return self.moment

    def monotonic_s(self) -> float:
        return (self.moment - NOW).total_seconds()

    def advance(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@dataclass
class PlayCards:
    """The worker: keeps its orders."""

    orders: list[Any] = field(default_factory=list)

    def open(self, reader: str, count: int) -> None:
        self.orders.append(("open", reader, count))

    def release(self, reader: str, count: int) -> None:
        self.orders.append(("release", reader, count))

    def sign(self, order: SignOrder) -> None:
        self.orders.append(order)

    def check(self, order: SignOrder) -> None:
        self.orders.append(order)


class BridgePlay:
    """See the module."""

    def __init__(self, folder: Path, *, dist: Path | None = None) -> None:
        #: what a browser has to call it by
        self.port = PORT
        self.clock, self.cards, self.server = PlayClock(), PlayCards(), ServerSigner.generate()
        self.home = Home(folder / "config", random=lambda size: bytes(range(size)))
        self.desk = Desk(self.home, clock=self.clock, random=lambda size: next(_serial).to_bytes(size, "big"))
        self.desk.cards = self.cards
        self.bridge = self.home.key.device
        self.count = 0
        self.renderer = Renderer()
        self.seen: TokenSeen | None = None
        self.kiosk = Kiosk(self.home.secret, port=lambda: self.port)
        door = Door(lambda: self.port, self.kiosk, "own-token", lambda origin: self.home.pairing(origin) is not None)
        introductions = Introductions(self.home.key.signer, keep=self.desk.pair, at_s=self.clock.monotonic_s)
        self.app = create_bridge(Surface(self.desk, door, introductions, self.renderer, dist or folder / "dist"))
        self.client = self.app.test_client(use_cookies=False)

    # The server

    def pairing(self, origin: str = ORIGIN) -> Pairing:
        return Pairing(origin, "Phòng họp (demo)", self.server.public)

    def paired(self) -> None:
        self.desk.pair(self.pairing())

    def message(self, kind: Kind = Kind.SIGN_IN, *, by: ServerSigner | None = None, **other: Any) -> bytes:
        signer = by or self.server
        data = {"nonce": base64.b64encode(bytes(32)).decode()} if kind is Kind.SIGN_IN else {}
        challenge = ids.new("c", next(_serial).to_bytes(ids.RANDOM_BYTES, "big"))
        until_at = self.clock.now() + dt.timedelta(seconds=60)
        ask = replace(Ask(kind, challenge, self.bridge, ORIGIN, until_at, data), **other)
        return seal_ask(ask, key_id=signer.key_id, sign=signer.sign)

    def result(self, ticket: str) -> dict[str, Any]:
        """What the page is given of a question that was answered."""
        found = next(self.desk.stream(ticket, origin=ORIGIN))
        assert found is not None
        assert found["result"] is not None, found
        return dict(found["result"])

    def ask(self, kind: Kind = Kind.SIGN_IN, **other: Any) -> str:
        return self.desk.ask(self.message(kind, **other), origin=ORIGIN)

    # The reader

    def plug(self, who: str, **more: Any) -> None:
        self.count += 1
        self.seen = token(who, **more)
        self.desk.hear(CardCame(READER, self.count))
        self.opens()

    def opens(self) -> None:
        assert self.seen is not None
        self.desk.hear(CardOpened(READER, self.count, self.seen))

    def pull(self) -> None:
        self.desk.hear(CardWent(READER, self.count))

    def order(self) -> SignOrder:
        """What the card is to sign now."""
        found: list[SignOrder] = []

        def look() -> bool:
            found[:] = [each for each in self.cards.orders if isinstance(each, SignOrder)]
            return bool(found)

        until(look, what="an order to sign")
        return found[-1]

    def signs(self, signature: bytes = b"signature") -> SignOrder:
        order = self.order()
        assert self.seen is not None
        assert order.build is not None
        signs = self.seen.signs
        by_signs = signs is not None and order.fingerprint == signs.fingerprint
        certificate = signs.certificate if signs is not None and by_signs else self.seen.certificate
        self.desk.hear(TokenSigned(order.request, self.seen, order.build(certificate, signature)))
        return order

    def refuses(self, code: str, **seen: Any) -> None:
        order = self.order()
        assert self.seen is not None
        self.seen = replace(self.seen, **seen)
        self.desk.hear(TokenRefused(order.request, code, {}, self.seen))

    def types_pin(self, ticket: str, pin: bytearray, **more: Any) -> Typing:
        """In a thread of its own, as a page's call is."""
        typing = Typing(self.desk, ticket, pin, last_try_ok=bool(more.get("last_try_ok")))
        typing.start()
        return typing

    # HTTP

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        origin: str | None = ORIGIN,
        ticket: str = "",
        own: bool = False,
        **headers: str,
    ) -> TestResponse:
        """As a console's page; ``own``: as the bridge's own page in the person's browser."""
        sent = {"Host": f"{HOST}:{PORT}", TICKET_HEADER: ticket, "Content-Type": "application/json"}
        if own:
            origin = OWN if method != "GET" else None
            sent[TOKEN_HEADER] = "own-token"
            given = self.kiosk.address.reveal().decode().partition("#kiosk=")[2]
            sent["Cookie"] = f"{self.kiosk.cookie_name}={self.kiosk.admit(given)}"
        if origin is not None:
            sent["Origin"] = origin
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self.client.open(
            path, method=method, data=data if method == "POST" else None, headers={**sent, **headers}
        )


class Typing(threading.Thread):
    """One call of the own page; ``error`` is what it raised."""

    def __init__(self, desk: Desk, ticket: str, pin: bytearray, *, last_try_ok: bool) -> None:
        super().__init__(daemon=True)
        self._call: Callable[[], None] = lambda: desk.give_pin(ticket, pin, last_try_ok=last_try_ok)
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._call()
        except Exception as exc:  # noqa: BLE001 - the test looks at it
            self.error = exc

    def code(self) -> str:
        """Wait; the code of the refusal, empty when all went well."""
        self.join(10)
        assert not self.is_alive()
        return "" if self.error is None else str(getattr(self.error, "code", self.error))
