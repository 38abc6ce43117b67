"""Pages of papers: what comes out, and that nothing brings the renderer down."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops

from pages.errors import NoSuchPage, PagesError, PaperIncomplete, PaperUnreadable, RendererClosed, RenderFailed
from pages.model import MAX_WIDTH, WIDTHS, Document, width_step
from pages.reading import MAX_PIXELS
from pages.renderer import Renderer
from sealing.papers import new_paper_key
from tests.architecture.source import ROOT
from tests.support import mutate, pdfs
from tests.support.meeting_log import named
from tests.support.poll import until
from tests.unit.pages.conftest import MakeDocument
from wire.records import Layout

_LINES = ["Báo cáo công tác Điều tra", "Đồng chí Nguyễn Thị Ườm trình bày", "Kết luận: ĐỒNG Ý"]
_PDF = pdfs.text_pdf(_LINES, pages=3)


def _image(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "WEBP"
    return image.convert("RGB")


def _difference(first: Image.Image, second: Image.Image) -> int:
    """The largest difference of any channel of any pixel."""
    return max(_darkest_and_lightest(band)[1] for band in ImageChops.difference(first, second).split())


def _darkest_and_lightest(band: Image.Image) -> tuple[int, int]:
    levels = [level for level, count in enumerate(band.histogram()) if count]
    return levels[0], levels[-1]


def _turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Rotate = 90


def _cropped(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.CropBox = pikepdf.Array([50, 700, 350, 842])


def _enormous(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.MediaBox = pikepdf.Array([0, 0, 14_000, 14_000])
    pdf.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 10, 14_000])
    pdf.pages[2].obj.MediaBox = pikepdf.Array([0, 0, 100, 600])


def _scanned(pdf: pikepdf.Pdf) -> None:
    """The second page's content fills many chunks, as a scan does; it draws a black square at its end."""
    noise = random.Random(2).randbytes(150_000).hex().encode()
    pdf.pages[1].obj.Contents = pikepdf.Stream(pdf, b"% " + noise + b"\n0 g 100 100 300 300 re f\n")


def _bookmarked(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        first = pikepdf.OutlineItem("Phần I. Đánh giá\x01 chung", 0)
        first.children.append(pikepdf.OutlineItem("1.  Kết quả", 2))
        outline.root.extend([first, pikepdf.OutlineItem("Đi đâu?")])


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_page_becomes_a_picture_of_the_width_asked_for(
    renderer: Renderer, make_document: MakeDocument, *, encrypted: bool
) -> None:
    document = make_document(_PDF, encrypted=encrypted)
    for width in (80, 800, 2400):
        image = _image(renderer.render(document, 1, width=width))
        assert image.width == width
        assert abs(image.height - width * 842 / 595) <= 1
        assert _darkest_and_lightest(image.convert("L"))[0] < 128, "there is writing"


def test_an_encrypted_paper_looks_like_the_plain_one(renderer: Renderer, make_document: MakeDocument) -> None:
    plain, sealed = make_document(_PDF, name="plain"), make_document(_PDF, encrypted=True, name="sealed")
    assert renderer.render(plain, 2, width=480) == renderer.render(sealed, 2, width=480)
    assert renderer.text(plain, 1) == renderer.text(sealed, 1)


def test_P6_the_watermark_is_everywhere_and_faint(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(_PDF)
    bare = _image(renderer.render(document, 1, width=1200))
    marked = _image(
        renderer.render(document, 1, width=1200, mark="Đ/c Nguyễn Thị Ườm (demo) · Ghế A3 · 08:15 21/11/2026")
    )
    assert bare.size == marked.size
    side = 400
    for left in range(0, bare.width, side):
        for top in range(0, bare.height - side, side):
            part = (left, top, left + side, top + side)
            assert _difference(bare.crop(part), marked.crop(part)) > 15, f"no mark at {part}"
    assert _difference(bare, marked) < 90, "the text stays what one sees"


def test_P6_another_reader_gets_another_mark(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(_PDF)
    assert renderer.render(document, 1, width=480, mark="Ghế A3") != renderer.render(
        document, 1, width=480, mark="Ghế A4"
    )
    assert renderer.render(document, 1, width=480, mark=" \n") == renderer.render(document, 1, width=480)


def test_words_stand_where_they_are_seen(renderer: Renderer, make_document: MakeDocument) -> None:
    found = renderer.text(make_document(_PDF, encrypted=True), 1)
    assert (found.width, found.height) == (595, 842)
    assert [word.text for word in found.words] == " ".join(_LINES).split()
    first = found.words[0]
    assert first.x0 == pytest.approx(60, abs=2)
    assert first.y0 < 842 - 780 < first.y1, "the base line goes through the box"
    below = next(word for word in found.words if word.text == "Đồng")
    assert below.y0 > first.y0
    assert all(0 <= word.x0 < word.x1 <= 595 and 0 <= word.y0 < word.y1 <= 842 for word in found.words)


def test_words_of_a_turned_page_turn_with_it(renderer: Renderer, make_document: MakeDocument) -> None:
    found = renderer.text(make_document(pdfs.changed(_PDF, _turned)), 1)
    assert (found.width, found.height) == (842, 595)
    first = found.words[0]
    assert first.y1 - first.y0 > first.x1 - first.x0, "the word stands upright"
    assert first.x0 > 700, "the top of the page is at the right"


def test_words_of_a_cropped_page_move_with_its_corner(renderer: Renderer, make_document: MakeDocument) -> None:
    found = renderer.text(make_document(pdfs.changed(_PDF, _cropped)), 1)
    assert (found.width, found.height) == (300, 142)
    assert found.words[0].x0 == pytest.approx(10, abs=2)


def test_search_finds_without_accents_and_in_any_case(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(pdfs.text_pdf(_LINES, pages=60), encrypted=True)
    for query in ("dieu tra", "ĐIỀU TRA", "  điều   tra ", "cong tac dieu"):
        hits = renderer.search(document, query)
        assert [(hit.page, hit.count) for hit in hits] == [(1, 1)]
        assert "công tác Điều tra" in hits[0].excerpt
    assert [hit.page for hit in renderer.search(document, "trang 5")] == [5, *range(50, 60)]
    assert renderer.search(document, "không có") == []
    assert renderer.search(document, " ") == []


def test_the_outline_gives_sizes_and_bookmarks(renderer: Renderer, make_document: MakeDocument) -> None:
    found = renderer.outline(make_document(pdfs.changed(_PDF, _bookmarked)))
    assert list(found.sizes) == [(595, 842)] * 3
    assert [(entry.title, entry.page, entry.level) for entry in found.entries] == [
        ("Phần I. Đánh giá chung", 1, 0),
        ("1. Kết quả", 3, 1),
        ("Đi đâu?", 3, 0),
    ]


@pytest.mark.parametrize("page", [0, -1, 4, 10**9])
def test_a_page_that_is_not_there_says_so(renderer: Renderer, make_document: MakeDocument, page: int) -> None:
    document = make_document(_PDF)
    with pytest.raises(NoSuchPage):
        renderer.render(document, page, width=480)
    with pytest.raises(NoSuchPage):
        renderer.text(document, page)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"MZ" * 500, _PDF[:300], pdfs.encrypted(_PDF, user="khoa"), pdfs.without_pages()]
)
def test_what_is_no_readable_pdf_says_so(renderer: Renderer, make_document: MakeDocument, data: bytes) -> None:
    with pytest.raises(PaperUnreadable):
        renderer.render(make_document(data), 1, width=480)


def test_a_file_that_is_not_there_says_so(renderer: Renderer, make_document: MakeDocument, tmp_path: Path) -> None:
    with pytest.raises(PaperUnreadable):
        renderer.outline(dataclasses.replace(make_document(_PDF), path=tmp_path / "nowhere"))


def test_D3_a_paper_of_which_a_chunk_is_missing_is_shown_as_soon_as_it_comes(
    renderer: Renderer, make_document: MakeDocument
) -> None:
    document = make_document(pdfs.large_pdf(600_000, pages=3), encrypted=True)
    whole = document.path.read_bytes()
    layout = Layout(document.plain_bytes)
    offset, length = layout.chunk(layout.chunks - 1)
    document.path.write_bytes(whole[:offset] + bytes(length))
    with pytest.raises(PaperIncomplete):
        renderer.render(document, 1, width=160)
    document.path.write_bytes(whole)
    assert _image(renderer.render(document, 1, width=160)).width == 160


def test_D3_a_page_whose_chunk_is_missing_does_not_stay_blank(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(pdfs.changed(_PDF, _scanned), encrypted=True)
    whole = document.path.read_bytes()
    layout = Layout(document.plain_bytes)
    offset, length = layout.chunk(layout.chunks // 2)
    document.path.write_bytes(whole[:offset] + bytes(length) + whole[offset + length :])
    assert renderer.render(document, 1, width=160), "the other pages are there"
    with pytest.raises(PaperIncomplete):
        renderer.render(document, 2, width=160)
    document.path.write_bytes(whole)
    assert _darkest_and_lightest(_image(renderer.render(document, 2, width=160)).convert("L"))[0] < 10


def test_another_key_opens_nothing(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(_PDF, encrypted=True)
    renderer.render(document, 1, width=160)
    with pytest.raises(PaperIncomplete):
        renderer.render(dataclasses.replace(document, key=new_paper_key()), 1, width=160)


def test_a_file_that_was_replaced_is_opened_anew(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(_PDF)
    before = renderer.text(document, 1)
    other = pdfs.text_pdf(["Khác"])
    replaced = document.path.with_name("new")
    replaced.write_bytes(other)
    replaced.replace(document.path)
    assert [word.text for word in renderer.text(dataclasses.replace(document, plain_bytes=len(other)), 1).words] == [
        "Khác"
    ]
    assert len(before.words) > 1


def test_more_papers_than_are_kept_open_take_turns(renderer: Renderer, make_document: MakeDocument) -> None:
    documents = [make_document(pdfs.text_pdf([f"Số {n}"]), encrypted=True, name=f"p{n}") for n in range(9)]
    for _ in range(2):
        for number, document in enumerate(documents):
            assert renderer.text(document, 1).words[1].text == str(number)


def test_a_page_beyond_all_size_is_drawn_smaller(renderer: Renderer, make_document: MakeDocument) -> None:
    document = make_document(pdfs.changed(_PDF, _enormous))
    for page in (1, 2, 3):
        image = _image(renderer.render(document, page, width=MAX_WIDTH))
        assert image.width * image.height <= MAX_PIXELS
        assert max(image.size) <= 16_383


def test_no_broken_file_brings_the_renderer_down(renderer: Renderer, make_document: MakeDocument) -> None:
    for number, broken in enumerate(mutate.broken_bytes(_PDF, random.Random(1), count=80)):
        document = make_document(broken, name=f"broken{number}")
        with contextlib.suppress(PagesError):
            renderer.render(document, 1, width=160)
        with contextlib.suppress(PagesError):
            renderer.text(document, 2)
        with contextlib.suppress(PagesError):
            renderer.outline(document)
    assert renderer.text(make_document(_PDF), 1).words


@pytest.mark.parametrize(("width", "wanted"), [(1, 80), (80, 80), (81, 160), (1201, 1600), (2400, 2400), (9999, 2400)])
def test_widths_come_in_steps(width: int, wanted: int) -> None:
    assert width_step(width) == wanted
    assert wanted in WIDTHS


def _tried(renderer: Renderer, document: Document) -> bytes | None:
    try:
        return renderer.render(document, 1, width=160)
    except RenderFailed:
        return None


def test_a_process_that_hangs_is_replaced(make_document: MakeDocument) -> None:
    document, renderer = make_document(_PDF), Renderer(timeout_s=1.0)
    try:
        renderer.warm()
        (hung,) = renderer.pids()
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(RenderFailed, match="no answer"):
            renderer.render(document, 1, width=160)
        assert not Path(f"/proc/{hung}").exists()
        # A busy machine may need more than a second to start the next one.
        assert until(lambda: _tried(renderer, document), what="another process answers", timeout_s=60)
    finally:
        renderer.close()


def _dies_in_the_middle(renderer: Renderer, document: Document) -> bool:
    """Whether the process died after the question had gone to it; before it, another is asked in silence."""
    renderer.text(document, 1)
    (victim,) = renderer.pids()
    os.kill(victim, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(renderer.render, document, 1, width=160)
        until(lambda: renderer.idle == 0)
        os.kill(victim, signal.SIGKILL)
        failed = waiting.exception(timeout=10)
    assert failed is None or (isinstance(failed, RenderFailed) and "ended" in str(failed))
    return failed is not None


def test_a_process_that_dies_in_the_middle_is_replaced(make_document: MakeDocument) -> None:
    document, renderer = make_document(_PDF), Renderer(timeout_s=20)
    try:
        assert any(_dies_in_the_middle(renderer, document) for _ in range(50))
        assert renderer.text(document, 1).words
    finally:
        renderer.close()


def test_P7_forgetting_ends_every_process_at_once(make_document: MakeDocument) -> None:
    document, renderer = make_document(_PDF, encrypted=True), Renderer(processes=2)
    try:
        renderer.text(document, 1)
        renderer.warm()
        before = renderer.pids()
        assert len(before) == 2
        renderer.forget()
        assert renderer.pids() == ()
        assert not [pid for pid in before if Path(f"/proc/{pid}").exists()]
        assert renderer.text(document, 1).words, "a new process answers"
    finally:
        renderer.close()


def test_P7_forgetting_does_not_wait_for_an_answer(make_document: MakeDocument) -> None:
    document, renderer = make_document(_PDF), Renderer(timeout_s=30)
    try:
        renderer.warm()
        os.kill(renderer.pids()[0], signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(renderer.render, document, 1, width=160)
            until(lambda: not renderer.idle, what="the question is asked")
            renderer.forget()
            with pytest.raises(RenderFailed):
                waiting.result(timeout=10)
    finally:
        renderer.close()


def test_a_closed_renderer_says_so_and_leaves_no_process(make_document: MakeDocument) -> None:
    document, renderer = make_document(_PDF), Renderer()
    renderer.text(document, 1)
    (pid,) = renderer.pids()
    renderer.close()
    with pytest.raises(RendererClosed):
        renderer.text(document, 1)
    assert not Path(f"/proc/{pid}").exists()


def test_many_threads_share_few_processes(make_document: MakeDocument) -> None:
    documents = [make_document(pdfs.text_pdf([f"Số {n}"]), encrypted=True, name=f"p{n}") for n in range(3)]
    renderer = Renderer(processes=2, timeout_s=30)
    begin = threading.Barrier(6)

    def read(number: int) -> list[str]:
        begin.wait()
        return [renderer.text(documents[(number + step) % 3], 1).words[1].text for step in range(6)]

    try:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(read, range(6)))
        assert found == [[str((number + step) % 3) for step in range(6)] for number in range(6)]
        assert len(renderer.pids()) <= 2
    finally:
        renderer.close()


def test_the_process_has_few_rights_and_no_key_in_sight(make_document: MakeDocument) -> None:
    document, renderer = make_document(_PDF, encrypted=True), Renderer()
    try:
        renderer.text(document, 1)
        (pid,) = renderer.pids()
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        rows = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
        assert (rows["Max file size"], rows["Max core file size"]) == ("0", "0")
        assert int(rows["Max open files"]) <= 32
        assert int(rows["Max address space"]) <= 2 * 2**30
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        assert "NoNewPrivs:\t1" in status
        assert _environment(pid) <= {b"PYTHONUTF8", b"LC_ALL", b"PYTHONDONTWRITEBYTECODE", b"LC_CTYPE"}
        assert document.path.name.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    finally:
        renderer.close()


def _environment(pid: int) -> set[bytes]:
    """The names a process was started with; nothing when it may not even be looked at."""
    try:
        data = Path(f"/proc/{pid}/environ").read_bytes()
    except PermissionError:
        return set()
    return {entry.partition(b"=")[0] for entry in data.split(b"\0") if entry}


_PARENT = """
import os, sys
from pathlib import Path
from pages.model import Document
from pages.renderer import Renderer
from wire.topics import PaperVersion
path = Path(sys.argv[1])
renderer = Renderer()
renderer.text(Document(path, path.stat().st_size, PaperVersion("p-aaaaaaaaaaaaaaaa", 1), None), 1)
print(renderer.pids()[0], flush=True)
os._exit(0)
"""


def test_the_process_ends_with_its_parent(make_document: MakeDocument) -> None:
    words = [sys.executable, "-c", _PARENT, str(make_document(_PDF).path)]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    until(lambda: not Path(f"/proc/{int(said)}").exists(), what="the process has ended")


_SHUT_IN = """
import ctypes, sys
from pathlib import Path
sys.exit(3) if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) else None  # PR_SET_MDWE: memory is written or run, never both
from pages.model import Document
from pages.renderer import Renderer
from wire.ids import PaperId
from wire.topics import PaperVersion
renderer = Renderer()
for number in range(8):  # more than are kept open
    document = Document(Path(sys.argv[1]), int(sys.argv[2]), PaperVersion(PaperId(sys.argv[3]), number + 1), None)
    print(len(renderer.render(document, 1, width=480)) > 0)
renderer.close()
"""


def test_pages_are_drawn_where_no_memory_may_be_written_and_run(tmp_path: Path) -> None:
    """As the seat's and the server's units have it (MemoryDenyWriteExecute)."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(_PDF)
    words = [sys.executable, "-c", _SHUT_IN, str(file), str(len(_PDF)), named("p", "report")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode == 3:
        pytest.skip("this kernel cannot (Linux 6.3 can)")
    assert (done.stdout.split(), done.returncode) == (["True"] * 8, 0), done.stderr[-2000:]
