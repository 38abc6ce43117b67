"""Everything that can be wrong with a certificate request or with the site's own keys.

::

    PkiError
    ├── RequestError
    │   ├── MalformedRequest     csr-malformed
    │   ├── RequestTooLarge      csr-too-large
    │   ├── KeyNotAllowed        csr-key-not-allowed
    │   └── BadRequestSignature  csr-bad-signature
    └── BrokenPki                pki-broken

Messages name what is wrong with public things only; no key and no path inside a key's file is ever in them.
"""

from __future__ import annotations

from typing import ClassVar


class PkiError(Exception):
    """Root of the package; ``code`` is stable and names a text in the catalogues."""

    code: ClassVar[str] = "pki-error"


class RequestError(PkiError):
    """A certificate request that no device of ours makes."""

    code = "csr-malformed"


class MalformedRequest(RequestError):
    """Not a PKCS#10 request in base 64, or with a name that cannot be shown."""

    code = "csr-malformed"


class RequestTooLarge(RequestError):
    """Longer than any honest request."""

    code = "csr-too-large"


class KeyNotAllowed(RequestError):
    """Another kind of key than ECDSA on P-256, or another hash than SHA-256."""

    code = "csr-key-not-allowed"


class BadRequestSignature(RequestError):
    """The request is not signed by the key it holds: the sender may not own that key."""

    code = "csr-bad-signature"


class BrokenPki(PkiError):
    """A key and its certificate do not belong together, or one of them is missing."""

    code = "pki-broken"
