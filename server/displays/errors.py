"""What displays are refused for.

::

    NotAuthenticated
    └── DisplayLinkUnknown    display-link-unknown

Usage: ``raise DisplayLinkUnknown``.
"""

from __future__ import annotations

from server.errors import NotAuthenticated


class DisplayLinkUnknown(NotAuthenticated):
    """The link is not, or no longer, known."""

    code = "display-link-unknown"
