"""Who signs in with a token: the one try of a challenge, judged (W54–W56, I1).

Rules: in this order – the challenge is used up, the signature is checked, the certificate is judged for signing in, the
person is who it is enrolled for. Which meeting they may enter is for others to say.

Usage::

    given = tokens.give(device, seat, meeting=meeting)
    proven = tokens.prove(data, device=device, seat=seat, meeting=meeting, now=now)
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Protocol

from server.tokens.errors import RevocationUncertain, TokenSignatureWrong
from server.tokens.model import Given, Place, Proven
from server.tokens.ports import Trust
from server.trust.errors import PkiServiceAway, RevocationUnknown
from server.trust.ports import Proof
from wire.proof import TokenData, fingerprint


class Waiting(Protocol):
    """Challenges that wait (``server.tokens.challenges``)."""

    def give(self, place: Place) -> Given:
        """A new one."""
        ...

    def take(self, challenge: str, place: Place) -> Given:
        """Use one up."""
        ...


class TokenSignIn:
    """``server_key`` is the SHA-256 of this server's own signing key."""

    def __init__(self, waiting: Waiting, *, trust: Trust, server_key: str) -> None:
        self._waiting: Final = waiting
        self._trust: Final = trust
        self.server_key: Final = server_key

    def give(self, device: str, seat: str, *, meeting: str) -> Given:
        """A challenge for one device at one seat."""
        return self._waiting.give(Place(device, seat, meeting))

    def holder(self, data: TokenData) -> str | None:
        """Whose certificate that is, before anything is proved; None when it is nobody's."""
        return self._trust.holder(fingerprint(data.certificate))

    def prove(self, data: TokenData, *, device: str, seat: str, meeting: str, now: dt.datetime) -> Proven:
        """Who signed; raises what ``errors`` and ``server.trust.errors`` say, nothing that may be tried again."""
        given = self._waiting.take(data.challenge, Place(device, seat, meeting))
        signed = given.proof(data, server_key=self.server_key).signed()
        return judge(self._trust, data, signed=signed, now=now)


def judge(trust: Trust, data: TokenData, *, signed: bytes, now: dt.datetime) -> Proven:
    """Who has signed these bytes, and may sign in; the challenge is used up already."""
    facts = trust.read(data.certificate)
    if not trust.proves(facts, Proof(signed, data.signature)):
        raise TokenSignatureWrong
    try:
        enrolled = trust.may_sign_in(facts, now=now)
    except (RevocationUnknown, PkiServiceAway) as exc:
        # The challenge is gone: the same act could not succeed later.
        raise RevocationUncertain from exc
    return Proven(str(enrolled.person), facts.fingerprint)
