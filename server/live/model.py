"""What one screen has been shown, and the patch that brings it up to date.

Rules M3, W44: pure; a patch starts at the number the screen has and is never empty-handed about the number, even when
nothing the reader may see has changed.

Usage::

    watch, patch = watch.advanced(seq, sections)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wire.view import Section, diff


@dataclass(frozen=True, slots=True)
class Watch:
    """A screen's picture of one meeting: its number and sections."""

    meeting: str
    seq: int
    sections: Section = field(hash=False)

    def advanced(self, seq: int, sections: Section) -> tuple[Watch, dict[str, Any]]:
        """The picture at ``seq``, and the patch that leads to it."""
        patch = {
            "meeting": self.meeting,
            "base": self.seq,
            "seq": seq,
            "sections": diff(self.sections, sections),
        }
        return Watch(self.meeting, seq, sections), patch
