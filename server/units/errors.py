"""What the tree of units refuses.

::

    NotFound
    └── NoSuchUnit       no-such-unit
    Conflict
    ├── UnitTaken        unit-taken: its code, or its name beside the same parent, is another's
    ├── UnitInUse        unit-in-use: people or open units are still in it
    ├── UnitClosed       unit-closed
    ├── UnitChanged      unit-changed: somebody else was faster; what is kept now comes with it
    ├── UnitBelowItself  unit-below-itself
    └── TooManyUnits     too-many-units
    Malformed
    ├── BadUnit          bad-unit: its code or its name
    └── NotALeader       not-a-leader: head and deputies are different people who can sign in
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotFound


class NoSuchUnit(NotFound):
    """No unit has this id, code, path or name; ``data["unit"]`` is what was asked for."""

    code = "no-such-unit"


class UnitTaken(Conflict):
    """``data["name"]``: the unit that has this code already, or this name below the same parent."""

    code = "unit-taken"


class UnitInUse(Conflict):
    """``data``: how many ``people`` and open ``units`` are in it."""

    code = "unit-in-use"


class UnitClosed(Conflict):
    """Nothing is put into a closed unit; ``data["name"]``."""

    code = "unit-closed"


class UnitChanged(Conflict):
    """The revision that was expected is not the newest; ``data["unit"]`` is what is kept."""

    code = "unit-changed"


class UnitBelowItself(Conflict):
    """A unit would lie below itself, or the tree would be deeper than ``data["deepest"]``."""

    code = "unit-below-itself"


class TooManyUnits(Conflict):
    """``data["most"]``."""

    code = "too-many-units"


class BadUnit(Malformed):
    """The code is not 1–20 letters, digits, dots or hyphens, or there is no name in one line."""

    code = "bad-unit"


class NotALeader(Malformed):
    """Somebody without an account, disabled, or named twice; ``data["name"]``."""

    code = "not-a-leader"
