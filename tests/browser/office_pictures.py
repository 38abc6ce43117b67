"""Pictures of every page between two meetings, in an office of forty-five people with long names, on sheets to look at.

    python -m tests.browser.office_pictures FOLDER [--only WORDS] [--axe]

Rules: a page is taken in three sizes, in one of them dark too, once in English, and as it is while its answers are on
their way, when they fail, and without a connection; sheets of a few pictures each stand beside them. ``--only`` takes
pages whose name holds one of the words. What axe and the rule of sizes say is printed; nothing is made up for it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page, Route

from tests.browser.chromium import chromium
from tests.browser.long_names import LongNames, Things
from tests.browser.screen import DESK, LAPTOP, WALL, Screen
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD

_FONT = Path(__file__).resolve().parents[2] / "pages" / "fonts" / "BeVietnamPro-Medium.ttf"
_SETTLED = """async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
}"""
#: On a sheet: pictures side by side, each so wide.
_ACROSS, _WIDE, _CAPTION = 3, 900, 30
Do = Callable[[Page], object]


@dataclass(frozen=True)
class Scene:
    """A page: whose, where, and what is pressed there first; ``states``: held, refused and without a connection too."""

    name: str
    who: str
    path: str
    do: Do = lambda _page: None
    states: bool = True


def press(*names: str) -> Do:
    """The first button of the page that is called so, in whichever language."""
    called = re.compile("|".join(map(re.escape, names)))
    return lambda page: page.locator("main").get_by_role("button", name=called).first.click()


def scenes(of: Things) -> list[Scene]:
    """Every page."""
    held, coming, draft = (f"/meetings/{of[name]}" for name in ("held", "coming", "draft"))
    return [
        Scene("home-member", "daibieu", "/"),
        Scene("home-secretary", "thuky", "/"),
        Scene("home-chair", "chutri", "/"),
        Scene("home-new", "khach", "/", states=False),
        Scene("reports", "thuky", "/reports"),
        Scene("readings", "thuky", f"{coming}/papers"),
        Scene("readings-look", "kiemtoan", f"{coming}/log"),
        Scene("hand-over", "hethong", f"/people/hand-over/{of['leaver']}"),
        Scene("hand-overs", "hethong", "/people/hand-overs"),
        Scene("hand-over-protocol", "hethong", f"/people/hand-overs/{of['handover']}"),
        Scene("faults", "daibieu", "/feedback"),
        Scene("faults-desk", "kythuat", "/feedback/desk"),
        Scene("before", "daibieu", f"{coming}/before"),
        Scene("before-chair", "chutri", f"{coming}/before"),
        Scene("remarks-outside", "truongphong", f"/remarks/{of['coming']}"),
        Scene("units", "hethong", "/people/units"),
        Scene("people", "hethong", "/people"),
        Scene("roster", "hethong", "/people/list", states=False),
        Scene("own-sign-ins", "daibieu", "/sign-ins"),
        Scene("review", "anninh", "/people/review"),
        Scene("outlines", "hethong", "/meeting-outlines"),
        Scene("new-meeting", "thuky", "/meetings/new"),
        Scene("request-hand-in", "daibieu", f"/requests/{of['draft']}/{of['request']}"),
        Scene("requests-board", "thuky", f"{draft}/requests"),
        Scene("tasks", "truongphong", "/tasks"),
        Scene("task", "truongphong", f"/tasks/{of['task1']}"),
        Scene("task-figures", "thuky", "/tasks/figures"),
        Scene("tasks-of-meeting", "thuky", f"{held}/tasks"),
        Scene("consultations", "thuky", "/consultations"),
        Scene("slip-answer", "daibieu", f"/consultations/{of['open_slip']}"),
        Scene("slip-leads", "thuky", f"/consultations/{of['open_slip']}"),
        Scene("slip-results", "chutri", f"/consultations/{of['closed_slip']}"),
        Scene("slip-draft", "thuky", f"/consultations/{of['draft_slip']}"),
        Scene("calendar", "daibieu", "/calendar"),
        Scene("search", "daibieu", "/search/quy%20ch%E1%BA%BF"),
        Scene("search-begin", "daibieu", "/search", states=False),
        Scene("letters", "thuky", f"{held}/letters"),
        Scene("letter-draft", "thuky", f"{held}/letters", press("Soạn tiếp", "Go on drafting")),
        Scene("invitation-answer", "daibieu", f"{coming}/invitation"),
        Scene("invitation-counts", "thuky", f"{coming}/invitation"),
        Scene("register", "vanthu", "/register"),
        Scene("minutes-editor", "thuky", f"{held}/minutes"),
        Scene("minutes-member", "daibieu", f"{held}/minutes"),
        Scene("agency", "hethong", "/agency"),
        Scene("second-factor", "daibieu", "/second-factor"),
    ]


class Gallery:
    """Takes the pictures of scenes and says what is wrong with them."""

    def __init__(self, browser: Browser, server: RunningServer, folder: Path, *, axe: bool) -> None:
        self._browser, self._server, self._folder, self._axe = browser, server, folder, axe
        self._screens: dict[str, Screen] = {}
        self.wrong: list[str] = []

    def take(self, scene: Scene) -> list[Path]:
        """All pictures of one."""
        screen = self._screen(scene.who)
        taken = []
        self._opens(screen, scene)
        for size in (LAPTOP, DESK, WALL):
            screen.page.set_viewport_size({"width": size[0], "height": size[1]})
            for theme in ("light", "dark"):
                if theme == "light" or size == DESK:
                    screen.themed(theme)
                    taken.append(self._shot(screen, f"{scene.name}-{size[0]}-{theme}"))
            screen.themed("light")
            self.wrong += [f"{scene.name} {size[0]}: {each}" for each in screen.misfits()]
        screen.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        if self._axe:
            self.wrong += [f"{scene.name}: {each}" for each in screen.flaws()]
        screen.page.evaluate("localStorage.setItem('phonghop.language', 'en')")
        self._opens(screen, scene)
        taken.append(self._shot(screen, f"{scene.name}-english"))
        screen.page.evaluate("localStorage.setItem('phonghop.language', 'vi')")
        if scene.states:
            for state in ("loading", "error", "offline"):
                with _answers(screen.page, state):
                    self._opens(screen, scene, settled=False)
                    taken.append(self._shot(screen, f"{scene.name}-{state}"))
        return taken

    def _opens(self, screen: Screen, scene: Scene, *, settled: bool = True) -> None:
        page = screen.page
        page.goto(f"http://127.0.0.1:{self._server.port}/#{scene.path}")
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

    def _screen(self, who: str) -> Screen:
        if who not in self._screens:
            screen = self._screens[who] = Screen(self._browser, who, size=DESK)
            screen.opens(f"http://127.0.0.1:{self._server.port}/")
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
    with tempfile.TemporaryDirectory(prefix="office-") as place:
        (Path(place) / "data").mkdir()
        things = LongNames(Path(place) / "data").furnish()
        with RunningServer(Path(place)) as server, chromium() as browser:
            gallery = Gallery(browser, server, given.folder, axe=given.axe)
            for scene in scenes(things):
                if not given.only or any(word in scene.name for word in given.only):
                    sheet(gallery.take(scene), given.folder / f"sheet-{scene.name}.png")
            for each in gallery.wrong:
                print(each)  # noqa: T201 - a command speaks to a terminal
    sys.exit(1 if gallery.wrong else 0)


if __name__ == "__main__":
    main()
