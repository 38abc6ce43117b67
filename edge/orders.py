"""The part of the seat's decisions that concerns IT's orders: show which seat it is, words, a lock, a new page (W171),
its screen dark (W188), the machine off (W191), nothing left of what it keeps (W185).

Rules: pure, as ``machine.py``. An order is carried out once, however often it comes; nothing of it outlives the agent.
What is shown lies over everything, shows nothing of a meeting, and goes by itself. Whoever sits there closes it.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge import upkeep
from edge.commands import Answer, AnswerOrder, Command, PowerOff, RestartMachine, Wipe
from edge.errors import DeviceRevoked, NobodyHere
from edge.events import OrderCame, OrderSeen
from edge.model import Now, State
from edge.orders_values import Shown
from wire.messages.orders import WIPE

#: How long the seat shows its name, and how long words stay that nobody closes.
IDENTIFY_S: Final = 30.0
SAY_S: Final = 900.0
_REMEMBERED: Final = 32


Result = tuple[State, tuple[Command, ...]]


def came(state: State, event: OrderCame, now: Now) -> Result:
    """Carry it out and say so; one that was carried out before is only answered."""
    if event.kind in {"restart", "off"}:
        # Answered by whoever can do it or not, each time it comes: asked for twice it is still one start.
        return state, (RestartMachine(event.order) if event.kind == "restart" else PowerOff(event.order),)
    if event.kind == WIPE:
        waiting = state.signing_in
        # The answer drops the password.
        told_person = () if waiting is None else (Answer(waiting.request, DeviceRevoked.code),)
        return state.blank(), (Wipe(event.order), *told_person)
    told = AnswerOrder(event.order)
    if event.order in state.orders.obeyed:
        return state, (told,)
    after, answers = _obeyed(state, event, now)
    if answers != (told,):
        return state, answers
    return replace(
        after, orders=replace(after.orders, obeyed=(*state.orders.obeyed, event.order)[-_REMEMBERED:])
    ), answers


def _obeyed(state: State, event: OrderCame, now: Now) -> Result:
    told = AnswerOrder(event.order)
    match event.kind:
        case "identify":
            return _showing(state, Shown(event.order, "identify", "", now.s + IDENTIFY_S)), (told,)
        case "say":
            return _showing(state, Shown(event.order, "say", event.text, now.s + SAY_S)), (told,)
        case "lock":
            session = state.session
            if session is None:
                return state, (AnswerOrder(event.order, NobodyHere.code),)
            return replace(state, session=replace(session, locked=True)), (told,)
        case "dark" | "light":
            return upkeep.ordered(state, event, now)
        case _:
            return replace(state, orders=replace(state.orders, loads=state.orders.loads + 1)), (told,)


def seen(state: State, event: OrderSeen, _now: Now) -> Result:
    """Whoever sits there has closed it; something newer stays."""
    shown = state.orders.shown
    return (_showing(state, None) if shown is not None and shown.order == event.order else state), ()


def ticked(state: State, now: Now) -> Result:
    """What was shown long enough goes."""
    shown = state.orders.shown
    return (_showing(state, None) if shown is not None and now.s >= shown.until_s else state), ()


def _showing(state: State, shown: Shown | None) -> State:
    return replace(state, orders=replace(state.orders, shown=shown))
