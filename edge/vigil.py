"""Whether this seat is well, and whether its screen still draws; told by files, as the agent may start nothing.

Rules: a seat is well once all four are there: the server has welcomed it over the broker, its page has been drawn, the
card service answers, and its clock is the server's within a minute. That is told once a boot, by the file ``well``: the
slot that was started gets its tries back (docs/adr/0055-image-in-a-machine.md). Where there are slots, root answers by
a file (``good``), and only then is the image called good. A screen that has drawn nothing for ``watch_s`` is told by
the file ``screen-hangs``, which is touched again only after it had time to come up; a dark one, whose page draws on
behind the black, has as long as a first page. Without a
screen of its own (``watch_s`` 0) a seat tells neither.

Usage::

    vigil = Vigil(run_dir, watch_s=20.0, now_s=clock.monotonic_s(), good=GOOD)
    vigil.look(now_s, Signs(…))     # the loop, every quarter of a second
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.vault.run_dir import RunDir

WELL_FILE: Final = "well"
HANGS_FILE: Final = "screen-hangs"
#: By root, when the slot that runs has its tries back (recipe/root/usr/lib/phonghop/mark-good).
GOOD: Final = Path("/run/phonghop-boot/good")
#: From the start of a screen to its first page; a Raspberry Pi takes half a minute, an imitated computer two.
FIRST_PAGE_S: Final = 180.0
#: A clock that is as wrong as this was not set by anybody.
CLOCK_S: Final = 60.0
_LOG: Final = logging.getLogger("phonghop.seat")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the loop knows.

    ``ahead_s``: the server's clock over this one's, ``painted_ago_s``: when the page drew last; None: not yet told;
    ``is_dark``: nothing is drawn that anybody could see.
    """

    online: bool
    readers: bool
    ahead_s: float | None
    painted_ago_s: float | None
    is_dark: bool = False


class Vigil:
    """The loop's."""

    def __init__(self, run_dir: RunDir, *, watch_s: float, now_s: float, good: Path | None = None) -> None:
        """``good``: root's answer, None on a machine without slots."""
        self._run_dir: Final = run_dir
        self._watch_s: Final = watch_s
        self._good: Final = good
        self._is_good = False
        #: Since when a first page is waited for.
        self._began_s = now_s
        self._is_well = False
        self._was_dark = False

    def look(self, now_s: float, signs: Signs) -> bool:
        """One look: whether the seat is found well, and its slot good, just now.

        Raises nothing: a file that cannot be written costs a start of the slot, no more.
        """
        if not self._watch_s:
            return False
        drew_s = None if signs.painted_ago_s is None else now_s - signs.painted_ago_s
        has_drawn = drew_s is not None and drew_s >= self._began_s
        silent_s = now_s - (drew_s if drew_s is not None and has_drawn else self._began_s)
        # Nobody looks at a dark one: it has as long as at a start.
        patience_s = self._watch_s if has_drawn and not signs.is_dark else FIRST_PAGE_S
        if self._was_dark and not signs.is_dark and silent_s > self._watch_s:
            # And from its light on as well.
            self._began_s = now_s
        elif silent_s > patience_s:
            self._began_s = now_s
            _LOG.warning("the screen has drawn nothing for %.0f s: it is to be started anew", patience_s)
            self._note(HANGS_FILE)
        elif has_drawn and not self._is_well and _are_well(signs):
            _LOG.info("all is well: the slot that runs gets its tries back")
            self._is_well = True
            self._note(WELL_FILE)
        self._was_dark = signs.is_dark
        if self._is_well and not self._is_good and (self._good is None or _is_there(self._good)):
            self._is_good = True
            return True
        return False

    def _note(self, name: str) -> None:
        try:
            self._run_dir.note(name, b"")
        except OSError as exc:
            _LOG.warning("run_dir: %s not kept (%s)", name, exc.strerror)


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return False


def _are_well(signs: Signs) -> bool:
    return signs.online and signs.readers and signs.ahead_s is not None and abs(signs.ahead_s) <= CLOCK_S
