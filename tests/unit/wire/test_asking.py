"""Rule G51: what a server asks of a bridge is read to the last field, signed, and of one kind."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealing.signatures import ServerSigner, server_verifier
from tests.support import wire_values
from wire.asking import Ask, Kind, is_fresh, is_origin, open_ask, seal_ask
from wire.envelope import seal
from wire.errors import WireError
from wire.proof import ConsoleProof, Proof

SIGNER = ServerSigner.generate()
VERIFY = server_verifier(SIGNER.public)
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
ASK = Ask(Kind.SIGN_IN, "c-aaaaaaaaaaaaaaaa", "d-aaaaaaaaaaaaaaaa", "https://hop.example.vn", NOW, {"x": 1})


def sealed(ask: Ask) -> bytes:
    return seal_ask(ask, key_id=SIGNER.key_id, sign=SIGNER.sign)


@given(kind=st.sampled_from(Kind), ask=wire_values.of_kind("c"), until=wire_values.moments())
def test_G51_reading_inverts_printing(kind: Kind, ask: str, until: dt.datetime) -> None:
    made = dataclasses.replace(ASK, kind=kind, ask=ask, expires_at=until)
    assert open_ask(sealed(made), verify=VERIFY) == made


@given(st.binary(max_size=300))
def test_rubbish_is_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(WireError):
        open_ask(data, verify=VERIFY)


@pytest.mark.parametrize(
    "change",
    [{"ask": "a-aaaaaaaaaaaaaaaa"}, {"bridge": "x"}, {"origin": "https://x/y"}, {"expires_at": "x"}, {"data": []}],
    ids=str,
)
def test_G51_a_field_that_is_wrong_is_refused(change: dict[str, Any]) -> None:
    data = seal("bridge_sign_in", {**ASK.to_value(), **change}, key_id=SIGNER.key_id, sign=SIGNER.sign)
    with pytest.raises(WireError):
        open_ask(data, verify=VERIFY)


@pytest.mark.parametrize("kind", ["bridge_other", "sign_in", "wish", "bridge_"])
def test_G51_a_message_of_another_kind_is_no_question(kind: str) -> None:
    data = seal(kind, ASK.to_value(), key_id=SIGNER.key_id, sign=SIGNER.sign)
    with pytest.raises(WireError):
        open_ask(data, verify=VERIFY)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://hop.example.vn", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("https://hop.example.vn/", False),
        ("https://HOP.example.vn", False),
        ("ftp://x", False),
        ("null", False),
        ("https://", False),
        ("https://x:0", False),
        ("https://x:y", False),
        ("https://a@b", False),
    ],
)
def test_an_origin_is_as_browsers_print_it(text: str, *, good: bool) -> None:
    assert is_origin(text) is good


@pytest.mark.parametrize(("left_s", "good"), [(60, True), (65, True), (66, False), (-4, True), (-5, False)])
def test_a_question_is_good_for_its_minute(left_s: int, *, good: bool) -> None:
    ask = dataclasses.replace(ASK, expires_at=NOW + dt.timedelta(seconds=left_s))
    assert is_fresh(ask, NOW, slack_s=5) is good


def test_G53_a_seats_text_is_never_a_consoles() -> None:
    same: dict[str, Any] = {"challenge": ASK.ask, "server_nonce": bytes(32), "server_key": "k", "certificate": "f"}
    seat = Proof(**same, seat_nonce=bytes(32), device="d", seat="s", meeting="m", expires_at=NOW)
    console = ConsoleProof(**same, bridge_nonce=bytes(32), bridge="d", origin="s", expires_at=NOW)
    assert seat.signed().split(b" ")[2] != console.signed().split(b" ")[2]
    assert b"token_sign_in" in seat.signed()
    assert b"console_sign_in" in console.signed()
