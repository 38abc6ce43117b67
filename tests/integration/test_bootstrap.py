"""The preparation of a machine: what it says and does when something is missing, old, broken or already there.

The whole of it, on a bare Debian 12, is played before a release (CONTRIBUTING.md); here apt-get is a twin.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "deploy" / "bootstrap"


@dataclass
class Machine:
    """A machine whose apt-get is a twin: it can tell whether services were forbidden to start when it was called."""

    folder: Path
    policy: Path
    heard: Path

    def apt_get(self, *, script: str) -> None:
        """Let apt-get be these words of bash; ``$start`` is "no" while services may not start."""
        path = self.folder / "bin" / "apt-get"
        path.write_text(f"#!/bin/bash\n[[ -x {self.policy} ]] && start=no || start=yes\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def install(self) -> subprocess.CompletedProcess[str]:
        """Run the Debian step alone, on the machine's own list of packages and policy file."""
        program = f"""
            set -Eeuo pipefail
            root={self.folder} here={self.folder} log={self.folder}/log level=demo python=/bin/true
            source {BOOTSTRAP}/say.sh; source {BOOTSTRAP}/debian.sh
            policy={self.policy}
            as_root() {{ "$@"; }}; become_root_or_stop() {{ :; }}
            trap give_up ERR
            install_debian_packages
        """
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", program], env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
        )

    def calls(self) -> list[str]:
        """What apt-get was asked, one line a call."""
        return self.heard.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    (tmp_path / "there").touch()
    (tmp_path / "packages.txt").write_text(
        f"# comment\ndemo  present  {tmp_path}/th*  why\n"
        f"demo  absent   {tmp_path}/no-such-file  why\n"
        f"test  tests-only  {tmp_path}/neither  why\n",
        encoding="utf-8",
    )
    made = Machine(tmp_path, tmp_path / "policy-rc.d", tmp_path / "heard")
    made.apt_get(script=f'echo "$start $*" >>{made.heard}')
    return made


def test_only_what_is_missing_is_installed_and_no_service_starts(machine: Machine) -> None:
    done = machine.install()
    assert done.returncode == 0, done.stderr
    installs = [call for call in machine.calls() if " install " in call]
    assert len(installs) == 1
    assert installs[0].startswith("no ")
    assert installs[0].endswith(" install absent")
    assert not machine.policy.exists()


def test_a_failed_install_is_tried_with_fresh_lists_then_explained(machine: Machine) -> None:
    machine.apt_get(script=f'echo "$*" >>{machine.heard}; [[ $* == *update* ]] || {{ echo "E: no host"; exit 100; }}')
    done = machine.install()
    assert done.returncode == 1
    assert [call.split()[-1] for call in machine.calls()][-3:] == ["absent", "update", "absent"]
    assert "│ E: no host" in done.stderr
    assert "check the network and apt's sources" in done.stderr
    assert f"full log: {machine.folder}/log" in done.stderr
    assert not machine.policy.exists(), "services must be able to start again after a failure"


def test_what_a_killed_run_left_behind_is_removed(machine: Machine) -> None:
    machine.apt_get(script="kill -9 $PPID")
    machine.install()
    assert machine.policy.exists()
    (machine.folder / "no-such-file").touch()
    assert machine.install().returncode == 0
    assert not machine.policy.exists()


def test_a_policy_of_the_machine_is_left_alone(machine: Machine) -> None:
    machine.policy.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    assert machine.install().returncode == 0
    assert machine.policy.read_text(encoding="utf-8") == "#!/bin/sh\nexit 0\n"


def test_an_old_python_is_named_with_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    program = f"""
        log={tmp_path}/log
        source {BOOTSTRAP}/say.sh; source {BOOTSTRAP}/python.sh
        find_python
    """
    done = subprocess.run(
        ["bash", "-c", program],
        env={"PATH": f"{tmp_path}:/bin", "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Cần Python 3.11 trở lên; máy này có: Python 3.9.2." in done.stderr
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_word_it_does_not_know_is_refused() -> None:
    done = subprocess.run([ROOT / "deploy/bootstrap.sh", "all"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_a_second_run_finds_everything_done_and_says_nothing() -> None:
    done = subprocess.run([ROOT / "deploy/bootstrap.sh", "demo"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
