"""The layout measured in the file itself, cell by cell, against Phụ lục I of NĐ 30/2020."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from typing import Final

import pikepdf
import pytest

from server.documents.model import (
    Agency,
    Appendix,
    Basis,
    Column,
    Document,
    Foot,
    Heading,
    Points,
    Signing,
    Symbol,
    Table,
    Text,
    Urgency,
)
from server.documents.printer import Printer
from tests.support.measured import Line, Page, find, measured

AT: Final = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)
AGENCY: Final = Agency(("Viện kiểm sát nhân dân tối cao",), ("Viện kiểm sát nhân dân", "tỉnh Mẫu (demo)"), "Mẫu")
_LONG: Final = (
    "Đồng chí trình bày kết quả kiểm sát hoạt động tư pháp, những việc còn vướng và các kiến nghị của phòng. "
)
_BLACK: Final = (0, 0, 0)
_TABLE: Final = Table(
    (Column("STT", 1, "center"), Column("Họ và tên", 5)),
    tuple((str(number), f"Nguyễn Thị Đặng {number}") for number in range(1, 61)),
    "Danh sách đại biểu",
)
INVITATION: Final = Document(
    AGENCY,
    Symbol("GM-VKSTM"),
    "Giấy mời",
    "Họp Ủy ban kiểm sát tháng 11",
    (
        Basis("Căn cứ Quy chế làm việc của Viện;"),
        Text("Trân trọng kính mời các đồng chí " + _LONG * 3),
        Heading("1. Chương trình"),
        Points(("Báo cáo công tác", "Thảo luận")),
        Heading("QUYẾT NGHỊ:", centred=True),
        Text("Đề nghị các đồng chí có mặt đúng giờ./."),
    ),
    Foot(Signing(("KT. Viện trưởng", "Phó Viện trưởng"), "Người Ký Mẫu"), recipients=("Như trên", "Lưu: VT, VP")),
    2026,
    urgency=Urgency.URGENT,
    mark="Xem xong trả lại",
    appendices=(Appendix("Phụ lục I", "Danh sách đại biểu", (_TABLE,), "(Kèm theo Giấy mời số …)"),),
)
MINUTES: Final = Document(
    AGENCY,
    Symbol("BB-VKSTM", 7),
    "Biên bản",
    "Họp Ủy ban kiểm sát về một việc có tên dài đến mức không đứng vừa trên một dòng",
    (*(Text(_LONG * 5) for _ in range(11)), Text("Cuộc họp kết thúc vào 11 giờ 30, ngày 20 tháng 11 năm 2026./.")),
    Foot(
        Signing(("Chủ tọa",), "Chủ Tọa Mẫu"),
        Signing(("Thư ký",), "Thư Ký Mẫu"),
        recipients=("Như thành phần tham dự", "Lưu: VT, Hồ sơ"),
    ),
    2026,
    has_date=False,
)


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


@pytest.fixture(scope="module")
def invitation(printer: Printer) -> bytes:
    return printer.print(INVITATION, at=AT)


@pytest.fixture(scope="module")
def minutes(printer: Printer) -> bytes:
    return printer.print(MINUTES, at=AT)


@pytest.fixture(scope="module")
def first(invitation: bytes) -> Page:
    return measured(invitation)[0]


@pytest.mark.parametrize(
    ("text", "sizes", "weight", "slant"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), "bold", "upright"),
        ("Độc lập - Tự do - Hạnh phúc", (13, 14), "bold", "upright"),
        ("NHÂN DÂN TỐI CAO", (12, 13), "plain", "upright"),
        ("VIỆN KIỂM SÁT NHÂN DÂN", (12, 13), "bold", "upright"),
        ("TỈNH MẪU (DEMO)", (12, 13), "bold", "upright"),
        ("Số:", (13, 13), "plain", "upright"),
        ("năm 2026", (13, 14), "plain", "italic"),
        ("GIẤY MỜI", (13, 14), "bold", "upright"),
        ("Họp Ủy ban kiểm sát tháng 11", (13, 14), "bold", "upright"),
        ("Căn cứ Quy chế", (13, 14), "plain", "italic"),
        ("1. Chương trình", (13, 14), "bold", "upright"),
        ("QUYẾT NGHỊ:", (13, 14), "bold", "upright"),
        ("Đề nghị các đồng chí có mặt", (13, 14), "plain", "upright"),
        ("KT. VIỆN TRƯỞNG", (13, 14), "bold", "upright"),
        ("PHÓ VIỆN TRƯỞNG", (13, 14), "bold", "upright"),
        ("Người Ký Mẫu", (13, 14), "bold", "upright"),
        ("Nơi nhận:", (12, 12), "bold", "italic"),
        ("- Như trên;", (11, 11), "plain", "upright"),
        ("- Lưu: VT, VP.", (11, 11), "plain", "upright"),
    ],
)
def test_N1_every_cell_has_its_size_and_style(
    first: Page, text: str, sizes: tuple[float, float], weight: str, slant: str
) -> None:
    line = find(first, text)
    assert sizes[0] <= line.size <= sizes[1]
    assert ("bold" if line.is_bold else "plain", "italic" if line.is_italic else "upright") == (weight, slant)
    assert line.color == _BLACK
    assert "Tinos" in line.font or "LiberationSerif" in line.font


def test_N2_margins_are_those_of_the_decree(invitation: bytes, minutes: bytes) -> None:
    for page in (*measured(invitation), *measured(minutes)):
        assert (round(page.width), round(page.height)) == (210, 297)
        body = [line for line in page.lines if not line.text.isdecimal() or line.baseline > 20]
        assert min(line.left for line in body) >= 29.9, "30 mm, but for what a letter leans out"
        assert max(line.right for line in body) <= page.width - 15 + 0.3
        assert min(line.baseline - line.size * 0.3528 for line in body) >= 19, (
            "20 mm above, counted from the line's top"
        )
        assert max(line.baseline for line in body) <= page.height - 20


def test_N1_the_head_stands_in_two_columns_on_one_line_each(first: Page) -> None:
    state, motto = find(first, "CỘNG HÒA"), find(first, "Độc lập")
    number, date = find(first, "Số:"), find(first, "năm 2026")
    assert find(first, "VIỆN KIỂM SÁT NHÂN DÂN").middle < 105 < state.middle
    assert abs(state.middle - motto.middle) < 1
    assert abs(date.middle - motto.middle) < 1
    assert abs(number.middle - find(first, "TỈNH MẪU").middle) < 4, (
        "the number is centred with the room for its figures"
    )
    assert abs(number.baseline - date.baseline) < 0.2
    assert abs(find(first, "Nơi nhận:").baseline - find(first, "KT. VIỆN TRƯỞNG").baseline) < 1.5
    assert find(first, "KT. VIỆN TRƯỞNG").middle > 105


def test_N2_the_text_is_indented_and_its_lines_are_single_to_one_and_a_half(first: Page) -> None:
    begin = find(first, "Trân trọng kính mời")
    lines = [line for line in first.lines if line.size == 14 and begin.baseline <= line.baseline < begin.baseline + 20]
    assert 10 <= begin.left - 30 <= 13
    steps = [after.baseline - line.baseline for line, after in itertools.pairwise(lines[:3])]
    assert all(1.1 * 14 * 0.3528 <= step <= 1.66 * 14 * 0.3528 for step in steps), steps


def test_N1_urgency_is_bright_red_and_in_a_box_as_the_other_mark_is(first: Page) -> None:
    urgent, mark = find(first, "KHẨN"), find(first, "XEM XONG TRẢ LẠI")
    assert urgent.color[0] >= 200
    assert urgent.color[1:] == (0, 0)
    assert mark.color == _BLACK
    assert all(each.is_bold and 13 <= each.size <= 14 for each in (urgent, mark))


def test_N3_pages_are_numbered_above_but_the_first_and_appendices_by_themselves(
    invitation: bytes, minutes: bytes
) -> None:
    def number(page: Page) -> Line | None:
        return next((line for line in page.lines if line.baseline < 20), None)

    letter, appendix, second = measured(invitation)
    assert number(letter) is None
    assert number(appendix) is None
    assert _shown(number(second)) == ("2", 13, True)
    told = [number(page) for page in measured(minutes)]
    assert [None if each is None else each.text for each in told] == [None, *map(str, range(2, len(told) + 1))]
    assert find(appendix, "(Kèm theo Giấy mời số …)").is_italic
    assert find(second, "Họ và tên").is_bold, "the head of a table stands on each of its pages"


def _shown(line: Line | None) -> tuple[str, float, bool] | None:
    return None if line is None else (line.text, line.size, abs(line.middle - 112.5) < 1)


def test_N1_minutes_name_no_place_and_date_above_and_are_signed_left_by_the_secretary(minutes: bytes) -> None:
    pages = measured(minutes)
    assert "ngày" not in "".join(line.text for line in pages[0].lines if line.baseline < 60)
    assert find(pages[0], "Số: 07/BB-VKSTM").size == 13
    secretary, chair = find(pages[-1], "THƯ KÝ"), find(pages[-1], "CHỦ TỌA")
    assert secretary.middle < 105 < chair.middle
    assert abs(secretary.baseline - chair.baseline) < 0.2
    assert find(pages[-1], "Nơi nhận:").baseline > find(pages[-1], "Chủ Tọa Mẫu").baseline


def test_N4_a_signature_never_stands_alone_on_a_page(printer: Printer) -> None:
    fill = Text(_LONG * 5)
    for lines in range(1, 13):
        parts = (*(fill for _ in range(6)), *(Text("Một dòng.") for _ in range(lines)), Text("Dòng cuối./."))
        pages = measured(printer.print(Document(AGENCY, None, "Thông báo", "x", parts, INVITATION.foot, 2026), at=AT))
        signed = next(page for page in pages if "Người Ký Mẫu" in page.text)
        assert "Dòng cuối./." in signed.text, lines


def test_N1_a_long_name_of_a_meeting_is_parted_evenly(minutes: bytes) -> None:
    above, below = (find(measured(minutes)[0], words) for words in ("Họp Ủy ban kiểm sát", "trên một dòng"))
    assert abs((above.right - above.left) - (below.right - below.left)) < 40


def test_N6_the_file_is_archivable_reads_aloud_and_runs_nothing(invitation: bytes, printer: Printer) -> None:
    with pikepdf.open(io.BytesIO(invitation)) as pdf:
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("2", "A", "1")
        assert pdf.Root.Lang == "vi"
        assert pdf.Root.MarkInfo.Marked
        assert "/OpenAction" not in pdf.Root
        assert "/Names" not in pdf.Root or "/JavaScript" not in pdf.Root.Names
    assert printer.print(INVITATION, at=AT) == invitation, "the same document at the same moment is the same file"


def test_N5_what_people_type_is_text_and_nothing_else(printer: Printer) -> None:
    nasty = '#eval("1+1") $x$ *đậm* _n_ `mã` @tên <nhãn> // hết \\ #import "/etc/passwd"'
    document = Document(AGENCY, None, nasty, nasty, (Text(nasty), Points((nasty,))), INVITATION.foot, 2026)
    page = measured(printer.print(document, at=AT))[0]
    assert page.text.replace("\n", " ").count('#eval("1+1") $x$ *đậm* _n_') == 3
