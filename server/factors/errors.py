"""What the second factor refuses.

::

    NotAuthenticated
    ├── SecondFactorNeeded      second-factor-needed: the password is right, the code is missing
    ├── SecondFactorWrong       second-factor-wrong
    └── SecondFactorUsed        second-factor-used: the code was right, and was given before
    NotAllowed
    └── SecondFactorMissing     second-factor-missing: this person has to set one up first
    Conflict
    ├── EnrolmentNotBegun       second-factor-not-begun
    └── OwnFactor               second-factor-own: nobody resets their own
"""

from __future__ import annotations

from server.errors import Conflict, NotAllowed, NotAuthenticated


class SecondFactorNeeded(NotAuthenticated):
    """The password is right; this account also has a second factor."""

    code = "second-factor-needed"


class SecondFactorWrong(NotAuthenticated):
    """Neither the code of this moment nor an unused recovery code. ``tries_left`` may follow without a wait."""

    code = "second-factor-wrong"


class SecondFactorUsed(NotAuthenticated):
    """The right code, but it or a later one was given before: who looked over a shoulder gets nowhere."""

    code = "second-factor-used"


class SecondFactorMissing(NotAllowed):
    """Nothing else before the second factor is set up."""

    code = "second-factor-missing"


class OwnFactor(Conflict):
    """Who still has a code or a recovery code renews it with that; who has none asks a colleague."""

    code = "second-factor-own"


class EnrolmentNotBegun(Conflict):
    """A code came for a secret that was never made, or was made too long ago."""

    code = "second-factor-not-begun"
