"""What the demo prints: one line stays one line, and nobody's bytes command the terminal."""

from __future__ import annotations

import io

import pytest

from deploy.demo.console import Console, one_line


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2026-11-21T21:32:19: mosquitto version 2.0.11 running", "mosquitto version 2.0.11 running"),
        ("[2026-11-21 21:32:19 +0000] [12] [INFO] Listening", "[12] [INFO] Listening"),
        ("2026/11/21 21:32:19 [notice] 7#7: start", "[notice] 7#7: start"),
        ("21:32:19 web: GET /", "web: GET /"),
        ("2026-11-21 21:32:19,123 INFO web: GET /", "INFO web: GET /"),
        ("tài liệu\x1b[31m đỏ\x1b[0m", "tài liệu đỏ"),
        ("xóa\x1b]0;title\x07 màn\rhình\x9b2J", "xóa·]0;title· màn·hình·2J"),
        ("  lùi vào  ", "  lùi vào"),
    ],
)
def test_a_line_is_shown_without_its_own_time_and_without_controls(said: str, shown: str) -> None:
    assert one_line(said) == shown


def test_lines_are_hidden_while_muted_but_faults_are_not() -> None:
    out = io.StringIO()
    console = Console(out, muted=True)
    console.line("broker", "đang chạy")
    console.fault("broker đã dừng", ["dòng\x1b[2J cuối"])
    assert out.getvalue() == "✗ broker đã dừng\n  │ dòng cuối\n"
    console.muted = False
    console.line("broker", "đang chạy")
    assert out.getvalue().splitlines()[-1].endswith("broker   đang chạy")


def test_each_program_keeps_its_colour_and_plain_output_has_none() -> None:
    out = io.StringIO()
    console = Console(out, colour=True)
    for name in ("a", "b", "a"):
        console.line(name, "x")
    first, second, third = (line.partition(" ")[2] for line in out.getvalue().splitlines())
    assert first == third != second
    assert "\x1b[" in first
    plain = io.StringIO()
    Console.on(plain).line("a", "x")
    assert "\x1b" not in plain.getvalue()


def test_a_closed_terminal_stops_nothing() -> None:
    out = io.StringIO()
    console = Console(out)
    out.close()
    console.line("a", "x")
    console.say("still here")
