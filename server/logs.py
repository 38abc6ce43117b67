"""One readable line an event: ``08:41:02 meetings: opened by u-…``; warnings and errors say so.

Rules: a logger is named after its feature; nothing secret is ever handed to one; libraries speak from warnings upwards.
What a stranger wrote (a path, a name) cannot begin a line of its own or move the terminal's cursor.

Usage::

    configure("INFO")
    logging.getLogger("meetings").info("...")
"""

from __future__ import annotations

import logging
from typing import Final

#: Libraries that tell of every packet or revision otherwise.
_QUIET: Final = ("alembic", "engineio", "engineio.server", "socketio", "socketio.server", "werkzeug")


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
