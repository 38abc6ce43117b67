"""Looks closely at the scenes of a story, and keeps them as pictures if somebody wants them.

Rules: what is wrong is remembered and told at the end, so that one look at a story tells all of it; with
``PHONGHOP_TEST_PICTURES`` set to a folder every scene is also kept there, light and dark.

Usage::

    examine = Examiner()
    examine(screen, "minutes-signed")
    assert examine.flaws == []
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.browser.chromium import recoloured
from tests.browser.screen import Screen


class Examiner:
    """See the module."""

    def __init__(self) -> None:
        self.flaws: list[str] = []

    def __call__(self, screen: Screen, scene: str) -> None:
        pictured(screen, scene)
        self.flaws += [f"{scene}: {flaw}" for flaw in screen.flaws()]

    def glance(self, screen: Screen, scene: str) -> None:
        """Only at what fits and can be touched: the words of such a screen were looked at in another scene."""
        pictured(screen, scene)
        self.flaws += [f"{scene}: {flaw}" for flaw in screen.misfits()]


def pictured(screen: Screen, scene: str) -> None:
    """``scene-light.png`` and ``scene-dark.png``, where pictures are wanted."""
    folder = os.environ.get("PHONGHOP_TEST_PICTURES")
    if not folder:
        return
    for theme in ("dark", "light"):
        screen.themed(theme)
        recoloured(screen.page)
        screen.page.screenshot(path=Path(folder) / f"{scene}-{theme}.png")
