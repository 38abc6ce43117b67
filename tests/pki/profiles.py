"""Which certificates the test PKI holds: a root, two sub-CAs, a stranger, people good and bad, OCSP and TSA.

Rules: names are plainly of nobody; moments count from ``now``, so that the tests never grow old; each bad certificate
is bad in one way only.

Usage: ``PkiSettings(prefix="http://127.0.0.1:8080", now=now).config()`` is what certomancer reads.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

#: Keys of people; the others are of authorities and services.
PEOPLE_KEYS: Final = ("rsa-2048", "rsa-3072", "p256", "p384")
AUTHORITY_KEYS: Final = ("root", "interm", "old", "stranger", "ocsp", "tsa")

#: Good ones: label → key.
GOOD: Final = {"an": "rsa-2048", "binh": "rsa-3072", "chi": "p256", "dung": "p384"}
#: Bad ones: label → what a person is told.
BAD: Final = {
    "expired": "expired",
    "not-yet": "not-yet-valid",
    "revoked": "revoked",
    "unknown": "unknown-issuer",
    "sha1": "weak-hash",
    "encipherment": "wrong-usage",
    "web-server": "wrong-usage",
    "authority": "wrong-usage",
}
#: Thirty more good ones for a full room; nobody signs one paper twice with one certificate.
CROWD: Final = {f"nguoi-{number:02d}": PEOPLE_KEYS[number % 4] for number in range(30)}
#: One certificate of a person serves for documents and for signing in, as those of Vietnamese authorities do.
_PEOPLES_USES: Final = ("email_protection", "client_auth")
_SIGNING: Final = ("digital_signature", "non_repudiation")


@dataclass(frozen=True, slots=True)
class PkiSettings:
    """Address of the services, and the moment at which all is as the names say."""

    prefix: str
    now: dt.datetime

    def config(self) -> dict[str, Any]:
        """The configuration certomancer reads."""
        keys = {label: {"path": f"{label}.pem"} for label in (*PEOPLE_KEYS, *AUTHORITY_KEYS)}
        return {
            "external-url-prefix": self.prefix,
            "keysets": {"keys": {"keys": keys}},
            "pki-architectures": {
                "test": {
                    "keyset": "keys",
                    "entity-defaults": {"country-name": "VN", "organization-name": "Cơ quan kiểm thử"},
                    "entities": self._entities(),
                    "certs": self._certs(),
                    "services": _SERVICES,
                }
            },
        }

    def _entities(self) -> dict[str, Any]:
        names = {
            "root": "CA gốc kiểm thử",
            "interm": "CA kiểm thử cấp hai",
            "old": "CA kiểm thử cũ (SHA-1)",
            "stranger": "CA lạ",
            "ocsp": "OCSP kiểm thử",
            "tsa": "Dấu thời gian kiểm thử",
        }
        people = dict.fromkeys((*GOOD, *CROWD, *BAD, "under-old", "document-only", "login-only"), "")
        return {label: {"common-name": name or f"Người {label} (kiểm thử)"} for label, name in (names | people).items()}

    def _certs(self) -> dict[str, Any]:
        certs = {
            "root": self._authority("root", issuer="root", days=(3650, 3650)),
            "interm": self._authority("interm", issuer="root", days=(3000, 3000)),
            "old": self._authority("old", issuer="root", days=(3600, 900)) | {"signature-algo": "sha1_rsa"},
            "stranger": self._authority("stranger", issuer="stranger", days=(3650, 3650)),
            "ocsp": self._leaf("ocsp", key="ocsp", usage=("digital_signature",), eku="ocsp_signing", ocsp=False),
            "tsa": self._leaf("tsa", key="tsa", usage=("digital_signature",), eku="time_stamping", eku_critical=True),
            "expired": self._leaf("expired", key="p256", days=(900, -10)),
            "not-yet": self._leaf("not-yet", key="p256", days=(-10, 700)),
            "revoked": self._leaf("revoked", key="p256")
            | {"revocation": {"revoked-since": self._at(-20), "reason": "key_compromise"}},
            "unknown": self._leaf("unknown", key="p256", issuer="stranger", ocsp=False),
            "sha1": self._leaf("sha1", key="rsa-2048", issuer="old") | {"signature-algo": "sha1_rsa"},
            "under-old": self._leaf("under-old", key="rsa-2048", issuer="old"),
            "encipherment": self._leaf("encipherment", key="p256", usage=("key_agreement",)),
            "web-server": self._leaf("web-server", key="p256", eku="server_auth"),
            "authority": self._leaf("authority", key="p256", ca=True),
            "document-only": self._leaf("document-only", key="p256", eku="email_protection"),
            "login-only": self._leaf("login-only", key="p256", usage=("digital_signature",), eku="client_auth"),
        }
        return certs | {label: self._leaf(label, key=key) for label, key in (GOOD | CROWD).items()}

    def _authority(self, label: str, *, issuer: str, days: tuple[int, int]) -> dict[str, Any]:
        extensions: list[dict[str, Any]] = [
            {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
            _usage("key_cert_sign", "crl_sign"),
        ]
        if label != issuer:
            extensions.append(_crl(issuer))
        return self._plain(label, key=label, issuer=issuer, days=days) | {"extensions": extensions}

    def _leaf(
        self,
        label: str,
        *,
        key: str,
        issuer: str = "interm",
        usage: tuple[str, ...] = _SIGNING,
        eku: str = "",
        eku_critical: bool = False,
        days: tuple[int, int] = (300, 700),
        ocsp: bool = True,
        ca: bool = False,
    ) -> dict[str, Any]:
        extensions: list[dict[str, Any]] = [
            _usage(*usage),
            {"id": "extended_key_usage", "critical": eku_critical, "value": [eku] if eku else list(_PEOPLES_USES)},
        ]
        if ca:
            extensions.append({"id": "basic_constraints", "critical": True, "value": {"ca": True}})
        if eku == "ocsp_signing":
            extensions.append({"id": "ocsp_no_check"})
        elif issuer != "stranger":
            extensions.append(_crl(issuer))
        if ocsp and issuer == "interm":
            params = {
                "ocsp-responder-names": ["interm"],
                "ca-issuer-links": [{"repo": "root", "cert-labels": ["interm"]}],
            }
            smart = {"schema": "aia-urls", "params": params}
            extensions.append({"id": "authority_information_access", "smart-value": smart})
        return self._plain(label, key=key, issuer=issuer, days=days) | {"extensions": extensions}

    def _plain(self, label: str, *, key: str, issuer: str, days: tuple[int, int]) -> dict[str, Any]:
        return {
            "subject": label,
            "subject-key": key,
            "issuer": issuer,
            "authority-key": issuer,
            "validity": {"valid-from": self._at(-days[0]), "valid-to": self._at(days[1])},
        }

    def _at(self, days: int) -> str:
        return (self.now.replace(microsecond=0) + dt.timedelta(days=days)).isoformat()


def _usage(*names: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(names)}}


def _crl(issuer: str) -> dict[str, Any]:
    smart = {"schema": "crl-dist-url", "params": {"crl-repo-names": [issuer]}}
    return {"id": "crl_distribution_points", "smart-value": smart}


_SERVICES: Final[dict[str, Any]] = {
    "ocsp": {"interm": {"for-issuer": "interm", "responder-cert": "ocsp", "signing-key": "ocsp"}},
    "crl-repo": {
        "root": {"for-issuer": "root", "signing-key": "root", "simulated-update-schedule": "P90D"},
        "interm": {"for-issuer": "interm", "signing-key": "interm", "simulated-update-schedule": "P7D"},
        "old": {"for-issuer": "old", "signing-key": "old", "simulated-update-schedule": "P7D"},
    },
    "cert-repo": {"root": {"for-issuer": "root"}},
    "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa", "certs-to-embed": ["interm"]}},
}
