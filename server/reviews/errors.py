"""What looking accounts over refuses.

::

    Conflict
    ├── ReviewGoesOn      review-goes-on: one round at a time
    ├── NoReview          no-review: there is none to confirm in, or to end
    ├── ReviewUnfinished  review-unfinished: accounts are left
    └── OwnReview         own-review: nobody confirms their own account
"""

from __future__ import annotations

from server.errors import Conflict


class ReviewGoesOn(Conflict):
    """A round has begun and is not over."""

    code = "review-goes-on"


class NoReview(Conflict):
    """No round goes on."""

    code = "no-review"


class ReviewUnfinished(Conflict):
    """``data["left"]``: how many are left."""

    code = "review-unfinished"


class OwnReview(Conflict):
    """Another administrator confirms it."""

    code = "own-review"
