"""Memory of the browser's renderer and of the seat's programs while pages are turned.

Rules: the renderer is the largest process of a browser in which nothing else is open. "Own" is what no other process
shares (proc(5), smaps_rollup: private clean and dirty), "whole" its resident size.

Usage: ``resident(renderer_pid(browser))``
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser


@dataclass(frozen=True, slots=True)
class Resident:
    """In MB (10⁶ bytes)."""

    whole: float
    own: float


def resident(pid: int) -> Resident:
    """What a process takes now."""
    found: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if rest.endswith("kB"):
            found[name] = int(rest.split()[0]) * 1024 / 1e6
    return Resident(found["Rss"], found["Private_Clean"] + found["Private_Dirty"])


def renderer_pid(browser: Browser) -> int:
    """The largest renderer."""
    session = browser.new_browser_cdp_session()
    try:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    finally:
        session.detach()
    renderers = [int(each["id"]) for each in processes if each["type"] == "renderer"]
    return max(renderers, key=lambda pid: resident(pid).whole)
