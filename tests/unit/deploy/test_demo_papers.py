"""The papers of the demo meeting: whole, in order, adding up, marked as demo data, and the signed one left alone."""

from __future__ import annotations

import io
import itertools
import unicodedata
from pathlib import Path

import pypdfium2
import pytest
from asn1crypto import x509
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from deploy.demo import people
from deploy.demo.meeting import TO_SIGN, TO_SIGN_TITLE
from deploy.demo.papers import FontMissingError, build_papers
from deploy.demo.papers.__main__ import main
from deploy.demo.papers.appendix import table_rows, write_appendix
from deploy.demo.papers.dossier import DOCUMENTS, Kind, contents, page_count
from deploy.demo.papers.dossier_words import Writer
from deploy.demo.papers.figures import Work, change, count, make_quarter, percent, split
from deploy.demo.papers.fonts import font_path
from deploy.demo.papers.image_pdf import JpegPage, write_image_pdf
from deploy.demo.papers.markup import parse, read_text
from deploy.demo.papers.official import FOOTER
from deploy.demo.papers.report import figures_in_words, write_report
from deploy.demo.papers.scan import scanned_pages
from deploy.demo.papers.submission import budget_rows, write_submission

SEEDS = (2026, *range(30))
TEXT_PAPERS = ("bao-cao-so-ket.pdf", "phu-luc-so-lieu.pdf", "to-trinh.pdf", "quyet-dinh-da-ky.pdf", "nghi-quyet.pdf")
MM = 72 / 25.4


def small_scan(path: Path) -> None:
    """Write a stand-in for the dossier of 100 pages, which takes a quarter of a minute to make."""
    buffer = io.BytesIO()
    Image.new("L", (20, 30), 200).save(buffer, "JPEG")
    with path.open("wb") as file:
        write_image_pdf(file, [JpegPage(buffer.getvalue(), 20, 30, colour=False)], title="Quét", author=FOOTER)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("papers")
    small_scan(out / "ho-so-quet.pdf")
    build_papers(out)
    return out


def page_texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_month_leaves_open_the_next_carries_over(seed: int) -> None:
    quarter = make_quarter(seed)
    for unit in quarter.units:
        for earlier, later in itertools.pairwise(unit.months):
            assert later.reports_carried == earlier.reports_open > 0
        assert unit.total().reports_open == unit.months[-1].reports_open
    assert quarter.total().reports_open == quarter.month(2).reports_open


@pytest.mark.parametrize("seed", SEEDS)
def test_no_more_is_charged_than_opened_nor_tried_than_charged(seed: int) -> None:
    for unit in make_quarter(seed).units:
        for work in unit.months:
            assert work.cases_tried <= work.cases_charged <= work.cases_opened <= work.reports_settled
            assert work.accused_tried <= work.accused_charged <= work.accused_opened
            assert work.civil_settled <= work.civil_received


@pytest.mark.parametrize("seed", SEEDS)
def test_the_report_never_boasts_of_nothing(seed: int) -> None:
    words = figures_in_words(make_quarter(seed), make_quarter(seed + 1))
    for key in ("kn_xx", "kn_tha", "kn_ds", "kg_hs", "kg_ds"):
        assert int(words[key]) > 0, key
    assert make_quarter(seed).total().settled_percent > 90, "the text says that this target was reached"


def test_every_column_of_the_appendix_adds_up_as_printed() -> None:
    rows = table_rows(make_quarter(2026))
    rate, stocks = 6, {2, 4, 7}
    blocks = [rows[top : top + 4] for top in range(0, len(rows), 4)]
    *units, whole = blocks
    for column in set(range(2, 18)) - {rate}:
        for line in range(4):
            assert sum(int(block[line][column]) for block in units) == int(whole[line][column])
        if column not in stocks:
            for quarter, *months in blocks:
                assert sum(int(month[column]) for month in months) == int(quarter[column])
    for row in rows:
        assert int(row[2]) + int(row[3]) == int(row[4]) == int(row[5]) + int(row[7])
        assert row[rate] == f"{100 * int(row[5]) / int(row[4]):.1f}".replace(".", ",")


def test_report_and_appendix_print_the_same_totals(folder: Path) -> None:
    total = make_quarter(2026).total()
    report = " ".join(" ".join(page_texts(folder / "bao-cao-so-ket.pdf")).split())
    assert f"kiểm sát việc giải quyết {total.reports_handled} nguồn tin về tội phạm" in report
    assert f"khởi tố mới {total.cases_opened} vụ với {total.accused_opened} bị can" in report
    appendix = " ".join(page_texts(folder / "phu-luc-so-lieu.pdf")[-1].split())
    assert f"TOÀN KHU VỰC {' '.join(table_rows(make_quarter(2026))[-4][2:])}" in appendix


def test_the_budget_of_the_submission_adds_up() -> None:
    *items, total = budget_rows()
    numbers = [[int(cell.replace(".", "")) for cell in row[3:]] for row in items]
    assert all(amount * price == cost for amount, price, cost in numbers)
    assert sum(cost for _, _, cost in numbers) == int(total[-1].replace(".", ""))


def test_split_loses_nothing_whatever_the_weights() -> None:
    for total in range(60):
        for weights in ((1.0, 1.0, 1.0), (0.86, 0.14), (38.0, 21.0, 17.0, 13.0, 8.0, 3.0)):
            parts = split(total, weights)
            assert sum(parts) == total
            assert all(
                abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True)
            )


def test_numbers_are_written_the_vietnamese_way() -> None:
    assert (count(7), count(42), count(1846), percent(92.76)) == ("07", "42", "1.846", "92,8%")
    assert (change(54, 50), change(45, 50), change(9, 9)) == ("tăng 04 (8,0%)", "giảm 05 (10,0%)", "không thay đổi")


@pytest.mark.parametrize("name", TEXT_PAPERS)
def test_every_page_says_that_it_is_demo_data_and_is_in_nfc(folder: Path, name: str) -> None:
    for number, text in enumerate(page_texts(folder / name), start=1):
        assert FOOTER in text, f"{name}, page {number}"
        assert unicodedata.is_normalized("NFC", text)
        assert "\ufffd" not in text
        assert "{" not in text, "a figure was not filled in"


def test_papers_have_the_lengths_the_demo_counts_on(folder: Path) -> None:
    papers = {paper.file_name: paper for paper in build_papers(folder)}
    assert list(papers) == [
        "bao-cao-so-ket.pdf",
        "phu-luc-so-lieu.pdf",
        "to-trinh.pdf",
        "quyet-dinh-da-ky.pdf",
        "ho-so-quet.pdf",
    ]
    assert 18 <= papers["bao-cao-so-ket.pdf"].pages <= 22
    assert 3 <= papers["phu-luc-so-lieu.pdf"].pages <= 4
    assert papers["to-trinh.pdf"].pages == 4
    assert 2 <= papers["quyet-dinh-da-ky.pdf"].pages <= 3
    assert all("(demo" in paper.title_vi and paper.item_hint for paper in papers.values())


@pytest.mark.parametrize("name", TEXT_PAPERS)
def test_nothing_is_printed_outside_the_margins_and_pages_are_numbered_from_the_second(folder: Path, name: str) -> None:
    left, right = (20, 20) if name.startswith("phu-luc") else (30, 15)
    with pypdfium2.PdfDocument(folder / name) as document:
        for index, page in enumerate(document):
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_rect(number) for number in range(text.count_rects())]
            assert min(box[0] for box in boxes) >= left * MM - 2, f"page {index + 1}"
            assert max(box[2] for box in boxes) <= width - right * MM + 2, f"page {index + 1}"
            header = text.get_text_bounded(bottom=height - 18 * MM).strip()
            assert header == ("" if index == 0 else str(index + 1))


def test_what_is_signed_as_a_resolution_is_one(folder: Path) -> None:
    text = " ".join(" ".join(page_texts(folder / TO_SIGN)).split())
    assert "NGHỊ QUYẾT" in text
    assert "TỜ TRÌNH" not in text
    assert TO_SIGN_TITLE.startswith("Nghị quyết")


def test_the_first_page_has_the_head_of_an_official_paper(folder: Path) -> None:
    for name in ("bao-cao-so-ket.pdf", "to-trinh.pdf", "quyet-dinh-da-ky.pdf", "nghi-quyet.pdf"):
        first = page_texts(folder / name)[0]
        for words in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Số: ",
            "VIỆN KIỂM SÁT NHÂN DÂN",
        ):
            assert words in first, name
        assert "Nơi nhận:" in page_texts(folder / name)[-1]


def test_the_report_has_an_outline_of_three_levels(folder: Path) -> None:
    with pypdfium2.PdfDocument(folder / "bao-cao-so-ket.pdf") as document:
        entries = [(entry.level, entry.get_title(), entry.get_dest().get_index()) for entry in document.get_toc()]
    assert [title.split(".")[0] for level, title, _ in entries if level == 0] == ["I", "II", "III", "IV", "V", "VI"]
    assert {level for level, _, _ in entries} == {0, 1, 2}
    pages = [page for _, _, page in entries]
    assert pages == sorted(pages)


def test_the_appendix_repeats_its_head_and_cuts_no_unit_in_two(folder: Path) -> None:
    for text in page_texts(folder / "phu-luc-so-lieu.pdf"):
        assert "Nguồn tin về tội phạm" in text
        assert text.count("Tháng 7") == text.count("Tháng 8") == text.count("Tháng 9") > 0


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_report(tmp_path / f"{name}-r.pdf", seed=5)
        write_appendix(tmp_path / f"{name}-a.pdf", seed=5)
        write_submission(tmp_path / f"{name}-s.pdf")
    for kind in ("r", "a", "s"):
        assert (tmp_path / f"a-{kind}.pdf").read_bytes() == (tmp_path / f"b-{kind}.pdf").read_bytes()
    write_report(tmp_path / "other.pdf", seed=6)
    assert (tmp_path / "other.pdf").read_bytes() != (tmp_path / "a-r.pdf").read_bytes()


def test_scanned_pages_depend_on_the_seed_alone() -> None:
    first, again, other = ([page.jpeg for page in itertools.islice(scanned_pages(seed), 4)] for seed in (5, 5, 6))
    assert first == again
    assert first != other


def validate(signed: bytes) -> tuple[bool, bool, str]:
    reader = PdfFileReader(io.BytesIO(signed))
    (signature,) = reader.embedded_signatures
    issuer = next(cert for cert in signature.other_embedded_certs if isinstance(cert, x509.Certificate))
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[issuer], allow_fetching=False))
    assert status.coverage is not None
    return status.intact and status.valid, status.trusted, status.coverage.name


def test_the_decision_carries_a_pades_signature_over_the_whole_file(folder: Path) -> None:
    signed = (folder / "quyet-dinh-da-ky.pdf").read_bytes()
    assert validate(signed) == (True, True, "ENTIRE_FILE")
    signature = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.signer_cert.subject.native["common_name"] == "Người ký minh họa (demo)"
    assert b"PRIVATE KEY" not in signed


def test_one_changed_byte_breaks_the_signature_of_the_decision(folder: Path) -> None:
    signed = bytearray((folder / "quyet-dinh-da-ky.pdf").read_bytes())
    at = signed.index(b"stream") + 20
    signed[at] ^= 1
    valid, _, _ = validate(bytes(signed))
    assert not valid


def test_the_mark_stands_between_position_and_name(folder: Path) -> None:
    with pypdfium2.PdfDocument(folder / "quyet-dinh-da-ky.pdf") as document:
        document.init_forms()
        page = document[len(document) - 1]
        text = page.get_textpage()
        lines = {
            text.get_text_bounded(*text.get_rect(number)): text.get_rect(number) for number in range(text.count_rects())
        }
    field = PdfFileReader(io.BytesIO((folder / "quyet-dinh-da-ky.pdf").read_bytes())).embedded_signatures[0].sig_field
    left, bottom, right, top = (float(edge) for edge in field["/Rect"])
    assert lines["PHÓ VIỆN TRƯỞNG"][1] > top
    name = lines["Người ký minh họa (demo)"]
    assert name[3] < bottom
    assert abs((name[0] + name[2]) / 2 - (left + right) / 2) < 3


def test_papers_that_are_there_are_left_alone(folder: Path, tmp_path: Path) -> None:
    for name in (*TEXT_PAPERS, "ho-so-quet.pdf"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "to-trinh.pdf").unlink()
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.iterdir()}
    build_papers(tmp_path)
    assert {name: ((tmp_path / name).stat().st_mtime_ns, (tmp_path / name).read_bytes()) for name in before} == before
    assert (tmp_path / "to-trinh.pdf").read_bytes() == (folder / "to-trinh.pdf").read_bytes()


def test_what_a_cut_short_build_left_is_not_taken_for_a_paper(folder: Path, tmp_path: Path) -> None:
    for name in (*TEXT_PAPERS, "ho-so-quet.pdf"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "to-trinh.pdf").rename(tmp_path / ".to-trinh.pdf.part")
    (tmp_path / ".to-trinh.pdf.part").write_bytes(b"%PDF-1.4 cut")
    build_papers(tmp_path)
    assert (tmp_path / "to-trinh.pdf").read_bytes() == (folder / "to-trinh.pdf").read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_the_command_names_each_paper(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[2].startswith("to-trinh.pdf: 4 trang; Tờ trình")


def test_a_missing_font_says_which_package_to_install() -> None:
    with pytest.raises(FontMissingError, match="fonts-noto-core") as caught:
        font_path("NotoSerif-Missing")
    assert caught.value.code == "demo-font-missing"


def test_a_figure_or_part_nobody_made_is_an_error() -> None:
    with pytest.raises(KeyError, match="khong_co"):
        parse("Số {khong_co}", {}, parts={})
    with pytest.raises(KeyError, match="bang:x"):
        parse("[[bang:x]]", {}, parts={})


def test_the_contents_of_the_dossier_account_for_its_hundred_pages() -> None:
    rows = contents()
    assert page_count() == 100
    assert [document for document, _, _ in rows] == list(DOCUMENTS)
    assert rows[0][1] == 4
    assert rows[-1][2] == 100
    assert all(later[1] == earlier[2] + 1 for earlier, later in itertools.pairwise(rows))
    days = [document.day for document in DOCUMENTS]
    assert days == sorted(days)


@pytest.mark.parametrize("seed", [2026, 1, 2])
def test_a_letter_of_the_dossier_never_repeats_a_paragraph_nor_runs_out(seed: int) -> None:
    for document in DOCUMENTS:
        if document.kind is Kind.LETTER:
            writer = Writer(seed, document)
            paragraphs = [writer.paragraph() for _ in range(10 * document.pages)]
            assert len(set(paragraphs)) == len(paragraphs)
            assert not any("{" in paragraph for paragraph in paragraphs)


def test_the_texts_are_nfc_and_name_no_secrecy_mark() -> None:
    # The product refuses papers with the mark of a secrecy level on their first page; ours must be let in.
    for name in ("bao-cao", "to-trinh", "quyet-dinh", "ho-so"):
        text = read_text(name)
        assert unicodedata.is_normalized("NFC", text)
        assert not {"MẬT", "TỐI MẬT", "TUYỆT MẬT"} & set(text.split("\n"))


@pytest.mark.timeout(420)
def test_the_scan_has_a_hundred_images_and_no_text(demo_paper_folder: Path) -> None:
    path = demo_paper_folder / "ho-so-quet.pdf"
    assert 15_000_000 <= path.stat().st_size <= 30_000_000
    with pypdfium2.PdfDocument(path) as document:
        assert len(document) == 100
        for page in document:
            assert page.get_textpage().count_chars() == 0
            (image,) = page.get_objects()
            assert image.get_px_size() == (1240, 1754)


def test_work_side_by_side_is_a_plain_sum() -> None:
    quarter = make_quarter(3)
    assert quarter.total().reports_carried == sum(unit.months[0].reports_carried for unit in quarter.units)
    assert isinstance(quarter.total(), Work)


def test_a_quarter_is_looked_back_on_and_never_summed_up_for_good(folder: Path) -> None:
    """Sơ kết is for a part of the work, tổng kết for the whole; one meeting, one word."""
    for paper in build_papers(folder):
        assert "tổng kết công tác" not in paper.title_vi.lower()
    report = " ".join(" ".join(page_texts(folder / "bao-cao-so-ket.pdf")).split()).lower()
    assert "sơ kết công tác kiểm sát quý iii" in report
    assert "tổng kết" not in report


def test_who_signs_a_paper_has_the_office_it_is_signed_in(folder: Path) -> None:
    for name, person in (("to-trinh.pdf", people.PRESENTER), ("bao-cao-so-ket.pdf", people.CHAIR)):
        last = " ".join(page_texts(folder / name)[-1].split())
        assert f"{person.position.upper()} {person.name}" in last
