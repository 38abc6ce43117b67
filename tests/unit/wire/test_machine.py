"""What a seat says of its store, beside how its machine is (W195)."""

from __future__ import annotations

from typing import Any

import pytest

from wire.errors import BadField
from wire.fields import Fields
from wire.messages import Machine

QUESTION = "0123456789abcdef"


def read(**said: Any) -> Machine:
    return Machine.read(Fields({"booted_s": 1, **said}, "machine"))


@pytest.mark.parametrize("why", ["key", "torn", "unmended", "files"])
def test_W195_a_question_says_why_it_is_asked(why: str) -> None:
    machine = read(store_shut=QUESTION, store_why=why)
    assert (machine.store_shut, machine.store_why) == (QUESTION, why)


@pytest.mark.parametrize("fault", ["vault-refused", "0", "f" * 40])
def test_W195_what_only_failed_is_one_plain_word(fault: str) -> None:
    assert read(store_fault=fault).store_fault == fault


@pytest.mark.parametrize(
    "said",
    [
        {"store_why": "header"},
        {"store_why": ""},
        {"store_shut": QUESTION + "0"},
        {"store_fault": ""},
        {"store_fault": "f" * 41},
        {"store_fault": "Vault"},
        {"store_fault": "no such file"},
        {"store_fault": "x\n"},
    ],
)
def test_W195_what_is_no_word_of_the_contract_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(BadField):
        read(**said)
