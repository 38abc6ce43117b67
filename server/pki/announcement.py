"""The site document: what a seat needs to know of the server, signed with the key that the site CA vouches for.

Rules: the signature covers the DSSE pre-authentication encoding of the type ``site`` and the canonical JSON of
everything but itself (docs/API.md); a seat that knows the CA's hash can therefore fetch it from anywhere.

Usage: `site_document(facts, certificate=pem, sign=signer.sign)`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from wire import canonical
from wire.envelope import Sign, pae, payload_type


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Name of the site, the seats' listener of the broker, and the server's X25519 mailbox key (32 bytes)."""

    name: str
    mqtt_host: str
    mqtt_port: int
    mailbox: bytes


def site_document(facts: SiteFacts, *, certificate: bytes, sign: Sign) -> dict[str, Any]:
    """The JSON value of ``/.well-known/phonghop/site``; ``certificate`` is the signing certificate as PEM."""
    value: dict[str, Any] = {
        "server_certificate": certificate.decode("ascii"),
        "mailbox_key": base64.b64encode(facts.mailbox).decode("ascii"),
        "mqtt": {"host": facts.mqtt_host, "port": facts.mqtt_port},
        "name": canonical.normal(facts.name),
    }
    signature = sign(pae(payload_type("site"), canonical.encode(value)))
    return value | {"signature": base64.b64encode(signature).decode("ascii")}
