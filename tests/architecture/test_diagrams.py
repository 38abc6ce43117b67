"""The diagrams in docs/diagrams are the tables in the code."""

from __future__ import annotations

import pytest

from tests.architecture.diagrams import DIAGRAMS, FOLDER


@pytest.mark.parametrize("name", sorted(DIAGRAMS))
def test_M1_the_diagram_is_the_table(name: str) -> None:
    drawn = (FOLDER / name).read_text(encoding="utf-8")

    assert drawn == DIAGRAMS[name](), "run: python -m tests.architecture.diagrams"
