"""What the search refuses.

::

    Malformed
    ├── NothingAsked      search-empty
    └── TooMuchAsked      search-too-long

Beside it, never shown to anybody: :class:`Unreadable`, of a paper whose words cannot be had.
"""

from __future__ import annotations

from server.errors import Malformed


class NothingAsked(Malformed):
    """No word of two letters or figures; ``data["least"]``."""

    code = "search-empty"


class TooMuchAsked(Malformed):
    """More letters or words than anybody looks for; ``data["most"]``."""

    code = "search-too-long"


class Unreadable(Exception):
    """The words of a paper cannot be had: its file, or what was kept of it, is damaged, or takes too long."""
