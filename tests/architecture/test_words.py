"""One word per thing in what people read in Vietnamese: the table at the end of docs/GLOSSARY.md is the rule.

A word of its middle column may stand nowhere in the catalogues, the guides, the README, nor in what the demo prints.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import web
from tests.architecture.source import ROOT

_HEADING = "## One word per thing"
_ROW = re.compile(r"^\|([^|]+)\|([^|]+)\|([^|]*)\|$", re.MULTILINE)
_MARKUP = re.compile(r"`[^`]*`|```.*?```|\]\([^)]*\)", re.DOTALL)
#: What the demo says; the titles and papers it makes up are an agency's, not ours.
_DEMO = ("__main__.py", "addresses.py", "console.py", "errors.py", "furnishing.py", "hints.py", "seeding.py", "room.py")


@dataclass(frozen=True)
class Rule:
    """Say ``use``, never one of ``never``, which may stand inside one of ``within``."""

    use: str
    never: tuple[str, ...]
    within: tuple[str, ...]

    def broken_by(self, text: str) -> list[str]:
        """The words of ``text`` that should be others."""
        plain = unicodedata.normalize("NFC", text).lower().replace("\u00a0", " ")
        for phrase in self.within:
            plain = re.sub(rf"\b{re.escape(phrase)}\b", "·", plain)
        return [word for word in self.never if re.search(rf"\b{re.escape(word)}\b", plain)]


def _rules() -> list[Rule]:
    table = (ROOT / "docs" / "GLOSSARY.md").read_text(encoding="utf-8").partition(_HEADING)[2]
    rows = [[_words(cell) for cell in row] for row in _ROW.findall(table)][2:]
    return [Rule(", ".join(use), never, within) for use, never, within in rows]


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in cell.split(",") if word.strip())


RULES = _rules()


def _texts(tree: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _texts(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", re.sub(r"\{\w+\}", "", str(value))


def _read() -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text."""
    yield from _texts(web.catalogue("vi"))
    for path in (ROOT / "README.vi.md", *sorted((ROOT / "docs" / "huong-dan").glob("*.md"))):
        for number, line in enumerate(_MARKUP.sub("", path.read_text(encoding="utf-8")).splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line
    for name in _DEMO:
        source = ROOT / "deploy" / "demo" / name
        tree = ast.parse(source.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " · " in node.value:
                yield f"deploy/demo/{name}:{node.lineno}", re.sub(r" · [^–]*", "", node.value)


@pytest.mark.parametrize(("language", "folder", "least"), [("vi", "huong-dan", 60), ("en", "guides", 100)])
def test_what_a_guide_prints_in_bold_stands_on_a_screen(language: str, folder: str, least: int) -> None:
    shown = {re.sub(r" ?\{\w+\}.*", "", text).strip(" .:") for _, text in _texts(web.catalogue(language))}
    guides = sorted((ROOT / "docs" / folder).glob("*.md"))
    bold = [(path.name, found) for path in guides for found in re.findall(r"\*\*([^*]+)\*\*", path.read_text("utf-8"))]
    assert len(bold) > least
    assert [each for each in bold if each[1].strip(" .:") not in shown] == []


def test_the_glossary_has_the_table() -> None:
    assert len(RULES) > 15
    assert all(rule.use and rule.never for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=[str(n) for n in range(1, len(RULES) + 1)])
def test_one_word_per_thing(rule: Rule) -> None:
    found = [
        f"{where}: “{', '.join(words)}” → “{rule.use}”" for where, text in _read() if (words := rule.broken_by(text))
    ]
    assert not found, "\n".join(["docs/GLOSSARY.md, “Mỗi thứ một từ”:", *found])


@pytest.mark.parametrize(
    ("text", "found"),
    [("Mở Mục\u00a02", ["mục"]), ("Mục lục, danh mục", []), ("lục mục lục mục", ["mục"]), ("Đưa mục lên", ["mục"])],
)
def test_a_word_is_found_whole_and_outside_what_contains_it(text: str, found: list[str]) -> None:
    rule = Rule("nội dung", ("mục",), ("mục lục", "danh mục"))
    assert rule.broken_by(text) == found
