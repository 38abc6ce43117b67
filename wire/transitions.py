"""One step of a life cycle that stands in a table (M1, V3, S1, W96).

Rules: what is not in the table is an error, and nothing else is.

Usage: ``step = stepper(TABLE)``, then ``step(Phase.OPEN, Change.CLOSE)`` – the next state, or :class:`PhaseError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from wire.errors import PhaseError

State = TypeVar("State")
Change = TypeVar("Change")


def stepper(table: Mapping[tuple[State, Change], State]) -> Callable[[State, Change], State]:
    """Goes from a state by a change to the next one; raises :class:`PhaseError`."""

    def step(state: State, change: Change) -> State:
        try:
            return table[state, change]
        except KeyError:
            raise PhaseError(f"{change} is not allowed in {state}") from None

    return step
