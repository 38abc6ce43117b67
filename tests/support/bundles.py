"""Bundles of images as RAUC makes them, small ones, and those that somebody meddled with.

Rules: written from RAUC's manual with the standard library and ``cryptography`` alone, so that what reads them is held
to something else; that RAUC itself makes such files is a test of its own.

Usage::

    maker = Maker.new()
    data = maker.bundle(version="20261124.080000")
    authority = maker.authority_pem
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

BLOCK = 4096
COMPATIBLE = "phonghop-seat-amd64"
_FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_UNTIL = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CODE_SIGNING,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .sign(by, hashes.SHA256())
    )


def root_of(payload: bytes, salt: bytes) -> bytes:
    """The root hash of dm-verity over whole blocks, the plain way: level upon level of one digest a block."""
    while True:
        blocks = [payload[at : at + BLOCK].ljust(BLOCK, b"\0") for at in range(0, len(payload), BLOCK)]
        digests = [hashlib.sha256(salt + block).digest() for block in blocks]
        if len(digests) == 1:
            return digests[0]
        payload = b"".join(digests)


@dataclass(frozen=True)
class Maker:
    """Who signs images: an authority, and its certificate for that."""

    authority: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    #: Sent beside its own.
    above: tuple[x509.Certificate, ...] = ()

    @classmethod
    def new(cls, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CODE_SIGNING) -> Maker:
        """Keys of its own; ``usage``: what its certificate is for."""
        root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority = _certificate("Images (test)", root, "Images (test)", root, is_ca=True)
        return cls(authority, _certificate("Release (test)", key, "Images (test)", root, is_ca=False, usage=usage), key)

    def issues(self) -> Maker:
        """Who holds this certificate makes another with its key, as only an authority may."""
        key, own = ec.generate_private_key(ec.SECP256R1()), "Release (test)"
        fresh = _certificate("Issued (test)", key, own, self.key, is_ca=False)
        return Maker(self.authority, fresh, key, (self.certificate,))

    @property
    def authority_pem(self) -> bytes:
        """What a house trusts."""
        return self.authority.public_bytes(Encoding.PEM)

    def manifest(
        self,
        payload: bytes,
        *,
        version: str = "20261124.080000",
        compatible: str = COMPATIBLE,
        minimum: str = "20261001.000000",
        expires: str = "2027-11-23T00:00:00.000Z",
        style: str = "verity",
    ) -> str:
        """What is signed."""
        salt = b"salt" * 8
        return (
            f"[update]\ncompatible={compatible}\nversion={version}\n\n"
            f"[bundle]\nformat={style}\nverity-hash={root_of(payload, salt).hex()}\nverity-salt={salt.hex()}\n"
            f"verity-size={BLOCK}\n\n[image.rootfs]\nfilename=root.img\n\n"
            f"[meta.phonghop]\nminimum={minimum}\nexpires={expires}\n"
        )

    def sealed(self, payload: bytes, manifest: str) -> bytes:
        """Payload, a hash tree that nobody here reads, the signature, its length."""
        signer = pkcs7.PKCS7SignatureBuilder().set_data(manifest.encode())
        signer = signer.add_signer(self.certificate, self.key, hashes.SHA256())
        for each in self.above:
            signer = signer.add_certificate(each)
        signature = signer.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
        return payload + bytes(BLOCK) + signature + len(signature).to_bytes(8, "big")

    def bundle(self, payload: bytes = b"image" * 8192, **parts: str) -> bytes:
        """A whole one; ``payload`` is whole blocks."""
        return self.sealed(payload, self.manifest(payload, **parts))

    def key_pem(self) -> bytes:
        """For RAUC's own program."""
        return self.key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
