"""Log lines."""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from simple_websocket.ws import Base
from wsproto.connection import Connection, ConnectionType

from server import logs


@pytest.fixture(autouse=True)
def _as_it_was() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    hook = threading.excepthook
    yield
    threading.excepthook = hook
    root.handlers[:], level = before
    root.setLevel(level)


def test_a_line_is_time_feature_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logging.getLogger("meetings").info("cuộc họp %s đã khai mạc", "m-1")
    assert re.fullmatch(r"\d\d:\d\d:\d\d meetings: cuộc họp m-1 đã khai mạc\n", capsys.readouterr().err)


def test_what_needs_attention_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    logging.getLogger("link").warning("broker away")
    assert " link: WARNING: broker away\n" in capsys.readouterr().err


@pytest.mark.parametrize("forged", ["x\n08:00:00 meetings: đã bế mạc", "x\r08:00:00", "\x1b[2J", "x\u2028y", "x\x85y"])
def test_what_a_stranger_wrote_makes_no_line_of_its_own(capsys: pytest.CaptureFixture[str], forged: str) -> None:
    logs.configure("INFO")
    logging.getLogger("web").error("fault in GET %s", forged)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert written.removesuffix("\n").isprintable()


def test_a_traceback_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    try:
        raise ValueError("x")
    except ValueError:
        logging.getLogger("web").exception("fault")
    assert len(capsys.readouterr().err.splitlines()) > 3


def test_libraries_are_heard_from_warnings_upwards(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    logging.getLogger("engineio.server").info("packet")
    logging.getLogger("alembic.runtime.migration").info("running upgrade")
    assert capsys.readouterr().err == ""


def test_what_ends_a_thread_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    _in_a_thread(lambda: int("hỏng"))
    said = capsys.readouterr().err
    assert " threads: ERROR: writer ended with a fault\n" in said
    assert "ValueError: " in said


@pytest.mark.parametrize("noticed", [True, False], ids=["closed before", "closed meanwhile"])
def test_a_screen_that_hung_up_before_the_goodbye_is_no_line(
    capsys: pytest.CaptureFixture[str], *, noticed: bool
) -> None:
    logs.configure("INFO")
    _in_a_thread(_hung_up(noticed=noticed).close)
    assert capsys.readouterr().err == ""


def _hung_up(*, noticed: bool) -> Any:
    """A WebSocket whose descriptor is closed, which its own thread has ``noticed`` or not yet."""
    gone = socket.socket()
    gone.close()
    screen: Any = Base.__new__(Base)
    screen.sock, screen.connected = gone, not noticed
    screen.ws = Connection(ConnectionType.SERVER)
    screen.close_reason = screen.close_message = None
    return screen


def _in_a_thread(target: Callable[[], object]) -> None:
    thread = threading.Thread(target=target, name="writer")
    thread.start()
    thread.join()
