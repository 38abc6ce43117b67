"""Why a sign-in with a token is refused, beside what ``server.trust.errors`` says of the certificate.

::

    NotAllowed
    ├── ChallengeUnknown      token-challenge-unknown: never given, used already, or given before a restart
    ├── ChallengeExpired      token-challenge-expired
    ├── ChallengeElsewhere    token-challenge-elsewhere: of another device, seat or meeting
    ├── TokenSignatureWrong   token-signature-wrong
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


class RevocationUncertain(NotAllowed):
    """Refused for now: whether the certificate was revoked cannot be found out, and the policy wants to know."""

    code = "token-revocation-unknown"
