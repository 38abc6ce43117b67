"""What is refused about requests for papers.

::

    ServerError
    ├── NotFound
    │   └── RequestUnknown     paper-request-unknown: there is none, or it was asked of somebody else
    ├── Malformed
    │   └── RequestDayUnfit    paper-request-day: before today, or after the meeting
    └── Conflict
        ├── RequestChanged     paper-request-changed: somebody saved another wording meanwhile
        ├── RequestOver        paper-request-over: it was approved
        │   ├── RequestUnmet       paper-request-unmet: nothing was handed in yet
        │   ├── RequestMet         paper-request-met: a paper lies there
        │   ├── RequestReturned    paper-request-returned: the paper went back already
        │   └── RequestWithdrawn   paper-request-withdrawn
        ├── RequestsFull       paper-requests-full
        └── NobodyWaited       paper-request-nobody: there is nobody to remind
"""

from __future__ import annotations

from typing import Final

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
    """The request stands at ``data["standing"]``, where this cannot be done: approved, if no leaf says otherwise."""

    code = "paper-request-over"


class RequestUnmet(RequestOver):
    """Nothing was handed in that could go back."""

    code = "paper-request-unmet"


class RequestMet(RequestOver):
    """Somebody has handed in a paper."""

    code = "paper-request-met"


class RequestReturned(RequestOver):
    """Its paper went back already."""

    code = "paper-request-returned"


class RequestWithdrawn(RequestOver):
    """Nobody waits for it."""

    code = "paper-request-withdrawn"


_OVER: Final = {
    "asked": RequestUnmet,
    "submitted": RequestMet,
    "returned": RequestReturned,
    "withdrawn": RequestWithdrawn,
}


def over(standing: str) -> RequestOver:
    """What is refused of a request that stands there."""
    return _OVER.get(standing, RequestOver)(standing=standing)


class RequestsFull(Conflict):
    """A meeting has at most ``data["most"]`` requests."""

    code = "paper-requests-full"


class NobodyWaited(Conflict):
    """Of nobody that was named a paper is waited for."""

    code = "paper-request-nobody"
