"""Vietnamese names in the order in which people look for them; web/tests/names.test.ts holds the browser to it."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path

from server.names import by_name, collated

ORDERED = json.loads((Path(__file__).parents[3] / "web" / "tests" / "names-in-order.json").read_text())


def test_names_go_by_the_given_name_in_vietnamese_order_however_they_are_composed() -> None:
    shuffled = random.Random(7).sample(ORDERED, len(ORDERED))
    assert sorted(shuffled, key=by_name) == ORDERED
    apart = [unicodedata.normalize("NFD", each) for each in shuffled]
    assert [unicodedata.normalize("NFC", each) for each in sorted(apart, key=by_name)] == ORDERED


def test_words_go_by_letters_first_and_by_tones_between_the_same_letters() -> None:
    found = sorted(["Tá", "Ta", "Tạ", "Tà", "Tã", "Tả", "Tăng"], key=collated)
    assert found == ["Ta", "Tà", "Tả", "Tã", "Tá", "Tạ", "Tăng"]
