"""A seat out of the box (D1–D3): the image starts in a computer, shows its code, is admitted, and shows a meeting.

Rules: the image is the one that ``make image`` builds; server, broker and proxy are real and on this machine; nobody
types at the computer. Pictures of its screen stay in ``test-results/image``. Minutes long: ``make test-image``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import people
from deploy.demo.papers import build_papers
from firmware_scripts import base, image, provision, recipe
from tests.image.computer import HOST, Computer
from tests.support.poll import until
from tests.support.room_process import FAST, RunningRoom, running_room

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(1500),
]

PICTURES = recipe.ROOT / "test-results" / "image"
START_S = 420.0
#: The seat says on its serial console what its journal holds.
TOLD = (
    "console=ttyS0,115200",
    "systemd.journald.forward_to_console=1",
    "systemd.journald.max_level_console=info",
)
#: A screen that shows a page has more colours than a console or an empty one.
PAGE_COLOURS = 200


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keep = Path(os.environ.get("PHONGHOP_IMAGE_KEEP", recipe.ROOT / "var" / "image"))
    return image.build(recipe.TARGETS["amd64"], keep, tmp_path_factory.mktemp("image"), epoch=base.EPOCH)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    outside = {"public_hosts": f"localhost {HOST}", "mqtt_seat_host": HOST}
    with running_room(tmp_path_factory.mktemp("room"), seats=0, server={**FAST, **outside}) as running:
        yield running


@pytest.fixture(scope="module")
def seat(built: Path, room: RunningRoom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    folder = tmp_path_factory.mktemp("seat")
    own = folder / "seat.img"
    subprocess.run(["cp", "--sparse=always", built, own], check=True)
    provision.provision(
        own,
        server=f"https://{HOST}:{room.room.ports.https}",
        ca_sha256=room.room.ca_sha256(),
        serial="QEMU-01",
        kernel_words=" ".join(TOLD),
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Computer(own, folder) as computer:
        try:
            yield computer
        finally:
            shutil.copy(folder / "console.log", PICTURES / "console.log")


def devices(room: RunningRoom) -> list[dict[str, Any]]:
    with room.sign_in(people.IT) as operator:
        found: list[dict[str, Any]] = operator.get("/api/devices")["devices"]
        return found


def shows_a_page(seat: Computer, name: str) -> bool:
    colours = seat.picture(PICTURES / f"{name}.png").getcolors(1 << 20)
    return colours is not None and len(colours) > PAGE_COLOURS


def test_D1_a_seat_asks_to_be_admitted_and_shows_its_code(seat: Computer, room: RunningRoom) -> None:
    until(lambda: devices(room), timeout_s=START_S, every_s=2, what=f"a device asks\n{seat.said()[-3000:]}")
    assert [(each["state"], each["serial"]) for each in devices(room)] == [("pending", "QEMU-01")]
    until(lambda: shows_a_page(seat, "code"), timeout_s=240, every_s=5, what="the screen shows its page")


def test_D1_D2_it_is_admitted_with_two_clicks_and_takes_its_place(seat: Computer, room: RunningRoom) -> None:
    (device,) = devices(room)
    label = people.TERMINALS[0]
    with room.sign_in(people.IT) as operator:
        body = {"code": device["code"], "seat": room.furnished.seats[label]}
        operator.post(f"/api/devices/{device['id']}/approve", body, step="approve")
    until(lambda: devices(room)[0]["online"], timeout_s=120, every_s=2, what="the seat is there")
    until(lambda: shows_a_page(seat, "welcome"), timeout_s=60, every_s=5, what="the screen greets")


def test_D3_papers_come_to_it_and_outlive_a_plug_that_is_pulled(
    seat: Computer, room: RunningRoom, demo_paper_folder: Path, tmp_path: Path
) -> None:
    room.prepare_meetings(build_papers(demo_paper_folder), demo_paper_folder)

    def complete() -> bool:
        with room.sign_in(people.SECRETARY) as secretary:
            meetings = secretary.get("/api/meetings")["meetings"]
            told = [secretary.get(f"/api/meetings/{each['id']}/delivery") for each in meetings]
        papers = [paper for each in told for paper in each["papers"]]
        return bool(papers) and all(len(paper["complete"]) == 1 for paper in papers)

    until(complete, timeout_s=240, every_s=2, what="every paper is at the seat")
    seat.unplug_power()
    until(lambda: not devices(room)[0]["online"], timeout_s=90, every_s=1, what="it is seen as off")
    seat.plug_power()
    until(lambda: devices(room)[0]["online"], timeout_s=START_S, every_s=2, what="it is back")
    assert complete()
    until(lambda: shows_a_page(seat, "again"), timeout_s=240, every_s=5, what="the screen shows its page again")
