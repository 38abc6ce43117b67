"""What the card is given for each kind of question, written down by the bridge itself, and what is told of its answer.

Rules G51, G53, G56, G57: pure. The bridge takes of a question only what the server alone can say; its own name, the
server's key and the origin are those of the pairing. A kind that is not here gets no signature.

Usage::

    signs = signs_with(pending, token)           # raises NoCertificate
    message = text_of(pending, signs)            # raises AskWrong
    result = result_of(pending, signed)
"""

from __future__ import annotations

from typing import Any

from edge.bridge import kinds
from edge.bridge.asks import Pending
from edge.bridge.enrolling import EnrolAsk
from edge.bridge.errors import AskWrong
from edge.bridge.statements import StatementAsk
from edge.card.certificate import Purpose
from edge.card.errors import NoCertificate
from edge.model import CardSignature, SignsWith, TokenSeen
from wire.asking import Kind
from wire.errors import WireError
from wire.fields import Fields
from wire.proof import NONCE_BYTES, ConsoleProof, TokenData


def signs_with(pending: Pending, token: TokenSeen) -> SignsWith:
    """With which certificate of the token; raises NoCertificate."""
    if kinds.purpose(pending.ask) is Purpose.LOGIN:
        return SignsWith(token.certificate, token.fingerprint, token.name)
    if token.signs is None:
        raise NoCertificate(purpose=Purpose.DOCUMENT.value)
    return token.signs


def text_of(pending: Pending, signs: SignsWith) -> bytes:
    """What the card signs; raises AskWrong."""
    ask = pending.ask
    match ask.kind:
        case Kind.SIGN_IN:
            return _proof(pending, _nonce(pending), signs.fingerprint).signed()
        case Kind.ENROL:
            wanted = EnrolAsk.read(ask)
            return wanted.text(_proof(pending, wanted.nonce, signs.fingerprint))
        case Kind.STATEMENT:
            return StatementAsk.read(ask).message(signs.certificate)
        case _:
            raise AskWrong(f"{ask.kind} is not answered here")


def result_of(pending: Pending, signed: CardSignature) -> dict[str, Any]:
    """What the page brings to the server."""
    if pending.ask.kind is Kind.STATEMENT:
        return StatementAsk.read(pending.ask).result(signed.certificate, signed.signature)
    return TokenData(pending.ask.ask, pending.nonce, signed.certificate, signed.signature).to_value()


def _nonce(pending: Pending) -> bytes:
    try:
        fields = Fields(dict(pending.ask.data), "ask.data")
        nonce = fields.base64("nonce", size=NONCE_BYTES)
        fields.end()
    except WireError as exc:
        raise AskWrong(str(exc)) from exc
    return nonce


def _proof(pending: Pending, nonce: bytes, certificate: str) -> ConsoleProof:
    ask = pending.ask
    return ConsoleProof(
        challenge=ask.ask,
        server_nonce=nonce,
        bridge_nonce=pending.nonce,
        server_key=pending.pairing.server_key,
        bridge=ask.bridge,
        origin=pending.pairing.origin,
        expires_at=ask.expires_at,
        certificate=certificate,
    )
