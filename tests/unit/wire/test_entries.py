"""Rule W70: what a leaf of the record says."""

from __future__ import annotations

import pytest

from wire.entries import HOUSE, Entry
from wire.errors import BadField

ENTRY = Entry("m-fklvc3bvjnuijdg3", 4, "ab" * 32)


def test_W70_a_leaf_is_one_line_of_canonical_json() -> None:
    assert ENTRY.leaf() == b'{"hash":"' + b"ab" * 32 + b'","log":"m-fklvc3bvjnuijdg3","seq":4,"v":1}'
    assert Entry.from_value(ENTRY.to_value()) == ENTRY
    assert Entry.from_value(ENTRY._replace(log=HOUSE).to_value()).log == HOUSE


@pytest.mark.parametrize(
    "spoilt", [{"v": 2}, {"log": "m-1"}, {"log": "house "}, {"seq": 0}, {"seq": True}, {"hash": "AB" * 32}, {"more": 1}]
)
def test_W70_anything_else_is_refused(spoilt: dict[str, object]) -> None:
    with pytest.raises(BadField):
        Entry.from_value({**ENTRY.to_value(), **spoilt})
