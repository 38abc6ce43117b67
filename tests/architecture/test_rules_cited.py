"""Every rule of the contract is shown by a test that carries its number.

Rules: the rules are those of wire/README.md (a paragraph that begins with a bold number), and those of a live meeting:
M1–M5 meetings, A1–A4 attendance, S1–S5 speaking, V1–V10 voting, F1–F2 presenting, L1–L3 record. A test cites one by its
name, ``test_W33_…``.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, modules

_README = ROOT / "wire" / "README.md"
_RULE = re.compile(r"^\*\*(W\d{2,3})\*\* ", re.MULTILINE)
_RULES = _RULE.findall(_README.read_text(encoding="utf-8"))
#: How many rules there are of each letter.
_OF_A_MEETING = {"M": 5, "A": 4, "S": 5, "V": 10, "F": 2, "L": 3}
_OF_MEETINGS = [f"{letter}{number}" for letter, most in _OF_A_MEETING.items() for number in range(1, most + 1)]


@functools.cache
def _cited(rule: str = r"W\d{2,3}") -> frozenset[str]:
    return frozenset(_citations(rule))


def _citations(rule: str) -> Iterator[str]:
    for module in modules("tests"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield from re.findall(rf"(?<=_){rule}(?=_)", node.name)


@pytest.mark.parametrize("rule", _RULES)
def test_a_rule_of_the_contract_is_cited_by_a_test(rule: str) -> None:
    assert rule in _cited(), f"name a test test_{rule}_… that fails when the rule is broken, or take the rule out"


@pytest.mark.parametrize("rule", _OF_MEETINGS)
def test_a_rule_of_a_live_meeting_is_cited_by_a_test(rule: str) -> None:
    assert rule in _cited("[MASVFL][0-9]{1,2}"), f"name a test test_{rule}_… that fails when the rule is broken"


def test_a_test_cites_only_rules_there_are() -> None:
    unknown = _cited() - set(_RULES)
    assert not unknown, f"{sorted(unknown)} stand in test names and not in wire/README.md"


def test_rules_stand_once() -> None:
    # Later ones stand where they belong, not at the end: numbers are never given anew.
    assert len(set(_RULES)) == len(_RULES)
    assert len(_RULES) > 30


@pytest.mark.parametrize("folder", ["wire", "sealing", "server", "edge"])
def test_code_cites_only_rules_there_are(folder: str) -> None:
    unknown = {
        f"{module.path}: {rule}"
        for module in modules(folder)
        for rule in re.findall(r"\bW\d{2,3}\b", (ROOT / module.path).read_text(encoding="utf-8"))
        if rule not in _RULES
    }
    assert not unknown, f"{sorted(unknown)}: see wire/README.md"
