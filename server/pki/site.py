"""All keys and certificates of one site, in one folder.

Rules: `load_or_create` makes what is missing and renews what has less than a third of its life left or names other
hosts; run twice it changes nothing. The site CA is never made again: every seat knows its hash. The server's own
clients of the broker come from a second CA, so that the loopback listener, which may take over a session, trusts nobody
else.

Usage::

    site = SitePki.load_or_create(folder, names=SiteNames("Phòng họp", ("room.example", "10.0.0.2")), now=now)
    certificate = site.issue_device(device, spki=spki, now=now)

Files: ``ca`` (site CA), ``link-ca``, ``broker``, ``https``, ``server`` and ``warden`` (clients of the broker), each
with ``.key`` (0600) and ``.pem``; ``signing.pem`` for the Ed25519 key that ``server.keys`` holds.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from server.pki import files, profiles
from server.pki.authority import Authority, PublicKey, device_key, private_pem
from server.pki.errors import BrokenPki
from server.pki.model import Revoked
from wire.ids import DeviceId

#: The server's user name at the broker, and that of its hand which ends sessions.
SERVER_USER: Final = "server"
WARDEN_USER: Final = "warden"
LOOPBACK: Final = ("localhost", "127.0.0.1")


class Profile(Protocol):
    """A function of ``profiles`` that waits only for the time a certificate holds."""

    def __call__(self, *, window: profiles.Window) -> x509.CertificateBuilder:
        """What will stand in the certificate."""
        ...


@dataclass(frozen=True, slots=True)
class SiteNames:
    """The site's display name and the hosts its broker and web server answer to (names or addresses)."""

    site: str
    hosts: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name as far as a certificate has room for it (the library counts a CN's 64 characters as bytes)."""
        return self.site.encode("utf-8")[:50].decode("utf-8", "ignore").strip()

    @property
    def all_hosts(self) -> tuple[str, ...]:
        """``hosts`` and the machine itself, each once."""
        return tuple(dict.fromkeys((*self.hosts, *LOOPBACK)))


class SitePki:
    """The site's authorities and where the certificates lie; make it with :meth:`load_or_create`."""

    def __init__(self, folder: Path, authority: Authority, link_authority: Authority) -> None:
        self.folder: Final = folder
        self.authority: Final = authority
        self._link: Final = link_authority

    @classmethod
    def load_or_create(cls, folder: Path, *, names: SiteNames, now: dt.datetime) -> SitePki:
        """Load the site's keys, making or renewing what is needed; raises :class:`BrokenPki`."""
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            site = cls(
                folder,
                _authority(folder, "ca", f"{names.short} CA", now),
                _authority(folder, "link-ca", f"{names.short} link CA", now),
            )
            for name in ("broker", "https"):
                site._keep(name, site.authority, partial(profiles.server, names.all_hosts), now)
            for user in (SERVER_USER, WARDEN_USER):
                site._keep(user, site._link, partial(profiles.client, user), now)
        return site

    def path(self, name: str) -> Path:
        """Where a file of the folder lies, such as ``ca.pem``."""
        return self.folder / name

    def ca_sha256(self) -> str:
        """What a seat's image knows of this site: SHA-256 of the CA's DER, in hexadecimal."""
        return hashlib.sha256(self.authority.certificate.public_bytes(serialization.Encoding.DER)).hexdigest()

    def issue_device(self, device: DeviceId, *, spki: bytes, now: dt.datetime) -> x509.Certificate:
        """A seat's certificate of 30 days; raises :class:`KeyNotAllowed`."""
        window = profiles.Window.starting(now, profiles.DEVICE_DAYS)
        return self.authority.issue(profiles.device(device, window=window), key=device_key(spki))

    def revocation_list(self, revoked: Iterable[Revoked], *, now: dt.datetime) -> bytes:
        """The site's CRL as PEM."""
        return files.pem(self.authority.revocation_list(revoked, now=now))

    def signing_certificate(self, public: bytes, *, now: dt.datetime) -> bytes:
        """The certificate (PEM) of the server's Ed25519 key (32 raw bytes), kept and renewed as the others."""
        key = ed25519.Ed25519PublicKey.from_public_bytes(public)
        with _alone(self.folder):
            found = _reusable(self.path("signing.pem"), self.authority, key, _signing, now)
            if found is None:
                found = self.authority.issue(_signing(window=_years(now)), key=key)
                files.write_public(self.path("signing.pem"), files.pem(found))
        return files.pem(found)

    def _keep(self, name: str, authority: Authority, profile: Profile, now: dt.datetime) -> None:
        key_path, path = self.path(f"{name}.key"), self.path(f"{name}.pem")
        if key_path.exists():
            key = files.read_key(key_path)
        else:
            key = ec.generate_private_key(ec.SECP256R1())
            files.write_private(key_path, private_pem(key))
        if _reusable(path, authority, key.public_key(), profile, now) is None:
            files.write_public(path, files.pem(authority.issue(profile(window=_years(now)), key=key.public_key())))


def _signing(*, window: profiles.Window) -> x509.CertificateBuilder:
    return profiles.signing("phonghop server", window=window)


def _years(now: dt.datetime) -> profiles.Window:
    return profiles.Window.starting(now, profiles.SERVER_DAYS)


def _authority(folder: Path, name: str, title: str, now: dt.datetime) -> Authority:
    key_path, path = folder / f"{name}.key", folder / f"{name}.pem"
    if path.exists():
        if not key_path.exists():
            raise BrokenPki(why=f"{key_path.name} is missing beside {path.name}")
        return Authority(files.read_key(key_path), files.read_certificate(path))
    # The certificate is written last: a key alone is a beginning that a power cut ended, and is used again.
    key = files.read_key(key_path) if key_path.exists() else ec.generate_private_key(ec.SECP256R1())
    authority = Authority.found(title, now=now, key=key)
    files.write_private(key_path, authority.key_pem())
    files.write_public(path, files.pem(authority.certificate))
    return authority


def _reusable(
    path: Path, authority: Authority, key: PublicKey, profile: Profile, now: dt.datetime
) -> x509.Certificate | None:
    """The certificate at ``path`` if it is still the one that would be issued now."""
    if not path.exists():
        return None
    found = files.read_certificate(path)
    whole = found.not_valid_after_utc - found.not_valid_before_utc
    fresh = found.not_valid_before_utc <= now < found.not_valid_after_utc - whole / 3
    ours = found.issuer == authority.certificate.subject and found.public_key() == key
    wanted = authority.issue(profile(window=_years(now)), key=key)
    same = found.subject == wanted.subject and _alternatives(found) == _alternatives(wanted)
    return found if fresh and ours and same else None


def _alternatives(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in names)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: `phonghop admin init` may run beside `phonghop serve`."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
