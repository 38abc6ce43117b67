"""Programs of the image, as they are beside each other on a seat."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from typing import Any

from firmware_scripts import recipe

FOLDER = recipe.HERE / "root/usr/lib/phonghop"


def load(name: str) -> Any:
    """The program as a module; nothing of it runs. It leaves nothing beside itself that would come into an image."""
    before, path = sys.dont_write_bytecode, list(sys.path)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(FOLDER))
    try:
        loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(FOLDER / name))
        spec = importlib.util.spec_from_loader(loader.name, loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        loader.exec_module(module)
        return module
    finally:
        sys.dont_write_bytecode, sys.path[:] = before, path
