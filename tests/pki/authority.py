"""A whole PKI inside the test process, made by certomancer: certificates, keys, CRLs, OCSP answers, time-stamps.

Rules: keys are made once a run and never stored; ``answer`` is what the services say over HTTP (``tests.pki.services``
carries it), so that a test may also ask without a socket.

Usage::

    pki = TestPki(PkiSettings("http://pki.test", now), folder)
    pki.der("an"), pki.key("an"), pki.answer("POST", pki.tsa_url, request)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from asn1crypto import ocsp, tsp
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture, ServiceLabel
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.pki.profiles import PkiSettings

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_RSA_BITS: Final = {"root": 2048, "old": 2048, "rsa-2048": 2048, "rsa-3072": 3072}


class TestPki:
    """See the module; ``folder`` is empty and private."""

    __test__ = False  # pytest: not a class of tests

    def __init__(self, settings: PkiSettings, folder: Path, *, keys: dict[str, PrivateKey] | None = None) -> None:
        config = settings.config()
        self.keys: Final = keys or make_keys(list(config["keysets"]["keys"]["keys"]))
        for label, key in self.keys.items():
            (folder / f"{label}.pem").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
        self._subject_keys: Final = {
            label: spec["subject-key"] for label, spec in config["pki-architectures"]["test"]["certs"].items()
        }
        self._arch: Final[PKIArchitecture] = CertomancerConfig(config, str(folder)).get_pki_arch(ArchLabel("test"))
        services = self._arch.service_registry
        self.tsa_url: Final[str] = services.get_tsa_info(ServiceLabel("tsa")).url
        self.ocsp_url: Final[str] = services.get_ocsp_info(ServiceLabel("interm")).url

    def der(self, label: str) -> bytes:
        """The certificate ``label``."""
        found: bytes = self._arch.get_cert(CertLabel(label)).dump()
        return found

    def key(self, label: str) -> PrivateKey:
        """The private key of the certificate ``label``."""
        return self.keys[self._subject_keys[label]]

    def fingerprint(self, label: str) -> str:
        """SHA-256 of the certificate, in hex."""
        return hashlib.sha256(self.der(label)).hexdigest()

    def sign(self, label: str, data: bytes, *, md: str = "sha256") -> bytes:
        """What the card of ``label`` answers for ``data``: PKCS#1 v1.5, or ECDSA in DER."""
        key, digest = self.key(label), hashes.SHA384() if md == "sha384" else hashes.SHA256()
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), digest)
        return key.sign(data, ec.ECDSA(digest))

    def crl(self, label: str, *, at: dt.datetime | None = None) -> bytes:
        """The revocation list of an authority, as it is at ``at``."""
        found: bytes = self._arch.service_registry.get_crl(ServiceLabel(label), at).dump()
        return found

    def crl_url(self, label: str) -> str:
        """Where that list is fetched."""
        found: str = self._arch.service_registry.get_crl_repo_info(ServiceLabel(label)).latest_external_url
        return found

    def answer(self, method: str, url: str, body: bytes, *, at: dt.datetime | None = None) -> bytes | None:
        """What the service at ``url`` answers; None when there is none."""
        path, services = urlsplit(url).path, self._arch.service_registry
        # Whole seconds, as RFC 6960 and RFC 5280 want them.
        moment = (at or dt.datetime.now(dt.UTC)).replace(microsecond=0)
        if method == "POST" and path == urlsplit(self.tsa_url).path:
            stamper = services.summon_timestamper(ServiceLabel("tsa"), moment)
            return _dump(stamper.request_tsa_response(tsp.TimeStampReq.load(body)))
        if method == "POST" and path == urlsplit(self.ocsp_url).path:
            responder = services.summon_responder(ServiceLabel("interm"), moment)
            return _dump(responder.build_ocsp_response(ocsp.OCSPRequest.load(body)))
        for repo in services.list_crl_repos():
            if method == "GET" and path == urlsplit(repo.latest_external_url).path:
                return _dump(services.get_crl(repo.label, moment))
        return None


def make_keys(labels: list[str]) -> dict[str, PrivateKey]:
    """A fresh key for each label."""
    return {label: _make_key(label) for label in labels}


def _make_key(label: str) -> PrivateKey:
    if label in _RSA_BITS:
        return rsa.generate_private_key(65537, _RSA_BITS[label])
    return ec.generate_private_key(ec.SECP384R1() if label == "p384" else ec.SECP256R1())


def _dump(value: Any) -> bytes:
    found: bytes = value.dump()
    return found
