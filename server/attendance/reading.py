"""What people write about the roll: JSON → values, for consoles and seats alike.

Usage: ``reason(fields)``.
"""

from __future__ import annotations

from server.attendance.model import MAX_REASON
from server.attendance.places import Leaving, Standing
from wire.fields import Fields


def reason(fields: Fields) -> str:
    """Why, where it is said; raises BadField."""
    return fields.text("reason", limit=MAX_REASON, empty=True) if fields.has("reason") else ""


def standing(fields: Fields) -> Standing:
    """Who stands for whom; raises BadField."""
    found = Standing(
        member=fields.id("member", "u"),
        person=fields.id("person", "u"),
        may_speak=fields.flag("may_speak"),
        may_vote=fields.flag("may_vote"),
        reason=reason(fields),
    )
    fields.end()
    return found


def leaving(fields: Fields) -> Leaving:
    """Who leaves which item, or comes back to it; raises BadField."""
    found = Leaving(fields.id("item", "i"), fields.id("person", "u"), reason(fields))
    fields.end()
    return found
