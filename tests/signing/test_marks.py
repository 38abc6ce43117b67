"""The marks of NĐ 30/2020 on a rendered page: where the ink is, in which colour, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from pages.model import Document, PageText, Word
from pages.renderer import Renderer
from server.signing import anchors, appearance, fonts, marks
from server.signing.errors import (
    AnchorMissing,
    AnchorTwice,
    LettersMissing,
    NoRoomForMark,
    PageTurned,
    PictureRefused,
    SigningFileRefused,
)
from server.signing.model import MM, Mark, Rect
from tests.signing.bench import SigningBench
from tests.signing.pictures import NAME, POSITION, notice, plain_png, seal_png, signature_png
from tests.support.pdfs import changed, text_pdf
from wire.ids import PaperId
from wire.topics import PaperVersion

MOMENT = dt.datetime(2026, 10, 5, 8, 6, 40, tzinfo=dt.UTC)
SCALE = 3


def _texts(pdf: bytes, folder: Path) -> list[PageText]:
    file = folder / "text.pdf"
    file.write_bytes(pdf)
    document = Document(file, len(pdf), PaperVersion(PaperId("p-aaaaaaaaaaaaaaaa"), 1), None)
    renderer = Renderer()
    try:
        return [renderer.text(document, page + 1) for page in range(len(renderer.outline(document).sizes))]
    finally:
        renderer.close()


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[PageText]]:
    """The words of the notices, read once."""
    folder = tmp_path_factory.mktemp("words")
    files = {"one": notice(), "two": notice(twice=True), "close": notice(gap_mm=2)}
    return {name: _texts(pdf, folder) for name, pdf in files.items()}


def _picture(pdf: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    document.init_forms()
    found: Image.Image = document[0].render(scale=SCALE).to_pil().convert("RGB")
    document.close()
    return found


def _ink(picture: Image.Image, colour: str) -> Rect:
    """The box around all pixels of a colour, in points."""
    red, green, blue = picture.split()
    strong, weak = (red, blue) if colour == "red" else (blue, red)
    mask = strong.point(lambda level: 255 * (level > 150))
    for channel in (weak, green):
        mask = ImageChops.multiply(mask, channel.point(lambda level: 255 * (level < 110)))
    return _bounds(mask)


def _bounds(mask: Image.Image) -> Rect:
    box = mask.getbbox()
    assert box is not None
    return Rect(*(side / SCALE for side in box))


def test_G12_G16_signature_between_the_lines_and_seal_a_third_over_it(
    bench: SigningBench, words: dict[str, list[PageText]]
) -> None:
    pdf = notice()
    texts = words["one"]
    place = anchors.chosen(anchors.places(texts, position=POSITION, name=NAME), choice=None)
    signature = signature_png()
    rect = marks.signature_rect(place, picture_size=appearance.check_picture(signature, colour="blue"))
    appearance.check_picture(seal_png(), colour="red")
    seal = marks.fitting(marks.seal_rect(rect, diameter_mm=36), texts[0], number=1)
    done = bench.sign(pdf, "an", mark=Mark(1, rect, picture=signature))
    done = bench.sign(done.pdf, "binh", mark=Mark(1, seal, picture=seal_png()))

    blue, red = _ink(_picture(done.pdf), "blue"), _ink(_picture(done.pdf), "red")
    assert place.position.y1 <= rect.y0 < rect.y1 <= place.name.y0
    assert rect.middle[0] == pytest.approx(430, abs=4)
    assert rect.middle[1] == pytest.approx((place.position.y1 + place.name.y0) / 2, abs=0.1)
    assert blue.middle[1] == pytest.approx(rect.middle[1], abs=4)
    assert red.width == pytest.approx(36 * MM, abs=3)
    assert red.height == pytest.approx(36 * MM, abs=3)
    assert red.middle[1] == pytest.approx(rect.middle[1], abs=1.5)
    assert red.x1 - rect.x0 == pytest.approx(rect.width / 3, abs=2.5)
    assert len(bench.check(done.pdf, kept=False).signatures) == 2


def test_G15_the_line_on_an_attachment_is_at_the_top_right_in_times_measures(
    bench: SigningBench, words: dict[str, list[PageText]]
) -> None:
    pdf = notice()
    page = words["one"][0]
    text = marks.attachment_text("12/TB-VKS", MOMENT)
    assert text == "Số: 12/TB-VKS; 05/10/2026; 15:06:40 +07:00"
    rect = marks.line_rect(page, width=appearance.text_width(text))
    done = bench.sign(pdf, "an", mark=Mark(1, rect, text=text))
    letters = fonts.width(text, 10)
    assert letters == pytest.approx(188, abs=12)
    ink = _dark_above(_picture(done.pdf), rect.y1 + 1)
    assert ink.width == pytest.approx(letters, abs=3)
    assert ink.x1 == pytest.approx(595 - 15 * MM, abs=2)
    assert not any(rect.meets(Rect(word.x0, word.y0, word.x1, word.y1)) for word in page.words)


def _dark_above(picture: Image.Image, bottom: float) -> Rect:
    top = picture.crop((0, 0, picture.width, round(bottom * SCALE))).convert("L")
    return _bounds(top.point(lambda level: 255 * (level < 128)))


def test_G15_a_copy_says_whose_it_is() -> None:
    text = marks.copy_text("Sao y", "Viện kiểm sát nhân dân tỉnh A", MOMENT)
    assert text == "Sao y; Viện kiểm sát nhân dân tỉnh A; 05/10/2026; 15:06:40 +07:00"


def test_G15_letters_no_font_has_are_refused_not_drawn_as_boxes(bench: SigningBench) -> None:
    with pytest.raises(LettersMissing):
        bench.prepare(notice(), "an", mark=Mark(1, Rect(0, 0, 200, 20), text="Số: 𓀀"))
    with pytest.raises(LettersMissing):
        fonts.width("Số", 10, fonts=[Path("/nowhere.ttf")])


@pytest.mark.parametrize(
    ("position", "name"), [("VIỆN TRƯỞNG", NAME), (POSITION, "Trần Thị B"), ("", ""), (NAME, POSITION)]
)
def test_G13_a_place_that_is_not_in_the_text_is_refused_in_words(
    words: dict[str, list[PageText]], position: str, name: str
) -> None:
    """“VIỆN TRƯỞNG” alone is not “PHÓ VIỆN TRƯỞNG”, and the order on the page counts."""
    with pytest.raises(AnchorMissing):
        anchors.places(words["one"], position=position, name=name)


def test_G13_lines_without_room_between_them_are_no_place(words: dict[str, list[PageText]]) -> None:
    with pytest.raises(AnchorMissing):
        anchors.places(words["close"], position=POSITION, name=NAME)


def _set(*lines: tuple[float, float, str]) -> PageText:
    """Words eight points wide a letter, in lines of fourteen: left, top, what it says."""
    found = []
    for left, top, said in lines:
        at = left
        for word in said.split():
            found.append(Word(at, top, at + 8 * len(word), top + 14, word))
            at += 8 * len(word) + 4
    return PageText(595, 842, tuple(found))


def test_G13_a_name_too_long_for_its_column_is_found_in_two_lines_of_it() -> None:
    name = "Công Tằng Tôn Nữ Thị Ngọc Quỳnh"
    page = _set(
        (60, 100, "THƯ KÝ"),
        (340, 100, "CHỦ TỌA"),
        (10, 180, "Công Tằng Tôn Nữ Thị"),
        (300, 181, "Phạm Nguyễn Trường"),
        (44, 198, "Ngọc Quỳnh"),
        (20, 400, name),
    )
    (place,) = anchors.places([page], position="Thư ký", name=name)
    assert (place.name.y0, place.name.y1, place.name.x1) == (180, 212, page.words[8].x1)
    assert len(anchors.places([page], position="Chủ tọa", name="Phạm Nguyễn Trường")) == 1
    for other in (f"{name} Anh", "Phạm Nguyễn Trường Ngọc Quỳnh"):
        with pytest.raises(AnchorMissing):
            anchors.places([page], position="Thư ký", name=other)


def test_G14_two_places_are_offered_for_choice(words: dict[str, list[PageText]]) -> None:
    found = anchors.places(words["two"], position=POSITION, name=NAME)
    with pytest.raises(AnchorTwice) as twice:
        anchors.chosen(found, choice=None)
    assert [one["page"] for one in twice.value.data["choices"]] == [1, 1]
    assert anchors.chosen(found, choice=1).position.y0 > anchors.chosen(found, choice=0).position.y0
    with pytest.raises(AnchorTwice):
        anchors.chosen(found, choice=2)


def test_G13_writing_and_form_of_unicode_do_not_matter(words: dict[str, list[PageText]]) -> None:
    texts = words["one"]
    assert anchors.places(texts, position="Phó Viện trưởng", name=NAME.lower())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not-png"),
        (b"\x89PNG\r\n\x1a\nrubbish", "not-png"),
        (b"\xff\xd8\xff\xe0", "not-png"),
        (b"x" * (3 * 2**20), "too-large"),
        (plain_png((0, 0, 200, 255)), "not-transparent"),
        (plain_png((0, 0, 0, 0)), "empty"),
        (seal_png(), "not-blue"),
        (plain_png((0, 0, 255, 0), size=(4000, 10)), "too-large"),
    ],
)
def test_G16_a_picture_that_does_not_fit_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        appearance.check_picture(data, colour="blue")
    assert refused.value.data == {"why": why}


def test_G16_a_mark_off_the_page_or_a_line_that_is_too_long_is_refused(
    words: dict[str, list[PageText]], bench: SigningBench
) -> None:
    page = words["one"][0]
    with pytest.raises(NoRoomForMark):
        marks.fitting(marks.seal_rect(Rect(20, 100, 120, 140), diameter_mm=36), page, number=1)
    with pytest.raises(NoRoomForMark):
        marks.line_rect(page, width=600)
    with pytest.raises(NoRoomForMark):
        bench.prepare(notice(), "an", mark=Mark(1, Rect(0, 0, 50, 20), text="Số: 12/TB-VKS; 05/10/2026"))


def test_G16_a_turned_page_takes_no_mark_but_can_be_signed(bench: SigningBench) -> None:
    turned = changed(notice(), lambda pdf: pdf.pages[0].rotate(90, relative=False))
    with pytest.raises(PageTurned):
        bench.prepare(turned, "an", mark=Mark(1, Rect(0, 0, 50, 20), picture=signature_png()))
    assert bench.sign(turned, "an").pdf


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nrubbish", text_pdf(["x"])[:300]])
def test_G10_what_is_no_pdf_is_refused_in_words(bench: SigningBench, data: bytes) -> None:
    with pytest.raises(SigningFileRefused):
        bench.prepare(data, "an")
