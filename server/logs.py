"""One readable line an event: ``08:41:02 meetings: opened by u-…``; warnings and errors say so.

Rules: a logger is named after its feature; nothing secret is ever handed to one; libraries speak from warnings upwards.
What a stranger wrote (a path, a name) cannot begin a line of its own or move the terminal's cursor. What ends a thread
is a line, too; a screen that left while it was told goodbye is none of them.

Usage::

    configure("INFO")
    logging.getLogger("meetings").info("...")
"""

from __future__ import annotations

import logging
import threading
import traceback
from typing import Final

#: Libraries that tell of every packet or revision otherwise.
_QUIET: Final = ("alembic", "engineio", "engineio.server", "socketio", "socketio.server", "werkzeug")
#: Where Engine.IO's writing thread ends when the other side has hung up first: in the library's goodbye.
_GOODBYE: Final = ("simple_websocket.ws", "close")
_LOG: Final = logging.getLogger("threads")


class Line(logging.Formatter):
    """``HH:MM:SS name: text``, with the level where it is more than information."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s: %(message)s", datefmt="%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line without its traceback; what does not print is escaped."""
        record.message = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback below it."""
        line = super().format(record)
        if record.levelno < logging.WARNING:
            return line
        head, colon, rest = line.partition(f" {record.name}: ")
        return f"{head}{colon}{record.levelname}: {rest}" if colon else line


def configure(level: str) -> None:
    """Send everything to standard error, at ``level`` and above."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _ended


def _ended(ended: threading.ExceptHookArgs) -> None:
    fault = ended.exc_value
    if fault is None or _hung_up(fault):
        return
    name = "?" if ended.thread is None else ended.thread.name
    _LOG.error("%s ended with a fault", name, exc_info=fault)


def _hung_up(fault: BaseException) -> bool:
    """Whether a goodbye failed because nobody was there: found closed, or closed by another thread meanwhile."""
    frames = [frame for frame, _ in traceback.walk_tb(fault.__traceback__)]
    return bool(frames) and (frames[-1].f_globals.get("__name__"), frames[-1].f_code.co_name) == _GOODBYE
