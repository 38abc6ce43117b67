"""The private service: seen by nobody else, gone with its bank, and clear about what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo import ports
from deploy.softtoken.bank import MOST_READERS, ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.errors import BankFailed
from tests.architecture.source import ROOT, modules
from tests.support.poll import until
from tests.support.softtoken import contents

_LIST = "from edge.card.pcsc import Context; print('|'.join(Context.open().readers()))"
_COUNT = """
import sys
from edge.card.pcsc import Context, ReaderState
with Context.open() as context:
    states = context.wait([ReaderState(reader, 0) for reader in sys.argv[1:]], timeout_ms=0) or ()
    print(sum(bool(state.flags & 0x20) for state in states))
"""
_SIGN = """
import sys
from edge.card.algorithms import Digest, Hash
from edge.card.certificate import Purpose
from edge.card.pcsc import Context
from edge.card.piv_token import open_piv
with Context.open() as context:
    for reader in sys.argv[1:]:
        token = open_piv(context.connect(reader))
        token.sign(Purpose.LOGIN, Digest.of(Hash.SHA256, b"x"), pin=bytearray(b"123456"))
        token.close()
        print(token.identity.serial)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="bank-"))
    yield made
    shutil.rmtree(made)


def _python(program: str, *arguments: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip()


def test_seven_tokens_are_in_at_once_and_each_signs(folder: Path) -> None:
    with ReaderBank(folder, readers=7, name="Seat") as bank:
        cards = [Card(contents(document=None)) for _ in range(7)]
        for index, card in enumerate(cards):
            bank.insert(index, card)
        until(lambda: _python(_COUNT, *bank.readers, environment=bank.environment) == "7", what="seven cards in")
        signed = _python(_SIGN, *bank.readers, environment=bank.environment).split()
    assert signed == [card.contents.guid.hex() for card in cards]


def test_two_banks_do_not_see_each_other_and_leave_nothing(folder: Path) -> None:
    first, second = ReaderBank(folder / "a", readers=1, name="One"), ReaderBank(folder / "b", readers=1, name="Two")
    with first, second:
        assert _python(_LIST, environment=first.environment).startswith("One 0 00 00")
        assert _python(_LIST, environment=second.environment).startswith("Two 0 00 00")
        pids = [first.pid, second.pid]
        taken = [*first._ports, *second._ports]  # noqa: SLF001 - that they are given back is what is looked at
        assert all(port < 32_768 for port in taken)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert all(ports.is_free(port) for port in taken)
    assert not (folder / "a" / "run" / "pcscd.comm").exists()


def test_the_service_ends_with_whoever_started_it(folder: Path) -> None:
    program = """
import sys, os
from pathlib import Path
from deploy.softtoken.bank import ReaderBank
bank = ReaderBank(Path(sys.argv[1]), readers=1)
bank.start()
print(bank.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    pid = int(done.stdout)
    until(lambda: not _runs(pid), what="the service ends")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_folder_with_too_long_a_name_is_told(folder: Path) -> None:
    with pytest.raises(BankFailed, match="shorter folder"):
        ReaderBank(folder / ("x" * 100), readers=1).start()


@pytest.mark.parametrize("readers", [0, MOST_READERS + 1])
def test_a_bank_has_as_many_readers_as_the_service_takes(folder: Path, readers: int) -> None:
    with pytest.raises(ValueError, match="readers"):
        ReaderBank(folder, readers=readers)


def test_the_software_token_stays_out_of_every_package_and_unit() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    for target in ("wheel", "sdist"):
        assert not [path for path in build[target]["only-include"] if path.split("/")[0] == "deploy"]
    for module in modules("edge", "server", "pages", "sealing", "wire", "phonghop.py"):
        assert "deploy" not in module.imports(), module.path
    shipped = [*(ROOT / "deploy" / "systemd").iterdir(), *(ROOT / "firmware_scripts").rglob("*")]
    for path in shipped:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert "softtoken" not in text, path
            assert "vsmartcard" not in text, path
