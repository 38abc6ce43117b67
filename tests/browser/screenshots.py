"""Pictures of every screen, taken while the main job is played on a real room; nothing is made up for them.

    python -m tests.browser.screenshots FOLDER [--papers FOLDER]

Rules: a scene is taken in the size of its device (a desk also on a smaller laptop and on a large monitor), light and
dark, as ``scene-1280x800-light.png``; the folder is made if it is not there, older pictures in it are replaced.
``--papers`` keeps the demo's papers between two runs.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from deploy.demo.papers import build_papers
from tests.browser.chromium import chromium
from tests.browser.main_job import accounts, live, story, terminal
from tests.browser.main_job.cast import Cast
from tests.browser.screen import DESK, LAPTOP, WALL, Screen
from tests.support.room_process import running_room

THEMES = ("light", "dark")


class Gallery:
    """Takes a scene in all its sizes and themes and puts the screen back as it was."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.taken: list[Path] = []

    def __call__(self, screen: Screen, scene: str) -> None:
        page = screen.page
        for width, height in (DESK, LAPTOP, WALL) if screen.size == DESK else (screen.size,):
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                screen.themed(theme)
                # Several frames: colours follow the theme, and the picture of a page is drawn anew for its new size.
                page.evaluate(
                    """async () => {
                      await document.fonts.ready;
                      for (let frame = 0; frame < 6; frame += 1) await new Promise(requestAnimationFrame);
                    }"""
                )
                page.locator(".spinner[role=status]").first.wait_for(state="detached")
                path = self.folder / f"{scene}-{width}x{height}-{theme}.png"
                page.screenshot(path=path)
                self.taken.append(path)
        screen.themed("light")
        page.set_viewport_size({"width": screen.size[0], "height": screen.size[1]})


def take(folder: Path, papers: Path) -> Gallery:
    """Play everything and take all pictures."""
    build_papers(papers)
    gallery = Gallery(folder)
    with (
        tempfile.TemporaryDirectory(prefix="room-") as place,
        running_room(Path(place), seats=4) as room,
        chromium() as browser,
    ):
        cast = Cast.at(room, browser, papers=papers, look=gallery)
        for act in story.ACTS:
            act(cast)
        bench = terminal.Bench.at(room, browser, papers=papers, look=gallery)
        for step in terminal.ACTS:
            step(bench)
        accounts.keep(room, browser, look=gallery)
        hall = live.Hall.at(room, browser, papers=papers, look=gallery, glance=gallery)
        for part in live.ACTS:
            part(hall)
    return gallery


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--papers", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="papers-") as spare:
        gallery = take(given.folder, given.papers or Path(spare))
    print(f"{len(gallery.taken)} pictures in {given.folder}")  # noqa: T201 - a command speaks to a terminal


if __name__ == "__main__":
    main()
