"""Walks the pages between two meetings with the keyboard alone, and says what a hand without a mouse could not do.

    python -m tests.browser.keyboard_walk [--only WORDS]

Rules: Tab from the top reaches every control once and comes to an end; where the focus is can be seen – an outline of
two pixels at least, within the window and under nothing; a dialog takes the focus, Escape closes it and gives the focus
back to what opened it; arrows walk along tabs. Nothing is changed: what would be, is refused on its way.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route

from tests.browser.chromium import chromium
from tests.browser.long_names import LongNames
from tests.browser.office_pictures import Gallery
from tests.browser.office_scenes import Scene, long_names
from tests.browser.screen import Screen
from tests.support.gunicorn import RunningServer

_MARK = """() => {
  const wanted = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]';
  const radios = new Set();
  let n = 0;
  const found = [];
  for (const one of document.querySelectorAll(wanted)) {
    one.removeAttribute('data-walk');
    if (one.tabIndex < 0 || one.closest('[inert]') || !one.checkVisibility({ visibilityProperty: true })) continue;
    if (one.type === 'radio') {
      const group = [...document.getElementsByName(one.name)];
      if (radios.has(one.name) || (group.some((each) => each.checked) && !one.checked)) continue;
      radios.add(one.name);
    }
    one.dataset.walk = String(n++);
    const words = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '';
    found.push(words.trim().slice(0, 50) || one.tagName);
  }
  return found;
}"""
#: What has the focus: its number (-1: nothing, -2: something new), whether it is drawn, in the window, on top.
_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return { at: -1 };
  const drawn = (each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  };
  const frame = one.closest('label, .frame, .field') ?? one;
  const box = (one.type === 'checkbox' || one.type === 'radio' ? frame : one).getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 30), y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  return {
    at: Number(one.dataset.walk ?? -2),
    words: (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 50) || one.tagName,
    drawn: one.tagName === 'MAIN' || drawn(one) || drawn(frame) || [...frame.querySelectorAll('*')].some(drawn),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    above: top === null || one.contains(top) || frame.contains(top) || top.contains(one),
  };
}"""
_NEW = -2
_OPEN = "() => [...document.querySelectorAll('dialog[open]')].length"
_INSIDE = "() => document.activeElement?.closest('dialog[open]') !== null"
_BLUR = "() => { document.activeElement?.blur(); getSelection()?.removeAllRanges(); scrollTo(0, 0); }"
_FRAMES = "async () => { for (let n = 0; n < 3; n += 1) await new Promise(requestAnimationFrame); }"
#: Gives a control that was not there before the next number.
_NUMBER = "n => { document.activeElement.dataset.walk = String(n); }"
#: As many may come while one walks: a row that has the focus enables what is done with it.
_FRESH = 200
#: How many buttons of one page are pressed: in a long table the same ones stand in every row.
_PRESSED = 24


class Walk:
    """One page of one person."""

    def __init__(self, gallery: Gallery, screen: Screen, scene: Scene) -> None:
        self._gallery, self._screen, self._scene = gallery, screen, scene
        self.page: Page = screen.page
        self.reached = self.dialogs = 0

    def told(self) -> Iterator[str]:
        """What is wrong with it."""
        self._opens()
        yield from self._tabs_through()
        yield from self._tab_lists()
        yield from self._presses()

    def _opens(self) -> None:
        self._gallery.opens(self._screen, self._scene)
        self.page.evaluate(_BLUR)

    def _tabs_through(self) -> Iterator[str]:
        names: list[str] = self.page.evaluate(_MARK)
        seen: list[int] = []
        most, steps = len(names) + _FRESH, 0
        while steps < len(names) + 3:
            steps += 1
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(_FOCUS)
            if found["at"] == _NEW and len(names) < most:
                found["at"] = len(names)
                names.append(found["words"])
                self.page.evaluate(_NUMBER, found["at"])
            if seen and found["at"] == seen[0]:
                break
            # Out of the page at its end, and in again at its top: a page may begin in the middle, as a search does.
            if found["at"] < 0:
                continue
            if found["at"] in seen:
                yield f"reached twice: {found['words']}"
            seen.append(found["at"])
            for what, words in (("drawn", "no focus to be seen"), ("inside", "out of sight"), ("above", "covered")):
                if not found[what]:
                    yield f"{words}: {found['words']}"
        else:
            yield "no end: the focus goes round on the page"
        self.reached = len(set(seen))
        yield from (f"never reached: {name}" for n, name in enumerate(names) if n not in seen)

    def _tab_lists(self) -> Iterator[str]:
        for one in self.page.get_by_role("tablist").all():
            chosen = one.locator("[role=tab][tabindex='0']")
            if one.get_by_role("tab").count() < 2 or chosen.count() != 1:
                continue
            chosen.focus()
            before = self.page.evaluate(_FOCUS)
            self.page.keyboard.press("ArrowRight")
            if self.page.evaluate(_FOCUS) == before:
                yield f"arrows do not walk along the tabs: {before['words']}"

    def _presses(self) -> Iterator[str]:
        """Every kind of button once; what opens is closed with Escape."""
        done: set[str] = set()
        self._opens()
        names: list[str] = self.page.evaluate(_MARK)
        for n, name in enumerate(names):
            kind = "".join(each for each in name if not each.isdigit())
            one = self.page.locator(f"[data-walk='{n}']")
            if (
                kind in done
                or len(done) >= _PRESSED
                or one.count() != 1
                or one.evaluate("it => it.tagName") != "BUTTON"
            ):
                continue
            done.add(kind)
            yield from self._pressed(n, name)
            self._opens()
            if self.page.evaluate(_MARK) != names:
                yield f"stopped at {name}: the page has other controls than before"
                return

    def _pressed(self, n: int, name: str) -> Iterator[str]:
        one = self.page.locator(f"[data-walk='{n}']")
        one.focus()
        # As by hand, so that the browser draws the focus.
        self.page.keyboard.press("Enter")
        self.page.evaluate(_FRAMES)
        if self.page.evaluate(_OPEN):
            self.dialogs += 1
            yield from self._dialog(n, name)
        elif one.count() == 1 and one.get_attribute("aria-expanded") == "true" and one.get_attribute("aria-haspopup"):
            self.page.keyboard.press("Escape")
            self.page.evaluate(_FRAMES)
            if one.get_attribute("aria-expanded") == "true":
                yield f"Escape does not close the menu: {name}"
            elif self.page.evaluate(_FOCUS)["at"] != n:
                yield f"the menu does not give the focus back: {name}"

    def _dialog(self, n: int, name: str) -> Iterator[str]:
        page = self.page
        page.wait_for_load_state("networkidle")
        if not page.evaluate(_INSIDE):
            yield f"the dialog does not take the focus: {name}"
        inside = page.locator("dialog[open]").last
        controls = inside.locator("a[href], button:enabled, input:enabled, select:enabled, textarea:enabled").count()
        for _ in range(min(controls, 30) + 1):
            page.keyboard.press("Tab")
            found = page.evaluate(_FOCUS)
            if found["at"] >= 0 and not page.evaluate(_INSIDE):
                yield f"Tab leads out of the dialog: {name}"
                break
            if found["at"] != -1 and not found["drawn"]:
                yield f"no focus to be seen in the dialog of {name}: {found['words']}"
        page.keyboard.press("Escape")
        page.evaluate(_FRAMES)
        if page.evaluate(_OPEN):
            yield f"Escape does not close the dialog: {name}"
        elif page.evaluate(_FOCUS)["at"] != n:
            yield f"the dialog does not give the focus back: {name} → {page.evaluate(_FOCUS)}"


def _reads_only(route: Route) -> None:
    if route.request.method == "GET" or route.request.url.endswith("/api/sign-in"):
        route.continue_()
    else:
        route.fulfill(status=503, json={"error": {"code": "server-busy", "data": {}}})


def walked(gallery: Gallery, scene: Scene) -> list[str]:
    """What is wrong with one page; printed as it is found."""
    screen = gallery.screen(scene.who)
    walk = Walk(gallery, screen, scene)
    screen.page.route("**/api/**", _reads_only)
    try:
        found = [f"{scene.name}: {each}" for each in walk.told()]
    except PlaywrightError as failed:
        found = [f"{scene.name}: {failed.message.splitlines()[0]}"]
    screen.page.unroute("**/api/**")
    print(f"{scene.name}: {walk.reached} controls, {walk.dialogs} dialogs", *found, sep="\n  ", flush=True)  # noqa: T201
    return found


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="walk-") as place:
        (Path(place) / "data").mkdir()
        things: dict[str, Any] = LongNames(Path(place) / "data").furnish()
        with RunningServer(Path(place)) as server, chromium() as browser:
            gallery = Gallery(browser, server, Path(place), axe=False)
            scenes = [scene for scene in long_names(things) if scene.do.__name__ == "_nothing"]
            for scene in scenes:
                if not given.only or any(word in scene.name for word in given.only):
                    wrong += walked(gallery, scene)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
