"""The light behind the screen's panel, switched by a unit of root's that watches a file (W188).

Rules: the page is black in any case; this is for the panel. The file says which of the two; it is written when that
changes, and once more some seconds later, for systemd does not hear of a change that comes while its unit runs. What
could not be written is tried again after the same rest.

Usage::

    panel = Panel(run_dir)
    panel.tell(now_s, is_dark=True)     # the loop, every quarter of a second, and whenever the screen changes
"""

from __future__ import annotations

import logging
from typing import Final

from edge.vault.run_dir import RunDir

#: phonghop-panel.path names the whole path.
PANEL_FILE: Final = "panel"
AGAIN_S: Final = 5.0
_TIMES: Final = 2
_LOG: Final = logging.getLogger("phonghop.seat")


class Panel:
    """The loop's."""

    def __init__(self, run_dir: RunDir) -> None:
        self._run_dir: Final = run_dir
        self._is_dark: bool | None = None
        #: How often it is still to be written, and from when on.
        self._left = 0
        self._due_s = 0.0

    def tell(self, now_s: float, *, is_dark: bool) -> None:
        """How it is to be now; raises nothing."""
        if is_dark != self._is_dark:
            self._is_dark, self._left, self._due_s = is_dark, _TIMES, now_s
        if not self._left or now_s < self._due_s:
            return
        self._due_s = now_s + AGAIN_S
        try:
            self._run_dir.note(PANEL_FILE, b"dark\n" if is_dark else b"light\n")
        except OSError as exc:
            _LOG.warning("run_dir: %s not kept (%s)", PANEL_FILE, exc.strerror)
        else:
            self._left -= 1
