"""Why something is not signed.

::

    ServerError
    ├── Unsupported
    │   ├── SigningFileRefused            signing-file-refused: this PDF cannot be signed as it is
    │   ├── SigningFileEncrypted          signing-file-encrypted: locked by a password
    │   ├── SigningFileLocked             signing-file-locked: an earlier signature forbids further ones
    │   ├── PictureRefused                signing-picture-refused
    │   ├── PictureMissing                signing-picture-missing: of this person, or of the agency's seal
    │   ├── SealAlone                     signing-seal-alone: no signature's picture for the seal to stand on
    │   ├── SealOutOfTurn                 signing-seal-order: the agency signs after the person, so in order
    │   ├── NumberNotWithSeal             signing-number-not-with-seal: one number a paper, given with the agency's seal
    │   ├── LettersMissing                signing-letters-missing: no font has all letters of a mark
    │   └── PageTurned                    signing-page-turned: a visible mark on a turned page
    ├── Malformed
    │   ├── SigningStateBroken            signing-state-broken
    │   └── NoSigners                     signing-no-signers
    ├── Conflict
    │   ├── AnchorMissing                 signing-anchor-missing: position or name is not in the text
    │   ├── RoomMissing                   signing-room-missing: no line that leaves room for number or date
    │   ├── AnchorTwice                   signing-anchor-twice: they are, more than once
    │   ├── NoRoomForMark                 signing-no-room
    │   ├── YearPrinted                   signing-year-printed: the paper names another year than the one it is dated in
    │   ├── SignedBefore                  signing-signed-before: no room for a number can be made in a signed file
    │   ├── NumberHeld                    signing-number-held: another paper is being given its number just now
    │   ├── NumberOutOfTurn               signing-number-out-of-turn: numbers follow one another
    │   ├── NumberTaken                   signing-number-taken
    │   ├── FileChanged                   signing-file-changed: another revision than the one prepared
    │   ├── SignatureWrong                signing-signature-wrong: the card's answer is no signature of this file
    │   ├── LeaseHeld                     signing-lease-held: somebody else signs just now
    │   ├── LeaseLost                     signing-lease-lost: too late, or somebody else came first
    │   ├── NotYourTurn                   signing-not-your-turn
    │   ├── AlreadySigned                 signing-already-signed
    │   ├── RoundClosed                   signing-round-closed
    │   └── MeetingLocked                 signing-meeting-locked: no further paper is put up in a locked meeting
    ├── NotAllowed
    │   ├── NotASigner                    signing-not-a-signer
    │   └── SignerNotMember               signing-signer-not-member: not of this meeting
    └── NotFound
        └── RoundUnknown                  signing-round-unknown
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound, Unsupported


class SigningFileRefused(Unsupported):
    """The PDF cannot be signed as it is; ``data["why"]``."""

    code = "signing-file-refused"


class SigningFileEncrypted(Unsupported):
    """The PDF is locked by a password."""

    code = "signing-file-encrypted"


class SigningFileLocked(Unsupported):
    """An earlier signature certified the file and allows no further ones."""

    code = "signing-file-locked"


class PictureRefused(Unsupported):
    """The picture of a signature or a seal cannot be used; ``data["why"]``."""

    code = "signing-picture-refused"


class PictureMissing(Unsupported):
    """There is no picture of this person's signature, or of the agency's seal; ``data["who"]``."""

    code = "signing-picture-missing"


class SealAlone(Unsupported):
    """The seal stands on a signature's picture, and no earlier signer has one there."""

    code = "signing-seal-alone"


class SealOutOfTurn(Unsupported):
    """The agency's seal comes after the signature of who is competent: such a round is signed in order."""

    code = "signing-seal-order"


class NumberNotWithSeal(Unsupported):
    """Number and date are given once, by whoever puts the agency's seal."""

    code = "signing-number-not-with-seal"


class LettersMissing(Unsupported):
    """No font on the server has all letters; ``data["letters"]``."""

    code = "signing-letters-missing"


class PageTurned(Unsupported):
    """Visible marks are put on upright pages only; ``data["page"]``."""

    code = "signing-page-turned"


class SigningStateBroken(Malformed):
    """The kept state of a signing cannot be read."""

    code = "signing-state-broken"


class NoSigners(Malformed):
    """Nobody was named to sign."""

    code = "signing-no-signers"


class AnchorMissing(Conflict):
    """``data["line"]`` does not stand in the text, or not where a signature fits."""

    code = "signing-anchor-missing"


class RoomMissing(Conflict):
    """The first page has no line like ``data["line"]`` that leaves room for number or date."""

    code = "signing-room-missing"


class AnchorTwice(Conflict):
    """Position and name stand together more than once; ``data["choices"]`` is a list of places to choose from."""

    code = "signing-anchor-twice"


class NoRoomForMark(Conflict):
    """The mark would cover text or leave the page; ``data["page"]``."""

    code = "signing-no-room"


class YearPrinted(Conflict):
    """``data["printed"]`` stands in the paper, ``data["year"]`` is that of the date."""

    code = "signing-year-printed"


class SignedBefore(Conflict):
    """Fields that come after a signature would make it say that the file was changed."""

    code = "signing-signed-before"


class NumberHeld(Conflict):
    """Another paper is being given its number; ``data["wait_s"]``."""

    code = "signing-number-held"


class NumberOutOfTurn(Conflict):
    """The year has begun: the next number is ``data["next"]``."""

    code = "signing-number-out-of-turn"


class NumberTaken(Conflict):
    """Somebody was faster; nothing was signed."""

    code = "signing-number-taken"


class FileChanged(Conflict):
    """The file is another revision than the one that was prepared."""

    code = "signing-file-changed"


class SignatureWrong(Conflict):
    """What the card gave is no signature of its certificate over this file. Nothing was embedded."""

    code = "signing-signature-wrong"


class LeaseHeld(Conflict):
    """Somebody else signs this file just now; ``data["wait_s"]``."""

    code = "signing-lease-held"


class LeaseLost(Conflict):
    """The time for this signature is over, or somebody else came first. Nothing was embedded."""

    code = "signing-lease-lost"


class NotYourTurn(Conflict):
    """Others sign before; ``data["before"]`` names the next."""

    code = "signing-not-your-turn"


class AlreadySigned(Conflict):
    """This person has signed already."""

    code = "signing-already-signed"


class RoundClosed(Conflict):
    """The round is over."""

    code = "signing-round-closed"


class MeetingLocked(Conflict):
    """The meeting is locked: papers that were put up before are signed on, no further one is put up."""

    code = "signing-meeting-locked"


class NotASigner(NotAllowed):
    """The person, or this certificate, is not asked to sign this."""

    code = "signing-not-a-signer"


class SignerNotMember(NotAllowed):
    """Only members of the meeting sign its papers; ``data["who"]``."""

    code = "signing-signer-not-member"


class RoundUnknown(NotFound):
    """There is no such round."""

    code = "signing-round-unknown"
