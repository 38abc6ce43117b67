"""Log lines."""

from __future__ import annotations

import logging
import re

import pytest

from server import logs


@pytest.fixture(autouse=True)
def _as_it_was() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
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


def test_libraries_are_heard_from_warnings_upwards(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    logging.getLogger("engineio.server").info("packet")
    logging.getLogger("alembic.runtime.migration").info("running upgrade")
    assert capsys.readouterr().err == ""
