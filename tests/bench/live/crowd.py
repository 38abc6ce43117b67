"""Many seats in one process and one thread, and what can be ordered of them.

Rules: orders come as lines on the standard input, what was measured goes out as lines; moments are CLOCK_MONOTONIC.
An order is answered when what it waits for is there, or with ``{"failed": …}`` when that takes too long.

Usage: ``python -m tests.bench.live.crowd FACTS PORT FIRST STEP [BARE_ACT_BYTES]``; then ``{"do": "start"}``, …
"""

from __future__ import annotations

import gc
import json
import os
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.bench.live.house import Facts, allow_descriptors
from tests.bench.live.seats import BareSeat, LightSeat, RoomMessages, Seat
from tests.bench.live.wires import Loop

_SETTLE_S: Final = 180.0
_ANSWER_S: Final = 60.0
#: Looking whether all have come costs something too.
_LOOK_NS: Final = 2_000_000


class Crowd:
    """The seats of this process."""

    def __init__(self, loop: Loop, seats: list[Seat], *, first: int, step: int) -> None:
        self._loop: Final = loop
        self._seats: Final = seats
        self._numbers: Final = range(first, first + step * len(seats), step)
        self._pressing: list[Seat] = []

    def start(self) -> dict[str, Any]:
        """Connect all, and wait until each has the key and the log."""
        for seat in self._seats:
            seat.start()
        self._until(lambda: all(seat.is_ready for seat in self._seats), timeout_s=_SETTLE_S, what="all seats")
        # What has been made so far stays; nothing that is measured waits for it to be looked through again.
        gc.collect()
        gc.freeze()
        return {"seats": len(self._seats)}

    def prepare(self, kind: str, data: dict[str, Any], most: int) -> dict[str, Any]:
        """Have the room's first ``most`` seats sign what they are about to send."""
        self._pressing = [seat for number, seat in zip(self._numbers, self._seats, strict=True) if number < most]
        for seat in self._pressing:
            more = {"nonce": os.urandom(32).hex()} if kind == "vote_cast" else {}
            seat.prepare(kind, {**data, **more})
        return {}

    def press(self, begin_ns: int, spread_ns: int, most: int) -> dict[str, Any]:
        """Each sends it once, spread over a time; when each was sent and answered."""
        sent: dict[str, int] = {}
        for number, seat in zip(self._numbers, self._pressing, strict=False):
            self._loop.at(begin_ns + spread_ns * number // most, _press(seat, sent))
        pressing = self._pressing
        self._until(
            lambda: len(sent) == len(pressing) and all(seat.answered_ns for seat in pressing),
            timeout_s=_ANSWER_S,
            what="all answers",
        )
        return {"pressed": [(sent[seat.device], seat.answered_ns[0]) for seat in pressing]}

    def settle(self) -> dict[str, Any]:
        """What the answers were, opened now; each seat was answered once."""
        answers = [seat.settle() for seat in self._pressing]
        return {"outcomes": answers, "twice": sum(len(seat.answered_ns) > 1 for seat in self._pressing)}

    def reached(self, seq: int) -> dict[str, Any]:
        """When each seat had heard of this number."""
        self._until(
            lambda: all(seat.seq >= seq for seat in self._seats), timeout_s=_ANSWER_S, what=f"number {seq} at all seats"
        )
        return {"at": [next(at for got, at in seat.heard_of if got >= seq) for seat in self._seats]}

    def back(self, after_ns: int) -> dict[str, Any]:
        """When each seat was connected and caught up again."""
        self._until(
            lambda: all(seat.caught_up_ns > after_ns for seat in self._seats), timeout_s=_SETTLE_S, what="all are back"
        )
        return {"at": [seat.caught_up_ns for seat in self._seats]}

    def sizes(self) -> dict[str, Any]:
        """Bytes of the last message of each kind."""
        return {"sizes": self._seats[0].sizes, "seq": min(seat.seq for seat in self._seats)}

    def stop(self) -> None:
        """Disconnect all."""
        for seat in self._seats:
            seat.stop()

    def _until(self, found: Callable[[], bool], *, timeout_s: float, what: str) -> None:
        deadline_ns = time.monotonic_ns() + int(timeout_s * 1e9)
        look_ns = 0
        while True:
            now_ns = time.monotonic_ns()
            if now_ns >= look_ns:
                if found():
                    return
                look_ns = now_ns + _LOOK_NS
                assert now_ns < deadline_ns, f"not within {timeout_s:g} s: {what}"
            self._loop.turn()


def _press(seat: Seat, sent: dict[str, int]) -> Callable[[], None]:
    def press() -> None:
        sent[seat.device] = seat.press()

    return press


class Orders:
    """Lines on the standard input, obeyed one after the other while the connections live."""

    def __init__(self, loop: Loop, crowd: Crowd) -> None:
        self._loop: Final = loop
        self._crowd: Final = crowd
        self._text = b""
        self._lines: Final[list[bytes]] = []
        self._ended = False
        loop.watch(sys.stdin.fileno(), select.EPOLLIN, self._read)

    def obey(self) -> None:
        """Until the input ends, or an order to stop."""
        while True:
            while not self._lines and not self._ended:
                self._loop.turn()
            if not self._lines:
                return
            order: dict[str, Any] = json.loads(self._lines.pop(0))
            if order["do"] == "stop":
                return
            sys.stdout.write(json.dumps(self._answer(order)) + "\n")
            sys.stdout.flush()

    def _answer(self, order: dict[str, Any]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = getattr(self._crowd, order.pop("do"))(**order)
        except AssertionError as late:
            return {"failed": str(late)}
        return found

    def _read(self, _events: int) -> None:
        came = os.read(sys.stdin.fileno(), 65536)
        if not came:
            self._ended = True
            self._loop.forget(sys.stdin.fileno())
        *lines, self._text = (self._text + came).split(b"\n")
        self._lines.extend(lines)


def main(facts_file: str, port: str, first: str, step: str, bare: str = "") -> None:
    """Obey until the standard input ends."""
    allow_descriptors()
    facts, loop, room = Facts.read(Path(facts_file)), Loop(), RoomMessages()
    places = facts.places[int(first) :: int(step)]
    seats: list[Seat] = (
        [BareSeat(loop, facts, place, port=int(port), size=int(bare)) for place in places]
        if bare
        else [LightSeat(loop, facts, place, port=int(port), room=room) for place in places]
    )
    crowd = Crowd(loop, seats, first=int(first), step=int(step))
    Orders(loop, crowd).obey()
    crowd.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
