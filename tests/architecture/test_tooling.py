"""The locks, the list of libraries and the Makefile say what is true."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from typing import Any

import pytest

from tests.architecture.source import ROOT

_INDEX = "https://pypi.org/simple"
_LIBRARIES = ROOT / "docs" / "adr" / "0001-libraries.md"


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def _declared_python() -> set[str]:
    project = _toml("pyproject.toml")
    groups = [*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()]
    return {re.split(r"[\[<>=~ ]", line, maxsplit=1)[0] for group in groups for line in group}


def _declared_npm() -> dict[str, str]:
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    versions: dict[str, str] = {**package["dependencies"], **package["devDependencies"]}
    return versions


def test_uv_lock_names_the_public_index_only() -> None:
    sources = {
        json.dumps(package["source"]) for package in _toml("uv.lock")["package"] if package["name"] != "phonghop"
    }
    assert sources == {json.dumps({"registry": _INDEX})}
    hosts = set(re.findall(r'"https?://([^/"]+)', (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_the_npm_lock_holds_digests_and_no_address() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert packages
    assert not [path for path, entry in packages.items() if "resolved" in entry]
    assert not [path for path, entry in packages.items() if "integrity" not in entry]


def test_front_end_versions_are_exact() -> None:
    assert not {name: version for name, version in _declared_npm().items() if not re.fullmatch(r"[0-9.]+", version)}


def test_every_direct_library_is_explained_with_its_licence() -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \|.*\| ([^|]+) \|$", _LIBRARIES.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(rows) == _declared_python() | set(_declared_npm()) | {"uv", "hatchling"}
    copyleft = {name: licence for name, licence in rows.items() if re.search(r"\bA?GPL", licence)}
    assert not copyleft, "the product is Apache-2.0: no GPL or AGPL library is linked"


@pytest.mark.parametrize("target", ["demo", "demo-clean", "test", "test-fast", "check", "setup", "bench-distribution"])
def test_make_help_explains(target: str) -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^  make {target} +\S.* · \S", shown, re.MULTILINE), shown
    assert "\x1b" not in shown, "colour is for terminals"


def test_scripts_are_executable() -> None:
    for script in ("deploy/bootstrap.sh", "tests/run.sh", ".ci/run"):
        assert (ROOT / script).stat().st_mode & 0o111 == 0o111, script
