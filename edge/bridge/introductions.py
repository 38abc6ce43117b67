"""How a server and this bridge come to know each other, with the person between them (G50).

Rules: a page says what its server is; nothing of it is believed before the person has compared the twelve figures with
those on the server's own page, and said yes on the bridge's page. The page that asked proves itself with the code it
brought, once and soon; then the bridge signs that it knows this browser.

Usage::

    introductions.propose(pairing, code)            # from the bridge's own page
    introductions.confirm(origin)                   # the person has said yes
    key, signature = introductions.vouch(origin, code, nonce)
"""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from edge.bridge.errors import CodeWrong, PairingUnknown
from edge.bridge.home import Pairing
from sealing.signatures import DeviceSigner
from wire.asking import vouched

#: From the proposal to the vouching.
LIFE_S: Final = 600.0
MOST: Final = 8
CODE_CHARACTERS: Final = (32, 128)


@dataclass(slots=True)
class _Open:
    pairing: Pairing
    code: str = field(repr=False)
    until_s: float
    confirmed: bool = False


class Introductions:
    """For all threads; ``keep`` writes a pairing down."""

    def __init__(self, signer: DeviceSigner, *, keep: Callable[[Pairing], None], at_s: Callable[[], float]) -> None:
        self._signer: Final = signer
        self._keep: Final = keep
        self._at_s: Final = at_s
        self._lock: Final = threading.Lock()
        self._open: Final[dict[str, _Open]] = {}

    def propose(self, pairing: Pairing, code: str) -> None:
        """A page has sent the person here; the newest word of an origin counts."""
        with self._lock:
            self._open.pop(pairing.origin, None)
            self._open[pairing.origin] = _Open(pairing, code, self._at_s() + LIFE_S)
            if len(self._open) > MOST:
                del self._open[next(iter(self._open))]

    def confirm(self, origin: str, *, key: str) -> None:
        """The person has compared the figures of ``key`` (base 64); raises PairingUnknown, PairingWrong."""
        with self._lock:
            found = self._live(origin)
            if base64.b64encode(found.pairing.key).decode("ascii") != key:
                # Another page has proposed another key for this origin meanwhile.
                raise PairingUnknown
            self._keep(found.pairing)
            found.confirmed = True

    def vouch(self, origin: str, code: str, nonce: bytes) -> tuple[bytes, bytes]:
        """The bridge's key and its word for the page that brought ``code``; once. Raises CodeWrong."""
        with self._lock:
            try:
                found = self._live(origin)
            except PairingUnknown:
                raise CodeWrong from None
            if not found.confirmed or not hmac.compare_digest(found.code.encode("utf-8"), code.encode("utf-8")):
                raise CodeWrong
            del self._open[origin]
        text = vouched(bridge=self._signer.key_id, origin=origin, nonce=nonce)
        return self._signer.spki, self._signer.sign(text)

    def _live(self, origin: str) -> _Open:
        found = self._open.get(origin)
        if found is None or self._at_s() >= found.until_s:
            raise PairingUnknown
        return found
