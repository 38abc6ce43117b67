"""Challenges that wait for a token's signature (W53, W54).

Rules: they live in the memory of this process and nowhere else. That is the safe side: what a restart forgets cannot be
used any more, the person tries again and is asked for nothing new but the PIN; a table would have to be written at
every knock of every device, and could be read by whoever reads the database. It needs one process to serve the room,
which is how the server runs. One challenge a device, so their number is bounded by the devices that were approved; of
bridges on people's PCs, which nobody approves, ``most`` are kept. A challenge is out of the memory before anything else
about a try is looked at.

Usage::

    given = challenges.give(Place(device, seat, meeting))
    given = challenges.take(challenge, Place(device, seat, meeting))     # raises ChallengeUnknown, …
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Final

from server.clock import Clock
from server.tokens.errors import ChallengeElsewhere, ChallengeExpired, ChallengeUnknown
from server.tokens.model import Given, Place
from wire import ids
from wire.proof import LIFE_S, NONCE_BYTES


class Challenges:
    """For all threads. ``random`` gives that many random bytes."""

    def __init__(self, clock: Clock, random: Callable[[int], bytes], *, most: int | None = None) -> None:
        self._clock: Final = clock
        self._most: Final = most
        self._random: Final = random
        self._lock: Final = threading.Lock()
        #: by device: the challenge, and until when it is good by the clock that nobody moves
        self._waiting: dict[str, tuple[Given, float]] = {}

    def give(self, place: Place) -> Given:
        """A new challenge for a device, in place of the one before."""
        moment = self._clock.now() + dt.timedelta(seconds=LIFE_S)
        # As it will travel: milliseconds, or the two sides would write down different moments.
        expires_at = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        challenge = ids.new("c", self._random(ids.RANDOM_BYTES))
        given = Given(challenge, self._random(NONCE_BYTES), place, expires_at)
        with self._lock:
            self._waiting.pop(place.device, None)
            self._waiting[place.device] = (given, self._clock.monotonic_s() + LIFE_S)
            if self._most is not None and len(self._waiting) > self._most:
                del self._waiting[next(iter(self._waiting))]
        return given

    def take(self, challenge: str, place: Place) -> Given:
        """The challenge, which is used up now; raises ChallengeUnknown, ChallengeExpired, ChallengeElsewhere."""
        with self._lock:
            owner = next((name for name, (given, _) in self._waiting.items() if given.challenge == challenge), None)
            if owner is None:
                raise ChallengeUnknown
            if owner != place.device:
                # Not taken: nobody spoils what waits for another.
                raise ChallengeElsewhere
            given, until_s = self._waiting.pop(owner)
        if given.place != place:
            raise ChallengeElsewhere
        if self._clock.monotonic_s() >= until_s:
            raise ChallengeExpired
        return given
