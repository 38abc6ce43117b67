"""The service units: systemd reads them without complaint, they are as closed as they can be, and fit the rest.

Rules: exposure as `systemd-analyze security --offline` counts it; the programs they name are those that are installed.
"""

from __future__ import annotations

import ipaddress
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.render import Broker
from edge.helped import POWER_OFF_FILE, RESTART_FILE
from edge.panel import PANEL_FILE
from edge.vigil import HANGS_FILE
from server.keeping.model import broadcasts
from tests.architecture.source import ROOT
from tests.unit.firmware import programs

FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted(path.name for path in FOLDER.iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]
#: The aim for the agent, kept by all of them (systemd counts tenths).
THRESHOLD = 15
_STARTERS = re.compile(r"\.(path|timer|socket)$")
IMAGE_FOLDER = ROOT / "firmware_scripts/recipe/root/usr/lib/systemd/system"
#: A browser needs graphics, hands, and what it locks its own processes in with; partitions, the vault and the boot
#: loader's counter need the one right to tell the kernel of them.
IMAGE = {
    "phonghop-kiosk.service": 30,
    "phonghop-partitions.service": 20,
    "phonghop-good.service": 20,
    "phonghop-panel.service": 20,
    "phonghop-screen.service": THRESHOLD,
    "phonghop-starting.service": THRESHOLD,
    "phonghop-trial.service": THRESHOLD,
    "phonghop-update.service": THRESHOLD,
    "phonghop-vault.service": 20,
}


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (FOLDER / unit).read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_exposed_no_more_than_the_aim(unit: str) -> None:
    words = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={THRESHOLD}"]
    done = subprocess.run([*words, str(FOLDER / unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("unit", "threshold"), IMAGE.items())
def test_a_unit_of_the_seats_image_is_exposed_no_more_than_its_aim(unit: str, threshold: int) -> None:
    words = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={threshold}"]
    done = subprocess.run([*words, str(IMAGE_FOLDER / unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_a_program_of_the_image_writes_its_unit_lets_it_write() -> None:
    """With ``ProtectSystem=strict`` everything else is read-only, /run as well."""
    counter, install = programs.load("counter.py"), programs.load("install-release")
    writes = {
        "phonghop-good.service": {counter.LOCK, counter.COUNTER, counter.GOOD},
        "phonghop-update.service": {Path(install.OUTCOME)},
    }
    writers = (r"counter\.change", r"os\.replace")
    for unit in IMAGE_FOLDER.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        program = re.search(r"(?m)^ExecStart=/usr/lib/phonghop/(\S+)", text)
        source = "" if program is None else (programs.FOLDER / program[1]).read_text(encoding="utf-8")
        assert any(re.search(each, source) for each in writers) == (unit.name in writes), unit.name
        allowed = [Path(each) for line in re.findall(r"(?m)^ReadWritePaths=(.*)$", text) for each in line.split()]
        allowed += [Path("/run", each) for each in re.findall(r"(?m)^RuntimeDirectory=(.*)$", text)]
        for file in writes.get(unit.name, ()):
            assert any(file.is_relative_to(each) for each in allowed), f"{unit.name}: {file}"


def test_every_service_of_the_image_has_an_aim() -> None:
    assert set(IMAGE) == {path.name for path in IMAGE_FOLDER.glob("*.service")}


def test_every_unit_of_the_image_is_started_by_something() -> None:
    """A target wants it, or the path, timer or socket of its name does; and no link leads nowhere."""
    links = list((IMAGE_FOLDER.parents[3] / "etc/systemd/system").rglob("*.wants/*"))
    wanted = {path.readlink().name for path in links}
    assert all(path.name == path.readlink().name for path in links)
    ours = {path.name for path in IMAGE_FOLDER.iterdir() if path.is_file()}
    by_path = {re.sub(_STARTERS, ".service", name) for name in ours if re.search(_STARTERS, name)}
    # fstab asks for the partitions before it mounts the store; udev for the picture, when there is a screen.
    by_others = {"phonghop-partitions.service", "phonghop-starting.service"}
    assert ours <= wanted | by_path | by_others
    assert {name for name in wanted if name.startswith("phonghop-")} <= ours | set(UNITS)


def test_systemd_reads_every_unit_without_complaint(tmp_path: Path) -> None:
    """In a root of its own, where the programs the units name exist."""
    shutil.copytree("/lib/systemd/system", tmp_path / "lib/systemd/system", symlinks=True)
    units = tmp_path / "etc/systemd/system"
    shutil.copytree(FOLDER, units)
    for unit in SERVICES:
        for command in settings(unit)["ExecStart"] + settings(unit).get("ExecReload", []):
            program = tmp_path / command.split()[0].lstrip("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    words = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", f"--root={tmp_path}", *UNITS]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "phonghop" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_never_runs_as_root_unless_it_talks_to_the_service_manager(unit: str) -> None:
    assert "User" in settings(unit) or settings(unit)["ExecStart"][0].startswith("/bin/systemctl ")


def test_the_broker_sees_of_the_servers_folder_what_its_configuration_names() -> None:
    unit, plan = settings("phonghop-broker.service"), Broker()
    seen = {path for line in unit["BindReadOnlyPaths"] for path in line.split()}
    pki = plan.data_dir / "pki"
    assert seen == {
        str(plan.data_dir / "broker"),
        *(str(pki / name) for name in ("ca.pem", "link-ca.pem", "broker.pem")),
    }
    assert unit["LoadCredential"] == [f"{plan.key_file.name}:{pki / 'broker.key'}"]
    assert plan.key_file.parent == Path("/run/credentials/phonghop-broker.service")
    assert unit["RuntimeDirectory"] == [plan.pid_file.parent.name]
    assert unit["User"] == [plan.user]


def test_the_reload_unit_watches_the_file_that_the_server_writes() -> None:
    assert settings("phonghop-broker-reload.path")["PathChanged"] == [str(Broker().data_dir / "broker" / "reload")]
    written = (ROOT / "server" / "assembly" / "fleet.py").read_text(encoding="utf-8")
    assert re.search(r'folder = settings\.data_dir / "broker"', written)
    assert 'FileReload(folder / "reload")' in written


@pytest.mark.parametrize(
    ("unit", "file"),
    [
        ("phonghop-restart.path", RESTART_FILE),
        ("phonghop-poweroff.path", POWER_OFF_FILE),
        ("phonghop-panel.path", PANEL_FILE),
        ("phonghop-screen.path", HANGS_FILE),
    ],
)
def test_a_path_unit_of_the_seat_watches_the_file_that_the_agent_writes(unit: str, file: str) -> None:
    """Below the runtime folder that the agent's own unit makes; the service of the same name is what it starts."""
    folder = Path("/run", *settings("phonghop-seat.service")["RuntimeDirectory"])
    where = next(path for path in (FOLDER / unit, IMAGE_FOLDER / unit) if path.exists())
    text = where.read_text(encoding="utf-8")
    assert re.findall(r"(?m)^PathChanged=(.*)$", text) == [str(folder / file)]
    assert re.findall(r"(?m)^Unit=(.*)$", text) == [where.with_suffix(".service").name]


def test_what_switches_the_light_may_read_the_agents_file() -> None:
    """It has no capability to read what is not its own: it is of the group of the folder, and reads that very file."""
    unit = (IMAGE_FOLDER / "phonghop-panel.service").read_text(encoding="utf-8")
    assert f"SupplementaryGroups={settings('phonghop-seat.service')['Group'][0]}\n" in unit
    folder = Path("/run", *settings("phonghop-seat.service")["RuntimeDirectory"])
    assert str(folder / PANEL_FILE) in (programs.FOLDER / "panel-light").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["phonghop-server-outside.conf", "phonghop-server-wake.conf"])
def test_a_way_out_of_the_server_is_a_drop_in_that_opens_addresses_and_nothing_else(name: str, tmp_path: Path) -> None:
    drop_in = ROOT / "deploy" / "systemd-drop-ins" / name
    lines = [line for line in drop_in.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "[Service]"
    allowed = [ipaddress.ip_address(line.removeprefix("IPAddressAllow=")) for line in lines[1:]]
    # Addresses of documentation (RFC 5737): who forgets to change them opens nothing.
    assert all(address in ipaddress.ip_network("192.0.2.0/24") for address in allowed)
    unit_alone = settings("phonghop-server.service")
    assert unit_alone["IPAddressDeny"] == ["any"], "all else stays shut"
    # A terminal is switched on by a packet to everybody (W190): the first address tried, and no other.
    assert unit_alone["IPAddressAllow"] == ["localhost", *broadcasts("")]
    assert drop_in.name in (ROOT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    # As systemd puts the two together, the service is as closed as before.
    merged = tmp_path / "phonghop-server.service"
    unit = (FOLDER / "phonghop-server.service").read_text(encoding="utf-8")
    merged.write_text(unit + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    words = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={THRESHOLD}", str(merged)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
