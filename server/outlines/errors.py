"""What is refused about types, templates and series.

::

    ServerError
    ├── NotFound
    │   └── OutlineUnknown     outline-unknown
    ├── Malformed
    │   └── SeriesDayUnfit     series-day-unfit: two of a series at the same moment, or none at all
    └── Conflict
        ├── OutlineTaken       outline-taken: another one has this name
        ├── OutlineChanged     outline-changed: somebody saved it meanwhile
        └── OutlinesFull       outlines-full
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class OutlineUnknown(NotFound):
    """There is no such type or template, or it was put away."""

    code = "outline-unknown"


class SeriesDayUnfit(Malformed):
    """The meetings of a series begin at different moments, and there is at least one."""

    code = "series-day-unfit"


class OutlineTaken(Conflict):
    """Another one is called ``data["name"]``."""

    code = "outline-taken"


class OutlineChanged(Conflict):
    """Somebody saved another version: ``data["revision"]``, ``data["outline"]`` is what it says now."""

    code = "outline-changed"


class OutlinesFull(Conflict):
    """There are at most ``data["most"]`` of a kind."""

    code = "outlines-full"
