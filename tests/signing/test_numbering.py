"""Number and date by the registry clerk, after the leader has signed (NĐ 30/2020 Điều 5, 15; G61, G62)."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import io
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from edge.signing.errors import FileUnreadable, NumberDiffers, UpdateWrong
from edge.signing.examine import Offered, ToSign, examine
from pages.model import Document, PageText, Word
from pages.renderer import Renderer
from server.errors import ServerError
from server.signing import issue, pades
from server.signing.errors import NoRoomForMark
from server.signing.issue import Part
from server.signing.model import Level
from server.signing.state import Prepared
from server.signing.verdict import Changed, Result
from server.trust.certificates import read
from tests.pki.authority import TestPki
from tests.signing.bench import SigningBench
from tests.signing.pdfsig import second_opinion
from tests.signing.pictures import DATE_LINE, NUMBER_LINE, notice
from wire.ids import PaperId
from wire.topics import PaperVersion

DAY = dt.date(2026, 11, 22)
SCALE = 3


def first_page(pdf: bytes, folder: Path) -> PageText:
    file = folder / "text.pdf"
    file.write_bytes(pdf)
    paper = PaperVersion(PaperId("p-" + "a" * 16), 1)
    with contextlib.closing(Renderer()) as renderer:
        return renderer.text(Document(file, len(pdf), paper, None), 1)


def drawn(pdf: bytes, folder: Path) -> Image.Image:
    """As a terminal draws it."""
    file = folder / "drawn.pdf"
    file.write_bytes(pdf)
    with contextlib.closing(pdfium.PdfDocument(str(file))) as document:
        document.init_forms()
        picture: Image.Image = document[0].render(scale=SCALE).to_pil().convert("L")
        return picture


@pytest.fixture
def words(tmp_path: Path) -> PageText:
    return first_page(notice(number=NUMBER_LINE, date=DATE_LINE), tmp_path)


def leaning(pdf: bytes) -> dict[str, bool]:
    """Which figures are in italics."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        fields = [each for each in file.Root.AcroForm.Fields if each.get("/FT") == "/Tx"]
        fonts = {str(each.T): each.AP.N.Resources.Font.F.DescendantFonts[0].FontDescriptor for each in fields}
        return {name: int(font.ItalicAngle) != 0 for name, font in fonts.items()}


def clerk_signs(bench: SigningBench, pki: TestPki, pdf: bytes, written: dict[Part, str]) -> bytes:
    now = dt.datetime.now(dt.UTC)
    signer = read(pki.der("binh"))
    prepared = pades.prepare(pdf, signer, mark=None, level=Level.B_B, now=now, written=written)
    signature = pki.sign("binh", prepared.signed_attributes, md=prepared.digest)
    return pades.complete(pdf, prepared, signature, chain=[pki.der("binh"), pki.der("interm")]).pdf


def test_G61_number_and_date_after_the_leader_leave_both_signatures_valid_for_two_programs(
    bench: SigningBench, pki: TestPki, tmp_path: Path, words: PageText
) -> None:
    found = issue.find(words)
    assert (found.notation, found.year) == ("/TB-VKS", 2026)
    room = pades.make_room(notice(number=NUMBER_LINE, date=DATE_LINE), found.parts)
    led = bench.sign(room, "an").pdf
    written = dict(issue.values(found, number=7, day=DAY))
    assert written == {Part.NUMBER: "07", Part.DAY: "22", Part.MONTH: "11"}
    both = clerk_signs(bench, pki, led, written)
    assert leaning(both) == {"SoVanBan": False, "NgayBanHanh": True, "ThangBanHanh": True}
    assert both.startswith(led), "not a byte that the leader signed is another"
    raised = bench.raise_level(both)
    assert raised.startswith(both)
    report = bench.check(raised)
    assert report.worst is Result.VALID, [one.reasons for one in report.signatures]
    assert [one.changed for one in report.signatures] == [Changed.SIGNED_LATER, Changed.NO]
    opinions = second_opinion(raised, tmp_path, roots={"root": pki.der("root")})
    assert [one.is_valid for one in opinions] == [True, True]
    before, after = (drawn(pdf, tmp_path) for pdf in (room, both))
    changed = ImageChops.difference(before, after).point(lambda level: 255 if level > 60 else 0).getbbox()
    assert changed is not None
    left, top, right, bottom = (side / SCALE for side in changed)
    rects = [blank.rect for blank in found.parts]
    assert min(rect.x0 for rect in rects) <= left < right <= max(rect.x1 for rect in rects)
    assert min(rect.y0 for rect in rects) <= top < bottom <= max(rect.y1 for rect in rects)


def test_G62_what_the_clerk_filled_in_may_not_change_afterwards(
    bench: SigningBench, pki: TestPki, words: PageText
) -> None:
    found = issue.find(words)
    led = bench.sign(pades.make_room(notice(number=NUMBER_LINE, date=DATE_LINE), found.parts), "an").pdf
    both = clerk_signs(bench, pki, led, dict(issue.values(found, number=7, day=DAY)))
    assert bench.check(refilled(both, "08")).worst is Result.BROKEN


def refilled(pdf: bytes, number: str) -> bytes:
    """The number is another one, in an update that nobody signed."""
    writer = pades.QuietWriter(io.BytesIO(pdf))
    fields = [one.get_object() for one in writer.root["/AcroForm"]["/Fields"]]
    field = next(one for one in fields if one.get("/T") == Part.NUMBER.value)
    field[pdf_name("/V")] = generic.pdf_string(number)
    writer.update_container(field)
    target = io.BytesIO()
    writer.write(target)  # type: ignore[no-untyped-call]  # pyHanko leaves it open
    return target.getvalue()


def test_G61_no_room_is_made_in_a_file_that_is_signed(bench: SigningBench, words: PageText) -> None:
    signed = bench.sign(notice(number=NUMBER_LINE, date=DATE_LINE), "an").pdf
    with pytest.raises(ServerError) as refused:
        pades.make_room(signed, issue.find(words).parts)
    assert refused.value.code == "signing-signed-before"


@pytest.mark.parametrize(
    ("number", "date", "dotted"),
    [
        ("Số: ………/TB-VKS", DATE_LINE, True),
        ("Số:…………/TB-VKS", DATE_LINE, True),
        ("Số: ......... /TB-VKS", DATE_LINE, True),
        (NUMBER_LINE, "Hà Nội, ngày ….. tháng ….. năm 2026", False),
    ],
)
def test_G61_dots_are_room_as_well(tmp_path: Path, number: str, date: str, *, dotted: bool) -> None:
    found = issue.find(first_page(notice(number=number, date=date), tmp_path))
    assert found.parts[0].dotted is dotted
    assert [blank.part for blank in found.parts] == [Part.NUMBER, Part.DAY, Part.MONTH]


def test_G61_a_year_that_is_not_printed_is_a_blank_and_one_that_is_must_be_that_of_the_date(tmp_path: Path) -> None:
    open_year = issue.find(first_page(notice(number=NUMBER_LINE, date="Hà Nội, ngày       tháng       năm"), tmp_path))
    assert (open_year.parts[-1].part, open_year.year) == (Part.YEAR, 0)
    assert issue.values(open_year, number=123, day=dt.date(2027, 2, 3)) == {
        Part.NUMBER: "123",
        Part.DAY: "03",
        Part.MONTH: "02",
        Part.YEAR: "2027",
    }
    printed = issue.find(first_page(notice(number=NUMBER_LINE, date=DATE_LINE), tmp_path))
    with pytest.raises(ServerError) as refused:
        issue.values(printed, number=1, day=dt.date(2027, 1, 4))
    assert refused.value.code == "signing-year-printed"


@pytest.mark.parametrize(
    ("number", "date", "code"),
    [
        ("", DATE_LINE, "signing-room-missing"),
        ("Số: 12/TB-VKS", DATE_LINE, "signing-room-missing"),
        (NUMBER_LINE, "", "signing-room-missing"),
        (NUMBER_LINE, "Hà Nội, ngày 5 tháng 10 năm 2026", "signing-room-missing"),
        ("Số: /TB-VKS", DATE_LINE, "signing-no-room"),
    ],
)
def test_G61_a_paper_without_room_says_which_line_is_missing(tmp_path: Path, number: str, date: str, code: str) -> None:
    with pytest.raises(ServerError) as refused:
        issue.find(first_page(notice(number=number, date=date), tmp_path))
    assert refused.value.code == code


def test_G61_figures_that_would_be_clipped_are_not_written(bench: SigningBench, pki: TestPki, tmp_path: Path) -> None:
    """Room for three figures is enough until the thousandth paper."""
    paper = notice(number="Số:" + " " * 6 + "/TB-VKS", date=DATE_LINE)
    found = issue.find(first_page(paper, tmp_path))
    issue.must_hold(found, 999)
    with pytest.raises(NoRoomForMark):
        issue.must_hold(found, 1000)
    led = bench.sign(pades.make_room(paper, found.parts), "an").pdf
    assert clerk_signs(bench, pki, led, {**WRITTEN, Part.NUMBER: "999"})
    with pytest.raises(NoRoomForMark):
        clerk_signs(bench, pki, led, {**WRITTEN, Part.NUMBER: "1000"})


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("Số:" + " " * 52 + "/TB-VKS", "signing-no-room"),
        ("Số:" + " " * 12 + "/" + "T" * 60, "signing-room-missing"),
    ],
)
def test_G61_what_a_terminal_or_the_register_would_not_take_is_refused_at_the_start(
    tmp_path: Path, number: str, code: str
) -> None:
    with pytest.raises(ServerError) as refused:
        issue.find(first_page(notice(number=number, date=""), tmp_path))
    assert refused.value.code == code
    assert refused.value.data.get("line") in {None, issue.NUMBER_LINE}, "it is the number's line, not the date's"


def _line(top: float, *words: str) -> list[Word]:
    return [Word(60 + 60 * n, top, 90 + 60 * n, top + 14, word) for n, word in enumerate(words)]


NUMBER_WORDS, DATE_WORDS = ("Số:", "/TB-VKS"), ("ngày", "tháng", "năm", "2026")


@pytest.mark.parametrize(
    ("number", "words", "date"),
    [(600, NUMBER_WORDS, 80), (600, ("Số:", "....", "/TB-VKS"), 80), (60, NUMBER_WORDS, 600)],
)
def test_G61_number_and_date_stand_in_the_upper_half(number: float, words: tuple[str, ...], date: float) -> None:
    def page(lower: float, upper: float) -> PageText:
        return PageText(595, 842, tuple(_line(lower, *words) + _line(upper, *DATE_WORDS)))

    assert issue.find(page(60, 80)).year == 2026
    with pytest.raises(ServerError) as refused:
        issue.find(page(number, date))
    assert refused.value.code == "signing-room-missing"


def test_G61_the_fields_are_read_only_and_empty_until_the_clerk(words: PageText) -> None:
    room = pades.make_room(notice(number=NUMBER_LINE, date=DATE_LINE), issue.find(words).parts)
    with pikepdf.open(io.BytesIO(room)) as pdf:
        fields = list(pdf.Root.AcroForm.Fields)
        assert [str(one.T) for one in fields] == ["SoVanBan", "NgayBanHanh", "ThangBanHanh"]
        assert all(int(one.Ff) == 1 and "/V" not in one for one in fields)


# ------------------------------------------------------------ the terminal looks for itself


@pytest.fixture
def led(bench: SigningBench, words: PageText) -> bytes:
    """Signed by the leader, with room for number and date."""
    room = pades.make_room(notice(number=NUMBER_LINE, date=DATE_LINE), issue.find(words).parts)
    return bench.sign(room, "an").pdf


WRITTEN = {Part.NUMBER: "07", Part.DAY: "22", Part.MONTH: "11"}
SHOWN = {part.value: text for part, text in WRITTEN.items()}


def offer(pki: TestPki, base: bytes, written: dict[Part, str]) -> Prepared:
    signer = read(pki.der("binh"))
    return pades.prepare(base, signer, mark=None, level=Level.B_B, now=dt.datetime.now(dt.UTC), written=written)


def seen(pki: TestPki, base: bytes, prepared: Prepared, shown: dict[str, str], whole: bytes | None = None) -> ToSign:
    offered = Offered(whole or prepared.file(base), prepared.signed_attributes)
    return examine(base, offered, certificate=pki.der("binh"), digest=prepared.digest, mark=None, written=shown)


def test_G62_the_terminal_takes_what_it_showed(pki: TestPki, led: bytes) -> None:
    assert seen(pki, led, offer(pki, led, WRITTEN), SHOWN).digest == "sha256"


@pytest.mark.parametrize(
    "shown", [{}, {**SHOWN, "SoVanBan": "08"}, {"SoVanBan": "07"}, {**SHOWN, "NamBanHanh": "2026"}]
)
def test_G62_another_number_than_was_shown_is_not_signed(pki: TestPki, led: bytes, shown: dict[str, str]) -> None:
    with pytest.raises(NumberDiffers):
        seen(pki, led, offer(pki, led, WRITTEN), shown)


def test_G62_nor_a_paper_without_the_number_that_was_shown(pki: TestPki, led: bytes) -> None:
    with pytest.raises(NumberDiffers):
        seen(pki, led, offer(pki, led, {}), SHOWN)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"/Action /Include", b"/Action /Exclude"),
        (
            b"/Fields [ (SoVanBan) (NgayBanHanh) (ThangBanHanh) ]",
            b"/Fields [ (SoVanBan) (NgayBanHanh) (ThangBanHanX) ]",
        ),
        (b"/TransformMethod /FieldMDP", b"/TransformMethod /FieldMDX"),
        (b"/Ff 1", b"/Ff 0"),
        (b"/V (07)", b"/V (0x)"),
        (b"/T (SoVanBan)", b"/T (SoVanBax)"),
    ],
)
def test_G62_nothing_else_of_the_fields_and_no_other_lock(
    pki: TestPki, led: bytes, before: bytes, after: bytes
) -> None:
    prepared = offer(pki, led, WRITTEN)
    whole = prepared.file(led)
    update = whole[len(led) :]
    assert before in update
    with pytest.raises((UpdateWrong, FileUnreadable)):
        seen(pki, led, prepared, SHOWN, led + update.replace(before, after))


def test_G62_what_is_filled_already_is_not_filled_again(bench: SigningBench, pki: TestPki, led: bytes) -> None:
    both = clerk_signs(bench, pki, led, dict(WRITTEN))
    with pytest.raises(ServerError) as refused:
        offer(pki, both, {Part.NUMBER: "08"})
    assert refused.value.code == "signing-file-refused"


def test_G61_figures_stand_on_the_line_they_are_written_into(tmp_path: Path) -> None:
    """On the baseline that PDFium knows of each letter, which our reader of words does not."""
    pdf = notice(number=NUMBER_LINE, date=DATE_LINE)
    found = issue.find(first_page(pdf, tmp_path))
    with contextlib.closing(pdfium.PdfDocument(pdf)) as document:
        page = document[0]
        height, text = page.get_height(), page.get_textpage()
        whole = text.get_text_range()
        for part, line in ((Part.NUMBER, "Số:"), (Part.DAY, "ngày"), (Part.MONTH, "tháng")):
            x, y = ctypes.c_double(), ctypes.c_double()
            pdfium.raw.FPDFText_GetCharOrigin(text, whole.index(line), x, y)
            rect = next(blank.rect for blank in found.parts if blank.part is part)
            assert abs((height - rect.y1 + issue.BELOW) - y.value) < 0.3, part
        text.close()
        page.close()
