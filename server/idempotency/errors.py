"""What can be wrong with an act's key.

::

    Conflict
    └── ActReused    act-reused
"""

from __future__ import annotations

from server.errors import Conflict


class ActReused(Conflict):
    """The key names another act already: another person's, or one that asked for something else."""

    code = "act-reused"
