"""The image of a Raspberry Pi on the processor of one: it starts, is admitted, receives a paper, draws its page, and
outlives a plug that is pulled.

Rules: as ``test_first_start.py``, in a house of its own; the board is QEMU's (tests/image/board.py), so the whole of
U-Boot's script, the counter, the kernel and the programs are what a Raspberry Pi gets. One story, in this order.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_scripts import image, recipe
from tests.image.board import Board
from tests.image.conftest import EDITION, PICTURES, SEEN_S, START_S
from tests.image.house import SERIAL, House, image_house
from tests.image.house import TOLD as PC_TOLD
from tests.image.test_first_start import DARK, EMPTY, WORDS
from tests.support.poll import until

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="starts an image: make test-image-pi"),
    pytest.mark.timeout(2400),
]

#: The board's serial line.
TOLD = ("console=ttyAMA0,115200", *(word for word in PC_TOLD if not word.startswith("console=")))
#: Painted within so long, by the seat's own word (W170): the room check's measure.
PAINTED_S = 20


@pytest.fixture(scope="module")
def pi_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with image_house(tmp_path_factory.mktemp("pi-house")) as running:
        yield running


@pytest.fixture(scope="module")
def pi(pi_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    keep = Path(os.environ.get("PHONGHOP_IMAGE_KEEP", recipe.ROOT / "var" / "image"))
    folder = tmp_path_factory.mktemp("pi")
    card = image.build(recipe.TARGETS["arm64"], keep, folder, EDITION)
    pi_house.provision(card, words=TOLD)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Board(card, folder) as board:
        try:
            yield board
        finally:
            shutil.copy(folder / "console.log", PICTURES / "console-arm64.log")


def painted(house: House) -> bool:
    """Whether the page draws, by what the seat tells of itself."""
    machine = house.devices()[0]["machine"] or {}
    return machine.get("painted_s") is not None and machine["painted_s"] <= PAINTED_S


def words_on(board: Board, name: str) -> bool:
    shown = board.picture(PICTURES / f"{name}.png").crop((0, 70, 1280, 800))
    return WORDS < sum(shown.convert("L").histogram()[:DARK]) < EMPTY


def test_D1_it_starts_by_u_boot_and_asks_to_be_admitted(pi: Board, pi_house: House) -> None:
    until(pi_house.devices, timeout_s=START_S, every_s=2, what="a device asks")
    assert [(each["state"], each["serial"]) for each in pi_house.devices()] == [("pending", SERIAL)]
    until(lambda: words_on(pi, "arm64-code"), timeout_s=START_S, every_s=3, what="its code is on the screen")


def test_D1_D2_it_is_admitted_and_receives_a_paper(pi: Board, pi_house: House) -> None:
    pi_house.admit()
    until(pi_house.is_online, timeout_s=SEEN_S, every_s=1, what="the seat is there")
    pi_house.meet()
    until(pi_house.delivered, timeout_s=START_S, every_s=2, what="the paper is at the seat")
    until(lambda: painted(pi_house), timeout_s=START_S, every_s=2, what="its page draws")
    assert pi_house.devices()[0]["machine"]["compatible"] == "phonghop-seat-arm64"
    until(lambda: words_on(pi, "arm64-welcome"), timeout_s=SEEN_S, every_s=3, what="the page is on the screen")


def test_D3_a_pulled_plug_costs_a_try_that_it_gets_back(pi: Board, pi_house: House) -> None:
    pi.unplug_power()
    assert pi.counter()["ORDER"] == "A"
    until(lambda: not pi_house.is_online(), timeout_s=90, every_s=1, what="it is seen as off")
    pi.plug_power()
    until(pi_house.is_online, timeout_s=START_S, every_s=2, what="it is back")
    assert pi_house.devices()[0]["state"] == "approved"
    until(lambda: painted(pi_house), timeout_s=START_S, every_s=2, what="its page draws again")

    def given_back() -> bool:
        return "slot A is good" in pi.said()

    until(given_back, timeout_s=START_S, every_s=2, what="the slot is found well")
    pi.unplug_power()
    assert (pi.counter()["A_LEFT"], pi.counter()["ORDER"]) == ("3", "A")
