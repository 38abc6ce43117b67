"""The lock of a console: the PC's token is pulled out until the page shows nothing, beside a bare client.

Rules: the very removals are told to a client that does nothing but wait for them, interleaved with the page.

Usage: ``ConsoleLocks(room, browser, bare, reader=2).run(50)`` → ``Locks``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from deploy.demo import people
from tests.bench.tokens.clocks import ahead
from tests.bench.tokens.yardstick import BareClient
from tests.browser.pages_bridge import PcPerson
from tests.support.poll import until
from tests.support.token_room import TokenRoom

_ROUND_S: Final = 3.2
_WATCH: Final = Path(__file__).parent / "watch.js"


@dataclass(slots=True)
class Locks:
    """All in milliseconds: until the page was covered, and until the bare client knew."""

    locks: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ours(self) -> list[float]:
        """What we add, removal by removal."""
        return [lock - bare for lock, bare in zip(self.locks, self.bare, strict=True)]


class ConsoleLocks:
    """One console of one PC."""

    def __init__(self, room: TokenRoom, browser: Browser, bare: BareClient, *, reader: int) -> None:
        self._room: Final = room
        self._bare: Final = bare
        self._person: Final = PcPerson(browser, room, people.SECRETARY, reader=reader)
        self._person.page.add_init_script(path=_WATCH)
        self._reader: Final = reader

    def run(self, count: int) -> Locks:
        """Sign in, then pull and unlock again so many times."""
        person, found = self._person, Locks()
        person.knows_the_bridge()
        person.arrives()
        person.comes_in()
        clock = ahead(person.page)
        for number in range(count):
            # A bridge answers forty questions a minute; a round asks two, to open the lock and to watch the token.
            due = time.monotonic() + _ROUND_S
            if number:
                window = person.window_after("Mở khóa")
                person.plugs(window)
                person.types_pin(window, person.room.pin)
                person.is_greeted(person.who)
            self._pull(found, clock)
            until(lambda due=due: time.monotonic() >= due, timeout_s=2 * _ROUND_S, what="the next round")  # type: ignore[misc]
        return found

    def _pull(self, found: Locks, clock: float) -> None:
        page = self._person.page
        page.evaluate("tokenBench.expect('uncovered')")
        page.evaluate("tokenBench.done()")
        page.evaluate("tokenBench.expect('covered')")
        self._bare.begin()
        at = time.monotonic()
        self._room.stand.pull(self._reader)
        painted = float(page.evaluate("tokenBench.done()"))
        found.bare.append(1000 * (self._bare.gone(timeout_s=5.0) - at))
        found.locks.append(painted - clock - 1000 * at)
