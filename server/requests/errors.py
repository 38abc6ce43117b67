"""What is refused about requests for papers.

::

    ServerError
    ├── NotFound
    │   └── RequestUnknown     paper-request-unknown: there is none, or it was asked of somebody else
    ├── Malformed
    │   └── RequestDayUnfit    paper-request-day: before today, or after the meeting
    └── Conflict
        ├── RequestChanged     paper-request-changed: somebody saved another wording meanwhile
        ├── RequestOver        paper-request-over: nothing is waited for any more
        ├── RequestsFull       paper-requests-full
        └── NobodyWaited       paper-request-nobody: there is nobody to remind
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class RequestUnknown(NotFound):
    """There is no such request, or it was asked of somebody else."""

    code = "paper-request-unknown"


class RequestDayUnfit(Malformed):
    """Papers are asked for until a day from ``data["first"]`` to ``data["last"]``."""

    code = "paper-request-day"


class RequestChanged(Conflict):
    """Somebody saved another wording: ``data`` has ``revision``, ``what``, ``until``, ``name``."""

    code = "paper-request-changed"


class RequestOver(Conflict):
    """The request stands at ``data["standing"]``: approved, or withdrawn."""

    code = "paper-request-over"


class RequestsFull(Conflict):
    """A meeting has at most ``data["most"]`` requests."""

    code = "paper-requests-full"


class NobodyWaited(Conflict):
    """Of nobody that was named a paper is waited for."""

    code = "paper-request-nobody"
