"""The dispatcher: words in, exit status and readable text out."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import phonghop


def _module(name: str, **members: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    return module


def test_without_a_word_usage_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert phonghop.main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(name in err for name in phonghop.COMMANDS)


def test_help_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert phonghop.main(["--help"]) == 0
    assert "chạy máy chủ phòng họp  ·  run the room's server" in capsys.readouterr().out


def test_an_unknown_word_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert phonghop.main(["serv"]) == 2
    assert "Không có lệnh / no such command: serv" in capsys.readouterr().err


def test_a_command_gets_the_words_after_it_and_gives_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[str]] = []

    def seat(argv: list[str]) -> int:
        heard.append(argv)
        return 7

    monkeypatch.setitem(sys.modules, "edge.cli", _module("edge.cli", seat=seat))
    assert phonghop.main(["seat", "--state", "x"]) == 7
    assert heard == [["--state", "x"]]


def test_a_missing_extra_is_named_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = phonghop.Command("no_such_library_here.cli", "seat", "edge", "vi", "en")
    monkeypatch.setitem(phonghop.COMMANDS, "seat", lacking)
    assert phonghop.main(["seat"]) == 3
    err = capsys.readouterr().err
    assert "no_such_library_here" in err
    assert "pip install 'phonghop[edge]'" in err


def test_a_fault_of_our_own_is_not_taken_for_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(phonghop.COMMANDS, "seat", phonghop.Command("edge.no_such_file", "seat", "edge", "vi", "en"))
    with pytest.raises(ModuleNotFoundError, match=r"edge\.no_such_file"):
        phonghop.main(["seat"])
