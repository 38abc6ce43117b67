"""The rules of docs/VOTING.md and docs/LEDGER.md name tests that show them, and all of them are there.

Rules: a row has its number, words and tests; numbers rise and are never given twice; a test is a file with tests in it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from tests.architecture.source import ROOT
from tests.architecture.test_threat_model import has_tests

_ROW = re.compile(r"^\| ([A-Z])(\d+) \|(.*)\|(.*)\|$", re.MULTILINE)
_PATH = re.compile(r"`((?:tests|docs|server|wire|edge|web|tests)/[^`]+)`")
_PAGES = {"VOTING.md": "B", "LEDGER.md": "R"}


class Row(NamedTuple):
    """One rule of a page."""

    page: str
    letter: str
    number: int
    words: str
    tests: tuple[str, ...]


def _rows() -> list[Row]:
    found = []
    for page in _PAGES:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for letter, number, words, tests in _ROW.findall(text):
            found.append(Row(page, letter, int(number), words.strip(), tuple(_PATH.findall(tests))))
    return found


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row.letter}{row.number}")
def test_a_rule_names_tests_that_are_there(row: Row) -> None:
    assert row.letter == _PAGES[row.page]
    assert row.words
    first, *_ = row.tests or ("",)
    assert has_tests(first), "name the file whose tests fail when the rule is broken"
    gone = [path for path in row.tests if not (ROOT / path).is_file()]
    assert gone == [], "name the file that shows it now"


@pytest.mark.parametrize("page", _PAGES)
def test_numbers_rise_and_every_path_of_a_page_is_there(page: str) -> None:
    numbers = [row.number for row in _rows() if row.page == page]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 20
    paths = _PATH.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []
