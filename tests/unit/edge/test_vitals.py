"""How a machine is, read from files as the kernel writes them (W170, D4)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from edge.vitals import Vitals
from tests.support.seats import ManualClock, SeatRoom, TestSeat
from wire.errors import BadField
from wire.fields import Fields
from wire.messages import Machine


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    """A Raspberry Pi that runs our image."""
    write(
        tmp_path,
        proc__meminfo="MemTotal:        1900000 kB\nMemFree:          100000 kB\nMemAvailable:    1048576 kB\n",
        proc__cmdline="phonghop.slot=B rauc.slot=B ro quiet\n",
        sys__class__thermal__thermal_zone0__temp="54321\n",
        sys__class__thermal__thermal_zone1__temp="0\n",
        sys__class__hwmon__hwmon0__name="cpu_thermal\n",
        sys__class__hwmon__hwmon1__name="rpi_volt\n",
        sys__class__hwmon__hwmon1__in0_lcrit_alarm="1\n",
    )
    (tmp_path / "etc" / "rauc").mkdir(parents=True)
    (tmp_path / "etc" / "os-release").write_text('ID=debian\nIMAGE_VERSION="1.2.0+20261123"\n')
    (tmp_path / "etc" / "rauc" / "system.conf").write_text("[system]\ncompatible=phonghop-seat-rpi4\n")
    return tmp_path


def test_W170_what_a_machine_has_is_told(pi: Path) -> None:
    clock = ManualClock(s=3600.0)
    vitals = Vitals(clock, root=pi)
    vitals.painted()
    clock.s += 7.5
    assert vitals.read(ahead=dt.timedelta(seconds=2)) == Machine(
        booted_s=3607,
        temperature_c=54,
        under_voltage=True,
        memory_free_mb=1024,
        painted_s=7,
        clock_off_ms=-2000,
        image="1.2.0+20261123",
        slot="B",
        compatible="phonghop-seat-rpi4",
    )


def test_W170_what_it_has_not_or_what_does_not_answer_is_left_out(tmp_path: Path) -> None:
    assert Vitals(ManualClock(s=5.0), root=tmp_path).read(ahead=None) == Machine(booted_s=5, painted_s=0)
    write(
        tmp_path,
        sys__class__thermal__thermal_zone0__temp="nonsense",
        sys__class__thermal__thermal_zone2__temp="32767000",
        sys__class__hwmon__hwmon0__name="rpi_volt",
        proc__meminfo="MemAvailable: lots\n",
    )
    (tmp_path / "sys/class/thermal/thermal_zone1/temp").mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "os-release").write_bytes(b"IMAGE_VERSION=\xff\xfe" + b"9" * 500)
    assert Vitals(ManualClock(s=5.0), root=tmp_path).read(ahead=None).to_value() == {"booted_s": 5, "painted_s": 0}


def test_W195_what_is_to_be_known_of_the_store_is_said_until_it_is_known() -> None:
    vitals = Vitals(ManualClock(s=100.0))
    vitals.store(lost="header", loss="0123456789abcdef", shut="")
    said = vitals.read(ahead=None).to_value()
    assert (said["store_lost"], said["store_loss"]) == ("header", "0123456789abcdef")
    assert "store_shut" not in said
    vitals.store()
    assert not [name for name in vitals.read(ahead=None).to_value() if name.startswith("store")]


def test_W170_a_seat_tells_the_server_with_its_health(room: SeatRoom, seat: TestSeat, pi: Path) -> None:
    vitals = Vitals(room.clock, root=pi)
    seat.on._ports.vitals = vitals  # noqa: SLF001 - what the agent gives it at its start
    vitals.painted()
    room.run(16)
    health = room.twin.devices[seat.signer.key_id].health
    assert health is not None
    machine = health.machine
    assert machine is not None
    assert (machine.slot, machine.temperature_c, machine.clock_off_ms) == ("B", 54, 0)
    assert machine.painted_s is not None
    assert 0 <= machine.painted_s <= 16


def test_W170_a_screen_that_never_painted_is_told_as_one_that_stands_still(tmp_path: Path) -> None:
    clock = ManualClock(s=900.0)
    vitals = Vitals(clock, root=tmp_path)
    clock.s += 25
    assert vitals.painted_ago_s is None
    assert vitals.read(ahead=None).painted_s == 25


ROUTES = (
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "end0\t00000000\t0102010A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    "end0\t0102010A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n"
    "end0\t0002010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
)


def wired(root: Path, name: str, mac: str, *, wakeup: str = "enabled\n") -> None:
    card = root / "sys/class/net" / name
    (card / "device/power").mkdir(parents=True)
    (card / "address").write_text(f"{mac}\n")
    (card / "type").write_text("1\n")
    (card / "device/power/wakeup").write_text(wakeup)


def test_W190_a_wired_card_is_told_with_its_network_and_whether_it_wakes(tmp_path: Path) -> None:
    write(tmp_path, proc__net__route=ROUTES)
    wired(tmp_path, "end0", "00:1e:06:01:02:03")
    wired(tmp_path, "wlan0", "00:00:00:00:00:01")
    (tmp_path / "sys/class/net/wlan0/wireless").mkdir()
    machine = Vitals(ManualClock(), root=tmp_path).read(ahead=None)
    assert (machine.mac, machine.subnet, machine.wakes) == ("00:1e:06:01:02:03", "10.1.2.0/24", True)


def test_W190_of_two_cards_the_one_in_use_is_told(tmp_path: Path) -> None:
    wired(tmp_path, "enp1s0", "00:1e:06:00:00:01")
    wired(tmp_path, "enp2s0", "00:1e:06:00:00:02")

    def mac(*routes: str) -> tuple[str, str]:
        write(tmp_path, proc__net__route="Iface\tDestination\n" + "".join(routes))
        machine = Vitals(ManualClock(), root=tmp_path).read(ahead=None)
        return machine.mac, machine.subnet

    house = "enp2s0\t0002010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    own = "enp1s0\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    assert mac() == ("00:1e:06:00:00:01", "")
    assert mac(own, house) == ("00:1e:06:00:00:02", "10.1.2.0/24"), "169.254 is no network of the house"
    (tmp_path / "sys/class/net/enp2s0/carrier").write_text("1\n")
    assert mac(own) == ("00:1e:06:00:00:02", ""), "the one with the cable"


@pytest.mark.parametrize(("wakeup", "model"), [("disabled\n", ""), ("\n", ""), ("enabled\n", "Raspberry Pi 4 Model B")])
def test_W190_a_card_that_is_not_set_to_or_has_no_circuit_does_not_wake(
    tmp_path: Path, wakeup: str, model: str
) -> None:
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    (tmp_path / "proc/device-tree/model").write_text(f"{model}\0")
    wired(tmp_path, "end0", "00:1e:06:01:02:03", wakeup=wakeup)
    machine = Vitals(ManualClock(), root=tmp_path).read(ahead=None)
    assert (machine.mac, machine.subnet, machine.wakes) == ("00:1e:06:01:02:03", "", False)


@pytest.mark.parametrize(
    "value", [{"mac": "00:1E:06:01:02:03"}, {"mac": "nonsense"}, {"subnet": "10.1.2.3/24"}, {"subnet": "x"}]
)
def test_W190_an_address_that_is_none_is_refused(value: dict[str, str]) -> None:
    with pytest.raises(BadField):
        Machine.read(Fields({"booted_s": 1, **value}, "machine"))
