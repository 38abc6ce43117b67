"""What a check is made with: whom it trusts, today's date, and what was kept elsewhere.

Usage: ``Checking(anchors, now, seen={"moc.txt": note})``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.dossier.anchors import Anchors


@dataclass(frozen=True, slots=True)
class Checking:
    """``seen``: by file name, what somebody kept of the record – a checkpoint, a dossier, a whole exported record."""

    anchors: Anchors
    now: dt.datetime
    seen: Mapping[str, bytes] = field(default_factory=dict, repr=False)
