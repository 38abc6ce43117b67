"""Whose screen this is: only the browser that was started with the terminal's secret sees what the seat shows.

Rules: the loopback is open to every program of the terminal, so an address alone lets nobody in. The secret reaches the
browser in the fragment of the address, which is never sent; the page hands it over once and is given a cookie. The
cookie's value is made from the secret, so nothing more has to be kept when the agent starts anew; its name holds the
port, because cookies of ``localhost`` are shared by all ports. Wrong tries are counted and slowed; a right one always
passes: nobody can shut the terminal's own screen out.

Usage::

    kiosk = Kiosk(run_dir.kiosk_secret(), port=lambda: 8790)
    kiosk.address                     # http://localhost:8790/#kiosk=…
    kiosk.admit(given); kiosk.is_known(request.cookies)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Final

from edge.errors import KioskOnly, TooManyTries
from wire.secret import Secret

SECRET_BYTES: Final = 32
#: Wrong secrets of which each is told that it is wrong; after that they are told to wait.
FREE_TRIES: Final = 10
_WAIT_S: Final = 60
_COOKIE: Final = b"phonghop/seat/kiosk-cookie/1"
_LOG: Final = logging.getLogger("phonghop.seat.page")


class Kiosk:
    """Knows the terminal's own browser; used by all threads of the page."""

    def __init__(self, secret: Secret, *, port: Callable[[], int]) -> None:
        self._given: Final = Secret(_text(secret.reveal()))
        self._cookie: Final = Secret(_text(hmac.new(secret.reveal(), _COOKIE, hashlib.sha256).digest()))
        self._port: Final = port
        self._lock: Final = threading.Lock()
        self._wrong = 0

    @property
    def address(self) -> Secret:
        """What the terminal's screen opens."""
        return Secret(f"http://localhost:{self._port()}/#kiosk=".encode() + self._given.reveal())

    @property
    def cookie_name(self) -> str:
        """One for each port of this machine."""
        return f"seat-kiosk-{self._port()}"

    def admit(self, given: str) -> str:
        """The cookie's value for whoever has the secret; raises :class:`KioskOnly`, :class:`TooManyTries`."""
        if hmac.compare_digest(given.encode("utf-8"), self._given.reveal()):
            return self._cookie.reveal().decode("ascii")
        with self._lock:
            self._wrong += 1
            wrong = self._wrong
        if wrong.bit_count() == 1:
            # The 1st, 2nd, 4th, 8th …: whoever tries on and on does not fill the log.
            _LOG.warning("page: wrong kiosk secret, %d so far", wrong)
        if wrong > FREE_TRIES:
            raise TooManyTries(wait_s=_WAIT_S)
        raise KioskOnly

    def is_known(self, cookies: Mapping[str, str]) -> bool:
        """Whether the request comes from the terminal's own browser."""
        given = cookies.get(self.cookie_name, "")
        return hmac.compare_digest(given.encode("utf-8"), self._cookie.reveal())


def launcher(address: Secret) -> bytes:
    """A page that goes to the address: a browser started with a file's name has no secret among its arguments."""
    return (
        b'<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        b'<title>Ch\xe1\xbb\x97 ng\xe1\xbb\x93i</title><meta http-equiv="refresh" content="0;url='
        + address.reveal()
        + b'"></html>\n'
    )


def _text(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
