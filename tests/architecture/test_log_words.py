"""The auditor reads every kind of event in words: each has a short name in both languages, and a filter (L3)."""

from __future__ import annotations

import ast
import json
import re

import pytest

from tests.architecture.source import ROOT
from wire import fold

_WEB = ROOT / "web"
_OFFERED = set(
    re.findall(
        r"\['(house|meeting)', '([a-z_]+)'\]", (_WEB / "src" / "console" / "record" / "entries.ts").read_text("utf-8")
    )
)


def _words(language: str, group: str) -> set[str]:
    found = json.loads((_WEB / "locales" / language / "entries.json").read_text("utf-8"))
    return set(found["entries"][f"{group}_kind"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_L3_every_kind_of_event_has_a_short_name(language: str) -> None:
    missing = fold.kinds() - _words(language, "meeting")
    assert not missing, f"write entries.meeting_kind.… of {sorted(missing)} into web/locales/{language}/entries.json"


def test_L3_every_kind_with_a_name_can_be_asked_for() -> None:
    named = {(group, kind) for group in ("house", "meeting") for kind in _words("vi", group)}
    assert named == _OFFERED, "KINDS in web/src/console/record/entries.ts says what can be chosen"


def _recorded() -> set[str]:
    """Every kind of the administrators' log that stands in a call that records it, or in a constant of its file."""
    found = set()
    for path in (ROOT / "server").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            node.target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 2):
                continue
            kind = node.args[1]
            told = constants.get(kind.id) if isinstance(kind, ast.Name) else getattr(kind, "value", None)
            if node.func.attr in {"record", "_record"} and isinstance(told, str):
                found.add(told)
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_L3_every_entry_of_an_administrator_has_a_short_name(language: str) -> None:
    recorded = _recorded()
    assert {"signing_opened", "record_verified", "unit_moved"} <= recorded, "the calls are found"
    missing = recorded - _words(language, "house")
    assert not missing, f"write entries.house_kind.… of {sorted(missing)} into web/locales/{language}/entries.json"
