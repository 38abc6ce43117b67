"""The monitor through the real service: what goes in and out is told, and nothing ends it but its end."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from smartcard import scard

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from edge.card.errors import ReaderDead
from edge.card.monitor import Monitor
from edge.card.pcsc import Context, ReaderState
from edge.card.piv_token import open_piv
from edge.card.watching import CardEvent, CardIn, CardOut, ReadersChanged, ServiceBack, ServiceGone
from tests.support.poll import until
from tests.support.softtoken import contents


class Heard:
    """What a monitor told, in order."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[CardEvent] = queue.SimpleQueue()
        self.monitor = Monitor(self.events.put)

    def next(self, wanted: Callable[[CardEvent], bool]) -> CardEvent:
        """The first event from here on that is wanted."""
        while True:
            event = self.events.get(timeout=10)
            if wanted(event):
                return event

    def card(self, kind: type[CardIn | CardOut], reader: str) -> CardEvent:
        return self.next(lambda event: isinstance(event, kind) and event.reader == reader)


@pytest.fixture
def heard(bank: ReaderBank) -> Iterator[Heard]:
    made = Heard()
    made.monitor.start()
    yield made
    made.monitor.stop()


def test_what_is_there_at_the_start_is_told(bank: ReaderBank, heard: Heard) -> None:
    event = heard.events.get(timeout=10)
    assert isinstance(event, ReadersChanged)
    assert set(bank.readers) == set(event.readers)


def test_I2_in_and_out_are_told_with_the_readers_count_and_fill_no_log(
    bank: ReaderBank, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bank.insert(1, Card(contents()))
    came = heard.card(CardIn, bank.readers[1])
    bank.pull(1)
    went = heard.card(CardOut, bank.readers[1])
    assert isinstance(came, CardIn)
    assert isinstance(went, CardOut)
    assert went.count == came.count
    assert b"PHONGHOP" in came.atr
    assert "CardIn" not in caplog.text
    assert "CardOut" not in caplog.text


def test_I2_a_swap_between_two_looks_is_out_and_in(bank: ReaderBank, heard: Heard, context: Context) -> None:
    card = Card(contents())
    bank.insert(2, card)
    heard.card(CardIn, bank.readers[2])
    held = context.connect(bank.readers[2])
    bank.pull(2)
    heard.card(CardOut, bank.readers[2])
    bank.insert(2, card)
    heard.card(CardIn, bank.readers[2])
    assert not held.is_alive()
    held.close()


def test_holding_and_using_a_card_is_no_event(bank: ReaderBank, heard: Heard, context: Context) -> None:
    bank.insert(1, Card(contents()))
    heard.card(CardIn, bank.readers[1])
    token = open_piv(context.connect(bank.readers[1]))
    token.close()
    bank.insert(3, Card(contents()))
    ours = (bank.readers[1], bank.readers[3])
    event = heard.next(lambda event: isinstance(event, CardIn | CardOut) and event.reader in ours)
    assert isinstance(event, CardIn)
    assert event.reader == bank.readers[3]


def test_the_service_is_killed_twice_and_the_monitor_lives(bank: ReaderBank, heard: Heard) -> None:
    card = Card(contents())
    bank.insert(1, card)
    heard.card(CardIn, bank.readers[1])
    for _ in range(2):
        bank.kill()
        heard.card(CardOut, bank.readers[1])
        heard.next(lambda event: isinstance(event, ServiceGone))
        bank.start()
        heard.next(lambda event: isinstance(event, ServiceBack))
        bank.insert(1, card)
        heard.card(CardIn, bank.readers[1])


def test_a_monitor_without_a_service_waits_and_stops_at_once(bank: ReaderBank) -> None:
    bank.kill()
    heard = Heard()
    heard.monitor.start()
    assert heard.next(lambda event: True) == ServiceGone("card-service-absent")
    heard.monitor.stop(timeout_s=2)
    assert heard.events.empty(), "told once"
    bank.start()


def test_it_stops_within_moments_while_it_waits(bank: ReaderBank) -> None:
    heard = Heard()
    heard.monitor.start()
    heard.next(lambda event: isinstance(event, ReadersChanged))
    heard.monitor.stop(timeout_s=1)
    assert not any(thread.name == "card-monitor" for thread in threading.enumerate())


def test_an_error_nobody_knows_does_not_make_it_spin(bank: ReaderBank, caplog: pytest.LogCaptureFixture) -> None:
    opened = 0

    def fail() -> Context:
        nonlocal opened
        opened += 1
        raise ReaderDead("0x80100001")

    told: list[CardEvent] = []
    monitor = Monitor(told.append, open_context=fail)
    caplog.set_level(logging.INFO)
    monitor.start()
    until(lambda: opened >= 3)
    monitor.stop()
    assert told == [ServiceGone("card-reader-dead")]
    assert "card-reader-dead" in caplog.text
    assert opened <= 4


class Stumbling(Context):
    """A context of the real service in which one wait goes wrong."""

    fails = True

    def wait(self, known: Sequence[ReaderState], *, timeout_ms: int) -> tuple[ReaderState, ...] | None:
        if Stumbling.fails:
            Stumbling.fails = False
            raise ReaderDead("0x80100001")
        return super().wait(known, timeout_ms=timeout_ms)


def test_a_look_that_goes_wrong_is_told_and_the_next_one_tells_all_anew(bank: ReaderBank) -> None:
    told: queue.SimpleQueue[CardEvent] = queue.SimpleQueue()
    Stumbling.fails = True
    monitor = Monitor(told.put, open_context=Stumbling.open)
    monitor.start()
    first = [told.get(timeout=10) for _ in range(4)]
    monitor.stop()
    readers = ReadersChanged(bank.readers)
    assert first == [readers, ServiceGone("card-reader-dead"), ServiceBack(), readers]


def test_I2_a_name_that_is_none_while_a_reader_goes_does_not_end_it(
    bank: ReaderBank, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service gave bytes that pyscard could not read as a name, and no token was seen from then on."""
    heard.events.get(timeout=10)
    gives, left = scard.SCardListReaders, [1, 2]

    def torn(context: int, groups: list[str]) -> tuple[int, list[str]]:
        if left:
            left.pop()
            raise SystemError("returned a result with an exception set")
        found: tuple[int, list[str]] = gives(context, groups)
        return found

    monkeypatch.setattr(scard, "SCardListReaders", torn)
    bank.insert(0, Card(contents()))
    heard.card(CardIn, bank.readers[0])
    bank.insert(1, Card(contents()))
    heard.card(CardIn, bank.readers[1])
    assert not left, "it was torn twice"
