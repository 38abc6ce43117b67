"""Enrolment from the first start to the last renewal, in a thread of its own.

Rules: what the device has (key, CA, site document, certificate) is kept durably and checked again at every start, so
a seat that starts without its server still knows who it is. From its tenth day on a certificate is renewed with a new
key (``wallet.py``); that this fails takes nothing from the reader, and is seen by IT in the days that are left. IT's
refusal is shown and asked about again now and then; a revocation is told once and the certificate goes. A one-time
code is shown until the first certificate, and never again: it stands in settings that the agent can not write, and is
worth nothing from then on. Nothing here decides what the seat shows: it tells.

Usage::

    enroller = Enroller(disk, client, key=key, settings=…, clock=clock, tell=queue.put)
    enroller.start(); enroller.check()
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge.clock import Clock
from edge.enrol import trust
from edge.enrol.client import Issued, Pending, SiteClient
from edge.enrol.key import DeviceKey
from edge.enrol.trust import SiteDocument
from edge.enrol.wallet import Own, Wallet
from edge.errors import (
    BadServerAnswer,
    ClockWrong,
    DeviceRefused,
    DeviceRevoked,
    EnrolmentError,
    RenewalRefused,
    ServerUnreachable,
    VaultError,
)
from edge.model import Identity, Standing
from edge.vault.disk import Disk
from wire import canonical
from wire.envelope import seal
from wire.errors import WireError
from wire.fields import Fields, print_instant
from wire.messages.session import MAX_MEETINGS
from wire.secret import Secret

CA: Final = "identity/ca.pem"
SITE: Final = "identity/site.json"
#: that the store was destroyed, signed, until the server has it
RECEIPT: Final = "identity/wiped.json"
#: the meetings of a store that is being destroyed, until the receipt is written
WIPING: Final = "identity/wiping.json"

#: which one-time code was used, as a hash
USED: Final = "identity/code.used"

REFUSED_S: Final = 60.0
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 30.0
#: How often an enrolled device looks whether it is time to renew, and at the site document.
LOOK_S: Final = 3600.0
#: A broker that refuses everybody must not turn into a flood at the server.
CHECK_S: Final = 5.0
#: Until somebody has set the clock, every answer would look wrong.
CLOCK_S: Final = 120.0
#: The server has long taken the old certificate back by then if it was ever seen with the new one.
REFUSED_FOR: Final = dt.timedelta(days=1)
_LOG: Final = logging.getLogger("phonghop.seat.enrol")


@dataclass(frozen=True, slots=True)
class Credentials:
    """All that the link needs; the files are read anew for every connection."""

    key: DeviceKey
    document: SiteDocument
    ca_file: Path
    wallet: Wallet

    def house(self) -> ssl.SSLContext:
        """TLS 1.3 with the room's CA, showing nothing; raises ``OSError``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(cafile=str(self.ca_file))
        return context

    def tls(self) -> ssl.SSLContext:
        """The same with this device's certificate, for the broker alone: what was shown last is what a hello names."""
        context = self.house()
        own = self.wallet.show()
        if own is None:
            raise FileNotFoundError(errno.ENOENT, "no certificate")
        context.load_cert_chain(str(own.file), str(own.key_file))
        return context


Told = Identity | Credentials


class Enroller:
    """Tells an :class:`Identity` whenever it changes, and :class:`Credentials` when they are new."""

    def __init__(
        self,
        disk: Disk,
        client: SiteClient,
        *,
        key: DeviceKey,
        ca_sha256: str,
        serial: str,
        clock: Clock,
        tell: Callable[[Told], None],
        code: Secret | None = None,
    ) -> None:
        self._disk: Final = disk
        self._client: Final = client
        self._key: Final = key
        self._ca_sha256: Final = ca_sha256
        self._serial: Final = serial
        self._code: Final = code if code and serial else None
        self._request: Final = key.request(serial=serial)
        self.wallet: Final = Wallet(disk, key)
        self._clock: Final = clock
        self._tell: Final = tell
        self._told: Identity | None = None
        self._document: bytes = b""
        self._wake: Final = threading.Event()
        self._checking = False
        self._asked_s = float("-inf")
        self._stopping = False
        self._thread: Final = threading.Thread(target=self._run, name="enrol", daemon=True)

    def start(self) -> None:
        """Tell what is known from before, then go on by itself."""
        self._begin()
        self._thread.start()

    def check(self) -> None:
        """The broker does not let the device in: ask the server how it stands, but not in a row."""
        if self._clock.monotonic_s() - self._asked_s >= CHECK_S:
            self._checking = True
            self._wake.set()

    def wiping(self, meetings: tuple[str, ...]) -> None:
        """The store is about to be destroyed: what it holds is kept for the receipt. Called by the seat's thread.

        Cut off by a loss of power, destroying begins anew with less; what it was is the first word. Raises VaultError.
        """
        if meetings and self._disk.read(RECEIPT) is None and self._disk.read(WIPING) is None:
            self._disk.put(WIPING, canonical.encode({"meetings": list(meetings)}))

    def wiped(self, meetings: tuple[str, ...]) -> None:
        """The store is destroyed: keep the signed receipt until the server has it. Called by the seat's thread."""
        if self._disk.read(RECEIPT) is None:
            held = list(self._held() or meetings)
            value = {"device": self._key.device, "at": print_instant(self._clock.now()), "meetings": held}
            signer = self._key.signer
            self._disk.put(RECEIPT, seal("wiped", value, key_id=signer.key_id, sign=signer.sign))
        self._disk.remove(WIPING)
        self._wake.set()

    def _held(self) -> tuple[str, ...]:
        kept = self._disk.read(WIPING)
        if kept is None:
            return ()
        try:
            return Fields(canonical.decode(kept), WIPING).ids("meetings", "m", limit=MAX_MEETINGS)
        except WireError:
            return ()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=15)

    def _begin(self) -> None:
        try:
            kept = self._kept()
        except (EnrolmentError, VaultError) as exc:
            _LOG.warning("kept identity not usable: %s (%s)", exc.code, exc)
            kept = None
        self._say(Standing.ENROLLING if kept is None else Standing.ENROLLED)
        if kept is not None:
            self._tell(kept)

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                self._hand_in()
                wait_s = self._step()
                failures = 0
            except (EnrolmentError, VaultError) as exc:
                wait_s = self._explain(exc, failures)
                failures += 1
            self._wake.wait(wait_s)
            self._wake.clear()

    def _step(self) -> float:
        """Get as far as possible; how long to wait then."""
        ca = self._ca()
        answer = self._ask() if self._is_due() else self._renewed()
        if answer is not None and not isinstance(answer, Issued):
            if self.wallet.current() is None:
                self._say(Standing.ENROLLING)
            return answer.retry_s
        if answer is not None:
            certificate = self.wallet.take(answer.body, ca=ca, now=self._clock.now())
            _LOG.info("certificate valid until %s", certificate.not_valid_after_utc)
        document = self._client.site()
        found = trust.read_site(document, ca=ca, now=self._clock.now())
        self._disk.put(SITE, document)
        was_enrolled = self._told is not None and self._told.standing is Standing.ENROLLED
        self._say(Standing.ENROLLED)
        if not was_enrolled or document != self._document or answer is not None:
            self._document = document
            self._tell(self._credentials(found))
        return LOOK_S

    def _hand_in(self) -> None:
        receipt = self._disk.read(RECEIPT)
        if receipt is None:
            return
        try:
            self._client.receipt(receipt)
        except (BadServerAnswer, ServerUnreachable) as exc:
            _LOG.info("the receipt of the wipe is not handed in yet: %s (%s)", exc.code, exc)
            return
        self._disk.remove(RECEIPT)

    def _ask(self) -> Pending | Issued:
        self._checking = False
        self._asked_s = self._clock.monotonic_s()
        code = self._unused()
        answer = self._client.enrol(self._request, serial=self._serial, code=code)
        if code is not None and isinstance(answer, Issued):
            self._disk.put(USED, _mark(code))
            # Also when IT has compared the digits: the server ends the code in both cases.
            _LOG.info("let in: the one-time code of the settings is shown no more")
        return answer

    def _unused(self) -> Secret | None:
        """The one-time code, while this machine has not been let in with it."""
        if self._code is None or self._disk.read(USED) == _mark(self._code):
            return None
        return self._code

    def _renewed(self) -> Issued | None:
        """The next certificate when it is time for one; None also when there is none to be had today."""
        now, current = self._clock.now(), self.wallet.current()
        following = self.wallet.next()
        if following is not None and self._is_useless(following, now):
            self.wallet.drop_next()
            following = None
        if current is None or following is not None or not trust.is_due(current.certificate, now):
            return None
        body, proof = self.wallet.renewal()
        try:
            answer = self._client.renew(body, proof=proof, shown=(current.file, current.key_file))
        except (BadServerAnswer, RenewalRefused, ServerUnreachable) as exc:
            # The one in use holds for weeks: it is tried again at the next look.
            _LOG.warning("certificate not renewed: %s (%s)", exc.code, exc)
            return None
        return answer if isinstance(answer, Issued) else None

    def _is_useless(self, following: Own, now: dt.datetime) -> bool:
        """A new certificate that has ended, or is a day old and was refused before the server answered the old one.

        Refused alone is not enough: the server may have seen it and lost its answer, and then takes no other.
        """
        given = following.certificate.not_valid_before_utc
        return following.has_ended(now) or (self.wallet.is_outdone and now >= given + REFUSED_FOR)

    def _explain(self, exc: EnrolmentError | VaultError, failures: int) -> float:
        _LOG.warning("%s (%s)", exc.code, exc)
        if isinstance(exc, DeviceRevoked):
            self.wallet.forget()
            self._say(Standing.REVOKED, exc.code)
            return REFUSED_S
        if isinstance(exc, DeviceRefused):
            self.wallet.forget()
            self._say(Standing.REFUSED, exc.code)
            return REFUSED_S
        standing = Standing.ENROLLING if self._told is None else self._told.standing
        # Being away is the link's to say, once the device is enrolled.
        silent = standing is Standing.ENROLLED and isinstance(exc, ServerUnreachable)
        self._say(standing, "" if silent else exc.code)
        return CLOCK_S if isinstance(exc, ClockWrong) else min(FIRST_WAIT_S * 2.0**failures, LONGEST_WAIT_S)

    def _is_due(self) -> bool:
        """A first certificate is needed or one after the last has ended, or the broker refuses the one there is."""
        own, now = self.wallet.current(), self._clock.now()
        if own is None or self._checking or own.has_ended(now):
            return True
        # Where nothing is shown over TLS, a certificate is renewed as it was got.
        return not self._client.is_tls and trust.is_due(own.certificate, now)

    def _ca(self) -> x509.Certificate:
        pem = self._disk.read(CA)
        if pem is not None:
            try:
                return trust.read_ca(pem, sha256=self._ca_sha256)
            except EnrolmentError:
                _LOG.warning("the settings name another CA than the one kept")
        ca = trust.find_ca(self._client.cacerts(), sha256=self._ca_sha256)
        self._disk.put(CA, ca.public_bytes(Encoding.PEM))
        return ca

    def _kept(self) -> Credentials | None:
        pem, document = self._disk.read(CA), self._disk.read(SITE)
        if pem is None or document is None or self.wallet.current() is None:
            return None
        ca = trust.read_ca(pem, sha256=self._ca_sha256)
        self._document = document
        return self._credentials(trust.read_site(document, ca=ca, now=None))

    def _credentials(self, document: SiteDocument) -> Credentials:
        return Credentials(self._key, document, self._disk.path(CA), self.wallet)

    def _say(self, standing: Standing, message: str = "") -> None:
        identity = Identity(standing, self._key.device, self._key.code, message)
        if identity != self._told:
            self._told = identity
            self._tell(identity)


def _mark(code: Secret) -> bytes:
    return hashlib.sha256(code.reveal()).hexdigest().encode("ascii")
