"""What stands in each kind of certificate (RFC 5280); one function a kind, one table of lifetimes.

Rules: key usages are the narrowest that work, so that the broker's certificate is no client's and a seat's is no
server's (OpenSSL checks the extended key usage on both sides). Lifetimes: the CAs outlive the building's equipment; a
device has 30 days, because a seat that nobody renews should fall out by itself.

Usage: `builder = device(DeviceId("d-…"), window=Window.starting(now, DEVICE_DAYS))`.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from server.pki.errors import BadHost
from wire.ids import DeviceId

CA_DAYS: Final = 20 * 365
SERVER_DAYS: Final = 825
DEVICE_DAYS: Final = 30
#: A seat's clock may be behind the server's until it has asked for the time.
BACKDATED: Final = dt.timedelta(hours=1)
#: RFC 9336: signs documents; neither end of a TLS connection accepts it.
DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a certificate holds (aware UTC)."""

    begins_at: dt.datetime
    ends_at: dt.datetime

    @classmethod
    def starting(cls, now: dt.datetime, days: int) -> Self:
        """``days`` from ``now``; whole seconds, which is all X.509 can say."""
        start = now.astimezone(dt.UTC).replace(microsecond=0)
        return cls(start - BACKDATED, start + dt.timedelta(days=days))


def common_name(text: str) -> x509.Name:
    """A name of one CN."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def ca(name: str, *, window: Window) -> x509.CertificateBuilder:
    """A root that may issue end certificates and revocation lists, and no further CA."""
    return (
        _base(name, window)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(issues=True), critical=True)
    )


def device(name: DeviceId, *, window: Window) -> x509.CertificateBuilder:
    """A seat: a TLS client whose CN is its id, which the broker takes as user name and client id."""
    return _end(name, window, ExtendedKeyUsageOID.CLIENT_AUTH)


def client(name: str, *, window: Window) -> x509.CertificateBuilder:
    """A program of the server that connects to the broker."""
    return _end(name, window, ExtendedKeyUsageOID.CLIENT_AUTH)


def server(hosts: Iterable[str], *, window: Window) -> x509.CertificateBuilder:
    """A TLS server that answers to ``hosts`` (names or addresses; the first is also its CN)."""
    names = tuple(hosts)
    return _end(names[0][:64], window, ExtendedKeyUsageOID.SERVER_AUTH).add_extension(
        x509.SubjectAlternativeName([_general_name(host) for host in names]), critical=False
    )


def signing(name: str, *, window: Window) -> x509.CertificateBuilder:
    """The server's Ed25519 key that signs messages, manifests and the site document."""
    return _end(name, window, DOCUMENT_SIGNING)


def _base(name: str, window: Window) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(common_name(name))
        .serial_number(x509.random_serial_number())
        .not_valid_before(window.begins_at)
        .not_valid_after(window.ends_at)
    )


def _end(name: str, window: Window, purpose: ObjectIdentifier) -> x509.CertificateBuilder:
    return (
        _base(name, window)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(issues=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(_ascii(host))


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadHost(host=host) from None
