"""Everything that can be wrong with a certificate request or with the site's own keys.

::

    ServerError
    ├── Malformed
    │   └── RequestError             a request that no device of ours makes
    │       ├── MalformedRequest     csr-malformed
    │       ├── KeyNotAllowed        csr-key-not-allowed
    │       └── BadRequestSignature  csr-bad-signature
    ├── TooLarge
    │   └── RequestTooLarge          csr-too-large
    ├── BadHost                      host-not-usable
    └── BrokenPki                    pki-broken

Rules: ``why`` names what is wrong in public terms; nothing of a key's file is ever in it.

Usage: ``raise MalformedRequest(why="not base 64")``.
"""

from __future__ import annotations

from server.errors import Malformed, ServerError, TooLarge


class RequestError(Malformed):
    """A certificate request that no device of ours makes."""

    code = "csr-malformed"


class MalformedRequest(RequestError):
    """Not a PKCS#10 request in base 64, or with a name that cannot be shown."""

    code = "csr-malformed"


class KeyNotAllowed(RequestError):
    """Another kind of key than ECDSA on P-256, or another hash than SHA-256."""

    code = "csr-key-not-allowed"


class BadRequestSignature(RequestError):
    """The request is not signed by the key it holds: the sender may not own that key."""

    code = "csr-bad-signature"


class RequestTooLarge(TooLarge):
    """Longer than any honest request."""

    code = "csr-too-large"


class BadHost(ServerError):
    """A host of the settings is neither a name nor an address."""

    code = "host-not-usable"


class BrokenPki(ServerError):
    """A key and its certificate do not belong together, or one of them is missing."""

    code = "pki-broken"
