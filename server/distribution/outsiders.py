"""Who holds a meeting's newest key and has no right to it any more: the meeting gets a new epoch (T8).

Rules: for the distribution's thread only. Asked whenever a device leaves a room, at the start and now and then: a
server that died between a revocation's commit and the new epoch finds the meeting by what stands in the database. Also
a key that is said to be destroyed counts: that is only what the device says.

Usage::

    outsiders.shut_out()          # begins the epochs; the announcements then send the keys
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from server.clock import Clock
from server.distribution.model import outgrown
from server.distribution.ports import Fleet
from server.distribution.rooms import Source
from wire.ids import DeviceId, RoomId

_LOG: Final = logging.getLogger("distribution")


class Outsiders:
    """Compares the keys that were sent with the devices as the database has them now."""

    def __init__(self, source: Source, fleet: Fleet, clock: Clock) -> None:
        self._source: Final = source
        self._fleet: Final = fleet
        self._clock: Final = clock

    def shut_out(self) -> None:
        """Begin a new epoch of every meeting whose newest key a device has that may not; raises Unavailable."""
        with self._source.unit.read() as tx:
            sent = self._source.store.sent_keys(tx)
        newest = {key.meeting: self._source.meetings.state(key.meeting).epoch for key in sent}
        for meeting in sorted(outgrown(sent, newest=newest, rooms=self._rooms())):
            _LOG.warning("%s gets a new epoch: a device without a right to it has the newest key", meeting)
            self._source.meetings.start_epoch(meeting, now=self._clock.now())

    def _rooms(self) -> Mapping[DeviceId, RoomId]:
        return {device.id: device.place.room for device in self._fleet.approved() if device.place is not None}
