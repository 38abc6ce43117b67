"""Pictures of every page between two meetings, on sheets to look at: of a house with forty-five long names, of that
where things went differently than planned, of one on its first day, of one that signs with tokens, and of terminals.

    python -m tests.browser.office_pictures FOLDER [--only WORDS] [--axe]

Rules: a page is taken in three sizes, in one of them dark too, once in English, and as it is while its answers are on
their way, when they fail, and without a connection; sheets of a few pictures each stand beside them. ``--only`` takes
pages whose name holds one of the words. What axe and the rule of sizes say is printed; nothing is made up for it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import chromium
from tests.browser.first_day import FirstDay
from tests.browser.long_names import LongNames
from tests.browser.office_edges import Edges, edges
from tests.browser.office_scenes import Scene, Things, first_day, long_names, signed
from tests.browser.screen import DESK, LAPTOP, WALL, Screen
from tests.browser.signed_house import signed_house
from tests.browser.terminals import TerminalHouse, of_terminals
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD

_FONT = Path(__file__).resolve().parents[2] / "pages" / "fonts" / "BeVietnamPro-Medium.ttf"
_SETTLED = """async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
}"""
#: On a sheet: pictures side by side, each so wide.
_ACROSS, _WIDE, _CAPTION = 3, 900, 30


House = Callable[[Path], Things]
Scenes = Callable[[Things], list[Scene]]
_HOUSES: tuple[tuple[House, Scenes], ...] = (
    (lambda folder: LongNames(folder).furnish(), long_names),
    (lambda folder: Edges(folder).furnish(), edges),
    (lambda folder: FirstDay(folder).furnish(), first_day),
    (signed_house, signed),
    (lambda folder: TerminalHouse(folder).furnish(), of_terminals),
)


class Gallery:
    """Takes the pictures of scenes and says what is wrong with them."""

    def __init__(self, browser: Browser, server: RunningServer, folder: Path, *, axe: bool) -> None:
        self._browser, self._server, self._folder, self._axe = browser, server, folder, axe
        self._screens: dict[str, Screen] = {}
        self.wrong: list[str] = []

    def sheet(self, scene: Scene) -> None:
        """All pictures of one on a sheet; a scene that cannot be played is told, and the next one taken."""
        try:
            sheet(self.take(scene), self._folder / f"sheet-{scene.name}.png")
        except PlaywrightError as failed:
            self.wrong.append(f"{scene.name}: {failed.message}")
            print(self.wrong[-1], flush=True)  # noqa: T201
            self._screens.pop(scene.who).put_away()

    def take(self, scene: Scene) -> list[Path]:
        """All pictures of one."""
        screen = self.screen(scene.who)
        taken = []
        self.opens(screen, scene)
        for size in (LAPTOP, DESK, WALL):
            screen.page.set_viewport_size({"width": size[0], "height": size[1]})
            for theme in ("light", "dark"):
                if theme == "light" or size == DESK:
                    screen.themed(theme)
                    taken.append(self._shot(screen, f"{scene.name}-{size[0]}-{theme}"))
            screen.themed("light")
            self.wrong += [f"{scene.name} {size[0]}: {each}" for each in screen.misfits()]
        screen.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        # What is printed has no bar, which names the page on a screen: it is for eyes alone.
        if self._axe and not scene.paper:
            self.wrong += [f"{scene.name}: {each}" for each in screen.flaws()]
        screen.page.evaluate("localStorage.setItem('phonghop.language', 'en')")
        self.opens(screen, scene)
        taken.append(self._shot(screen, f"{scene.name}-english"))
        screen.page.evaluate("localStorage.setItem('phonghop.language', 'vi')")
        if scene.states:
            for state in ("loading", "error", "offline"):
                with _answers(screen.page, state):
                    self.opens(screen, scene, settled=False)
                    taken.append(self._shot(screen, f"{scene.name}-{state}"))
        return taken

    def opens(self, screen: Screen, scene: Scene, *, settled: bool = True) -> None:
        """The page of a scene, with what is pressed there first."""
        page = screen.page
        page.emulate_media(media="screen")
        page.goto(f"{self._origin}/#{scene.path}")
        # Another place of the same page is not fetched anew by itself.
        page.reload()
        page.locator("main").first.wait_for()
        if settled:
            page.wait_for_load_state("networkidle")
            page.locator("main .spinner[role=status]").first.wait_for(state="detached")
            scene.do(page)
            page.wait_for_load_state("networkidle")
        else:
            page.wait_for_timeout(1_500)

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def screen(self, who: str) -> Screen:
        """That of somebody, signed in."""
        if who not in self._screens:
            screen = self._screens[who] = Screen(self._browser, who, size=DESK)
            screen.opens(f"{self._origin}/")
            if who:
                screen.page.get_by_label("Tên đăng nhập").fill(who)
                screen.page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
                with screen.page.expect_response("**/api/sign-in"):
                    screen.page.keyboard.press("Enter")
            screen.page.locator("main").first.wait_for()
        return self._screens[who]

    def _shot(self, screen: Screen, name: str) -> Path:
        screen.page.evaluate(_SETTLED)
        path = self._folder / f"{name}.png"
        screen.page.screenshot(path=path)
        return path


@contextmanager
def _answers(page: Page, state: str) -> Iterator[None]:
    """What the page asks for is held, fails, or finds nobody; who is signed in and the texts are there."""

    def answered(route: Route) -> None:
        if route.request.url.endswith("/api/me"):
            route.continue_()
        elif state == "error":
            route.fulfill(status=500, json={"error": {"code": "internal-error", "data": {"reference": "5f3a91c2"}}})
        elif state == "offline":
            route.abort()

    page.route("**/api/**", answered)
    yield
    page.unroute("**/api/**", answered)


def sheet(pictures: list[Path], target: Path) -> None:
    """Side by side, each with its name."""
    shots = [(each, Image.open(each).convert("RGB")) for each in pictures]
    small = [(each.stem, shot.resize((_WIDE, round(_WIDE * shot.height / shot.width)))) for each, shot in shots]
    high = max(shot.height for _, shot in small) + _CAPTION
    rows = -(-len(small) // _ACROSS)
    whole = Image.new("RGB", (_ACROSS * (_WIDE + 8), rows * (high + 8)), "#555555")
    draw, font = ImageDraw.Draw(whole), ImageFont.truetype(str(_FONT), 20)
    for at, (name, shot) in enumerate(small):
        left, top = at % _ACROSS * (_WIDE + 8), at // _ACROSS * (high + 8)
        draw.text((left + 6, top + 2), name, fill="#ffffff", font=font)
        whole.paste(shot, (left, top + _CAPTION))
    whole.save(target)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--axe", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for house, scenes in _HOUSES:
        wrong += _taken(given, house, scenes)
    for each in wrong:
        print(each)  # noqa: T201 - a command speaks to a terminal
    sys.exit(1 if wrong else 0)


def _taken(given: argparse.Namespace, house: House, scenes: Scenes) -> list[str]:
    """The scenes of one house; what is wrong with them."""
    with tempfile.TemporaryDirectory(prefix="office-") as place:
        (Path(place) / "data").mkdir()
        wanted = [
            scene
            for scene in scenes(defaultdict(str))
            if not given.only or any(word in scene.name for word in given.only)
        ]
        if not wanted:
            return []
        things = house(Path(place) / "data")
        names = {scene.name for scene in wanted}
        with RunningServer(Path(place)) as server, chromium() as browser:
            gallery = Gallery(browser, server, given.folder, axe=given.axe)
            for scene in scenes(things):
                if scene.name in names:
                    gallery.sheet(scene)
            return gallery.wrong


if __name__ == "__main__":
    main()
