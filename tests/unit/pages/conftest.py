"""One renderer for the tests of this folder, and papers for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pages.model import Document
from pages.renderer import Renderer
from sealing.papers import encrypt_paper, new_paper_key
from wire.ids import PaperId
from wire.topics import PaperVersion

_PAPER = PaperVersion(PaperId("p-aaaaaaaaaaaaaaaa"), 1)
MakeDocument = Callable[..., Document]


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """A renderer with one process."""
    found = Renderer(timeout_s=30)
    yield found
    found.close()
    assert found.pids() == (), "no process is left"


@pytest.fixture
def make_document(tmp_path: Path) -> MakeDocument:
    """Writes a PDF as a document, plain or encrypted."""

    def make(data: bytes, *, encrypted: bool = False, name: str = "paper") -> Document:
        path = tmp_path / name
        if not encrypted:
            path.write_bytes(data)
            return Document(path, len(data), _PAPER, None)
        key = new_paper_key()
        with path.open("wb") as target:
            encrypt_paper(io.BytesIO(data), target, key=key, paper=_PAPER)
        return Document(path, len(data), _PAPER, key)

    return make
