"""The part of the seat's decisions that concerns a new image (W176, W177).

Rules: pure, as ``edge/machine.py``. One release at a time; a word that came before is answered with where the seat is.
No start of the machine while somebody is signed in or a meeting is open here, whoever says so. What happened while the
power was off is told from the version that runs now: the new one is good once it has found itself well and root has
given its slot the tries back, the old one fell back – also after it was good. What could not be kept is not done.

Usage: the handlers stand in the table of ``edge/machine.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge.commands import (
    Command,
    DropRelease,
    FetchRelease,
    InstallRelease,
    KeepUpdate,
    RestartForUpdate,
    SayUpdate,
)
from edge.events import FoundWell, UpdateCame, UpdateFound, UpdateUnkept, UpdateWent
from edge.model import Now, State
from edge.updates.values import ENDS, Task
from wire.phases import LIVE

#: While it goes on the server is told at most so often.
SAY_S: Final = 10.0
#: Root's unit is writing, or the machine is on its way down: nothing else is begun.
_BOUND: Final = frozenset({"installing", "restarting"})
#: What was fetched or installed of a release holds under another word too.
_HELD: Final = frozenset({"fetching", "fetched", "installed"})

Result = tuple[State, tuple[Command, ...]]


def came(state: State, event: UpdateCame, now: Now) -> Result:
    """A word of the server."""
    task = state.updates.task
    if task is not None and task.update != event.update:
        if task.state in _BOUND:
            return _said(state, task, now)
        same = task.release == event.release and task.state in _HELD
        task = replace(task, update=event.update) if same else None
    if task is None:
        return _begun(state, event, now)
    match event.kind, task.state:
        case "install", "fetched":
            boot = state.updates.boot
            return _now(state, replace(task, state="installing", done=0, boot=boot), now, InstallRelease(task.update))
        case "restart", "installed" if _is_busy(state):
            return _said(_with(state, task), replace(task, reason="busy"), now)
        case "restart", "installed":
            boot = state.updates.boot
            return _now(state, replace(task, state="restarting", boot=boot, reason=""), now, RestartForUpdate())
        case "cancel", "fetching" | "fetched" | "failed":
            return _now(state, replace(task, state="cancelled", reason=""), now)
        case _:
            return _now(state, task, now)


def went(state: State, event: UpdateWent, now: Now) -> Result:
    """The desk has got further, or no further."""
    task = state.updates.task
    if task is None or task.release.sha256 != event.sha256 or task.state not in {"fetching", *_BOUND}:
        return state, ()
    after = replace(task, state=event.state, done=event.done, reason=event.reason)
    if after.state != task.state:
        return _now(state, after, now)
    if after == task or now.s - state.updates.said_s < SAY_S:
        return _with(state, after), ()
    return _said(_with(state, after), after, now)


def found(state: State, event: UpdateFound, now: Now) -> Result:
    """The seat begins: what was kept, and which version runs in which start of the machine."""
    state = replace(state, updates=replace(state.updates, running=event.running, boot=event.boot))
    task = event.task
    if task is None:
        return state, ()
    is_same_boot, is_new = task.boot == event.boot, task.release.version == event.running
    if is_new and task.state not in ENDS:
        return _with(state, replace(task, state="restarting", done=100)), ()  # until it has found itself well
    match task.state:
        case "fetching":
            return _with(state, task), (FetchRelease(task.release),)
        case "installing" if is_same_boot:
            return _with(state, task), ()  # the desk looks for its outcome
        case "installing":
            return _now(state, replace(task, state="failed", done=0, reason="interrupted"), now)
        case "installed" | "restarting" | "good" if not is_same_boot and not is_new:
            return _now(state, replace(task, state="fallen-back", reason="unwell"), now)
        case _:
            return _with(state, task), ()


def well(state: State, _event: FoundWell, now: Now) -> Result:
    """This seat has found itself well: a new image is there to stay."""
    state = replace(state, updates=replace(state.updates, is_well=True))
    task = state.updates.task
    if task is None or task.state != "restarting" or task.release.version != state.updates.running:
        return state, ()
    return _now(state, replace(task, state="good", done=100, reason=""), now)


def unkept(state: State, _event: UpdateUnkept, now: Now) -> Result:
    """Where the seat is could not be written down: said, and room is made. An end is said again by the next start."""
    task = state.updates.task
    if task is None:
        return state, ()
    after = task if task.state in ENDS else replace(task, state="failed", done=0, reason="no-space")
    state, told = _said(_with(state, after), after, now)
    return state, (DropRelease(), *told)


def say_again(state: State) -> tuple[Command, ...]:
    """After a welcome: the server may have missed it."""
    return () if state.updates.task is None else (SayUpdate(state.updates.task),)


def _begun(state: State, event: UpdateCame, now: Now) -> Result:
    task = Task(event.update, event.release, "failed")
    drop = DropRelease(keep=event.release.sha256)
    if event.kind == "cancel":
        return _now(state, replace(task, state="cancelled"), now)
    if not state.updates.running:
        return _now(state, replace(task, reason="no-slot"), now)
    if event.release.version == state.updates.running:
        on_trial = replace(task, state="restarting", done=100, boot=state.updates.boot)
        return _now(state, replace(task, state="good", done=100) if state.updates.is_well else on_trial, now)
    if event.kind != "fetch":
        # It was to be here, and is not: another word has to begin it anew.
        return _now(state, replace(task, reason="interrupted"), now)
    return _now(state, replace(task, state="fetching"), now, drop, FetchRelease(event.release))


def _is_busy(state: State) -> bool:
    in_meeting = any(followed.state.phase in LIVE for followed in state.meetings.values())
    return state.session is not None or state.signing_in is not None or in_meeting


def _with(state: State, task: Task) -> State:
    return replace(state, updates=replace(state.updates, task=task))


def _said(state: State, task: Task, now: Now) -> Result:
    return replace(state, updates=replace(state.updates, said_s=now.s)), (SayUpdate(task),)


def _now(state: State, task: Task, now: Now, *more: Command) -> Result:
    """Keep it, then do it, then say it."""
    after, told = _said(_with(state, task), task, now)
    drop = (DropRelease(),) if task.state in ENDS and task.reason != "unreachable" else ()
    return after, (KeepUpdate(task), *drop, *more, *told)
