"""One image, one house and one computer for the whole run: a start costs minutes in an imitated computer."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from firmware_scripts import base, bundle, image, recipe
from firmware_scripts.bundle import Signer
from firmware_scripts.recipe import Edition
from tests.image import table
from tests.image.computer import Computer
from tests.image.house import House, image_house
from tests.support.releases import make_signer

#: What is on the seat first; it takes nothing older any more.
EDITION = Edition(base.EPOCH, "20250101.0")
NEXT = Edition(base.EPOCH + 3600, EDITION.version)
#: From the moment of the sources, which stands still, to long after today.
DAYS = 3650
PICTURES = recipe.ROOT / "test-results" / "image"
TARGET = recipe.TARGETS["amd64"]
#: An imitated computer on a busy machine; the product's own limits are tested elsewhere.
START_S, SEEN_S = 600.0, 240.0


@dataclass(frozen=True)
class Made:
    """The image, the bundle of the next edition, and who signs for this house."""

    image: Path
    bundle: Path
    signer: Signer
    authority: Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    keep = Path(os.environ.get("PHONGHOP_IMAGE_KEEP", recipe.ROOT / "var" / "image"))
    out = tmp_path_factory.mktemp("image")
    signer, authority = make_signer(out / "signer")
    return Made(
        image.build(TARGET, keep, out, EDITION),
        bundle.build(TARGET, keep, out, signer, NEXT, days=DAYS),
        signer,
        authority,
    )


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with image_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="session")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another seat's disk: its partitions have the same names."""
    disk = tmp_path_factory.mktemp("beside") / "other.img"
    table.write(disk, {"boot": 8, "root-B": 8, "store": 32})
    return disk


@pytest.fixture(scope="session")
def seat(made: Made, house: House, beside: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    folder = tmp_path_factory.mktemp("seat")
    own = folder / "seat.img"
    subprocess.run(["cp", "--sparse=always", made.image, own], check=True)
    house.provision(own, updates_ca=made.authority)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Computer(own, folder, looked_into=True, beside=beside) as computer:
        try:
            yield computer
        finally:
            shutil.copy(folder / "console.log", PICTURES / "console.log")


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A folder whose files the computer can fetch, and the port."""
    folder = tmp_path_factory.mktemp("given")
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, server.server_port
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        pass
