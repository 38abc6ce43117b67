"""What goes in and out, told from one look to the next (`edge/card/watching.py`): a playbook without a service."""

from __future__ import annotations

from edge.card.watching import (
    MUTE,
    PRESENT,
    CardEvent,
    CardIn,
    CardOut,
    ReadersChanged,
    ServiceBack,
    ServiceGone,
    Watch,
    known,
    lost,
    observe,
)

_A, _ATR = "Reader A 00 00", b"\x3b\x80"


def _look(watch: Watch, count: int, *, is_in: bool, more: int = 0) -> tuple[Watch, tuple[CardEvent, ...]]:
    flags = count << 16 | more | (PRESENT if is_in else 0)
    return observe(watch, (_A,), [(_A, flags, _ATR if is_in else b"")])


def test_I2_in_then_out() -> None:
    watch, events = _look(Watch(), 1, is_in=True)
    assert events == (ReadersChanged((_A,)), CardIn(_A, _ATR, 1))
    watch, events = _look(watch, 2, is_in=False)
    assert events == (CardOut(_A, 1),)
    assert known(watch) == ((_A, 2 << 16),)


def test_I2_a_swap_of_identical_cards_between_two_looks_is_seen_by_the_count() -> None:
    watch, _ = _look(Watch(), 1, is_in=True)
    _, events = _look(watch, 3, is_in=True)
    assert events == (CardOut(_A, 1), CardIn(_A, _ATR, 3))


def test_a_card_that_was_in_and_out_again_between_two_looks_is_nothing() -> None:
    watch, _ = _look(Watch(), 0, is_in=False)
    assert _look(watch, 2, is_in=False)[1] == ()


def test_in_use_and_exclusive_are_our_own_doing() -> None:
    watch, _ = _look(Watch(), 1, is_in=True)
    assert _look(watch, 1, is_in=True, more=0x0180)[1] == ()


def test_a_mute_card_is_in_and_told_again_when_it_speaks() -> None:
    watch, events = _look(Watch(), 1, is_in=True, more=MUTE)
    assert events[-1] == CardIn(_A, _ATR, 1, mute=True)
    _, events = _look(watch, 1, is_in=True)
    assert events == (CardOut(_A, 1), CardIn(_A, _ATR, 1))


def test_a_reader_that_is_unplugged_takes_its_card_out() -> None:
    watch, _ = _look(Watch(), 1, is_in=True)
    _, events = observe(watch, (), ())
    assert events == (CardOut(_A, 1), ReadersChanged(()))


def test_I2_when_the_service_goes_every_card_is_out_and_it_is_said_once() -> None:
    watch, _ = _look(Watch(), 1, is_in=True)
    watch, events = lost(watch, "card-service-absent")
    assert events == (CardOut(_A, 1), ServiceGone("card-service-absent"))
    assert lost(watch, "card-service-absent")[1] == ()
    _, events = _look(watch, 1, is_in=True)
    assert events == (ServiceBack(), ReadersChanged((_A,)), CardIn(_A, _ATR, 1))
