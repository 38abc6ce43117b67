"""A server's challenge, and what the token signs for it (W55, W57).

Rules: pure. The seat answers only a challenge that is for itself, from the server it was given at its enrolment, and
fresh by that server's clock; what is signed is written down here, from what the seat knows by itself.

Usage::

    check(challenge, Expected(server_key=…, device=…, seat=…, meeting=…), now=server_now)
    message = proof(challenge, expected, seat_nonce=…, certificate=…).signed()
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from edge.errors import ChallengeForeign, ChallengeStale
from wire import canonical
from wire.envelope import pae, payload_type
from wire.messages import Challenge
from wire.proof import LIFE_S, Proof

#: How far the seat's idea of the server's clock may be off.
SLACK_S: Final = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """What the seat knows of its own accord: its server's key (SHA-256), itself, its seat, the meeting it shows."""

    server_key: str
    device: str
    seat: str
    meeting: str


def check(challenge: Challenge, expected: Expected, *, now: dt.datetime) -> None:
    """Return when it may be answered; raises ChallengeForeign or ChallengeStale. ``now`` is the server's."""
    found = Expected(challenge.server_key, challenge.head.device, challenge.seat, challenge.meeting)
    if found != expected:
        raise ChallengeForeign
    left_s = (challenge.expires_at - now).total_seconds()
    if not -SLACK_S < left_s <= LIFE_S + SLACK_S:
        raise ChallengeStale


def proof(challenge: Challenge, expected: Expected, *, seat_nonce: bytes, certificate: str) -> Proof:
    """What is signed. Of the challenge it takes what only the server can say; the rest is the seat's own knowledge."""
    return Proof(
        challenge=challenge.challenge,
        server_nonce=challenge.nonce,
        seat_nonce=seat_nonce,
        server_key=expected.server_key,
        device=expected.device,
        seat=expected.seat,
        meeting=expected.meeting,
        expires_at=challenge.expires_at,
        certificate=certificate,
    )


def unlock_text(nonce: bytes) -> bytes:
    """What the token signs to open a lock while the server is away: of a type that no server takes for anything."""
    return pae(payload_type("token_unlock"), canonical.encode({"nonce": nonce.hex()}))
