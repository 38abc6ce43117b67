"""Updates of a seat (W176): what may not be installed is refused with its reason, a good one stays, a bad one goes.

Rules: as ``test_first_start.py``, whose computer this is; each test begins with a seat that is well, whichever slot it
runs from, and waits for what lasts. What is refused is fetched inside by the agent's own user and asked for as the
agent asks; the good one comes by an order of the house.
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
from tests.image.inside import (
    AGENT,
    INSTALL_S,
    await_well,
    counter,
    ordered,
    restarted,
    running,
    slot,
    slots,
    without_screen,
)
from tests.image.story import probe, runs
from tests.support.poll import until
from tests.support.releases import make_signer

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(2400),
]

GOOD = About(recipe.compatible(TARGET), NEXT.version, NEXT.minimum, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))


OTHER = {"A": "B", "B": "A"}


@pytest.fixture
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
def test_D5_W177_an_image_that_the_house_rolls_out_is_fetched_tried_and_stays(
    seat: Computer, house: House, made: Made
) -> None:
    """By the server's own order, from the upload to its end."""
    before = slot(seat)
    house.believe(made.authority)
    house.roll_out(made.bundle)
    until(
        lambda: runs(house) == NEXT.version, timeout_s=INSTALL_S + START_S, every_s=2, what="the new image is running"
    )
    seat.starts_again()
    until(lambda: house.rollout()["state"] == "done", timeout_s=START_S, every_s=2, what="the roll-out is done")
    assert house.rollout()["counts"] == {"good": 1}
    assert (slot(seat), running(seat)) == (OTHER[before], NEXT.version)
    assert slots(seat) == (f"{OTHER[before]} {before}", "3", "3", "")
    assert counter(seat)["FLOOR"] == NEXT.minimum == EDITION.version
    assert house.devices()[0]["state"] == "approved", "it is the same seat"
    assert "gone" in seat.run("ls /var/lib/phonghop-seat/updates/bundle || echo gone"), "it needs no room any more"


@pytest.mark.usefixtures("well")
def test_W177_an_image_that_never_gets_well_gives_way_to_the_old_one(seat: Computer) -> None:
    """The other slot's, tried as after an installation: RAUC says the same to the boot loader at the end of one."""
    here = slot(seat)
    with without_screen(seat):
        seat.run(f"/usr/lib/phonghop/boot-slot set-primary {OTHER[here]}")
        assert slots(seat) == (f"{OTHER[here]} {here}", "3", "3", OTHER[here])
        before = len(seat.started_slots())
        restarted(seat, "systemctl reboot")
        while slot(seat) != here:
            # Its time is over.
            restarted(seat, "systemctl start phonghop-trial")
        assert seat.started_slots()[before:] == [*OTHER[here] * 3, here], "three tries, and back by itself"
        assert counter(seat)[f"{OTHER[here]}_LEFT"] == "0"
        assert probe(seat)["good"], "it is back"
    left = {here: "3", OTHER[here]: "0"}
    assert slots(seat) == (f"{here} {OTHER[here]}", left["A"], left["B"], "")


@pytest.mark.usefixtures("well")
def test_W177_what_cannot_even_be_loaded_is_tried_once(
    seat: Computer, made: Made, given: tuple[Path, int], tmp_path: Path
) -> None:
    later = dataclasses.replace(GOOD, version="20991231.0", minimum="20991231.0")
    file = small(tmp_path / "dead", later, made.signer)
    here, version, floor = slot(seat), running(seat), counter(seat).get("FLOOR")
    assert ordered(seat, given, file, "a-dead")["state"] == "installed"
    assert slots(seat) == (f"{OTHER[here]} {here}", "3", "3", OTHER[here])
    with without_screen(seat):
        before = len(seat.started_slots())
        restarted(seat, "systemctl reboot")
        assert (slot(seat), running(seat)) == (here, version), "it runs again by itself"
        assert seat.started_slots()[before:] == [here]
        assert counter(seat)[f"{OTHER[here]}_LEFT"] == "2", "it was tried"
        assert probe(seat)["good"]
    left = {here: "3", OTHER[here]: "0"}
    assert slots(seat) == (f"{here} {OTHER[here]}", left["A"], left["B"], "")
    assert counter(seat).get("FLOOR") == floor, "what never ran asks for nothing"
