"""Acts of many seats at the same moment, with one commit for all of a kind and meeting.

Rules W28: every check that an act meets alone (``acts.py``) it meets here, against what one look at the database gave
for all of them. Answered are the acts that were performed just now and those that were performed before; whatever is
anything but plain – a refusal, a key that is used twice, a fault of the database – is left to be performed alone, where
it is judged anew. Nothing is answered before it is durable, and no act takes another one with it. A kind and meeting
for which the database is away is tried again by its seats; what was committed for the others is answered.

Usage::

    outcomes = gathered.perform_all([SentAct(act, "d-…", "s-…"), …], now=now)     # None: perform it alone
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from server.errors import ServerError, Unavailable
from server.idempotency.ports import ActLedger, DoneAct
from server.idempotency.service import ActKey
from server.meetings.acts import key_of, outcome_of
from server.meetings.ports import TRY_AGAIN, ActTogether, Outcome, People, Seated, SentAct
from server.meetings.service import MeetingService
from server.unit import UnitOfWork
from wire.errors import WireError
from wire.fields import Fields
from wire.ids import MeetingId
from wire.messages import Act

_LOG: Final = logging.getLogger("meetings")
#: the place of an act among all, how it is read and who acts
_Ready: TypeAlias = tuple[int, Fields, Seated]
T = TypeVar("T")


class GatheredActs:
    """The ``GatheredHandler``; ``kinds``: what performs all acts of a kind in one meeting."""

    def __init__(
        self,
        unit: UnitOfWork,
        meetings: MeetingService,
        *,
        people: People,
        ledger: ActLedger,
        kinds: Mapping[str, ActTogether],
    ) -> None:
        self._unit: Final = unit
        self._meetings: Final = meetings
        self._people: Final = people
        self._ledger: Final = ledger
        self._kinds: Final = kinds

    def takes(self, act: Act) -> bool:
        """Whether acts of this kind are performed together."""
        return act.kind in self._kinds and act.person is not None

    def perform_all(self, acts: Sequence[SentAct], *, now: dt.datetime) -> list[Outcome | None]:
        """The outcome of each that was performed; see the port."""
        outcomes: list[Outcome | None] = [None] * len(acts)
        keys = [key_of(sent.act, sent.device) for sent in acts]
        with self._unit.read() as tx:
            known = self._ledger.find_all(tx, {key.act for key in keys})
        groups: dict[tuple[MeetingId, str], list[int]] = {}
        seen: set[str] = set()
        for number, (sent, key) in enumerate(zip(acts, keys, strict=True)):
            if key.act in known:
                outcomes[number] = _again(key, known[key.act])
            elif key.act not in seen:
                groups.setdefault((MeetingId(sent.act.meeting), sent.act.kind), []).append(number)
            seen.add(key.act)
        for (meeting, kind), numbers in groups.items():
            try:
                ready = self._ready(meeting, [(number, acts[number], keys[number]) for number in numbers], now)
                answers = self._perform(meeting, kind, ready)
            except Unavailable as exc:
                _LOG.warning("%d acts of %s could not be performed now: %s", len(numbers), meeting, exc)
                outcomes = [TRY_AGAIN if number in numbers else each for number, each in enumerate(outcomes)]
                continue
            for (number, _, _), answer in zip(ready, answers, strict=True):
                outcomes[number] = None if answer is None else outcome_of(answer)
        return outcomes

    def _ready(
        self, meeting: MeetingId, asked: Sequence[tuple[int, SentAct, ActKey]], now: dt.datetime
    ) -> list[_Ready]:
        """Those of the acts whose person sits at that seat of this meeting's room and may act."""
        try:
            state = self._meetings.state(meeting)
            seats = self._meetings.in_room(meeting, {sent.seat for _, sent, _ in asked})
        except Unavailable:
            raise
        except ServerError:
            return []
        people = [sent.act.person for _, sent, _ in asked if sent.act.person is not None]
        enabled, seated = self._people.enabled_of(people, now=now), set(state.seated)
        return [
            (number, Fields(sent.act.data, "act.data"), Seated(meeting, person, sent.seat, sent.device, key, now))
            for number, sent, key in asked
            if (person := sent.act.person) is not None
            and sent.seat in seats
            and person in enabled
            and (person, sent.seat) in seated
        ]

    def _perform(self, meeting: MeetingId, kind: str, ready: Sequence[_Ready]) -> Sequence[dict[str, Any] | None]:
        if not ready:
            return []
        try:
            return self._kinds[kind](meeting, [(data, seated) for _, data, seated in ready])
        except Unavailable:
            raise
        except (ServerError, WireError) as refusal:
            _LOG.info("%d acts of %s are performed one by one: %s", len(ready), meeting, refusal.code)
        except Exception:  # noqa: BLE001 - whichever of them it was: alone it fails alone
            _LOG.exception("%d acts of %s are performed one by one", len(ready), meeting)
        return [None] * len(ready)


def _again(key: ActKey, known: DoneAct) -> Outcome | None:
    return outcome_of(known.answer) if key.names(known) else None


def read_each(acts: Sequence[tuple[Fields, Seated]], read: Callable[[Fields, Seated], T]) -> list[T | None]:
    """What ``read`` makes of each act; None of one that is malformed or refused."""
    return [_read(read, data, seated) for data, seated in acts]


def _read(read: Callable[[Fields, Seated], T], data: Fields, seated: Seated) -> T | None:
    try:
        return read(data, seated)
    except Unavailable:
        raise
    except (ServerError, WireError):
        return None
