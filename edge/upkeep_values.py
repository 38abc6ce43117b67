"""How this seat is looked after, as it keeps it: the hours of its screen, its maintenance, and what was ordered of its
light (W187–W189).

Usage: ``Upkeep(hours=Hours(420, 1050), clock=(server's moment, monotonic seconds))``
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wire.messages import Hours, Maintenance


@dataclass(frozen=True, slots=True)
class Upkeep:
    """``hours``, ``maintenance``: as the server said last; ``unsaid_s``: welcomed then, and it has not said it since.

    ``ordered``: ``dark``, ``light`` or nothing, and ``planned`` what the hours said then; ``touched_s``: somebody
    touched the screen; ``clock``: a moment of the server's clock and the monotonic seconds at which it was;
    ``is_dark``: as is shown now.
    """

    hours: Hours | None = None
    maintenance: Maintenance | None = None
    unsaid_s: float | None = None
    ordered: str = ""
    planned: bool | None = None
    touched_s: float | None = None
    clock: tuple[dt.datetime, float] | None = None
    is_dark: bool = False
