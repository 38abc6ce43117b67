"""What service calls refuse.

::

    NotFound
    └── NoSuchCall            no-such-call
    Conflict
    ├── CallOpen              service-call-open: the same was asked for and is not done yet
    ├── CallOver              service-call-over: it was done or cancelled already
    └── TooManyCalls          too-many-calls: somebody asks more often than anybody can serve
"""

from __future__ import annotations

from server.errors import Conflict, NotFound


class NoSuchCall(NotFound):
    """There is no such call, or it is long over."""

    code = "no-such-call"


class CallOpen(Conflict):
    """The same was asked for and is not done yet."""

    code = "service-call-open"


class CallOver(Conflict):
    """It was done or cancelled already."""

    code = "service-call-over"


class TooManyCalls(Conflict):
    """More calls than anybody can serve."""

    code = "too-many-calls"
