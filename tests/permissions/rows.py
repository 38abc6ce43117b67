"""A row of the table: one act, and for each group the phases in which it is theirs.

Usage::

    row("POST M/submit", {SECRETARIES: "D"})                      # done in D, refused in the others, kept from the rest
    row("POST M/papers", {SECRETARIES: ALL}, body={}, reaches=True)   # let in; what is sent here is no whole paper
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MEETING: Final = "/api/meetings/<meeting>"


@dataclass(frozen=True)
class Row:
    """``rule``: as the application has it; ``variant``: which of several things of the kind it is about.

    ``reaches``: the body or the thing asked for is none that anything could be done with; whoever may is told so, and
    nobody else.
    """

    method: str
    rule: str
    who: Mapping[frozenset[str], str]
    body: Any = None
    path: str = ""
    reaches: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def phases_of(self, role: str) -> str | None:
        """Where it is theirs; empty: in none of these, though it may be; None: never."""
        found = [phases for group, phases in self.who.items() if role in group]
        return "".join(found) if found else None

    @property
    def is_of_meeting(self) -> bool:
        """Whether it depends on a meeting's phase."""
        return "<meeting>" in self.rule


def row(
    act: str,
    who: Mapping[frozenset[str], str],
    body: Any = None,
    *,
    reaches: bool = False,
    query: str = "",
    **names: str,
) -> Row:
    """``M`` stands for a meeting's address; ``names``: what stands for a ``<name>`` of the address."""
    method, _, rule = act.partition(" ")
    rule = MEETING + rule[1:] if rule == "M" or rule.startswith("M/") else rule
    return Row(method, rule, who, body, query, reaches, names)
