"""Where this seat is with a new image, as it is kept over starts.

Usage: ``Task("a-…", release, "fetching", done=40)``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from wire.fields import Fields
from wire.messages.updates import UPDATE_REASONS, UPDATE_STATES, Release

#: After these nothing follows but another word of the server; what was fetched is not needed any more.
ENDS: Final = frozenset({"good", "failed", "fallen-back", "cancelled"})


@dataclass(frozen=True, slots=True)
class Task:
    """``update`` is the server's word, ``boot`` the start of this machine in which installing or restarting began."""

    update: str
    release: Release
    state: str
    done: int = 0
    reason: str = ""
    boot: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "update": self.update,
            "release": self.release.to_value(),
            "state": self.state,
            "done": self.done,
            "reason": self.reason,
            "boot": self.boot,
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read and check; raises :class:`wire.errors.BadField`."""
        task = cls(
            update=fields.id("update", "a"),
            release=Release.read(fields.object("release")),
            state=fields.choice("state", UPDATE_STATES),
            done=fields.number("done", high=100),
            reason=fields.choice("reason", UPDATE_REASONS | {""}),
            boot=fields.text("boot", limit=64, empty=True),
        )
        fields.end()
        return task


@dataclass(frozen=True, slots=True)
class Updates:
    """``running`` is the version that runs, empty where there are no slots; ``boot`` names this start of the machine.

    ``said_s``: when the server was last told; ``is_well``: what runs is not on trial, as far as this start knows.
    """

    running: str = ""
    boot: str = ""
    task: Task | None = None
    said_s: float = 0.0
    is_well: bool = False
