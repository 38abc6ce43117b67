"""What IT has had a seat do, as the seat keeps it (W171).

Usage: ``Orders(shown=Shown("a-…", "identify", "", until_s=130.0))``
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """What lies over the screen: ``kind`` is ``identify`` or ``say``."""

    order: str
    kind: str
    text: str
    until_s: float


@dataclass(frozen=True, slots=True)
class Orders:
    """``loads``: how often the page was told to load anew; ``obeyed``: the last orders, the newest at the end."""

    shown: Shown | None = None
    loads: int = 0
    obeyed: tuple[str, ...] = ()
