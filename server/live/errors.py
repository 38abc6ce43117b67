"""What the live connection refuses.

::

    Unavailable
    └── TooManyScreens    too-many-screens
"""

from __future__ import annotations

from server.errors import Unavailable


class TooManyScreens(Unavailable):
    """Every open screen takes a thread; those that are left answer requests."""

    code = "too-many-screens"
