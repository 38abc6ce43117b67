"""What a roll-out says to whom now, and whether it goes on: the whole policy, pure.

Rules: a word goes to a terminal that is there, in a room that is quiet, as long as fewer than a quarter of the room's
terminals are at work on theirs. A terminal that says nothing for a minute is told again: the same word is the same
word (W176). A stage is ready when every terminal of it that is there runs the release and none has failed; the next
one begins when it has stayed so for the time IT gave. A terminal that had the release and runs another fell back, and
stops the whole.

Usage::

    now_what = look(rollout, release, terminals, progress, is_quiet=quiet, now=now)
    now_what.words           # [Word("d-…", "fetch")]
"""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from server.updates.model import FAULTS, MOST_TRIES, Progress, Rollout, RolloutState, Stage, Terminal
from wire.ids import DeviceId, RoomId
from wire.messages import Release

AGAIN_AFTER: Final = dt.timedelta(minutes=1)
BUSY_FOR: Final = dt.timedelta(minutes=5)
RETRY_AFTER: Final = dt.timedelta(minutes=10)
#: A terminal that went off in the middle of it holds its place in the quarter for so long.
GONE_AFTER: Final = dt.timedelta(minutes=30)
_SHARE: Final = 4
#: In the whole house, however many rooms: each holds one of the server's places for as long as it takes.
_FETCH_AT_ONCE: Final = 4
#: What a terminal is told after it said this.
_NEXT: Final = {"": "fetch", "fetching": "fetch", "fetched": "install", "installing": "install", "installed": "restart"}


@dataclass(frozen=True, slots=True)
class Word:
    """``kind`` of ``wire.messages.UPDATE_KINDS`` for one terminal."""

    device: DeviceId
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The roll-out as it is from now on, and what to say."""

    rollout: Rollout
    words: tuple[Word, ...] = ()


def in_stage(rollout: Rollout, terminal: Terminal, release: Release) -> bool:
    """Whether a terminal is to have the release in the stage the roll-out is in."""
    if terminal.compatible is None:
        # One that was off since the server knows of kinds: nobody may say that all have it.
        return rollout.stage is Stage.ALL
    if terminal.compatible != release.compatible:
        return False
    match rollout.stage:
        case Stage.LAB:
            return terminal.device == rollout.lab
        case Stage.ROOM:
            return terminal.room == rollout.room or terminal.device == rollout.lab
        case Stage.ALL:
            return True


def has_it(terminal: Terminal, progress: Progress | None, release: Release) -> bool:
    """Whether a terminal runs the release and is well with it; one that came with it was never told anything."""
    return terminal.image == release.version and (progress is None or progress.state == "good")


def look(
    rollout: Rollout,
    release: Release,
    terminals: Sequence[Terminal],
    progress: Mapping[DeviceId, Progress],
    *,
    is_quiet: Callable[[RoomId], bool],
    now: dt.datetime,
) -> Outcome:
    """What comes next; the same answer for the same facts."""
    if rollout.state is not RolloutState.RUNNING:
        return Outcome(rollout)
    ours = [each for each in terminals if in_stage(rollout, each, release)]
    fault = _fault(ours, progress, release, now=now)
    if fault is not None:
        return Outcome(replace(rollout, state=RolloutState.STOPPED, fault=fault, ready_at=None))
    if now >= release.expires:
        return Outcome(replace(rollout, state=RolloutState.STOPPED, fault=(rollout.lab, "expired"), ready_at=None))
    after = _advance(rollout, release, ours, progress, now=now)
    if after.is_over or after.stage is not rollout.stage:
        return Outcome(after)
    return Outcome(after, tuple(_words(release, ours, terminals, progress, is_quiet=is_quiet, now=now)))


def _fault(
    ours: Sequence[Terminal], progress: Mapping[DeviceId, Progress], release: Release, *, now: dt.datetime
) -> tuple[DeviceId, str] | None:
    for terminal in ours:
        at = progress.get(terminal.device)
        if at is None or at.skipped:
            continue
        if at.state == "fallen-back" or (at.state == "failed" and at.reason in FAULTS):
            return terminal.device, at.reason or "unwell"
        # It said that it was well, and comes back with another image; what it runs is told apart from how it is.
        runs_other = terminal.online and terminal.image not in {"", release.version}
        if at.state == "good" and runs_other and now - at.last_at >= AGAIN_AFTER:
            return terminal.device, "unwell"
    return None


def _advance(
    rollout: Rollout,
    release: Release,
    ours: Sequence[Terminal],
    progress: Mapping[DeviceId, Progress],
    *,
    now: dt.datetime,
) -> Rollout:
    def is_open(terminal: Terminal) -> bool:
        at = progress.get(terminal.device)
        if at is not None and at.skipped:
            return False
        # The last stage waits for those that are off, too; the first two do not.
        waits = terminal.online or rollout.stage is Stage.ALL or (at is not None and not at.has_ended)
        return waits and not has_it(terminal, at, release)

    somebody = any(has_it(each, progress.get(each.device), release) for each in ours)
    if not somebody or any(is_open(each) for each in ours):
        return rollout if rollout.ready_at is None else replace(rollout, ready_at=None)
    following = rollout.stage.next
    if following is None:
        return replace(rollout, state=RolloutState.DONE, ready_at=now, ended_at=now)
    ready_at = rollout.ready_at or now
    if now < ready_at + dt.timedelta(hours=rollout.soak_h):
        return replace(rollout, ready_at=ready_at)
    return replace(rollout, stage=following, ready_at=None)


def _words(
    release: Release,
    ours: Sequence[Terminal],
    everybody: Sequence[Terminal],
    progress: Mapping[DeviceId, Progress],
    *,
    is_quiet: Callable[[RoomId], bool],
    now: dt.datetime,
) -> list[Word]:
    in_room = collections.Counter(each.room for each in everybody)
    at_work = collections.Counter(
        each.room for each in everybody if _is_at_work(each, progress.get(each.device), release, now=now)
    )
    quiet = {room: is_quiet(room) for room in {each.room for each in ours}}
    fetching = sum(each.online and _is_fetching(progress.get(each.device)) for each in everybody)
    words = []
    for terminal in ours:
        at = progress.get(terminal.device)
        if not terminal.online or not quiet[terminal.room] or has_it(terminal, at, release):
            continue
        kind = _due(at, now=now)
        if kind is None:
            continue
        begins = not _is_at_work(terminal, at, release, now=now)
        if begins and at_work[terminal.room] >= max(1, in_room[terminal.room] // _SHARE):
            continue
        if kind == "fetch" and not _is_fetching(at):
            if fetching >= _FETCH_AT_ONCE:
                continue
            fetching += 1
        at_work[terminal.room] += begins
        words.append(Word(terminal.device, kind))
    return words


def _is_at_work(terminal: Terminal, at: Progress | None, release: Release, *, now: dt.datetime) -> bool:
    if at is None or at.skipped or at.has_ended or has_it(terminal, at, release):
        return False
    return terminal.online or now - at.last_at < GONE_AFTER


def _is_fetching(at: Progress | None) -> bool:
    return at is not None and not at.skipped and at.said == "fetch" and at.state in {"", "fetching"}


def _due(at: Progress | None, *, now: dt.datetime) -> str | None:
    """What a terminal is to be told now, None: nothing yet."""
    if at is None:
        return "fetch"
    if at.skipped:
        return None
    if at.state == "cancelled" or (at.state == "failed" and at.tries < MOST_TRIES and now - at.last_at >= RETRY_AFTER):
        return "fetch"
    if at.has_ended:
        return None
    kind = _NEXT.get(at.state, at.said)
    if at.reason == "busy":
        return kind if now - at.last_at >= BUSY_FOR else None
    if kind != at.said:
        return kind
    return kind if now - at.last_at >= AGAIN_AFTER else None
