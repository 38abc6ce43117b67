"""docs/FAULTS.md: each fault has words in both languages, and tests that are there."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass

import pytest

import web
from tests.architecture.source import ROOT

_PAGE = ROOT / "docs" / "FAULTS.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_CODE = re.compile(r"`([a-z]+(?:-[a-z0-9]+)+)`")
_WITHOUT_CODE = ("nothing: ", "in the report: ")


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    fault: str
    said: str
    shown: str
    real: str


def _rows() -> list[Row]:
    lines = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return [Row(*each) for each in cells if each[0] != "fault"]


ROWS = _rows()


@functools.cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_page_is_as_long_as_what_can_go_wrong() -> None:
    assert len(ROWS) >= 35
    assert len({row.fault for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_G65_a_fault_has_words_in_both_languages(row: Row) -> None:
    codes = _CODE.findall(row.said)
    assert codes or row.said.startswith(_WITHOUT_CODE), "name the codes, or say that nothing is said"
    for code in codes:
        for language in web.LANGUAGES:
            assert web.catalogue(language)["errors"].get(code), f"{code}: no words in {language}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_G65_a_fault_names_tests_that_are_there(row: Row) -> None:
    named = _TEST.findall(row.shown)
    assert named, "what shows it?"
    for path, name in named:
        assert name in _tests(path), f"{path} has no {name}: name the test that shows “{row.fault}” now"
    files = {path.split("/")[1] for path, _ in named}
    assert ("card" in row.real) <= ("card" in files), "a card is said to be real, and no test in tests/card is named"
    assert ("usb" in row.real) <= ("usb" in files)
