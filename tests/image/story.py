"""What a seat writes to its disk from the box to a paper, kept write by write: the record that power cuts are made of.

Rules: one computer, one disk, one log, and scenes one after another; each ends with a flush of all. The screen is not
started: a browser writes nothing to the disk and takes most of a start. Its word that a page was drawn comes from the
probe, so the seat finds itself well, and root gives the slot its tries back. The meeting with its paper is the last
scene and stays open: whichever moment a disk is put back to, its paper has to come, or to be there.

Usage::

    story = play(made, house, folder)
    story.scenes["update"]            # numbers of the first entry and of the one after its last
"""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from firmware_scripts import recipe
from firmware_scripts.provision import partition_offset
from tests.image import disk_log
from tests.image.computer import DISK_BYTES, Computer
from tests.image.conftest import NEXT, SEEN_S, START_S, Made
from tests.image.disk_log import Entry
from tests.image.house import PLACED, PLAIN, House
from tests.image.inside import INSTALL_S, inside
from tests.support.poll import until

#: What has no part in what is written, or in what is asked afterwards.
_LEFT_OUT: Final = (
    "phonghop-kiosk.service", "phonghop-screen.path", "phonghop-panel.path", "usbguard.service",
    "systemd-logind.service", "systemd-resolved.service", "nftables.service",
)  # fmt: skip
#: Without a screen, and saying no more on the console than what is wrong.
WORDS: Final = ("console=ttyS0,115200", PLAIN, PLACED, *(f"systemd.mask={unit}" for unit in _LEFT_OUT))
#: Numbers of each slot's partitions: its kernel, its root (firmware_scripts/disk.py; root-B is made by the seat).
SLOTS: Final = {"A": (2, 4), "B": (3, 5)}
#: Where a squashfs says how long it is (Documentation/filesystems/squashfs.rst, "bytes_used").
_USED_AT: Final = 40
#: Until the seat is what it says; drawn for it, as its page would.
_PROBE: Final = """
import glob, hashlib, json, os, re, subprocess, time, urllib.request

STORE = "/var/lib/phonghop-seat"

def asked():
    home, secret = open("/run/phonghop-seat/kiosk.url").read().strip().split("/#kiosk=")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    kind = {"Content-Type": "application/json"}
    browser.open(urllib.request.Request(home + "/api/kiosk", json.dumps({"secret": secret}).encode(), kind), timeout=30)
    found = json.load(browser.open(home + "/api/seat", timeout=30))
    drawn = urllib.request.Request(home + "/api/painted", b"", {"X-Seat-Token": found["token"]}, method="POST")
    browser.open(drawn, timeout=30)
    return found["seat"]

def digest(file):
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

def said(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True).stdout.strip()

until, wanted, known = time.monotonic() + %(patience)d, %(papers)r, %(device)r
while True:
    try:
        seat = asked()
    except (OSError, ValueError) as wrong:
        seat = {"state": repr(wrong), "code": "", "device": ""}
    papers = []
    for file in glob.glob(STORE + "/**/papers/*.ct", recursive=True):
        try:
            papers.append(digest(file))
        except OSError:
            pass
    found = {
        "state": seat["state"], "code": seat["code"], "device": seat["device"], "papers": sorted(papers),
        "good": os.path.exists("/run/phonghop-boot/good"), "slot": open("/run/phonghop-boot/slot").read().strip(),
    }
    there = seat["state"] in ("waiting", "welcome") and found["good"] and (wanted is None or found["papers"] == wanted)
    stranger = seat["code"] and known and seat["device"] != known
    if there or stranger or time.monotonic() > until:
        break
    time.sleep(1)
with open("/boot/state.env", "rb") as file:
    counter = file.read().partition(b"\\0")[0].decode().rstrip("#")
found["counter"] = dict(line.split("=", 1) for line in counter.split("\\n") if "=" in line and line[0] != "#")
found["version"] = said("sed", "-n", "s/^IMAGE_VERSION=//p", "/etc/os-release")
found["failed"] = said("systemctl", "--failed", "--no-legend", "--plain")
found["store"] = said("findmnt", "-no", "OPTIONS", STORE)
vault = said(*"journalctl -b -u phonghop-vault -o cat --no-pager".split())
found["vault"] = re.findall("^vault: (opened(?: mended)?|made [a-z]+)$", vault, re.M)
print(json.dumps(found))
"""


@dataclass(slots=True)
class Story:
    """``start`` is the disk before anything was written, ``papers`` the digests of what a seat holds at the end."""

    start: Path
    log: Path
    device: str = ""
    papers: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    scenes: dict[str, tuple[int, int]] = field(default_factory=dict)


def play(made: Made, house: House, folder: Path) -> Story:
    """The whole of it; minutes."""
    start = new_disk(made, house, folder / "start.img")
    story = Story(start, folder / "writes.log")
    house.believe(made.authority)
    with Computer(start, folder / "told", looked_into=True, log=story.log, bare=True) as seat:
        with scene(story, "enrol", seat):
            until(house.devices, timeout_s=START_S, every_s=1, what="a device asks")
            house.admit()
            story.device = house.devices()[0]["id"]
            assert probe(seat)["good"]
        with scene(story, "update", seat):
            house.roll_out(made.bundle)
            until(lambda: runs(house) == NEXT.version, timeout_s=INSTALL_S, every_s=1, what="it runs the new image")
            seat.starts_again()
            found = probe(seat)
            assert found["good"], found
            until(lambda: house.rollout()["state"] == "done", timeout_s=SEEN_S, every_s=1, what="the roll-out is done")
        with scene(story, "paper", seat):
            house.meet()
            until(house.delivered, timeout_s=SEEN_S, every_s=1, what="the paper is at the seat")
            story.papers = tuple(probe(seat)["papers"])
            assert story.papers
    story.entries = disk_log.read(story.log)
    return story


def new_disk(made: Made, house: House, out: Path) -> Path:
    """The image on a card, told its house."""
    copied(made.image, out)
    with out.open("r+b") as file:
        file.truncate(DISK_BYTES)
    house.provision(out, updates_ca=made.authority, words=WORDS)
    return out


def copied(disk: Path, out: Path) -> None:
    """Without what is empty on it."""
    subprocess.run(["cp", "--sparse=always", disk, out], check=True)


@contextmanager
def scene(story: Story, name: str, seat: Computer) -> Iterator[None]:
    """What is written meanwhile."""
    first = max((last for _, last in story.scenes.values()), default=0)
    yield
    seat.run("sync", timeout_s=START_S)
    entries = disk_log.read(story.log)
    last = disk_log.durable(entries, before=len(entries))
    assert last > first, f"{name}: nothing was written to the disk"
    story.scenes[name] = first, last


def runs(house: House) -> str:
    """The version that the one device says it runs; raises AssertionError for a roll-out that has stopped."""
    found = house.rollout()
    assert found["state"] != "stopped", found
    return str(found["terminals"][0]["image"])


def probe(
    seat: Computer, *, papers: tuple[str, ...] | None = None, device: str = "", patience_s: float = START_S
) -> dict[str, Any]:
    """How a seat is once it is well and holds ``papers``, or is another than ``device``, or time is over."""
    wanted = None if papers is None else sorted(papers)
    program = _PROBE % {"patience": patience_s, "papers": wanted, "device": device}
    said = inside(seat, program, timeout_s=patience_s + START_S)
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        raise AssertionError(said) from None
    return found


Digests = tuple[tuple[int, str], tuple[int, str]]


def known(image: Path, bundle: Path, versions: tuple[str, str]) -> dict[str, Digests]:
    """Version → size and digest of its kernel and its root: of the image, and of the bundle by its signed manifest."""
    kernel, root = (partition_offset(image, number) for number in SLOTS["A"])
    with image.open("rb") as file:
        file.seek(root + _USED_AT)
        used = int.from_bytes(file.read(8), "little")
    first = tuple((size, _digest(image, at, size)) for at, size in ((kernel, recipe.KERNEL_BYTES), (root, used)))
    with bundle.open("rb") as file:
        end = file.seek(-8, os.SEEK_END)
        length = int.from_bytes(file.read(8), "big")
        file.seek(end - length)
        signed = file.read(length)
    said = subprocess.run(
        ["openssl", "cms", "-verify", "-noverify", "-inform", "DER"], input=signed, capture_output=True, check=True
    ).stdout.decode()
    manifest = configparser.ConfigParser()
    manifest.read_string(said)
    parts = (manifest["image.kernel"], manifest["image.root"])
    return {
        versions[0]: cast("Digests", first),
        versions[1]: cast("Digests", tuple((int(part["size"]), part["sha256"]) for part in parts)),
    }


def is_whole(disk: Path, slot: str, digests: Digests) -> bool:
    """Whether both partitions of a slot hold, to the byte, what they are to hold."""
    return all(
        _digest(disk, partition_offset(disk, number), size) == digest
        for number, (size, digest) in zip(SLOTS[slot], digests, strict=True)
    )


def _digest(disk: Path, offset: int, size: int) -> str:
    found = hashlib.sha256()
    with disk.open("rb") as file:
        file.seek(offset)
        while size > 0 and (piece := file.read(min(1 << 20, size))):
            found.update(piece)
            size -= len(piece)
    return found.hexdigest()
