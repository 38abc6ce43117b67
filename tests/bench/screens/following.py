"""Following the chair: the page is turned by HTTP, and painted at the seats, on the wall and at the console.

Rules: the time begins when the request is sent, so it holds the server's commit, broker, agent and browser; the same
turns are watched by a bare page that asks every second. The chair turns after a pause of uneven length, as people do;
a poll is then as often early as late.

Usage: ``chair = Presenter(room, meeting); followed = follow(chair, watchers, pages, room=room)``
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.client import Client
from tests.bench.screens.readers import Reader
from tests.support.poll import until

#: Shorter than this only a person in a hurry turns; the pages around are there by then.
PAUSE_S = (0.8, 1.6)


@dataclass
class Presenter:
    """Whoever turns pages for all, by HTTP."""

    client: Client
    meeting: str
    paper: str

    def shows(self, page: int) -> tuple[float, int]:
        """Present a page; when it was asked for (seconds since 1970), and the event's number."""
        began = time.time()
        answer = self.client.post(f"/api/meetings/{self.meeting}/present", {"paper": self.paper, "page": page}, step="")
        return began, int(answer["seq"])


@dataclass
class Followed:
    """Milliseconds from the request to the picture, by watcher, and to the server's answer."""

    at: dict[str, list[float]] = field(default_factory=dict)
    answered: list[float] = field(default_factory=list)

    def of(self, *names: str) -> list[float]:
        """Of several watchers together."""
        return [each for name in names for each in self.at.get(name, [])]


def follow(chair: Presenter, watchers: Sequence[Reader], pages: Sequence[int], *, seed: int = 3) -> Followed:
    """Turn through ``pages`` and wait each time until everybody has painted."""
    followed = Followed()
    pause = random.Random(seed)
    for page in pages:
        rest_until = time.monotonic() + pause.uniform(*PAUSE_S)
        began, _ = chair.shows(page)
        followed.answered.append(1000 * (time.time() - began))
        for watcher in watchers:
            at = watcher.painted_at(page, began)
            followed.at.setdefault(watcher.name, []).append(1000 * (at - began))
        rested(rest_until)
    return followed


def rested(until_s: float) -> None:
    """Wait for a moment of the monotonic clock."""
    until(lambda: time.monotonic() >= until_s, timeout_s=30, every_s=0.02, what="the pause")


def there_and_back(count: int, *, pages: int, begin: int = 1) -> list[int]:
    """``count`` pages of a paper of ``pages``, each the neighbour of the one before, beginning beside ``begin``."""
    found: list[int] = []
    page, step = begin, 1
    for _ in range(count):
        if page == pages:
            step = -1
        elif page == 1:
            step = 1
        page += step
        found.append(page)
    return found


def paper_of(sections: dict[str, Any], title: str) -> dict[str, Any]:
    """A paper of the meeting by its title."""
    return next(paper for paper in sections["papers"] if paper["title"] == title)
