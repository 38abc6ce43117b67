"""What the tests of updates ask of a computer inside: as root over its line, and as the agent's own user."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.image.computer import HOST, Computer
from tests.image.conftest import SEEN_S, START_S
from tests.image.house import House
from tests.support.poll import until

#: Writing four hundred MiB, each block of it checked, in an imitated computer.
INSTALL_S: Final = 600.0
AGENT: Final = "setpriv --reuid phonghop-seat --regid phonghop-seat --clear-groups"
_FETCH: Final = """
import os, shutil, urllib.request
folder = "/var/lib/phonghop-seat/updates"
os.makedirs(folder, exist_ok=True)
with urllib.request.urlopen("{url}") as come, open(folder + "/bundle", "wb") as kept:
    shutil.copyfileobj(come, kept, 1 << 20)
print("fetched")
"""


#: The screen is left out of the starts that follow, by the kernel's own words: a seat that draws nothing is never well.
_WORDS: Final = """
import sys
sys.path.insert(0, "/usr/lib/phonghop")
import counter
counter.change(lambda found: found | dict(EXTRA=found["EXTRA"].replace({gone!r}, "") + {more!r}))
"""
_NO_SCREEN: Final = " systemd.mask=phonghop-kiosk.service systemd.mask=phonghop-screen.path"


def await_well(seat: Computer, house: House) -> None:
    """Admitted and well, whatever ran before."""
    until(house.devices, timeout_s=START_S, every_s=2, what="a device asks")
    if house.devices()[0]["state"] == "pending":
        house.admit()
    until(lambda: is_well(seat), timeout_s=START_S, every_s=2, what="the slot that runs has its tries")


def is_well(seat: Computer) -> bool:
    """Whether the slot that runs has found itself well since it was started, and no other is to be tried."""
    return "there" in seat.run("ls /run/phonghop-boot/good && echo there", timeout_s=START_S) and (
        counter(seat).get("NEW", "") == ""
    )


@contextmanager
def without_screen(seat: Computer) -> Iterator[None]:
    """The starts in between have none."""
    inside(seat, _WORDS.format(gone=_NO_SCREEN, more=_NO_SCREEN))
    yield
    inside(seat, _WORDS.format(gone=_NO_SCREEN, more=""))


def inside(seat: Computer, program: str, *, timeout_s: float = SEEN_S, who: str = "") -> str:
    """What a program of the seat's Python says."""
    packed = base64.b64encode(program.encode()).decode()
    return seat.run(f"{who} python3 -Ic \"exec(__import__('base64').b64decode('{packed}'))\"", timeout_s=timeout_s)


def restarted(seat: Computer, command: str) -> None:
    """A command that ends with another start, and that start as far as all its units."""
    seat.restarts(command)
    has_started(seat)


def has_started(seat: Computer) -> None:
    """All its units are up."""
    up = "systemctl is-active multi-user.target"
    until(
        lambda: seat.run(up, timeout_s=START_S).strip() == "active", timeout_s=START_S, every_s=1, what="it has started"
    )


def counter(seat: Computer) -> dict[str, str]:
    """The boot loader's variables."""
    said = seat.run("grep -a = /boot/state.env | tr -d '#'", timeout_s=START_S)
    return dict(line.split("=", 1) for line in said.splitlines())


def slots(seat: Computer) -> tuple[str, str, str, str]:
    """The order, the tries of both, and which is new."""
    found = counter(seat)
    return found["ORDER"], found["A_LEFT"], found["B_LEFT"], found.get("NEW", "")


def slot(seat: Computer) -> str:
    """The slot that runs."""
    return seat.run("cat /run/phonghop-boot/slot", timeout_s=START_S).strip()


def running(seat: Computer) -> str:
    """The version that runs, after any start that goes on."""
    return seat.run("sed -n s/^IMAGE_VERSION=//p /etc/os-release", timeout_s=START_S).strip()


def fetched(seat: Computer, given: tuple[Path, int], file: Path) -> None:
    """A bundle lies where the agent lays it."""
    folder, port = given
    if not (folder / file.name).exists():
        (folder / file.name).symlink_to(file)
    said = inside(seat, _FETCH.format(url=f"http://{HOST}:{port}/{file.name}"), who=AGENT)
    assert said.strip() == "fetched", said


def ordered(seat: Computer, given: tuple[Path, int], file: Path, request: str) -> dict[str, Any]:
    """Fetched, asked for, and what came of it."""
    fetched(seat, given, file)
    seat.run(f"{AGENT} sh -c 'printf {request} >/run/phonghop-seat/install'")
    found: dict[str, Any] = {}

    def ended() -> bool:
        said = seat.run("cat /run/phonghop-update/outcome 2>/dev/null || echo '{}'")
        found.update(json.loads(said))
        return found.get("request") == request and found["state"] != "installing"

    until(ended, timeout_s=INSTALL_S, every_s=1, what="the installation has ended")
    return found
