"""The project's own Python, parsed: what the architecture tests look at.

Rules: reads files as text and never imports them, so that a file which needs a card reader or a broker is judged too.

Usage: `for module in modules("wire"): module.imports()`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One file: its path from the root of the checkout, and its syntax tree."""

    path: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file as Python parses it."""
        return ast.parse((ROOT / self.path).read_text(encoding="utf-8"), filename=self.path)

    def imports(self) -> set[str]:
        """The top-level names of all packages this file imports, ours and others', lazily or not."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
        return found

    def calls(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of every call, such as ``(12, "datetime.now")``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node.lineno, ast.unparse(node.func)


def modules(*patterns: str) -> list[Module]:
    """The files that match ``patterns`` (globs from the root; a bare folder means all below it), sorted."""
    found: set[str] = set()
    for pattern in patterns:
        glob = f"{pattern}/**/*.py" if (ROOT / pattern).is_dir() else pattern
        found.update(path.relative_to(ROOT).as_posix() for path in ROOT.glob(glob))
    return [Module(path) for path in sorted(found)]
