"""What the card is given for each kind of question, written down by the bridge itself (G51, G53).

Rules: pure. The bridge takes of a question only what the server alone can say; its own name, the server's key and the
origin are those of the pairing. A kind that is not here gets no signature.

Usage: ``message = sign_in_text(pending, certificate=fingerprint)``; ``sign_in_data(pending, der, signature)``.
"""

from __future__ import annotations

from edge.bridge.asks import Pending
from edge.bridge.errors import AskWrong
from wire.errors import WireError
from wire.fields import Fields
from wire.proof import NONCE_BYTES, ConsoleProof, TokenData


def sign_in_text(pending: Pending, *, certificate: str) -> bytes:
    """What the token signs when somebody signs in; raises AskWrong."""
    ask = pending.ask
    try:
        fields = Fields(dict(ask.data), "ask.data")
        nonce = fields.base64("nonce", size=NONCE_BYTES)
        fields.end()
    except WireError as exc:
        raise AskWrong(str(exc)) from exc
    proof = ConsoleProof(
        challenge=ask.ask,
        server_nonce=nonce,
        bridge_nonce=pending.nonce,
        server_key=pending.pairing.server_key,
        bridge=ask.bridge,
        origin=pending.pairing.origin,
        expires_at=ask.expires_at,
        certificate=certificate,
    )
    return proof.signed()


def sign_in_data(pending: Pending, certificate: bytes, signature: bytes) -> TokenData:
    """What the page brings to the server."""
    return TokenData(pending.ask.ask, pending.nonce, certificate, signature)
