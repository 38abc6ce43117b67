"""Updates of a seat (W176): what may not be installed is refused with its reason, a good one stays, a bad one goes.

Rules: as ``test_first_start.py``, whose computer this is. The bundle is fetched inside by the agent's own user, and
asked for as the agent asks; what the agent makes of it is in ``tests/unit/edge/test_updates.py``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware_scripts import bundle, recipe
from firmware_scripts.bundle import About, Signer
from firmware_scripts.disk import Parts
from tests.image.computer import Computer
from tests.image.conftest import EDITION, NEXT, START_S, TARGET, Made
from tests.image.house import House
from tests.image.inside import AGENT, await_well, counter, ordered, restarted, running, slots
from tests.support.poll import until
from tests.support.releases import make_signer

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(2400),
]

GOOD = About(recipe.compatible(TARGET), NEXT.version, NEXT.minimum, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))


@pytest.fixture(scope="module")
def well(seat: Computer, house: House) -> None:
    await_well(seat, house)


def small(folder: Path, about: About, signer: Signer, *, kernel: bytes = b"kernel", root: bytes = b"root") -> Path:
    """A bundle of two partitions that are none."""
    folder.mkdir()
    for name, content in (("kernel", kernel), ("root", root), ("bill", b"{}")):
        (folder / name).write_bytes(content * 1000)
    parts = Parts(folder / "boot", folder / "kernel", folder / "root")
    out, draft = folder / f"{folder.name}.raucb", folder / "draft"
    return bundle.write(parts, about, signer, out, draft, listed=folder / "bill", epoch=NEXT.epoch)


def tampered(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


REFUSED: dict[str, tuple[str, dict[str, Any], Callable[[Path], None] | None]] = {
    "wrong-device": ("wrong-device", {"compatible": "phonghop-seat-arm64"}, None),
    "older": ("too-old", {"version": "20241231.235959"}, None),
    "expired": ("expired", {"expires": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, None),
    "tampered": ("tampered", {}, tampered),
    "truncated": ("truncated", {}, cut),
}


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("name", REFUSED)
def test_W176_what_may_not_be_installed_is_refused_with_its_reason(
    seat: Computer, made: Made, given: tuple[Path, int], tmp_path: Path, name: str
) -> None:
    reason, changed, spoil = REFUSED[name]
    file = small(tmp_path / name, dataclasses.replace(GOOD, **changed), made.signer)
    if spoil is not None:
        spoil(file)
    before = counter(seat)
    refused = {"request": f"a-{name}", "state": "failed", "done": 0, "reason": reason}
    assert ordered(seat, given, file, f"a-{name}") == refused
    assert counter(seat) == before


@pytest.mark.usefixtures("well")
def test_W176_anybody_elses_signature_is_refused(seat: Computer, given: tuple[Path, int], tmp_path: Path) -> None:
    stranger, _ = make_signer(tmp_path / "stranger")
    file = small(tmp_path / "foreign", GOOD, stranger)
    assert ordered(seat, given, file, "a-foreign")["reason"] == "signature"


@pytest.mark.usefixtures("well")
def test_nobody_else_may_ask_for_an_installation(seat: Computer) -> None:
    """RAUC's own policy lets everybody."""
    said = seat.run(f"{AGENT} rauc install /var/lib/phonghop-seat/updates/bundle 2>&1; echo $?")
    assert said.split()[-1] != "0"
    heard = "journalctl -t dbus-daemon --no-pager | grep -c 'Rejected send message.*uid=790.*de.pengutronix.rauc'"
    assert int(seat.run(heard)) > 0, said


@pytest.mark.usefixtures("well")
def test_W177_a_new_image_that_never_gets_well_gives_way_to_the_old_one(
    seat: Computer, house: House, made: Made, given: tuple[Path, int]
) -> None:
    assert running(seat) == EDITION.version
    assert ordered(seat, given, made.bundle, "a-next")["state"] == "installed"
    assert slots(seat) == ("B A", "3", "3", "B")
    # Without its server it cannot find itself well, and starts again when its time is over.
    seat.wire(plugged=False)
    restarted(seat, "systemctl reboot")
    for left in ("2", "1", "0"):
        assert (running(seat), counter(seat)["B_LEFT"]) == (NEXT.version, left)
        restarted(seat, "systemctl start phonghop-trial")
    assert running(seat) == EDITION.version, "by itself"
    seat.wire(plugged=True)
    until(lambda: slots(seat) == ("A B", "3", "0", ""), timeout_s=START_S, every_s=2, what="the old one is well")
    until(house.is_online, timeout_s=START_S, every_s=2, what="it is back")


def test_W177_a_new_image_that_is_well_stays(seat: Computer, house: House) -> None:
    """What was installed is tried once more, as RAUC says it to the boot loader at the end of an installation."""
    seat.run("/usr/lib/phonghop/boot-slot set-primary B")
    assert slots(seat) == ("B A", "3", "3", "B")
    restarted(seat, "systemctl reboot")
    assert running(seat) == NEXT.version
    until(lambda: slots(seat) == ("B A", "3", "3", ""), timeout_s=START_S, every_s=2, what="it is found well")
    assert counter(seat)["FLOOR"] == NEXT.minimum == EDITION.version
    until(house.is_online, timeout_s=START_S, every_s=2, what="it is back")
    assert house.devices()[0]["state"] == "approved", "it is the same seat"


def test_W177_what_cannot_even_be_loaded_is_tried_once(
    seat: Computer, made: Made, given: tuple[Path, int], tmp_path: Path
) -> None:
    later = dataclasses.replace(GOOD, version="20991231.0", minimum="20991231.0")
    file = small(tmp_path / "dead", later, made.signer)
    assert ordered(seat, given, file, "a-dead")["state"] == "installed"
    assert slots(seat) == ("A B", "3", "3", "A")
    restarted(seat, "systemctl reboot")
    assert running(seat) == NEXT.version, "it runs again by itself"
    until(lambda: slots(seat) == ("B A", "0", "3", ""), timeout_s=START_S, every_s=2, what="it is found well")
    assert counter(seat)["FLOOR"] == EDITION.version, "what never ran asks for nothing"
