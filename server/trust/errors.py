"""Why a certificate is not taken.

::

    ServerError
    ├── Malformed
    │   └── CertificateUnreadable         certificate-unreadable
    ├── Unsupported
    │   └── CertificateRefused            certificate-refused
    │       ├── CertificateExpired        certificate-expired
    │       ├── CertificateNotYetValid    certificate-not-yet-valid
    │       ├── CertificateRevoked        certificate-revoked
    │       ├── IssuerUnknown             certificate-issuer-unknown: no path to an anchor of the house
    │       ├── CertificateAltered        certificate-altered: its issuer's signature does not fit what it says
    │       ├── CertificateWeak           certificate-weak: SHA-1, or a key that is too short or of another kind
    │       ├── CertificateWrongUsage     certificate-wrong-usage
    │       └── NotAnAuthority            certificate-not-an-authority
    ├── NotAllowed
    │   ├── ProofWrong                    certificate-proof-wrong: the key was not proved
    │   ├── CertificateOtherName          certificate-other-name: names somebody else than its owner says
    │   ├── OwnCertificatesOff            own-certificates-off: the house has its administrator enrol
    │   └── ProofChallengeUnknown         certificate-challenge-unknown: used, too old, or another's
    ├── NotFound
    │   ├── CertificateUnknown            certificate-unknown
    │   └── AnchorUnknown                 anchor-unknown
    ├── Conflict
    │   ├── CertificateTaken              certificate-taken: enrolled for somebody else
    │   └── FingerprintNotTyped           anchor-fingerprint-not-typed
    └── Unavailable
        ├── RevocationUnknown             revocation-unknown: hard failure, as the policy says
        └── PkiServiceAway                pki-service-away: no answer in time, or none that can be used
"""

from __future__ import annotations

from typing import Final

from server.errors import Conflict, Malformed, NotAllowed, NotFound, Unavailable, Unsupported


class CertificateUnreadable(Malformed):
    """The bytes are no X.509 certificate."""

    code = "certificate-unreadable"


class CertificateRefused(Unsupported):
    """The certificate cannot be used for what is asked."""

    code = "certificate-refused"


class CertificateExpired(CertificateRefused):
    """Its time is over; ``data["until"]``."""

    code = "certificate-expired"


class CertificateNotYetValid(CertificateRefused):
    """Its time has not begun; ``data["since"]``."""

    code = "certificate-not-yet-valid"


class CertificateRevoked(CertificateRefused):
    """Its issuer, or this house, has taken it back; ``data["since"]``."""

    code = "certificate-revoked"


class IssuerUnknown(CertificateRefused):
    """No path leads to an anchor of the house; ``data["issuer"]``."""

    code = "certificate-issuer-unknown"


class CertificateAltered(CertificateRefused):
    """Its issuer's signature does not fit: it was changed after it was issued, or somebody else made it."""

    code = "certificate-altered"


class CertificateWeak(CertificateRefused):
    """Signed with SHA-1, or a key that is too short or of a kind that is not used; ``data["why"]``."""

    code = "certificate-weak"


class CertificateWrongUsage(CertificateRefused):
    """Not made for signatures of a person."""

    code = "certificate-wrong-usage"


class NotAnAuthority(CertificateRefused):
    """An anchor must be the certificate of an authority."""

    code = "certificate-not-an-authority"


class ProofWrong(NotAllowed):
    """The signature over the challenge is not of this certificate's key."""

    code = "certificate-proof-wrong"


class CertificateOtherName(NotAllowed):
    """The certificate names somebody else than who wants it enrolled; ``data["name"]``."""

    code = "certificate-other-name"


class OwnCertificatesOff(NotAllowed):
    """In this house the security administrator enrols certificates."""

    code = "own-certificates-off"


class ProofChallengeUnknown(NotAllowed):
    """No such challenge waits: it was used, its time is over, or the server has been restarted."""

    code = "certificate-challenge-unknown"


class CertificateUnknown(NotFound):
    """Nobody is enrolled with this certificate."""

    code = "certificate-unknown"


class AnchorUnknown(NotFound):
    """There is no such anchor."""

    code = "anchor-unknown"


class CertificateTaken(Conflict):
    """The certificate is enrolled for somebody else."""

    code = "certificate-taken"


class FingerprintNotTyped(Conflict):
    """The first figures of the fingerprint were not typed, or are others."""

    code = "anchor-fingerprint-not-typed"


class RevocationUnknown(Unavailable):
    """Nothing fresh says whether the certificate is revoked, and the policy wants to know."""

    code = "revocation-unknown"


class PkiServiceAway(Unavailable):
    """A service of the PKI did not answer in time, or not usefully; ``data["host"]``."""

    code = "pki-service-away"


#: By the code that :mod:`server.trust.model` gives.
REFUSALS: Final[dict[str, type[CertificateRefused | RevocationUnknown]]] = {
    kind.code: kind
    for kind in (
        CertificateExpired,
        CertificateNotYetValid,
        CertificateRevoked,
        IssuerUnknown,
        CertificateAltered,
        CertificateWeak,
        CertificateWrongUsage,
        RevocationUnknown,
    )
}
