"""Cards for tests: keys made once a run, certificates signed by themselves, and a reader's rig around one card.

Usage: `card = Card(contents(login=Algorithm.P256))`; `with plain_handle(bank.readers[0]) as handle: ...`.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.softtoken.card import Card
from deploy.softtoken.contents import Contents
from deploy.softtoken.keys import Algorithm, Private, make
from deploy.softtoken.reader import Inserted

PIN = "123456"
WRONG = "654321"
LOGIN, DOCUMENT = 0x9A, 0x9C
_BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def key(algorithm: Algorithm, number: int = 0) -> Private:
    """A private key of a kind; the same for the same number all through a run, because RSA takes its time."""
    return _key(algorithm, number)


@functools.cache
def _key(algorithm: Algorithm, number: int) -> Private:
    return make(algorithm)


def certificate(
    private: Private,
    name: str,
    *,
    usage: x509.KeyUsage | None = None,
    extended: Sequence[x509.ObjectIdentifier] = (),
    more: Sequence[x509.ExtensionType] = (),
) -> bytes:
    """A certificate that signs itself, in DER."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(secrets.randbits(64) + 1)
        .not_valid_before(_BEGIN)
        .not_valid_after(_BEGIN + dt.timedelta(days=3650))
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    for extension in more:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER)


def key_usage(*, signs: bool = True, commits: bool = False) -> x509.KeyUsage:
    """Key usage of a person's certificate."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=commits,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def contents(
    *,
    login: Algorithm | None = Algorithm.P256,
    document: Algorithm | None = Algorithm.RSA_2048,
    name: str = "Nguyễn Văn A (demo)",
    pack: bool = False,
    number: int = 0,
) -> Contents:
    """A card of one person, with a new GUID."""
    made = Contents(guid=secrets.token_bytes(16))
    for slot, algorithm, commits in ((LOGIN, login, False), (DOCUMENT, document, True)):
        if algorithm is not None:
            private = key(algorithm, number)
            usage = key_usage(commits=commits)
            made.put_key(slot, private, certificate(private, name, usage=usage), pack=pack)
    return made


def sent_to(inserted: Inserted) -> list[bytes]:
    """From now on, the header of every command the card gets; never its data."""
    heard: list[bytes] = []

    def listen(apdu: bytes) -> None:
        heard.append(bytes(apdu[:4]))

    inserted.faults.answer = listen
    return heard


def pin(text: str = PIN) -> bytearray:
    """A PIN as the seat holds it."""
    return bytearray(text.encode())


__all__ = ["DOCUMENT", "LOGIN", "PIN", "WRONG", "Card", "certificate", "contents", "key", "key_usage", "pin", "sent_to"]
