"""The dependency rules that import-linter cannot say: by file, by kind of library, by call.

The rules themselves stand in docs/ARCHITECTURE.md; the layers are checked by ``lint-imports`` (pyproject.toml).
"""

from __future__ import annotations

import sys

import pytest

from tests.architecture.source import Module, modules

_SEAT = ("machine", "people", "tokens", "challenge", "plan")
_PURE = ("wire", "server/*/model.py", *(f"edge/{name}.py" for name in _SEAT))
_IMPURE_LIBRARIES = frozenset(
    {
        "asyncio", "concurrent", "multiprocessing", "os", "queue", "random", "secrets", "select", "selectors", "shutil",
        "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
    }
)  # fmt: skip
_CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "dt.datetime.now", "dt.date.today")
_OURS = frozenset({"server", "edge", "pages", "sealing", "wire", "web"})


def _ids(module: Module) -> str:
    return module.path


@pytest.mark.parametrize("module", modules("wire"), ids=_ids)
def test_wire_imports_the_standard_library_and_itself(module: Module) -> None:
    foreign = module.imports() - sys.stdlib_module_names - {"wire"}
    assert not foreign, f"{module.path}: hand in what {foreign} would do; wire describes bytes"


@pytest.mark.parametrize("module", modules(*_PURE), ids=_ids)
def test_rules_are_handed_clock_randomness_and_files(module: Module) -> None:
    foreign = module.imports() & _IMPURE_LIBRARIES
    assert not foreign, f"{module.path} imports {foreign}: take the value as an argument"
    clocks = [f"{module.path}:{line} {name}()" for line, name in module.calls() if name.endswith(_CLOCKS)]
    assert not clocks, f"{clocks}: take `now` as an argument"


@pytest.mark.parametrize("module", modules(*_PURE, "server/*/ports.py", "server/*/service.py"), ids=_ids)
def test_decisions_need_no_library(module: Module) -> None:
    foreign = module.imports() - sys.stdlib_module_names - _OURS
    assert not foreign, f"{module.path} imports {foreign}: put a Protocol in ports.py, the library in an adapter"


@pytest.mark.parametrize("library", ["paho", "smartcard", "pkcs11"])
@pytest.mark.parametrize("side", ["server", "edge"])
def test_a_device_library_is_imported_in_one_file_a_side(side: str, library: str) -> None:
    importers = [module.path for module in modules(side) if library in module.imports()]
    assert len(importers) <= 1, f"{library} is imported by {importers}: call the first of them"


@pytest.mark.parametrize(
    "module", modules("server", "edge", "pages", "sealing", "wire", "web/__init__.py", "phonghop.py"), ids=_ids
)
def test_the_product_imports_neither_tests_nor_deploy(module: Module) -> None:
    assert not module.imports() & {"tests", "deploy", "pytest", "hypothesis"}, module.path
