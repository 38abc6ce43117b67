"""Every guarantee of docs/THREAT_MODEL.md names code that keeps it and tests that show it, and all of them are there.

Rules: a row has its number, words, code and tests; code may be a folder, a test is a file with tests in it.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

import pytest

from tests.architecture.source import ROOT, Module

_TEXT = (ROOT / "docs" / "THREAT_MODEL.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (T\d+) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
_PATH = re.compile(r"`([^`]+)`")


class Guarantee(NamedTuple):
    """One row of the table."""

    number: str
    words: str
    code: tuple[str, ...]
    tests: tuple[str, ...]


_GUARANTEES = [
    Guarantee(number, words.strip(), tuple(_PATH.findall(code)), tuple(_PATH.findall(tests)))
    for number, words, code, tests in _ROW.findall(_TEXT)
]


def test_the_guarantees_are_numbered_without_a_gap() -> None:
    assert [each.number for each in _GUARANTEES] == [f"T{number}" for number in range(1, len(_GUARANTEES) + 1)]
    assert len(_GUARANTEES) >= 13


@pytest.mark.parametrize("guarantee", _GUARANTEES, ids=lambda each: each.number)
def test_a_guarantee_names_code_that_is_there(guarantee: Guarantee) -> None:
    assert guarantee.code, "say which file keeps this promise"
    gone = [path for path in guarantee.code if not (ROOT / path).exists()]
    assert gone == [], "name the file that keeps the promise now"


@pytest.mark.parametrize("guarantee", _GUARANTEES, ids=lambda each: each.number)
def test_a_guarantee_names_tests_that_are_there(guarantee: Guarantee) -> None:
    assert guarantee.tests, "say which test would fail without it"
    empty = [path for path in guarantee.tests if not has_tests(path)]
    assert empty == [], "name the file whose tests fail when the promise is broken"


def test_every_other_path_of_the_page_is_there() -> None:
    paths = {path for path in _PATH.findall(_TEXT) if "/" in path}
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def has_tests(path: str) -> bool:
    """Whether there is a file of that name with a test in it."""
    if not (path.startswith("tests/") and path.endswith(".py") and (ROOT / path).is_file()):
        return False
    nodes = ast.walk(Module(path).tree)
    return any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in nodes)
