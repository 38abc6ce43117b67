"""Whether the card service still hears of its USB ports, judged from looks at both: what is plugged in, what it lists.

pcscd 1.9.9 was seen to hear nothing more of its ports after a reader had been pulled out: the next token is in the
port, the kernel knows it, and no reader comes, until the service is started again.

Rules (G67): pure. A device that came is heard of when a reader comes with it or after it: the kernel shows it first.
The service is deaf when for :data:`PATIENCE_S` none did, or when it lists fewer readers than there are devices. While
a token is held it is never called deaf: somebody may be signed in with it. What it says of cards does not count: a
deaf service goes on listing the reader that was pulled out, and the card in it. What is asked for is rare: a rest that
grows after each time that did not help, and for one device :data:`MOST_ASKS` times at all, for a device may be of a
kind that the service does not know. A device is its place and its number there, which the kernel counts up: plugged in
again, it is another.

Usage: `hearing, is_deaf = observe(hearing, Look(devices, readers=1), now_s=…)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

#: A reader is listed within a second of its plug; a slow machine at its start needs some.
PATIENCE_S: Final = 8.0
#: After the first time, the second … that nothing came of.
RESTS_S: Final = (15.0, 60.0, 300.0, 900.0)
MOST_ASKS: Final = 3
_NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class Look:
    """``devices``: the smart card interfaces in USB ports; ``readers``: how many the service lists.

    ``in_use``: a token is held, and answers. ``came``: a reader came since the look before, perhaps under the name of
    one that has just gone.
    """

    devices: frozenset[str]
    readers: int
    in_use: bool = False
    came: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is kept between looks, in seconds of a clock that never goes back."""

    since: Mapping[str, float] = field(default_factory=dict)
    asks: Mapping[str, int] = field(default_factory=dict)
    came_s: float = _NEVER
    quiet_until_s: float = _NEVER
    in_vain: int = 0


def observe(hearing: Hearing, look: Look, *, now_s: float) -> tuple[Hearing, bool]:
    """After a look: what is known now, and whether the service should be started again."""
    since = {device: hearing.since.get(device, now_s) for device in look.devices}
    asks = {device: count for device, count in hearing.asks.items() if device in look.devices}
    came_s = now_s if look.came else hearing.came_s
    in_vain = 0 if look.in_use else hearing.in_vain
    unheard = () if look.in_use else _unheard(since, asks, readers=look.readers, came_s=came_s, now_s=now_s)
    quiet_until_s = hearing.quiet_until_s
    is_due = bool(unheard) and now_s >= quiet_until_s
    if is_due:
        asks |= {device: asks.get(device, 0) + 1 for device in unheard}
        quiet_until_s = now_s + RESTS_S[min(in_vain, len(RESTS_S) - 1)]
        in_vain += 1
    return Hearing(since, asks, came_s, quiet_until_s, in_vain), is_due


def _unheard(
    since: Mapping[str, float], asks: Mapping[str, int], *, readers: int, came_s: float, now_s: float
) -> tuple[str, ...]:
    counted = {device: first_s for device, first_s in since.items() if asks.get(device, 0) < MOST_ASKS}
    too_few = readers < len(counted)
    return tuple(
        device for device, first_s in counted.items() if now_s - first_s >= PATIENCE_S and (too_few or came_s < first_s)
    )
