"""Why the terminal lets its card sign nothing.

::

    EdgeError
    └── SignRefused                sign-refused (never raised itself)
        ├── FileDiffers            sign-file-differs
        ├── FileUnreadable         sign-file-unreadable
        ├── HoleWrong              sign-hole-wrong
        ├── UpdateWrong            sign-update-wrong
        ├── MarkElsewhere          sign-mark-elsewhere
        ├── NumberDiffers          sign-number-differs
        ├── AttributesWrong        sign-attributes-wrong
        ├── DigestWrong            sign-digest-wrong
        └── OtherCertificate       sign-other-certificate
"""

from __future__ import annotations

from edge.errors import EdgeError


class SignRefused(EdgeError):
    """Nothing was given to the card."""

    code = "sign-refused"


class FileDiffers(SignRefused):
    """The prepared file does not begin with the bytes that were shown."""

    code = "sign-file-differs"


class FileUnreadable(SignRefused):
    """The structure of the file cannot be followed."""

    code = "sign-file-unreadable"


class HoleWrong(SignRefused):
    """The place for the signature is not one run of zeros, or the byte range does not lie around it."""

    code = "sign-hole-wrong"


class UpdateWrong(SignRefused):
    """The update does more than add one signature field; ``data["why"]``."""

    code = "sign-update-wrong"


class MarkElsewhere(SignRefused):
    """The mark would stand somewhere else than the person was shown, or there is one where none was shown."""

    code = "sign-mark-elsewhere"


class NumberDiffers(SignRefused):
    """Another number or date would be written than the person was shown, or one where none was shown."""

    code = "sign-number-differs"


class AttributesWrong(SignRefused):
    """The signed attributes are not the ones that are known, each once; ``data["why"]``."""

    code = "sign-attributes-wrong"


class DigestWrong(SignRefused):
    """They name the hash of another file."""

    code = "sign-digest-wrong"


class OtherCertificate(SignRefused):
    """They name another certificate than the card's."""

    code = "sign-other-certificate"
