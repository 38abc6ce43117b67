"""What the chair concludes of each item: the events, the fold's part, and the section of the screens (W136).

Rules: pure. One text an item, written by who leads while the meeting goes on and until it is locked; the newest counts,
the log keeps all of them, and an empty text takes it back. Who may not know of an item does not know its conclusion.

Usage: in the table ``fold.HANDLERS``; ``conclusion_of(state, "i-…")``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from wire.errors import BadField
from wire.fields import Fields, print_instant

if TYPE_CHECKING:
    import datetime as dt

    from wire.events import Event
    from wire.state import MeetingState

CONCLUDED: Final = "item_concluded"
#: Characters; a conclusion is a page or two, not a speech.
MAX_TEXT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Conclusion:
    """``seq``: of the event that wrote it; ``by``: the actor of that event."""

    item: str
    text: str
    by: str
    at: dt.datetime
    seq: int


def conclusion_of(state: MeetingState, item: str) -> Conclusion | None:
    """The newest of an item; None when there is none, or it was taken back."""
    return next((each for each in state.conclusions if each.item == item), None)


def visible(conclusions: Collection[Conclusion], items: Collection[str]) -> tuple[Conclusion, ...]:
    """Those of ``items``."""
    return tuple(each for each in conclusions if each.item in items)


def section(conclusions: Collection[Conclusion]) -> list[dict[str, Any]]:
    """The section ``conclusions`` of every screen."""
    return [
        {"item": each.item, "text": each.text, "by": each.by, "at": print_instant(each.at), "seq": each.seq}
        for each in conclusions
    ]


def _concluded(state: MeetingState, event: Event, data: Fields) -> MeetingState:
    item = data.id("item", "i")
    if state.item(item) is None:
        raise BadField("item_concluded.item", "is not on the agenda")
    text = data.text("text", limit=MAX_TEXT, empty=True)
    others = tuple(each for each in state.conclusions if each.item != item)
    fresh = (Conclusion(item, text, event.actor, event.at, event.seq),) if text.strip() else ()
    return replace(state, conclusions=others + fresh)


#: Every kind of event about conclusions.
HANDLERS: Final[dict[str, Callable[[MeetingState, Event, Fields], MeetingState]]] = {CONCLUDED: _concluded}
