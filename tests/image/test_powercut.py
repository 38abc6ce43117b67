"""The power goes at seeded moments of a first start, an update and a paper that comes: the seat always runs again.

Rules: the moments are of a real record, every write of one seat's disk with its flushes (tests/image/story.py). A disk
is made as the cut would have left it: what a flush has answered is there, what came after it is, or is not, or in part
(tests/image/disk_log.py). Then a computer really starts from it, in the house that goes on meanwhile. It has to run one
of two whole images, to the byte; its store is mounted; the server has welcomed it, and its vault has opened or was made
anew; it is well, and its slot has its tries back; its paper is there or comes again; nothing has failed. One that was
cut before it had its certificate may show its code instead. Each is one line in ``test-results/image/powercuts.txt``;
its number is its seed, and a number that stands there is not done again. ``PHONGHOP_TEST_POWERCUTS``: how many: ``make
test-powercut``.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from firmware_scripts.errors import FirmwareError
from tests.image import story
from tests.image.computer import Computer
from tests.image.conftest import EDITION, NEXT, PICTURES, Made
from tests.image.disk_log import Cut
from tests.image.house import House
from tests.image.story import Digests, Story

CUTS = int(os.environ.get("PHONGHOP_TEST_POWERCUTS", "0"))
#: ``1/2``: of every two numbers the first, where two processes share them; each has a house and a record of its own.
SHARE, OF = (int(part) for part in os.environ.get("PHONGHOP_TEST_POWERCUTS_SHARE", "1/1").split("/"))
pytestmark = [
    pytest.mark.skipif("not CUTS", reason="starts an image after many power cuts: make test-powercut"),
    pytest.mark.timeout(3600 + CUTS * 600),
]
TOLD = PICTURES / "powercuts.txt"
#: How often each scene is cut: most goes wrong where most is written.
SHARES = ("enrol", "update", "update", "paper")
#: A disk that did not come back is kept to be looked at; more of them fill the machine.
KEPT = 2
#: How often any write is as good as any other.
_ANY = 0.5
_WORDS = 1500


def test_E5_a_seat_whose_power_goes_at_any_moment_comes_back(
    made: Made, house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    left = [number for number in range(SHARE, CUTS + 1, OF) if number not in done()]
    if left:
        folder = tmp_path_factory.mktemp("story")
        record = story.play(made, house, folder)
        images = story.known(made.image, made.bundle, (EDITION.version, NEXT.version))
        assert story.is_whole(made.image, "A", images[EDITION.version])
        table = Table(record, house, images, folder, {scene: begun(record, scene, folder) for scene in record.scenes})
        for number in left:
            tell(number, table.cut(SHARES[number % len(SHARES)], number))
    assert [line for line in TOLD.read_text(encoding="utf-8").splitlines() if "FAILED" in line] == []


def done() -> set[int]:
    """The numbers that were told of."""
    lines = TOLD.read_text(encoding="utf-8").splitlines() if TOLD.exists() else []
    return {int(line.split()[0]) for line in lines}


def tell(number: int, found: str) -> None:
    with TOLD.open("a", encoding="utf-8") as told:
        told.write(f"{number:4} {found}\n")


def begun(record: Story, scene: str, folder: Path) -> Path:
    """The disk as the scene begins."""
    disk = folder / f"{scene}.img"
    story.copied(record.start, disk)
    first, _ = record.scenes[scene]
    Cut.at(record.entries, first=0, moment=first, chance=Random(0)).put(record.log, disk)
    return disk


def moment(record: Story, scene: str, chance: Random) -> int:
    """Any of its writes, or, every other time, one between any two flushes: most writes are of long files."""
    first, last = record.scenes[scene]
    flushes = [number for number in range(first, last) if record.entries[number].is_flush]
    if chance.random() < _ANY:
        return chance.randrange(first, last) + 1
    which = chance.randrange(len(flushes))
    return chance.randrange(flushes[which - 1] if which else first, flushes[which]) + 1


@dataclass(frozen=True, slots=True)
class Table:
    """Where disks are cut; ``disks``: as each scene begins, ``images``: what may run."""

    record: Story
    house: House
    images: dict[str, Digests]
    folder: Path
    disks: dict[str, Path]

    def cut(self, scene: str, number: int) -> str:
        """What came of one, in a line."""
        chance = Random(number)  # to be had again
        first, last = self.record.scenes[scene]
        at = moment(self.record, scene, chance)
        left = Cut.at(self.record.entries, first=first, moment=at, chance=chance)
        what = f"{scene:6} at {at - first:5} of {last - first:5}: of {left.open:4} writes"
        what += f" {left.lost:3} lost, {left.torn:3} torn"
        place = self.folder / "cut"
        place.mkdir()
        disk = place / "cut.img"
        try:
            story.copied(self.disks[scene], disk)
            left.put(self.record.log, disk)
            began = time.monotonic()
            return f"{what}: {self.started(scene, disk, place)}, {time.monotonic() - began:.0f} s"
        except (AssertionError, FirmwareError, OSError) as wrong:
            if len(list(PICTURES.glob("powercut-*"))) < KEPT:
                shutil.copytree(place, PICTURES / f"powercut-{number}", ignore=shutil.ignore_patterns("qmp", "look"))
            return f"{what}: FAILED {' '.join(str(wrong).split())[:_WORDS]}"
        finally:
            shutil.rmtree(place)

    def started(self, scene: str, disk: Path, place: Path) -> str:
        """What runs afterwards; raises AssertionError for anything but a seat that runs."""
        with Computer(disk, place, looked_into=True, bare=True) as seat:
            found = story.probe(seat, papers=self.record.papers, device=self.record.device)
        told = json.dumps(found)
        where = f"slot {found['slot']}, {found['version']}, {found['state']}"
        assert found["version"] in self.images, told
        assert story.is_whole(disk, found["slot"], self.images[found["version"]]), f"{where}: not as it was signed"
        assert "rw" in found["store"].split(","), told
        assert found["failed"] == "", told
        if found["code"]:
            assert scene == "enrol", told
            assert found["code"] in {device["code"] for device in self.house.devices()}, told
            return where
        assert (found["state"], found["device"]) == ("welcome", self.record.device), told
        assert found["good"], told
        assert found["counter"][f"{found['slot']}_LEFT"] == "3", told
        assert tuple(found["papers"]) == self.record.papers, told
        assert found["vault"], told
        return f"{where}, vault {found['vault'][-1]}"
