"""Draws the life-cycle tables as Mermaid state diagrams.

Usage: ``python -m tests.architecture.diagrams`` writes docs/diagrams; a test fails while they differ from the tables.
"""

from __future__ import annotations

from pathlib import Path

from wire import notices, phases, speaking, votes

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "diagrams"


def meeting() -> str:
    """The life of a meeting (M1), from ``wire/phases.py``."""
    lines = [
        "%% Made by python -m tests.architecture.diagrams from wire/phases.py; do not edit.",
        "",
    ]
    lines += ["stateDiagram-v2", f"    [*] --> {phases.Phase.DRAFT}"]
    moves = sorted(phases.TABLE.items(), key=lambda move: (list(phases.Phase).index(move[0][0]), move[0][1]))
    lines += [f"    {before} --> {after}: {change}" for (before, change), after in moves]
    ends = [phase for phase in phases.Phase if all(before != phase for before, _ in phases.TABLE)]
    lines += [f"    {phase} --> [*]" for phase in ends]
    return "\n".join(lines) + "\n"


def vote() -> str:
    """The life of a vote (V3), from ``wire/votes.py``."""
    lines = [
        "%% Made by python -m tests.architecture.diagrams from wire/votes.py; do not edit.",
        "",
    ]
    lines += ["stateDiagram-v2", f"    [*] --> {votes.VoteState.CREATED}"]
    moves = sorted(votes.TABLE.items(), key=lambda move: (list(votes.VoteState).index(move[0][0]), move[0][1]))
    lines += [f"    {before} --> {after}: {change}" for (before, change), after in moves]
    ends = [state for state in votes.VoteState if all(before != state for before, _ in votes.TABLE)]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(lines) + "\n"


def speech() -> str:
    """The life of a turn to speak (S1), from ``wire/speaking.py``."""
    lines = [
        "%% Made by python -m tests.architecture.diagrams from wire/speaking.py; do not edit.",
        "",
    ]
    lines += ["stateDiagram-v2", f"    [*] --> {speaking.SpeechState.WAITING}"]
    states = list(speaking.SpeechState)
    moves = sorted(speaking.TABLE.items(), key=lambda move: (states.index(move[0][0]), move[0][1]))
    lines += [f"    {before} --> {after}: {change}" for (before, change), after in moves]
    # What was handed in may be handed in anew: an end all the same.
    ends = [state for state in states if all(after == state for (before, _), after in moves if before == state)]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(lines) + "\n"


def notice() -> str:
    """The life of a message (W96), from ``wire/notices.py``."""
    lines = [
        "%% Made by python -m tests.architecture.diagrams from wire/notices.py; do not edit.",
        "",
    ]
    lines += ["stateDiagram-v2", f"    [*] --> {notices.NoticeState.PREPARED}"]
    moves = sorted(notices.TABLE.items(), key=lambda move: (list(notices.NoticeState).index(move[0][0]), move[0][1]))
    lines += [f"    {before} --> {after}: {change}" for (before, change), after in moves]
    ends = [state for state in notices.NoticeState if all(before != state for before, _ in notices.TABLE)]
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(lines) + "\n"


DIAGRAMS = {"meeting.mmd": meeting, "vote.mmd": vote, "speech.mmd": speech, "notice.mmd": notice}


def main() -> None:
    """Write all diagrams."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in DIAGRAMS.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
