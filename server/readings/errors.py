"""What is refused about openings of papers.

::

    ServerError
    ├── Conflict
    │   ├── ReadingsForeign    readings-foreign: the person never sat where the terminal stands
    │   ├── ReadingsRefused    readings-refused: nothing of what was told can be true
    │   └── NobodyUnread       readings-nobody: all who were named have opened it
    └── TooMany
        └── ReadingsFlood      readings-flood: a terminal tells far more often than one does

Usage: ``raise ReadingsForeign``.
"""

from __future__ import annotations

from server.errors import Conflict, TooMany


class ReadingsForeign(Conflict):
    """Nobody of that name ever sat in this meeting where the terminal stands or stood."""

    code = "readings-foreign"


class ReadingsRefused(Conflict):
    """Of what a terminal told nothing can be true: ``data["why"]`` counts it by reason."""

    code = "readings-refused"


class ReadingsFlood(TooMany):
    """A terminal tells far more often than terminals do."""

    code = "readings-flood"


class NobodyUnread(Conflict):
    """There is nobody to remind: they have opened it, or the paper is not out."""

    code = "readings-nobody"
