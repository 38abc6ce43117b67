"""The plug is pulled at seeded moments, in starts, installations and while a paper comes: the seat always comes back.

Rules: one card for all cuts, so what one left behind meets the next. Moments come from a seed (``PHONGHOP_TEST_SEED``),
the number from ``PHONGHOP_TEST_POWERCUTS``; each cut is told with what was found after it, in
``test-results/image/powercuts.txt``. After a cut the seat runs a whole image of the two, its store is mounted, its
agent is up and nothing has failed; at the end it is the same seat, well, with its paper: ``make test-powercut``.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.image.computer import Computer
from tests.image.conftest import EDITION, NEXT, PICTURES, SEEN_S, START_S, Made
from tests.image.house import House
from tests.image.inside import AGENT, await_well, counter, fetched, running
from tests.support.poll import until

CUTS = int(os.environ.get("PHONGHOP_TEST_POWERCUTS", "0"))
pytestmark = [
    pytest.mark.skipif("not CUTS", reason="pulls the plug of an image many times: make test-powercut"),
    pytest.mark.timeout(600 + CUTS * 600),
]

#: How long after the beginning of it the plug is pulled at most: about as long as each takes in an imitated computer.
WITHIN_S = {"start": 40.0, "install": 70.0, "paper": 60.0}
_FAILED = "systemctl --failed --no-legend --plain"
_STORE = "findmnt -no OPTIONS /var/lib/phonghop-seat"


def test_E5_a_plug_that_is_pulled_at_any_moment_leaves_a_seat_that_runs(
    seat: Computer, house: House, made: Made, given: tuple[Path, int]
) -> None:
    chance = random.Random(int(os.environ.get("PHONGHOP_TEST_SEED", "1")))
    await_well(seat, house)
    house.meet()
    until(house.delivered, timeout_s=SEEN_S, every_s=2, what="the paper is at the seat")
    fetched(seat, given, made.bundle)
    for number in range(1, CUTS + 1):
        what = chance.choice(("start", "install", "install", "paper"))
        after_s = chance.uniform(0.0, WITHIN_S[what])
        begin(seat, what, number)
        time.sleep(after_s)
        seat.unplug_power()
        seat.plug_power()
        found = looked_at(seat)
        with (PICTURES / "powercuts.txt").open("a", encoding="utf-8") as told:
            told.write(f"{number:4} {what:8} after {after_s:5.1f} s: {found}\n")
    until(house.is_online, timeout_s=START_S, every_s=2, what="it is back")
    until(lambda: well(seat), timeout_s=START_S, every_s=2, what="the slot that runs has its tries")
    assert [device["state"] for device in house.devices()] == ["approved"], "the same seat, and no other"
    until(house.delivered, timeout_s=SEEN_S, every_s=2, what="its paper is there, or came again")


def begin(seat: Computer, what: str, number: int) -> None:
    """What is to be cut."""
    if what == "install":
        seat.run(f"{AGENT} sh -c 'printf a-cut{number} >/run/phonghop-seat/install'")
    elif what == "paper":
        # Every paper comes again, as to a seat whose card has lost them.
        seat.run("systemctl stop phonghop-seat; rm -rf /var/lib/phonghop-seat/papers; systemctl start phonghop-seat")
    else:
        seat.unplug_power()
        seat.plug_power()


def looked_at(seat: Computer) -> str:
    """What runs after a cut; raises AssertionError for anything but a seat that runs."""
    until(
        lambda: seat.run("systemctl is-active multi-user.target", timeout_s=START_S).strip() == "active",
        timeout_s=START_S,
        every_s=1,
        what="it has started",
    )
    version, state = running(seat), counter(seat)
    assert version in {EDITION.version, NEXT.version}
    assert "rw" in seat.run(_STORE).split(",")
    until(
        lambda: seat.run("systemctl is-active phonghop-seat").strip() == "active",
        timeout_s=SEEN_S,
        every_s=1,
        what="the agent is up",
    )
    assert seat.run(_FAILED).strip() == ""
    slot = seat.run("cat /run/phonghop-boot/slot").strip()
    return f"slot {slot}, {version}, order {state['ORDER']}, tries {state['A_LEFT']} and {state['B_LEFT']}"


def well(seat: Computer) -> bool:
    slot = seat.run("cat /run/phonghop-boot/slot", timeout_s=START_S).strip()
    return counter(seat)[f"{slot}_LEFT"] == "3"
