"""One private pcscd a worker: pcsc-lite's client library finds one service in a process's life."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.softtoken.bank import ReaderBank
from edge.card.pcsc import Context
from tests.pki.fixtures import pki, pki_server, running_pki  # noqa: F401


@pytest.fixture(scope="session")
def running_bank() -> Iterator[ReaderBank]:
    # Not in pytest's own folder: a socket's path has little room.
    folder = Path(tempfile.mkdtemp(prefix="bank-"))
    with pytest.MonkeyPatch.context() as patch, ReaderBank(folder, readers=4) as bank:
        for name, value in bank.environment.items():
            patch.setitem(os.environ, name, value)
        yield bank
    shutil.rmtree(folder)


@pytest.fixture
def bank(running_bank: ReaderBank) -> Iterator[ReaderBank]:
    """Four readers; the first may have a card in it (:func:`tests.card.rigs.put_in`), the others are empty."""
    if running_bank.pid is None:
        running_bank.start()
    yield running_bank
    if running_bank.pid is not None:
        for index in range(1, len(running_bank.readers)):
            running_bank.pull(index)


@pytest.fixture
def context(bank: ReaderBank) -> Iterator[Context]:
    with Context.open() as opened:
        yield opened
