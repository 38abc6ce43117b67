"""Commands and answers (ISO/IEC 7816-4): every length, chained, cut, corrected, and never a PIN twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.ber import write
from deploy.softtoken.card import Card
from deploy.softtoken.contents import CHUID
from edge.card import tlv
from edge.card.apdu import MAX_ANSWER, OK, Command, encode, exchange, for_t0
from edge.card.errors import AnswerGarbled
from edge.card.pcsc import Context
from edge.card.piv import PivApplication
from edge.card.piv_objects import ObjectId
from tests.card.rigs import PivRig
from tests.support.softtoken import contents

_GET = Command(0x00, 0xCB, p1=0x3F, p2=0xFF, data=tlv.encode(0x5C, ObjectId.CHUID.tag), le=0)


def _inside(total: int) -> bytes:
    """What makes a data object of ``total`` bytes with its tag and length."""
    return bytes(index & 0xFF for index in range(total - (2 if total < 130 else 3 if total < 259 else 4)))


def test_every_length_of_an_answer_from_one_byte_to_eight_kilobytes() -> None:
    card = Card(contents(login=None, document=None))
    application = PivApplication(lambda apdu: card.transmit(bytes(apdu)))
    application.select()
    for size in range(1, 8193):
        card.contents.objects[CHUID] = wanted = bytes((size + index) & 0xFF for index in range(size))
        assert application.get_data(ObjectId.CHUID) == wanted, size


def test_lengths_around_every_border_through_the_real_service(bank: ReaderBank, context: Context) -> None:
    rig = PivRig(bank, context)
    with context.connect(rig.reader) as handle:
        application = PivApplication(handle.transmit)
        application.select()
        borders = {border + step for border in (*range(256, 8193, 256), 127, 8192) for step in (-2, -1, 0, 1, 2)}
        for total in sorted(borders):
            rig.card.contents.objects[CHUID] = wanted = _inside(total)
            answer = exchange(handle.transmit, _GET)
            assert answer.sw == OK
            assert answer.data == write(0x53, wanted)


@pytest.mark.parametrize("extended", [False, True])
def test_every_length_of_a_command_arrives_whole(*, extended: bool) -> None:
    heard = bytearray()

    def card(apdu: bytearray) -> bytes:
        heard.extend(apdu[7:] if extended and len(apdu) > 260 else apdu[5:])
        assert apdu[0] == (0x10 if len(heard) < size and not extended else 0x00)
        return b"\x90\x00"

    for size in range(1, 3000, 7):
        heard.clear()
        data = bytes(index & 0xFF for index in range(size))
        assert exchange(card, Command(0x00, 0xDB, data=data), extended=extended).sw == OK
        assert heard == data


def test_a_refusal_in_the_middle_of_a_chain_ends_it() -> None:
    heard: list[bytes] = []

    def card(apdu: bytearray) -> bytes:
        heard.append(bytes(apdu))
        return b"\x68\x84"

    assert exchange(card, Command(0x00, 0xDB, data=bytes(600))).sw == 0x6884
    assert len(heard) == 1


def test_a_wrong_length_is_corrected_once() -> None:
    heard: list[bytes] = []

    def card(apdu: bytearray) -> bytes:
        heard.append(bytes(apdu))
        return b"\x6c\x05" if len(heard) == 1 else b"abcde\x90\x00"

    assert exchange(card, Command(0x00, 0xCB, le=0)).data == b"abcde"
    assert [apdu[-1] for apdu in heard] == [0, 5]
    heard.clear()
    assert exchange(lambda apdu: b"\x6c\x05", Command(0x00, 0xCB, le=0)).sw == 0x6C05


def test_a_pin_is_never_sent_twice_whatever_the_card_answers() -> None:
    for word in range(0x6000, 0x10000, 0x11):
        heard: list[int] = []

        def card(apdu: bytearray, word: int = word, heard: list[int] = heard) -> bytes:
            heard.append(apdu[1])
            return word.to_bytes(2, "big") if apdu[1] == 0x20 else b"\x90\x00"

        exchange(card, Command(0x00, 0x20, p2=0x80, data=bytearray(b"123456\xff\xff"), once=True))
        assert heard.count(0x20) == 1, f"{word:04x}"


def test_sent_bytes_are_overwritten_and_shown_nowhere() -> None:
    sent: list[bytearray] = []

    def card(apdu: bytearray) -> bytes:
        assert b"123456" in apdu
        sent.append(apdu)
        return b"\x90\x00"

    command = Command(0x00, 0x20, p2=0x80, data=bytearray(b"123456\xff\xff"), once=True)
    exchange(card, command)
    assert not any(sent[0])
    assert "123456" not in repr(command)
    assert "49" not in repr(command), "nor as numbers"


@pytest.mark.parametrize("answer", [b"", b"\x90", b"\x61\x10"])
def test_no_answer_and_an_empty_promise_are_garbled(answer: bytes) -> None:
    with pytest.raises(AnswerGarbled):
        exchange(lambda apdu: answer, Command(0x00, 0xCB, le=0))


def test_an_answer_without_an_end_is_ended() -> None:
    exchanges = 0

    def card(apdu: bytearray) -> bytes:
        nonlocal exchanges
        exchanges += 1
        return bytes(256) + b"\x61\x00"

    with pytest.raises(AnswerGarbled):
        exchange(card, Command(0x00, 0xCB, le=0))
    assert exchanges <= MAX_ANSWER // 256 + 1


def test_short_and_extended_forms() -> None:
    assert encode(Command(0, 0xA4)) == bytes.fromhex("00a40000")
    assert encode(Command(0, 0xA4, le=0)) == bytes.fromhex("00a4000000")
    assert encode(Command(0, 0xA4, data=b"ab", le=256)) == bytes.fromhex("00a4000002616200")
    assert encode(Command(0, 0xA4, data=b"ab", le=0), extended=True) == bytes.fromhex("00a40000000002 6162 0000")
    assert encode(Command(0, 0xA4, data=bytes(300)), extended=True)[4:7] == bytes.fromhex("00012c")
    with pytest.raises(ValueError, match="too long"):
        encode(Command(0, 0xA4, data=bytes(256)))


def test_t0_takes_no_le_after_data() -> None:
    assert for_t0(encode(Command(0, 0xA4, data=b"ab", le=0))) == encode(Command(0, 0xA4, data=b"ab"))
    for command in (Command(0, 0xA4), Command(0, 0xA4, le=0), Command(0, 0xA4, data=b"ab")):
        assert for_t0(encode(command)) == encode(command)


@given(st.lists(st.tuples(st.sampled_from([0x53, 0x70, 0x7E, 0x5F2F, 0x5FC102, 0x7F49]), st.binary(max_size=400))))
def test_parse_inverts_encode(values: list[tuple[int, bytes]]) -> None:
    assert list(tlv.parse(b"".join(tlv.encode(tag, value) for tag, value in values))) == [
        (tag, value) for tag, value in values
    ]


@given(st.binary(max_size=300))
def test_parse_raises_our_error_alone(data: bytes) -> None:
    try:
        tlv.parse(data)
    except AnswerGarbled:
        return
