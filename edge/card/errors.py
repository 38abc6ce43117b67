"""Everything a token, its reader or its driver can refuse, with a stable code and texts in ``web/locales``.

::

    CardError                     card-error
    ├── ReaderError               card-reader-error: between this program and the card
    │   ├── ServiceAbsent         card-service-absent
    │   ├── AccessDenied          card-access-denied
    │   ├── ReaderGone            card-reader-gone
    │   ├── ReaderDead            card-reader-dead
    │   ├── CardAbsent            card-absent
    │   ├── CardRemoved           card-removed
    │   ├── CardMute              card-mute
    │   ├── CardShared            card-shared
    │   ├── CardReset             card-reset
    │   └── WaitCancelled         card-wait-cancelled
    ├── ForeignCard               card-foreign
    ├── TwoTokens                 card-two-tokens
    ├── CertificateError          card-certificate-error: what the token holds is not what is needed
    │   ├── NoCertificate         card-no-certificate
    │   ├── CertificateUnreadable card-certificate-unreadable
    │   ├── KeyUnsupported        card-key-unsupported
    │   └── KeyMismatch           card-key-mismatch
    ├── PinError                  card-pin-error
    │   ├── PinMalformed          card-pin-malformed
    │   ├── PinRequired           card-pin-required
    │   ├── WrongPin              card-pin-wrong
    │   │   └── WrongPinUncounted card-pin-wrong-uncounted
    │   ├── LastTry               card-pin-last-try
    │   └── PinBlocked            card-pin-blocked
    ├── AnswerGarbled             card-answer-garbled
    ├── CardRefused               card-refused
    └── ModuleError               card-module-error: a vendor's PKCS#11 module
        ├── ModuleMissing         card-module-missing
        ├── ModuleCrashed         card-module-crashed
        └── ModuleHung            card-module-hung

Rules: ``data`` holds JSON values for the text and never a PIN, a command's data or a key. After a :class:`ReaderError`
the handle is of no more use; after a :class:`PinError` nothing was tried again and nothing will be by itself.
"""

from __future__ import annotations

from typing import ClassVar

from edge.errors import EdgeError


class CardError(EdgeError):
    """Root of the package."""

    code: ClassVar[str] = "card-error"


class ReaderError(CardError):
    """Between this program and the card; the handle is of no more use."""

    code = "card-reader-error"


class ServiceAbsent(ReaderError):
    """The smart card service does not run, or has just been restarted."""

    code = "card-service-absent"


class AccessDenied(ReaderError):
    """The service runs and does not let this program in (polkit)."""

    code = "card-access-denied"


class ReaderGone(ReaderError):
    """The reader (with most tokens: the token itself) is no longer plugged in."""

    code = "card-reader-gone"


class ReaderDead(ReaderError):
    """The reader is there and does not do what it is told."""

    code = "card-reader-dead"


class CardAbsent(ReaderError):
    """No card is in the reader."""

    code = "card-absent"


class CardRemoved(ReaderError):
    """The card was pulled out, perhaps in the middle of a command."""

    code = "card-removed"


class CardMute(ReaderError):
    """The card is in the reader and does not answer."""

    code = "card-mute"


class CardShared(ReaderError):
    """Another program holds the card."""

    code = "card-shared"


class CardReset(ReaderError):
    """Another program has reset the card; what it had verified is gone."""

    code = "card-reset"


class WaitCancelled(ReaderError):
    """The wait for events was ended by :meth:`edge.card.pcsc.Context.cancel`."""

    code = "card-wait-cancelled"


class ForeignCard(CardError):
    """A card that is no token this program can speak with."""

    code = "card-foreign"


class TwoTokens(CardError):
    """More than one token answers and nothing says which is meant; ``data["count"]``."""

    code = "card-two-tokens"


class CertificateError(CardError):
    """What the token holds is not what is needed; ``data["purpose"]`` is ``login`` or ``document``."""

    code = "card-certificate-error"


class NoCertificate(CertificateError):
    """The token has no certificate for this purpose."""

    code = "card-no-certificate"


class CertificateUnreadable(CertificateError):
    """There is something in the certificate's place that is no certificate."""

    code = "card-certificate-unreadable"


class KeyUnsupported(CertificateError):
    """A key of a kind or length that is not used here; ``data["key"]`` names it."""

    code = "card-key-unsupported"


class KeyMismatch(CertificateError):
    """The signature does not fit the certificate: another key signed, or nonsense came back."""

    code = "card-key-mismatch"


class PinError(CardError):
    """The PIN; never sent twice."""

    code = "card-pin-error"


class PinMalformed(PinError):
    """Too short or too long for this token (``data``: ``shortest``, ``longest``); it was not sent, no try is lost."""

    code = "card-pin-malformed"


class PinRequired(PinError):
    """The token wants the PIN (again) before this."""

    code = "card-pin-required"


class WrongPin(PinError):
    """Not the PIN; ``data["tries_left"]`` says how many tries are left."""

    code = "card-pin-wrong"

    @property
    def tries_left(self) -> int | None:
        """How many tries are left; None where the token does not tell."""
        left = self.data.get("tries_left")
        return left if isinstance(left, int) else None


class WrongPinUncounted(WrongPin):
    """Not the PIN, and this token does not say how many tries are left."""

    code = "card-pin-wrong-uncounted"


class LastTry(PinError):
    """One try is left and nobody has said that it may be used; the PIN was not sent."""

    code = "card-pin-last-try"


class PinBlocked(PinError):
    """No try is left; only the issuer's unblocking code helps."""

    code = "card-pin-blocked"


class AnswerGarbled(CardError):
    """The card's answer is not of the form it must have."""

    code = "card-answer-garbled"


class CardRefused(CardError):
    """The card said no; ``data``: ``ins`` and ``sw`` in hexadecimal (ISO 7816-4), or a module's ``reason``."""

    code = "card-refused"


class ModuleError(CardError):
    """A vendor's PKCS#11 module."""

    code = "card-module-error"


class ModuleMissing(ModuleError):
    """No PKCS#11 module is there, or it cannot be loaded on this machine."""

    code = "card-module-missing"


class ModuleCrashed(ModuleError):
    """The module ended its process."""

    code = "card-module-crashed"


class ModuleHung(ModuleError):
    """The module gave no answer in time; its process was ended."""

    code = "card-module-hung"
