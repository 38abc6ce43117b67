"""Challenges for whoever enrols a certificate: what its key must sign, once and soon (G27).

Rules: a challenge names the person and the certificate, is good for ``LIFE_S`` and one try, and lives in the memory of
this process alone: what a restart forgets cannot be used any more. Their number is bounded; the oldest goes first.

Usage::

    given = proving.give(person, facts, by="person:u-…")
    given = proving.take(given.challenge, by="person:u-…")        # raises ProofChallengeUnknown
    Proof(given.message, signature)
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from server.clock import Clock
from server.trust.errors import ProofChallengeUnknown
from server.trust.model import Facts
from wire import canonical, ids
from wire.ids import PersonId

LIFE_S: Final = 300
MAX_WAITING: Final = 1000
NONCE_BYTES: Final = 32
LABEL: Final = b"phonghop/v1/enrol-certificate\0"


@dataclass(frozen=True, slots=True)
class ProvingChallenge:
    """Waits for one signature over ``message``; ``by`` asked for it."""

    challenge: str
    person: PersonId
    certificate: bytes = field(repr=False)
    message: bytes = field(repr=False)
    by: str
    expires_at: dt.datetime


class Proving:
    """For all threads. ``random`` gives that many random bytes."""

    def __init__(self, clock: Clock, random: Callable[[int], bytes], *, site: str) -> None:
        self._clock: Final = clock
        self._random: Final = random
        self._site: Final = site
        self._lock: Final = threading.Lock()
        self._waiting: OrderedDict[str, tuple[ProvingChallenge, float]] = OrderedDict()

    def give(self, person: PersonId, facts: Facts, *, by: str) -> ProvingChallenge:
        """A new challenge for one person and one certificate."""
        challenge = ids.new("a", self._random(ids.RANDOM_BYTES))
        content = {
            "challenge": challenge,
            "nonce": self._random(NONCE_BYTES).hex(),
            "person": person,
            "certificate": facts.fingerprint,
            "server": self._site,
        }
        message = LABEL + canonical.encode(content)
        until = self._clock.now() + dt.timedelta(seconds=LIFE_S)
        given = ProvingChallenge(challenge, person, facts.der, message, by, until)
        with self._lock:
            self._waiting[challenge] = (given, self._clock.monotonic_s() + LIFE_S)
            while len(self._waiting) > MAX_WAITING:
                self._waiting.popitem(last=False)
        return given

    def take(self, challenge: str, *, by: str) -> ProvingChallenge:
        """The challenge, which is used up now; raises ProofChallengeUnknown: never given, used, too late, another's."""
        with self._lock:
            found = self._waiting.get(challenge)
            if found is None or found[0].by != by:
                raise ProofChallengeUnknown
            del self._waiting[challenge]
        if self._clock.monotonic_s() >= found[1]:
            raise ProofChallengeUnknown
        return found[0]
