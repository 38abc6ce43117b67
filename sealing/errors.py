"""What can be wrong with keys; what can be wrong with bytes is in ``wire.errors``.

::

    wire.WireError
    └── SealingError
        ├── BadKey          bad-key
        └── UnwrapFailed    unwrap-failed

A receiver that handles :class:`wire.errors.WireError` handles these as well.
"""

from __future__ import annotations

from wire.errors import WireError


class SealingError(WireError):
    """Root of the package."""

    code = "sealing-error"


class BadKey(SealingError):
    """Bytes that are no key of the kind that is needed."""

    code = "bad-key"


class UnwrapFailed(SealingError):
    """A wrapped key that was changed, or that another key wraps (RFC 3394, section 2.2.2)."""

    code = "unwrap-failed"
