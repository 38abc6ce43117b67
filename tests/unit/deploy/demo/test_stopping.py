"""Signals: the first ends the demo in order, a second one hurries, and afterwards all is as before."""

from __future__ import annotations

import os
import signal

import pytest

from deploy.demo.stopping import Stopped, stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_and_the_second_hurries(number: int) -> None:
    hurried: list[str] = []
    before = signal.getsignal(number)
    with stopping(hurry=lambda: hurried.append("now")):
        with pytest.raises(Stopped):
            os.kill(os.getpid(), number)
        assert hurried == []
        os.kill(os.getpid(), number)
        assert hurried == ["now"]
    assert signal.getsignal(number) is before


def test_stopping_is_no_fault_that_somebody_might_swallow() -> None:
    assert not issubclass(Stopped, Exception)
