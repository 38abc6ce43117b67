"""The machine's own Chromium, driven without downloading anything, and what is wrong with a page it shows.

Rules: a page may send requests to its own origin only; it may not overflow its screen; WCAG 2.2 AA as far as axe can
tell; nothing that is touched is smaller than 48 pixels either way, or what the caller asks for.

Usage::

    with chromium() as browser: ...
    assert faults(page) == []
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

_AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_FRAMES = "async () => { for (let frame = 0; frame < 6; frame += 1) await new Promise(requestAnimationFrame); }"
_SMALL = """(least) => [...document.querySelectorAll('button, input, select, a[href], [tabindex="0"]')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[aria-hidden=true]'))
  .map((one) => ({ one, box: (one.closest('label, .frame') ?? one).getBoundingClientRect() }))
  .filter(({ box }) => box.width < least || box.height < least)
  .map(({ one, box }) => `${one.getAttribute('aria-label') ?? one.textContent}: ${box.width} × ${box.height}`)"""
_OVERFLOWS = """(scrolls) => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return scrollWidth > innerWidth || (!scrolls && scrollHeight > innerHeight);
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own; `--no-sandbox`, because tests may run as root."""
    with sync_playwright() as driver:
        browser = launched(driver)
        try:
            yield browser
        finally:
            browser.close()


class Profile:
    """A Chromium that keeps what it keeps in ``folder``, as that of a terminal does; its one context is a window."""

    def __init__(self, driver: Playwright, folder: Path) -> None:
        self._driver = driver
        self._folder = folder

    def new_context(self, **words: Any) -> BrowserContext:
        """Starts it."""
        return self._driver.chromium.launch_persistent_context(
            str(self._folder), executable_path=shutil.which("chromium"), args=["--no-sandbox", *_QUIET], **words
        )


def launched(driver: Playwright) -> Browser:
    """A browser that forgets; whoever asked for it closes it."""
    return driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", *_QUIET])


def recoloured(page: Page) -> None:
    """Wait for a theme that has just been changed: colours are inherited frame by frame."""
    page.evaluate(_FRAMES)


def contrast_faults(page: Page) -> list[str]:
    """Words that can hardly be read, as far as axe can tell: what another theme may change."""
    return _axe(page, ["color-contrast"])


def layout_faults(page: Page, *, least_px: int = 48, scrolls: bool = False) -> list[str]:
    """What another size of the screen may change: targets too small, a page that does not fit."""
    said = [f"too small to touch: {each}" for each in page.evaluate(_SMALL, least_px)]
    if page.evaluate(_OVERFLOWS, scrolls):
        said.append("the page is larger than its screen")
    return said


def faults(page: Page, *, least_px: int = 48, scrolls: bool = False) -> list[str]:
    """Everything about the page as it stands that should not be; ``scrolls``: it may be longer than its screen."""
    return [*_axe(page, _TAGS), *layout_faults(page, least_px=least_px, scrolls=scrolls)]


def _axe(page: Page, what: list[str]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    # Without the list of all that is right, which takes as long as the looking.
    found: dict[str, Any] = page.evaluate("(what) => axe.run({ runOnly: what, resultTypes: ['violations'] })", what)
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]
