"""Every night the record is checked, by itself, in portions (L1).

Rules: once after two o'clock of Vietnam's time, when nobody meets; a night that the server was off for is made up for
when it runs again, but a house that was never checked waits for its first night. It goes on from where the last check
ended; everything is looked through anew once a week, and every night after one that found something. One portion a
turn: other chores wait no longer. What was found stands in the administrators' log as any check does, of the system;
the page of the record and the alarm at the consoles show it.

Usage: ``chores.add(Chore("check of the record", TURN_S, NightlyCheck(desk, audit, clock).look))``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from dataclasses import dataclass, field
from typing import Final

from server.audit.service import AdminLog
from server.clock import Clock
from server.record.desk import VERIFIED, RecordDesk
from server.record.errors import RecordForked
from server.record.portions import NOTHING, Portions, Start

#: How often a portion is done while a check goes on.
TURN_S: Final = 1.0
#: How often it is looked whether a night has begun.
LOOK: Final = dt.timedelta(minutes=10)
WEEK: Final = dt.timedelta(days=7)
HOUR: Final = 2
_VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))
_BY: Final = "system"
#: More checks than a week has nights; those that somebody asked for are whole.
_LOOKED_BACK: Final = 10
_LOG: Final = logging.getLogger("record")


@dataclass(slots=True)
class NightlyCheck:
    """For the chores' thread only."""

    desk: RecordDesk
    audit: AdminLog
    clock: Clock
    #: when this process first looked: what counts for a house that was never checked
    _begun: dt.datetime | None = field(default=None, init=False)
    _looked: dt.datetime | None = field(default=None, init=False)
    _run: Portions | None = field(default=None, init=False)

    def look(self) -> None:
        """Begin a check when one is due; a portion of the one that goes on."""
        run, self._run = self._run or self._due(), None
        if run is None:
            return
        # Kept again only when it went well: a check whose portion failed begins anew.
        checked = run.step()
        if checked is None:
            self._run = run
            return
        problems = self.desk.conclude(checked, since=run.since, by=_BY, now=self.clock.now())["problems"]
        if problems:
            _LOG.error("the nightly check found %d problems in the record, first %s", len(problems), problems[0]["en"])

    def _due(self) -> Portions | None:
        now = self.clock.now()
        if self._looked is not None and abs(now - self._looked) < LOOK:
            return None
        self._looked = now
        self._begun = self._begun or now
        newest = self.audit.newest(VERIFIED, limit=1)
        if (newest[0].at if newest else self._begun) >= night(now):
            return None
        # What is checked is what others can hold the house to.
        with contextlib.suppress(RecordForked):
            self.desk.record.sign(now=now)
        return Portions(self.desk.record.tools, self.desk.record.kept, self._start(now))

    def _start(self, now: dt.datetime) -> Start:
        """Where the last check ended, when nothing was wrong there and a whole one is not due."""
        done = self.audit.newest(VERIFIED, limit=_LOOKED_BACK)
        whole = next((one.at for one in done if not one.data.get("since")), None)
        if whole is None or night(now) - night(whole) >= WEEK or done[0].data["problems"] or "root" not in done[0].data:
            return NOTHING
        return Start(done[0].data["size"], done[0].data["root"])


def night(now: dt.datetime) -> dt.datetime:
    """The last two o'clock in Vietnam at or before ``now``."""
    there = now.astimezone(_VIETNAM)
    begun = there.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return begun if begun <= there else begun - dt.timedelta(days=1)
