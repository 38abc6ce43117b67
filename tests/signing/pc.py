"""A PC at the house: a browser, its bridge and a token of the test PKI, without any card service.

Usage::

    pc = Pc(house, "chi"); pc.pair().done(); pc.sign_in().done()
    ask = pc.ask(f"/api/meetings/{meeting}/statements/close/ask")
"""

from __future__ import annotations

import base64
import os
from typing import Any

from sealing.signatures import DeviceSigner, server_verifier
from tests.signing.house import House, text
from tests.support.office import Reply
from wire.asking import Ask, open_ask, vouched
from wire.proof import ConsoleProof, TokenData, fingerprint, server_key_hash

ORIGIN = "http://localhost"


class Pc:
    """A browser, its bridge and a token of the test PKI."""

    def __init__(self, house: House, label: str = "chi") -> None:
        self.house, self.label = house, label
        self.bridge, self.browser = DeviceSigner.generate(), house.browser()

    def pair(self, *, origin: str = ORIGIN, signer: DeviceSigner | None = None, **other: bytes) -> Reply:
        nonce = base64.b64decode(self.browser.post("/api/bridge/pairing").done()["nonce"])
        word = vouched(bridge=self.bridge.key_id, origin=origin, nonce=nonce)
        sent = {"nonce": nonce, "key": self.bridge.spki, "signature": (signer or self.bridge).sign(word), **other}
        return self.browser.post("/api/bridge/paired", {name: text(data) for name, data in sent.items()})

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Ask:
        """A question of the server to this bridge, opened."""
        message = base64.b64decode(self.browser.post(path, body).done()["message"])
        return open_ask(message, verify=server_verifier(self.house.services.keys.signer.public))

    def challenge(self) -> Ask:
        return self.ask("/api/sign-in/token/challenge")

    def proof(self, ask: Ask, **other: Any) -> ConsoleProof:
        right: dict[str, Any] = {
            "challenge": ask.ask,
            "server_nonce": base64.b64decode(ask.data["nonce"]),
            "bridge_nonce": os.urandom(32),
            "server_key": server_key_hash(self.house.services.keys.signer.public),
            "bridge": ask.bridge,
            "origin": ask.origin,
            "expires_at": ask.expires_at,
            "certificate": fingerprint(self.house.pki.der(self.label)),
        }
        return ConsoleProof(**{**right, **other})

    def data(self, proof: ConsoleProof, *, by: str = "") -> dict[str, Any]:
        signature = self.house.signs(by or self.label, proof.signed())
        certificate = self.house.pki.der(self.label)
        return TokenData(proof.challenge, proof.bridge_nonce, certificate, signature).to_value()

    def sign_in(self, path: str = "/api/sign-in/token") -> Reply:
        reply = self.browser.post(path, self.data(self.proof(self.challenge())))
        if reply.status == 200:
            self.browser.csrf = reply.body["csrf"]
        return reply
