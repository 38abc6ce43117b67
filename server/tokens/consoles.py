"""What the server asks of the bridges on people's PCs, and which browsers it asks for (G50, G51, G53, G57).

Rules: everything that is asked is signed with the server's key and names the one bridge, the one origin, the kind and a
minute. It is given only to a browser that a bridge has vouched for, with its own key, after its person had paired it:
the browser keeps that as a cookie that the server has signed, and nothing is written down here. Whoever signs in is
judged as at a seat (``server.tokens.service``), over a text of another type.

Usage::

    cookie = consoles.vouch(nonce, key, signature, origin=origin)
    message = consoles.challenge(consoles.bridge_of(cookie), origin)
    proven = consoles.prove(data, bridge, origin=origin, now=now)
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sealing.errors import BadKey
from sealing.signatures import device_verifier
from server.clock import Clock
from server.tokens.errors import BridgeUnknown, BridgeVouchWrong
from server.tokens.model import Place, Proven
from server.tokens.ports import Trust
from server.tokens.service import Waiting, judge
from wire import ids
from wire.asking import Ask, Kind, remembered, seal_ask, vouched
from wire.errors import WireError
from wire.proof import LIFE_S, EnrolProof, TokenData, fingerprint, server_key_hash

#: How long a pairing may take, from the console's question to the bridge's word.
PAIRING_S: Final = 600
_NONCE_BYTES: Final = 16
_MOMENT_BYTES: Final = 8
_LABEL: Final = b"phonghop/v1/bridge-pairing\0"


class Signer(Protocol):
    """The server's Ed25519 key (``sealing.signatures.ServerSigner``): the same bytes give the same signature."""

    @property
    def key_id(self) -> str:
        """Its name in an envelope."""
        ...

    @property
    def public(self) -> bytes:
        """Raw, 32 bytes."""
        ...

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose certificate one is to become, and for what (``login``, ``document``)."""

    person: str
    use: str


@dataclass(frozen=True, slots=True)
class Consoles:
    """For all threads. ``random`` gives that many random bytes."""

    waiting: Waiting
    trust: Trust
    signer: Signer
    clock: Clock
    random: Callable[[int], bytes] = field(repr=False)

    # Pairing: nothing is kept; the server knows its own signature again.

    def nonce(self) -> bytes:
        """What a bridge is to sign within :data:`PAIRING_S`."""
        until_ms = int((self.clock.now().timestamp() + PAIRING_S) * 1000)
        body = until_ms.to_bytes(_MOMENT_BYTES, "big") + self.random(_NONCE_BYTES)
        return body + self.signer.sign(_LABEL + body)

    def vouch(self, nonce: bytes, key: bytes, signature: bytes, *, origin: str) -> str:
        """The cookie of a browser; ``key`` is the bridge's, DER SubjectPublicKeyInfo. Raises BridgeVouchWrong."""
        body, seal = nonce[: _MOMENT_BYTES + _NONCE_BYTES], nonce[_MOMENT_BYTES + _NONCE_BYTES :]
        if not hmac.compare_digest(seal, self.signer.sign(_LABEL + body)):
            raise BridgeVouchWrong
        if int.from_bytes(body[:_MOMENT_BYTES], "big") < self.clock.now().timestamp() * 1000:
            raise BridgeVouchWrong
        try:
            bridge = ids.device_id(key)
            device_verifier(lambda _: key)(bridge, vouched(bridge=bridge, origin=origin, nonce=nonce), signature)
        except (WireError, BadKey) as exc:
            raise BridgeVouchWrong from exc
        return f"{bridge}.{self._mark(bridge)}"

    def bridge_of(self, cookie: str) -> str:
        """The bridge that vouched for a browser; raises BridgeUnknown."""
        bridge, _, mark = cookie.partition(".")
        try:
            known = self._mark(ids.parse("d", bridge))
        except WireError:
            raise BridgeUnknown from None
        if not hmac.compare_digest(mark.encode("utf-8"), known.encode("ascii")):
            raise BridgeUnknown
        return bridge

    def _mark(self, bridge: str) -> str:
        return base64.urlsafe_b64encode(self.signer.sign(remembered(bridge))).decode("ascii").rstrip("=")

    # Asking

    def challenge(self, bridge: str, origin: str) -> bytes:
        """Signing in: a challenge, signed; the one before is no longer good."""
        given = self.waiting.give(Place(bridge, origin, ""))
        nonce = base64.b64encode(given.nonce).decode("ascii")
        ask = Ask(Kind.SIGN_IN, given.challenge, bridge, origin, given.expires_at, {"nonce": nonce})
        return self._seal(ask)

    def enrolment(self, bridge: str, origin: str, claim: Claim, *, name: str) -> bytes:
        """A challenge for the key of a certificate, signed; ``name`` is the account's, for the person to read."""
        given = self.waiting.give(_place(bridge, origin, claim))
        nonce = base64.b64encode(given.nonce).decode("ascii")
        data = {"nonce": nonce, "person": claim.person, "name": name, "use": claim.use}
        return self._seal(Ask(Kind.ENROL, given.challenge, bridge, origin, given.expires_at, data))

    def ask(self, kind: Kind, bridge: str, origin: str, *, data: Mapping[str, Any]) -> bytes:
        """Anything else, signed."""
        until = self.clock.now() + dt.timedelta(seconds=LIFE_S)
        return self._seal(Ask(kind, ids.new("c", self.random(ids.RANDOM_BYTES)), bridge, origin, until, data))

    def _seal(self, ask: Ask) -> bytes:
        return seal_ask(ask, key_id=self.signer.key_id, sign=self.signer.sign)

    # Answers

    def prove(self, data: TokenData, bridge: str, *, origin: str, now: dt.datetime) -> Proven:
        """Who signed a challenge; raises as ``TokenSignIn.prove``."""
        given = self.waiting.take(data.challenge, Place(bridge, origin, ""))
        proof = given.console_proof(data, server_key=server_key_hash(self.signer.public))
        return judge(self.trust, data, signed=proof.signed(), now=now)

    def holder(self, data: TokenData) -> str | None:
        """Whose certificate that is, before anything is proved; None when it is nobody's."""
        return self.trust.holder(fingerprint(data.certificate))

    def claimed(self, data: TokenData, bridge: str, *, origin: str, claim: Claim) -> bytes:
        """What the key of ``data.certificate`` must have signed; uses the challenge up, raises as ``Waiting.take``."""
        given = self.waiting.take(data.challenge, _place(bridge, origin, claim))
        asked = given.console_proof(data, server_key=server_key_hash(self.signer.public))
        return EnrolProof(asked, claim.person, claim.use).signed()


def _place(bridge: str, origin: str, claim: Claim) -> Place:
    return Place(bridge, origin, f"{claim.use}:{claim.person}")
