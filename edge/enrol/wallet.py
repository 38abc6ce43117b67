"""The certificates of this device and the keys they are for, through renewals and power cuts (W182, W183).

Rules: the device's own key names it and signs for it, for ever; its first certificate is for that key. A renewal
brings a new key for the connection alone. It is durable before it is asked with; the new certificate lies beside the
one in use until the server has answered a hello that came with it, then takes its place. Key and certificate are one
file, so that they change together. Whichever of the two the broker refuses, the other is tried next; that says nothing
of what the server has seen, so the new one is given up only when the server has answered a hello with the old one
since. At whatever moment the power goes, there is one that connects. Asked by the link's, the enroller's and the
seat's threads.

Usage::

    wallet = Wallet(disk, key)
    request = wallet.renewal()              # to simplereenroll
    wallet.take(answer, ca=ca, now=now)
    wallet.show()                           # what to connect with; then .welcomed() or .refused()
"""

from __future__ import annotations

import base64
import datetime as dt
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from edge.enrol import trust
from edge.enrol.key import DeviceKey
from edge.errors import BadServerAnswer
from edge.vault.disk import Disk
from sealing.signatures import DeviceSigner
from wire.envelope import pae, payload_type
from wire.secret import Secret

#: the certificate of the device's own key; key and certificate of the last renewal; those of one that is not yet used
FIRST: Final = "identity/device.pem"
LINK: Final = "identity/link.pem"
NEXT: Final = "identity/next.pem"
NEXT_KEY: Final = "identity/next.key"


@dataclass(frozen=True, slots=True)
class Own:
    """A certificate of this device, its file and the file of its key."""

    certificate: x509.Certificate
    file: Path
    key_file: Path

    @property
    def serial(self) -> str:
        """Its serial number, 40 hexadecimal digits."""
        return f"{self.certificate.serial_number:040x}"

    def has_ended(self, now: dt.datetime) -> bool:
        """Whether nothing connects with it any more."""
        return now >= self.certificate.not_valid_after_utc


class Wallet:
    """What is shown, what is kept. Raises what the disk raises."""

    def __init__(self, disk: Disk, key: DeviceKey) -> None:
        self._disk: Final = disk
        self._key: Final = key
        self._lock: Final = threading.RLock()
        self._shown: Own | None = None
        #: the new one was refused: the old one is shown
        self._aside = False
        #: since then the server has answered a hello that came with the old one
        self._outdone = False
        self._finish()

    def current(self) -> Own | None:
        """The one that the server knows this device by."""
        found = [own for own in (self._own(LINK), self._own(FIRST)) if own is not None]
        return max(found, key=lambda own: own.certificate.not_valid_after_utc, default=None)

    def next(self) -> Own | None:
        """The one that has not been used."""
        return self._own(NEXT)

    # ------------------------------------------------------------ what is asked for

    def renewal(self) -> tuple[bytes, bytes]:
        """A request for the next certificate, with the device's signature over it (W182)."""
        with self._lock:
            pem = self._disk.read(NEXT_KEY)
            if pem is None:
                pem = DeviceSigner.generate().to_pem().reveal()
                self._disk.put(NEXT_KEY, pem)
            name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._key.device)])
            request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(_private(pem), hashes.SHA256())
        body = base64.encodebytes(request.public_bytes(Encoding.DER))
        return body, self._key.signer.sign(pae(payload_type("renewal"), body))

    def take(self, body: bytes, *, ca: x509.Certificate, now: dt.datetime) -> x509.Certificate:
        """Keep the certificate in an answer; raises an :class:`edge.errors.EnrolmentError` when none is ours."""
        with self._lock:
            pem = self._disk.read(NEXT_KEY)
            if pem is not None:
                try:
                    found = trust.find_own(body, spki=DeviceSigner.from_pem(Secret(pem)).spki, ca=ca, now=now)
                except BadServerAnswer:
                    pass  # it is for another key of ours
                else:
                    self._disk.put(NEXT, pem + found.public_bytes(Encoding.PEM))
                    self._aside = self._outdone = False
                    return found
            current = self.current()
            if current is not None and _spki(current.certificate) != self._key.spki and not current.has_ended(now):
                return trust.find_own(body, spki=_spki(current.certificate), ca=ca, now=now)
            found = trust.find_own(body, spki=self._key.spki, ca=ca, now=now)
            self._disk.put(FIRST, found.public_bytes(Encoding.PEM))
            # Given for the first key, it is because nothing else holds any more.
            self.drop_next()
            self._finish()
            return found

    def drop_next(self) -> None:
        """Begin anew: the next key was of no use."""
        with self._lock:
            self._disk.shred(NEXT)
            self._disk.shred(NEXT_KEY)
            self._aside = self._outdone = False

    def forget(self) -> None:
        """Keep no certificate, and no key but the device's own."""
        with self._lock:
            for name in (NEXT, NEXT_KEY, LINK):
                self._disk.shred(name)
            self._disk.remove(FIRST)
            self._shown = None

    # ------------------------------------------------------------ what is shown

    @property
    def is_aside(self) -> bool:
        """Whether there is a new one that was refused."""
        return self._aside

    @property
    def is_outdone(self) -> bool:
        """Whether the server goes by the old one, though there is a new one: the new one was refused before."""
        return self._outdone

    def show(self) -> Own | None:
        """What the next connection is made with: of two the one that ends later, unless it was refused."""
        with self._lock:
            following, current = self.next(), self.current()
            if following is not None and current is not None:
                is_older = following.certificate.not_valid_after_utc < current.certificate.not_valid_after_utc
                following = None if self._aside or is_older else following
            self._shown = following or current
            return self._shown

    def serial(self) -> str:
        """Which one the connection was made with."""
        return "" if self._shown is None else self._shown.serial

    def refused(self) -> None:
        """The broker did not take what was shown: the other one is next."""
        with self._lock:
            self._aside = not self._aside and self.next() is not None

    def welcomed(self) -> None:
        """The server has answered a hello that came with what was shown: it is the one now."""
        with self._lock:
            following = self.next()
            if following is None or self._shown is None:
                return
            if self._shown.serial == following.serial:
                self._disk.put(LINK, self._disk.read(NEXT) or b"")
                self._finish()
                self._shown = self.current()
                self._aside = self._outdone = False
            else:
                self._outdone = self._aside

    def _finish(self) -> None:
        """Take away what a swap leaves; a power cut may have kept it from being done."""
        kept, following = self._disk.read(LINK), self._disk.read(NEXT)
        if kept is not None and kept == following:
            self._disk.remove(NEXT)
            self._disk.shred(NEXT_KEY)
        elif kept is not None and following is None:
            pem = self._disk.read(NEXT_KEY)
            if pem is not None and kept.startswith(pem):
                self._disk.shred(NEXT_KEY)
        link, first = self._own(LINK), self._own(FIRST)
        if link is not None and first is not None:
            is_newer = link.certificate.not_valid_after_utc >= first.certificate.not_valid_after_utc
            self._disk.remove(FIRST) if is_newer else self._disk.shred(LINK)

    def _own(self, name: str) -> Own | None:
        pem = self._disk.read(name)
        if pem is None:
            return None
        key_file = self._key.path if name == FIRST else self._disk.path(name)
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            spki = self._key.spki if name == FIRST else DeviceSigner(_private(pem)).spki
        except ValueError:
            return None
        return Own(certificate, self._disk.path(name), key_file) if _spki(certificate) == spki else None


def _private(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not an elliptic curve key")  # noqa: TRY004 - as the library says of other broken files
    return key


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
