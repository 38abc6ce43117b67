"""The parts of the renderer that need no process: pipe, answers, folding, watermark."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFont

from pages import answers, folding, pipe, watermark
from pages.errors import RenderFailed
from pages.model import Hit

_VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ0123456789·/:–()"
)


@given(words=st.lists(st.text(), max_size=5), blob=st.binary(max_size=5000))
def test_a_message_goes_through_the_pipe(words: list[str], blob: bytes) -> None:
    read, write = os.pipe()
    try:
        pipe.send(write, {"words": words}, blob)
        assert pipe.receive(read, timeout_s=5) == ({"words": words}, blob)
    finally:
        os.close(read)
        os.close(write)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EOFError),
        (b"\0\0", EOFError),
        (struct.pack(">II", 10, 0) + b"{}", EOFError),
        (struct.pack(">II", 2**31, 0), ValueError),
        (struct.pack(">II", 0, 2**31), ValueError),
        (struct.pack(">II", 2, 0) + b"\xff\xff", ValueError),
        (struct.pack(">II", 1, 0) + b"{", ValueError),
    ],
)
def test_a_broken_message_is_told_apart(data: bytes, error: type[Exception]) -> None:
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    try:
        with pytest.raises(error):
            pipe.receive(read, timeout_s=5)
    finally:
        os.close(read)


def test_waiting_for_a_message_has_an_end() -> None:
    read, write = os.pipe()
    os.write(write, b"\0\0")
    try:
        with pytest.raises(TimeoutError):
            pipe.receive(read, timeout_s=0.05)
    finally:
        os.close(read)
        os.close(write)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (answers.page_text, None),
        (answers.page_text, {"width": 1, "height": 1}),
        (answers.page_text, {"width": float("nan"), "height": 1, "words": []}),
        (answers.page_text, {"width": True, "height": 1, "words": []}),
        (answers.page_text, {"width": 1, "height": 1, "words": [[0, 0, 1, 1]]}),
        (answers.page_text, {"width": 1, "height": 1, "words": [[0, 0, 1, "1", "a"]]}),
        (answers.hits, {}),
        (answers.hits, [[1, 1]]),
        (answers.hits, [["1", 1, "a"]]),
        (answers.hits, [[1, 1, None]]),
        (answers.outline, {"sizes": [[1]], "entries": []}),
        (answers.outline, {"sizes": [], "entries": [{"title": "a", "page": 1.5, "level": 0}]}),
        (answers.outline, {"sizes": [], "entries": ["a"]}),
        (answers.webp, b"GIF89a"),
        (answers.webp, b""),
    ],
)
def test_an_answer_of_another_shape_is_refused(read: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(RenderFailed):
        read(value)


def test_half_a_letter_does_not_travel_on() -> None:
    assert answers.hits([[1, 1, "a\ud800b"]]) == [Hit(1, 1, "ab")]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Báo cáo của Đồng chí", "bao cao cua dong chi"),
        ("BÁO  CÁO\n của", "báo cáo của"),
        ("Ba\u0301o ca\u0301o", "BÁO CÁO"),
        ("điều đ\u00adộng", "dieu dong"),
        ("ÐIỀU TRA", "điều tra"),
        ("\N{LATIN SMALL LIGATURE FI}le số \N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}", "file so 12"),
    ],
)
def test_folding_makes_the_same_of_what_people_mean_the_same_by(text: str, query: str) -> None:
    assert folding.count(folding.fold(text), folding.fold(query).text) == 1


@given(text=st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folding.fold(text)
    assert folding.fold(once.text).text == once.text
    assert len(once.origins) == len(once.text)
    assert list(once.origins) == sorted(once.origins)
    assert all(0 <= place < len(text) for place in once.origins)


def test_an_excerpt_shows_the_papers_own_words() -> None:
    text = "một " * 50 + "Kết  luận\ncủa chủ tọa" + " hai" * 50
    folded = folding.fold(text)
    found = folding.excerpt(text, folded, folding.fold("ket luan cua").text)
    assert "Kết luận của chủ tọa" in found
    assert found.startswith("… một")
    assert found.endswith("hai …")
    assert len(found) < 160


@given(text=st.text(max_size=300), query=st.text(min_size=1, max_size=5))
def test_an_excerpt_never_fails(text: str, query: str) -> None:
    folded, wanted = folding.fold(text), folding.fold(query).text
    assert bool(folding.excerpt(text, folded, wanted)) == (folding.count(folded, wanted) > 0)


def test_P6_the_font_has_every_vietnamese_letter() -> None:
    font = ImageFont.truetype(watermark.FONT_PATH, 40)
    nothing = bytes(font.getmask("\uffff"))
    missing = [letter for letter in _VIETNAMESE + _VIETNAMESE.upper() if bytes(font.getmask(letter)) == nothing]
    assert not missing


@pytest.mark.parametrize("paper", ["white", "black", "#808080"])
def test_P6_the_mark_shows_on_any_ground(paper: str) -> None:
    image = Image.new("RGB", (1200, 1600), paper)
    before = image.copy()
    watermark.stamp(image, "Đ/c Nguyễn Thị Ườm (demo) · Ghế A3")
    levels = ImageChops.difference(image, before).convert("L").histogram()
    assert sum(levels[8:]) > 0.01 * 1200 * 1600, "it is there"
    assert sum(levels[41:]) == 0, "it is faint"


@pytest.mark.parametrize("text", ["a\x00b\x1b", "\u202eabc", "đ" * 5000, "🂡 漢字"])
def test_P6_a_strange_name_is_stamped_as_well_as_it_goes(text: str) -> None:
    image = Image.new("RGB", (160, 226), "white")
    watermark.stamp(image, text)
    image.save(io.BytesIO(), "WEBP")
