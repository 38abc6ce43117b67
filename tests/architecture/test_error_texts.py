"""Every refusal has a stable code, stands in its package's tree, and speaks Vietnamese and English."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

import web
from tests.architecture.source import ROOT, Module, modules

_LOCALES = ROOT / "web" / "locales"
_PARAMETER = re.compile(r"\{([a-z_]+)\}")
#: What Flask and gunicorn refuse themselves, and faults of ours (server/web.py).
_WITHOUT_CLASS = {"internal-error", "method-not-allowed"}


def _codes(module: Module) -> Iterator[tuple[str, str]]:
    """Class and code of every class of the file that has one."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for line in node.body:
            target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
            value = getattr(line, "value", None)
            is_code = isinstance(target, ast.Name) and target.id == "code"
            if is_code and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                yield node.name, value.value


_SOURCES = modules("server", "edge", "wire", "sealing", "pages")
CODES = sorted({(code, module.path) for module in _SOURCES for _, code in _codes(module)})


@pytest.mark.parametrize(("code", "path"), CODES, ids=str)
def test_every_code_has_both_texts(code: str, path: str) -> None:
    for language in web.LANGUAGES:
        text = web.catalogue(language).get("errors", {}).get(code)
        assert text, f"{path}: write errors.{code} into web/locales/{language}/errors-….json"


@pytest.mark.parametrize("code", sorted(_WITHOUT_CLASS))
def test_codes_without_a_class_have_both_texts(code: str) -> None:
    assert web.error_text(code).vi != code
    assert web.error_text(code).en != code


@pytest.mark.parametrize("code", sorted({code for code, _ in CODES}))
def test_a_code_is_kebab_case(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)


@pytest.mark.parametrize("module", modules("*/errors.py", "*/*/errors.py"), ids=lambda module: module.path)
def test_the_tree_at_the_top_names_every_class(module: Module) -> None:
    drawn = ast.get_docstring(module.tree) or ""
    missing = [name for name, _ in _codes(module) if not re.search(rf"\b{name}\b", drawn)]
    assert not missing, f"{module.path}: draw {missing} into the tree of the docstring"


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}")
    else:
        yield path, str(value)


@pytest.mark.parametrize("file", sorted(path.name for path in (_LOCALES / "vi").glob("*.json")))
def test_both_languages_say_the_same_with_the_same_parameters(file: str) -> None:
    vi, en = (dict(_flat(json.loads((_LOCALES / lang / file).read_text(encoding="utf-8")))) for lang in web.LANGUAGES)
    assert set(vi) == set(en)
    for key, text in vi.items():
        assert Counter(_PARAMETER.findall(text)) == Counter(_PARAMETER.findall(en[key])), key


def test_no_text_of_the_server_is_left_without_its_code() -> None:
    known = {code for code, _ in CODES} | _WITHOUT_CLASS
    texts = json.loads((_LOCALES / "vi" / "errors-core.json").read_text(encoding="utf-8"))["errors"]
    assert set(texts) - known == set()


def test_a_parameter_is_filled_and_a_missing_one_stays_visible() -> None:
    assert web.error_text("too-many-tries", {"wait_s": 5}).en.endswith("in 5 seconds.")
    assert "{wait_s}" in web.error_text("too-many-tries").vi
    assert web.error_text("no-such-code") == ("no-such-code", "no-such-code")
