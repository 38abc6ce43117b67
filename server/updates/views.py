"""A roll-out as IT's page shows it (docs/API.md, ``GET /api/updates``).

Usage: ``rollout_value(rollout, kept, terminals, progress, loud)``
"""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from server.updates.model import Kept, Progress, Rollout, Terminal
from server.updates.plan import has_it, in_stage
from wire.fields import print_instant
from wire.ids import DeviceId, RoomId

SHOWN: Final = 10


def rollout_value(
    rollout: Rollout,
    kept: Kept,
    terminals: Sequence[Terminal],
    progress: Mapping[DeviceId, Progress],
    loud: Collection[RoomId],
) -> dict[str, Any]:
    """With every terminal that takes such images; of one that is over, those that were told something."""
    release = kept.release
    ours = [each for each in terminals if each.compatible in {None, release.compatible}]
    if rollout.is_over:
        ours = [each for each in ours if each.device in progress]
    rows = [_row(rollout, kept, each, progress.get(each.device), is_quiet=each.room not in loud) for each in ours]
    counts = collections.Counter(row["step"] for row in rows)
    return {
        "id": rollout.id,
        "version": release.version,
        "compatible": release.compatible,
        "sha256": release.sha256,
        "lab": rollout.lab,
        "room": rollout.room,
        "soak_h": rollout.soak_h,
        "stage": rollout.stage.value,
        "state": rollout.state.value,
        "begun_at": print_instant(rollout.begun_at),
        "begun_by": rollout.begun_by,
        "ready_at": _moment(rollout.ready_at),
        "next_at": _moment(_next_at(rollout)),
        "ended_at": _moment(rollout.ended_at),
        "fault": None if rollout.fault is None else {"device": rollout.fault[0], "reason": rollout.fault[1]},
        "counts": dict(sorted(counts.items())),
        "terminals": rows,
    }


def _row(rollout: Rollout, kept: Kept, terminal: Terminal, at: Progress | None, *, is_quiet: bool) -> dict[str, Any]:
    return {
        "device": terminal.device,
        "label": terminal.label,
        "room": terminal.room,
        "room_name": terminal.room_name,
        "online": terminal.online,
        "image": terminal.image,
        "in_stage": in_stage(rollout, terminal, kept.release),
        "step": _step(rollout, kept, terminal, at, is_quiet=is_quiet),
        "done": 0 if at is None else at.done,
        "reason": "" if at is None else at.reason,
        "tries": 0 if at is None else at.tries,
    }


def _step(rollout: Rollout, kept: Kept, terminal: Terminal, at: Progress | None, *, is_quiet: bool) -> str:
    """``good``, ``skipped``, what the terminal said, or why it was told nothing yet."""
    said = "" if at is None else at.state
    steps = (
        ("good", has_it(terminal, at, kept.release)),
        ("skipped", at is not None and at.skipped),
        # It was well with it; what it runs now is told only by one that is there.
        ("fallen-back" if terminal.online else "good", said == "good"),
        (said, bool(said)),
        ("untold", rollout.is_over),
        ("later", not in_stage(rollout, terminal, kept.release)),
        ("off", not terminal.online),
        ("meeting", not is_quiet),
        ("told", at is not None),
    )
    return next((step for step, is_so in steps if is_so), "waiting")


def _next_at(rollout: Rollout) -> dt.datetime | None:
    if rollout.ready_at is None or rollout.stage.next is None or rollout.is_over:
        return None
    return rollout.ready_at + dt.timedelta(hours=rollout.soak_h)


def _moment(at: dt.datetime | None) -> str | None:
    return None if at is None else print_instant(at)
