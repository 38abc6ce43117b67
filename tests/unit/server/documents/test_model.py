"""Documents as values: what is written into the cells."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents import model
from server.documents.errors import DocumentTooLong
from server.documents.model import Agency, Document, Foot, Signing, Symbol, Text, clean, date_line, day_in_words

_FOOT = Foot(Signing(("Viện trưởng",), "Người Ký Mẫu"))


def _document(*texts: str, recipients: tuple[str, ...] = ()) -> Document:
    foot = Foot(_FOOT.right, recipients=recipients)
    return Document(Agency((), ("A",), "B"), Symbol("TB-A"), "Thông báo", "x", tuple(map(Text, texts)), foot, 2026)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (dt.date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (dt.date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (dt.date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_N7_days_below_ten_and_the_first_two_months_have_a_zero(day: dt.date, words: str) -> None:
    assert day_in_words(day) == words
    assert date_line("Hà Nội", day, 2026) == f"Hà Nội, {words}"


def test_N7_numbers_below_ten_have_a_zero_and_a_missing_one_leaves_room() -> None:
    assert [str(Symbol("TB-A", number)) for number in (0, 7, 12, 133)] == ["/TB-A", "07/TB-A", "12/TB-A", "133/TB-A"]
    assert date_line("Huế", None, 2026).split() == ["Huế,", "ngày", "tháng", "năm", "2026"]


@given(st.text())
def test_N5_a_text_is_one_line_of_nfc_that_turns_nothing_round(text: str) -> None:
    found = clean(text)
    assert found == unicodedata.normalize("NFC", found) or not unicodedata.is_normalized("NFC", text)
    assert not {unicodedata.category(char) for char in found} & {"Cc", "Cf", "Cs", "Co"}
    assert clean(found) == clean(clean(found))


def test_N5_a_name_in_decomposed_letters_is_printed_in_composed_ones() -> None:
    value = _document(unicodedata.normalize("NFD", "Nguyễn Thị Đặng\u202e\nPhước")).to_value()
    assert value["parts"][0]["text"] == "Nguyễn Thị Đặng Phước"


def test_N5_what_is_too_long_is_refused_with_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentTooLong) as refused:
        _document("x", recipients=("y",) * (model.MAX_RECIPIENTS + 1)).to_value()
    assert refused.value.data == {"most": model.MAX_RECIPIENTS}
    with pytest.raises(DocumentTooLong):
        _document("x" * (model.MAX_LETTERS + 1)).to_value()
