"""A key in a browser test waits for its button: Playwright waits before a click, never before a key.

What was pressed while an act before was still under way is lost, and the test waits for its effect in vain.
"""

from __future__ import annotations

import re
from pathlib import Path

_BROWSER = Path(__file__).parents[1] / "browser"
_KEY = re.compile(r'\b(?!keyboard\b)\w+(?:\([^\n]*\))?\.press\("(?:Enter|Space)"\)')
#: Where the waiting is done, and a search field, which is never disabled.
_KNOWN = {"screen.py", "pages_secretary.py"}


def test_keys_go_to_buttons_that_take_them() -> None:
    found = [
        f"{file.relative_to(_BROWSER)}: {hit.group()}"
        for file in sorted(_BROWSER.rglob("*.py"))
        if file.name not in _KNOWN
        for hit in _KEY.finditer(file.read_text())
    ]
    assert found == [], "use tests.browser.screen.keyed"
