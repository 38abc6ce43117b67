"""The light behind the panel, as the agent says it to a unit of root's (W188)."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.agent import Agent
from edge.panel import AGAIN_S, PANEL_FILE, Panel
from edge.settings import Settings
from edge.vault.run_dir import RunDir


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "run" / PANEL_FILE


def taken(said: Path) -> str:
    """What was said since, and it is gone."""
    text = said.read_text() if said.exists() else ""
    said.unlink(missing_ok=True)
    return text


def test_W188_it_is_said_at_once_and_once_more_and_then_no_more(said: Path) -> None:
    panel = Panel(RunDir(said.parent, boot="b"))
    panel.tell(100.0, is_dark=True)
    assert taken(said) == "dark\n"
    panel.tell(100.0 + AGAIN_S - 1, is_dark=True)
    assert taken(said) == ""
    panel.tell(100.0 + AGAIN_S, is_dark=True)
    assert taken(said) == "dark\n"
    panel.tell(100.0 + 10 * AGAIN_S, is_dark=True)
    assert taken(said) == ""
    panel.tell(100.0 + 10 * AGAIN_S + 1, is_dark=False)
    panel.tell(100.0 + 10 * AGAIN_S + 2, is_dark=True)
    assert taken(said) == "dark\n", "what changed is not waited with"


def test_W188_what_could_not_be_written_is_tried_again(said: Path) -> None:
    said.parent.write_text("no folder")
    panel = Panel(RunDir(said.parent, boot="b"))
    panel.tell(100.0, is_dark=True)
    said.parent.unlink()
    panel.tell(101.0, is_dark=True)
    assert taken(said) == ""
    for at in (100.0 + AGAIN_S, 100.0 + 2 * AGAIN_S):
        panel.tell(at, is_dark=True)
        assert taken(said) == "dark\n"


@pytest.mark.parametrize(("watch_s", "word"), [(20, "light\n"), (0, "")])
def test_W188_the_agent_of_a_seat_with_a_screen_of_its_own_says_it(
    said: Path, tmp_path: Path, watch_s: int, word: str
) -> None:
    settings = Settings(
        server_url="https://r.example",
        ca_sha256="0" * 64,
        data_dir=tmp_path / "data",
        run_dir=said.parent,
        screen_watch_s=watch_s,
    )
    agent = Agent(settings)
    agent._light(is_dark=False)  # noqa: SLF001 - the loop's
    assert taken(said) == word
