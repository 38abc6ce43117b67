"""What people write about the roll: JSON → values, for consoles and seats alike.

Usage: ``reason(fields)``.
"""

from __future__ import annotations

from server.attendance.model import MAX_REASON
from wire.fields import Fields


def reason(fields: Fields) -> str:
    """Why, where it is said; raises BadField."""
    return fields.text("reason", limit=MAX_REASON, empty=True) if fields.has("reason") else ""
