"""The demo's own certificate authority: makes cards for invented people, and is trusted by the demo's server alone.

Rules: everything it makes says "(demo)"; its key lies in the demo's folder. One card is made once and kept, so that a
person has the same token at every run. Its list of revoked certificates is empty and good for as long as it lives,
because nobody answers for it: it is carried to the server by hand.

Usage::

    authority = Authority.load_or_create(folder, now=now)
    authority.card_file("daibieu1", "Nguyễn Văn A (demo)", now=now)
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.softtoken.contents import Contents, load, save
from deploy.softtoken.keys import Algorithm, Private, make

NAME: Final = "CA thử nghiệm của phòng họp mẫu (demo)"
#: Printed for everybody: these tokens guard nothing.
PIN: Final = "123456"
LOGIN, DOCUMENT = 0x9A, 0x9C
_KEY, _CERTIFICATE, _LIST = "ca.key", "ca.pem", "ca.crl"
_LIFE: Final = dt.timedelta(days=3650)
#: What was signed in the demo's house before it was opened (deploy.demo.past) was signed with the same tokens.
_BEFORE: Final = dt.timedelta(days=150)
_EMAIL_AND_LOGIN: Final = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION)


@dataclass(frozen=True, slots=True)
class Authority:
    """See the module. ``folder`` is its owner's alone."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def load_or_create(cls, folder: Path, *, now: dt.datetime) -> Self:
        """The authority of this folder; made when there is none, or half of one."""
        try:
            found = serialization.load_pem_private_key((folder / _KEY).read_bytes(), password=None)
            certificate = x509.load_pem_x509_certificate((folder / _CERTIFICATE).read_bytes())
        except (OSError, ValueError):
            return cls._create(folder, now)
        if not isinstance(found, ec.EllipticCurvePrivateKey):
            return cls._create(folder, now)
        return cls(folder, found, certificate)

    @classmethod
    def _create(cls, folder: Path, now: dt.datetime) -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(NAME), _name(NAME), key, now=now)
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        made = cls(folder, key, certificate)
        made._write(_CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
        made._write(_LIST, made._list(now))
        made._write(
            _KEY,
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
        return made

    @property
    def certificate_file(self) -> Path:
        """Its certificate, PEM."""
        return self.folder / _CERTIFICATE

    @property
    def list_file(self) -> Path:
        """Its list of revoked certificates, DER."""
        return self.folder / _LIST

    def card_file(self, username: str, name: str, *, now: dt.datetime) -> Path:
        """The file of a person's card (``deploy.softtoken.contents``); made when there is none."""
        file = self.folder / f"{username}.json"
        try:
            load(file)
        except (OSError, ValueError, KeyError):
            save(self._card(username, name, now=now), file)
        return file

    def login_certificate(self, username: str) -> Path:
        """The certificate for signing in, of a card that was made, PEM; raises ``OSError``."""
        return self._certificate(username, 0x5FC105, f"{username}.pem")

    def document_certificate(self, username: str) -> Path:
        """The certificate for signing papers, of a card that was made, PEM; raises ``OSError``."""
        return self._certificate(username, 0x5FC10A, f"{username}-papers.pem")

    def _certificate(self, username: str, place: int, name: str) -> Path:
        body = load(self.folder / f"{username}.json").objects[place]
        found = x509.load_der_x509_certificate(_inside(body))
        self._write(name, found.public_bytes(serialization.Encoding.PEM))
        return self.folder / name

    def _card(self, username: str, name: str, *, now: dt.datetime) -> Contents:
        contents = Contents(guid=secrets.token_bytes(16), pin=PIN)
        for slot, algorithm, document in ((LOGIN, Algorithm.P256, False), (DOCUMENT, Algorithm.RSA_2048, True)):
            private = make(algorithm)
            contents.put_key(slot, private, self._issue(private, username, name, document=document, now=now))
        return contents

    def _issue(self, private: Private, username: str, name: str, *, document: bool, now: dt.datetime) -> bytes:
        subject = x509.Name([*_name(name), x509.NameAttribute(NameOID.USER_ID, f"{username}.demo")])
        uses = [ExtendedKeyUsageOID.EMAIL_PROTECTION] if document else list(_EMAIL_AND_LOGIN)
        return (
            _builder(subject, self.certificate.subject, private, now=now)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(commits=document), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )

    def _list(self, now: dt.datetime) -> bytes:
        return (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - _BEFORE)
            .next_update(now + _LIFE)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )

    def _write(self, name: str, data: bytes) -> None:
        draft = self.folder / f".{name}.new"
        draft.touch(mode=0o600)
        draft.write_bytes(data)
        draft.replace(self.folder / name)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Phòng họp mẫu (demo)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(subject: x509.Name, issuer: x509.Name, private: Private, *, now: dt.datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + _LIFE)
    )


def _usage(*, authority: bool = False, commits: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=commits,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _inside(body: bytes) -> bytes:
    """The certificate in its object: tag 70, a length of two bytes (SP 800-73-4, part 1, table 10)."""
    if body[:2] != b"\x70\x82":
        raise ValueError("not a certificate object of ours")
    return body[4 : 4 + int.from_bytes(body[2:4], "big")]
