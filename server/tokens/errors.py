"""Why a sign-in with a token is refused, beside what ``server.trust.errors`` says of the certificate.

::

    NotAllowed
    ├── ChallengeUnknown      token-challenge-unknown: never given, used already, or given before a restart
    ├── ChallengeExpired      token-challenge-expired
    ├── ChallengeElsewhere    token-challenge-elsewhere: of another device, seat or meeting
    ├── TokenSignatureWrong   token-signature-wrong
    ├── BridgeUnknown         bridge-unknown: the browser was not paired with a bridge of this PC
    ├── BridgeVouchWrong      bridge-vouch-wrong: what the bridge said of the pairing does not hold
    └── RevocationUncertain   token-revocation-unknown: nothing fresh says that the certificate is still good
"""

from __future__ import annotations

from server.errors import NotAllowed


class ChallengeUnknown(NotAllowed):
    """No such challenge waits: it was used, was replaced by a newer one, or the server has been restarted."""

    code = "token-challenge-unknown"


class ChallengeExpired(NotAllowed):
    """The minute of the challenge is over."""

    code = "token-challenge-expired"


class ChallengeElsewhere(NotAllowed):
    """The challenge was given to another device, for another seat or another meeting."""

    code = "token-challenge-elsewhere"


class TokenSignatureWrong(NotAllowed):
    """The signature is not the certificate's over this challenge."""

    code = "token-signature-wrong"


class BridgeUnknown(NotAllowed):
    """Nothing is asked of a bridge for a browser that was not paired with it."""

    code = "bridge-unknown"


class BridgeVouchWrong(NotAllowed):
    """Late, of another server or origin, or not signed by the bridge's key."""

    code = "bridge-vouch-wrong"


class RevocationUncertain(NotAllowed):
    """Refused for now: whether the certificate was revoked cannot be found out, and the policy wants to know."""

    code = "token-revocation-unknown"
