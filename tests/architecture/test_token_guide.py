"""docs/huong-dan/usb-token.md says of every message a person can meet with a token what it means and what to do."""

from __future__ import annotations

import json
import re

import pytest

from tests.architecture.source import ROOT

_GUIDE = ROOT / "docs" / "huong-dan" / "usb-token.md"
_TEXT = _GUIDE.read_text(encoding="utf-8")
_ROWS = [row.split("|")[1:-1] for row in _TEXT.splitlines() if row.startswith("| ")]


def _errors(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((ROOT / "web" / "locales" / "vi" / name).read_text("utf-8"))["errors"]
    return found


_SEAT = {
    code: text
    for code, text in _errors("errors-edge.json").items()
    if code.startswith(("seat-token", "seat-challenge", "seat-statement", "seat-card"))
}
MESSAGES = _errors("errors-card.json") | _errors("errors-token.json") | _errors("errors-bridge.json") | _SEAT


def _quoted(text: str) -> str:
    """A message as the guide has it: its first sentence, without what changes from time to time."""
    first = re.split(r"(?<=[.?]) ", text)[0]
    before = first.split(":")[0] if "{tries_left}" in first else first
    return re.sub(r"\{\w+\}", "…", before).strip()


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_message_is_explained(code: str) -> None:
    found = [row for row in _ROWS if row[0].strip() == _quoted(MESSAGES[code])]
    assert found, f"{code}: add a row that begins with “{_quoted(MESSAGES[code])}” to {_GUIDE.name}"
    assert all(len(row) == 3 and row[1].strip() and row[2].strip() for row in found)


def test_every_picture_is_there_and_small() -> None:
    pictures = [_GUIDE.parent / path for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", _TEXT)]
    assert len(pictures) == 5
    assert max(path.stat().st_size for path in pictures) < 64 * 1024
