"""Every rule of the contract is shown by a test that carries its number.

Rules: the rules are those of wire/README.md (a paragraph that begins with a bold number); a test cites one by its name,
``test_W33_…``.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, modules

_README = ROOT / "wire" / "README.md"
_RULE = re.compile(r"^\*\*(W\d\d)\*\* ", re.MULTILINE)
_RULES = _RULE.findall(_README.read_text(encoding="utf-8"))


@functools.cache
def _cited() -> frozenset[str]:
    return frozenset(_citations())


def _citations() -> Iterator[str]:
    for module in modules("tests"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield from re.findall(r"(?<=_)W\d\d(?=_)", node.name)


@pytest.mark.parametrize("rule", _RULES)
def test_a_rule_of_the_contract_is_cited_by_a_test(rule: str) -> None:
    assert rule in _cited(), f"name a test test_{rule}_… that fails when the rule is broken, or take the rule out"


def test_a_test_cites_only_rules_there_are() -> None:
    unknown = _cited() - set(_RULES)
    assert not unknown, f"{sorted(unknown)} stand in test names and not in wire/README.md"


def test_rules_stand_once_and_in_order() -> None:
    assert sorted(set(_RULES)) == _RULES
    assert len(_RULES) > 30


@pytest.mark.parametrize("folder", ["wire", "sealing", "server", "edge"])
def test_code_cites_only_rules_there_are(folder: str) -> None:
    unknown = {
        f"{module.path}: {rule}"
        for module in modules(folder)
        for rule in re.findall(r"\bW\d\d\b", (ROOT / module.path).read_text(encoding="utf-8"))
        if rule not in _RULES
    }
    assert not unknown, f"{sorted(unknown)}: see wire/README.md"
