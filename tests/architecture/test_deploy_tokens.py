"""What a terminal's own system is told about tokens: who may use them (polkit), and that they never sleep (udev)."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from edge.card.hearing import RESTS_S
from edge.card.watchdog import DEAF_FILE
from edge.settings import Settings
from tests.architecture.source import ROOT
from tests.architecture.test_deploy_systemd import settings

_POLKIT = ROOT / "deploy" / "polkit" / "49-phonghop-token.rules"
_UDEV = ROOT / "deploy" / "udev" / "93-phonghop-token.rules"
_NODE = ROOT / ".venv" / "bin" / "node"
#: polkit as far as a rule sees it (polkit(8)).
_PC = ROOT / "deploy" / "polkit" / "49-phonghop-token-pc.rules"
_ASK = """
let rule; const polkit = { Result: { YES: "yes", NO: "no", NOT_HANDLED: null }, addRule: (one) => { rule = one; } };
eval(require("node:fs").readFileSync(process.argv[1], "utf8"));
console.log(JSON.stringify(rule({ id: process.argv[2] }, { user: process.argv[3], ...JSON.parse(process.argv[4]) })));
"""


def _answer(action: str, user: str, *, rule: Path = _POLKIT, **session: bool) -> str | None:
    words = [str(_NODE), "-e", _ASK, str(rule), action, user, json.dumps(session)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: str | None = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("action", ["org.debian.pcsc-lite.access_pcsc", "org.debian.pcsc-lite.access_card"])
def test_only_the_agent_s_user_may_use_readers_and_cards(action: str) -> None:
    (agent,) = settings("phonghop-seat.service")["User"]
    assert _answer(action, agent) == "yes"
    assert [_answer(action, other) for other in ("kiosk", "nobody", "phonghop")] == ["no"] * 3


@pytest.mark.parametrize("action", ["org.debian.pcsc-lite.access_pcsc", "org.debian.pcsc-lite.access_card"])
def test_on_a_pc_whoever_sits_there_may_and_nobody_else(action: str) -> None:
    sessions = [(local, active) for local in (True, False) for active in (True, False)]
    told = {each: _answer(action, "lan", rule=_PC, local=each[0], active=each[1]) for each in sessions}
    assert told == {each: "yes" if each == (True, True) else "no" for each in sessions}
    assert _answer("org.freedesktop.login1.reboot", "lan", rule=_PC, local=True, active=True) is None


def test_the_rule_says_nothing_about_anything_else() -> None:
    assert _answer("org.freedesktop.login1.reboot", "phonghop-seat") is None
    assert _answer("org.debian.pcsc-lite.access_other", "kiosk") is None


def test_readers_are_kept_awake_after_libccid_has_had_its_say() -> None:
    (rule,) = [line for line in _UDEV.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert re.findall(r'(\S+?)(==|=)"([^"]*)"', rule) == [
        ("ACTION", "==", "add"),
        ("SUBSYSTEM", "==", "usb"),
        ("ENV{DEVTYPE}", "==", "usb_interface"),
        ("ATTR{bInterfaceClass}", "==", "0b"),
        ("ATTR{../power/control}", "=", "on"),
    ]
    assert Path(_UDEV).name > "92-libccid.rules"


def test_G67_what_the_agent_writes_is_what_the_unit_watches_and_root_reads_nothing_of_it() -> None:
    (watched,) = settings("phonghop-pcscd.path")["PathChanged"]
    (folder,) = settings("phonghop-seat.service")["RuntimeDirectory"]
    assert Path(watched) == Path("/run") / folder / DEAF_FILE
    defaults = {each.name: each.default for each in fields(Settings)}
    assert defaults["run_dir"] == Path("/run") / folder
    does = settings("phonghop-pcscd.service")
    assert does["ExecStart"][0] == "/bin/systemctl restart pcscd.service"
    program, _, rest_s = does["ExecStart"][1].partition(" ")
    assert (program, int(rest_s) >= RESTS_S[0]) == ("/bin/sleep", True), "it rests as long as the agent does"
    assert does["StartLimitIntervalSec"] == ["0"], "a limit would end the path unit for good"
    assert DEAF_FILE not in " ".join(value for values in does.values() for value in values)


def test_the_software_token_is_in_no_installation_and_the_product_does_not_know_it() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    installed = {name for target in build["targets"].values() for name in target.get("only-include", ())}
    assert {"edge", "server"} <= installed
    assert "deploy" not in installed
    ours = [path for name in installed for path in (ROOT / name).rglob("*.py") if "node_modules" not in path.parts]
    assert [
        path for path in ours if re.search(r"^\s*(from|import) deploy\b", path.read_text("utf-8"), re.MULTILINE)
    ] == []


def test_the_operations_guide_names_them() -> None:
    guide = (ROOT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    assert all(str(path.relative_to(ROOT)) in guide for path in (_POLKIT, _UDEV))
    assert "phonghop-pcscd.path" in guide
