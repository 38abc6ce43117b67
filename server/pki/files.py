"""Keys and certificates on the disk: written whole or not at all, keys readable by their owner only.

Rules: a file appears under its name complete and synced (temporary name, fsync, rename, fsync of the folder), so a
power cut leaves the old one or the new one. Private keys have mode 0600 from their first byte on.

Usage: `write_private(folder / "ca.key", secret)`, `write_public(folder / "ca.pem", pem)`.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.pki.errors import BrokenPki
from wire.secret import Secret

PRIVATE_MODE: Final = 0o600
PUBLIC_MODE: Final = 0o644


def write_private(path: Path, secret: Secret) -> None:
    """Put a private key in its file."""
    replace_file(path, secret.reveal(), mode=PRIVATE_MODE)


def write_public(path: Path, data: bytes) -> None:
    """Put something that everybody may read in its file."""
    replace_file(path, data, mode=PUBLIC_MODE)


def replace_file(path: Path, data: bytes, *, mode: int) -> None:
    """Replace ``path`` in one step; its mode is ``mode`` whatever the umask says."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """A private key from its file; raises :class:`BrokenPki`, also when others may read the file."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BrokenPki(why=f"{path.name} may be read by others: its mode must be 0600")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        # The library's message might quote the file, so it is not carried on.
        raise BrokenPki(why=f"{path.name} holds no private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BrokenPki(why=f"{path.name} holds a key of another kind")
    return key


def read_certificate(path: Path) -> x509.Certificate:
    """A certificate from its file; raises :class:`BrokenPki`."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as exc:
        raise BrokenPki(why=f"{path.name} holds no certificate") from exc


def pem(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """A certificate or a revocation list as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)
