"""What the check says about good and bad files; the checking process itself is started for each."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import BinaryIO

import pikepdf
import pytest

from server.papers import scrub
from server.papers.checker import Checker
from server.papers.errors import (
    PaperBroken,
    PaperCheckFailed,
    PaperEmpty,
    PaperEncrypted,
    PaperNotPdf,
    PaperRefused,
    PaperSignedUnsafe,
)
from server.papers.inspection import inspect
from server.papers.intake import Inbox
from server.papers.model import Findings
from server.papers.sealed import SealedFile
from tests.support import pdfs


def inbox_of(folder: Path, data: bytes) -> Inbox:
    """An upload that has come in."""
    inbox = Inbox(folder, 64 * 1024 * 1024)
    with inbox.open() as file:
        file.write(data)
    return inbox


def check(folder: Path, data: bytes) -> tuple[Findings, bytes]:
    """Findings, and the bytes that would be kept."""
    inbox = inbox_of(folder, data)
    found = inspect(inbox.upload, inbox.safe)
    with (inbox.safe if found.rewritten else inbox.upload).reader() as file:
        return found, file.read()


def test_P1_a_clean_file_stays_byte_for_byte(tmp_path: Path) -> None:
    data = pdfs.text_pdf(["Báo cáo"], pages=3)
    found, kept = check(tmp_path, data)
    assert kept == data
    assert found == Findings(pages=3, is_signed=False, has_text=True, rewritten=False)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (pdfs.add_opening_script, "script"),
        (pdfs.add_named_script, "script"),
        (pdfs.add_page_script, "script"),
        (pdfs.add_link, "link"),
        (pdfs.add_launch, "launch"),
        (pdfs.add_attachment, "embedded-file"),
        (pdfs.add_form_program, "form-program"),
    ],
)
def test_P1_active_content_is_removed(tmp_path: Path, change: object, kind: str) -> None:
    data = pdfs.changed(pdfs.text_pdf(pages=2), change)  # type: ignore[arg-type]
    found, kept = check(tmp_path, data)
    assert kind in found.removed
    assert f"removed-{kind}" in found.warnings()
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert scrub.find(pdf) == set()
        assert len(pdf.pages) == 2
    for trace in (b"app.alert", b"cmd.exe", b"example.invalid", b"xdp"):
        assert trace not in kept


def test_P1_a_signed_file_is_never_rewritten(tmp_path: Path) -> None:
    data = pdfs.changed(pdfs.text_pdf(), pdfs.add_signature)
    found, kept = check(tmp_path, data)
    assert found.is_signed
    assert kept == data


def test_P1_a_signed_file_may_keep_links_but_no_script(tmp_path: Path) -> None:
    signed = pdfs.changed(pdfs.text_pdf(), pdfs.add_signature)
    linked = pdfs.changed(signed, pdfs.add_link)
    found, kept = check(tmp_path, linked)
    assert kept == linked
    assert found.warnings() == ["kept-link"]
    for change in (pdfs.add_opening_script, pdfs.add_launch, pdfs.add_attachment):
        with pytest.raises(PaperSignedUnsafe) as refused:
            check(tmp_path, pdfs.changed(signed, change))
        assert refused.value.data["found"]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", PaperEmpty),
        (b"PK\x03\x04 not a pdf", PaperNotPdf),
        ("Chỉ là chữ".encode(), PaperNotPdf),
        (b"%PDF-1.7\n", PaperBroken),
        (b"%PDF-1.7\n" + bytes(5000), PaperBroken),
        (pdfs.without_pages(), PaperEmpty),
        (pdfs.encrypted(pdfs.text_pdf(), user="matkhau"), PaperEncrypted),
        (pdfs.encrypted(pdfs.text_pdf()), PaperEncrypted),
    ],
)
def test_bad_files_are_refused_with_a_code(tmp_path: Path, data: bytes, refusal: type[PaperRefused]) -> None:
    with pytest.raises(refusal):
        check(tmp_path, data)


def test_a_file_that_is_repaired_is_written_anew(tmp_path: Path) -> None:
    data = pdfs.text_pdf(pages=2)
    cut = data[: data.rindex(b"xref")]
    found, kept = check(tmp_path, cut)
    assert found.pages == 2
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert not pdf.get_warnings()


def test_any_damage_is_an_answer_or_a_refusal(tmp_path: Path) -> None:
    data = pdfs.changed(pdfs.text_pdf(pages=2), pdfs.add_attachment)
    noise = random.Random(5)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(noise.randrange(1, 40)):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        try:
            check(tmp_path, bytes(damaged))
        except PaperRefused:
            continue


def test_P4_the_first_page_is_searched_for_the_mark(tmp_path: Path) -> None:
    found, _ = check(tmp_path, pdfs.text_pdf(["VIỆN KIỂM SÁT", "TỐI MẬT", "Báo cáo"]))
    assert found.mark == "TỐI MẬT"
    found, _ = check(tmp_path, pdfs.text_pdf(["VIỆN KIỂM SÁT\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA", "MẬT\tHà Nội, ngày"]))
    assert found.mark == "MẬT"
    found, _ = check(tmp_path, pdfs.text_pdf(["BẢO VỆ BÍ MẬT NHÀ NƯỚC"]))
    assert found.mark is None


def test_a_first_page_without_text_is_said(tmp_path: Path) -> None:
    found, _ = check(tmp_path, pdfs.text_pdf([], pages=2))
    assert found.warnings() == ["first-page-without-text"]


def test_the_process_answers_as_the_function_does(tmp_path: Path) -> None:
    acting = pdfs.changed(pdfs.text_pdf(["MẬT"]), pdfs.add_link)
    inbox = inbox_of(tmp_path, acting)
    found, keep = Checker().check(inbox)
    assert (found.mark, found.removed, found.pages) == ("MẬT", ("link",), 1)
    assert keep is inbox.safe
    with keep.reader() as file:
        assert file.read().startswith(b"%PDF-")
    clean = inbox_of(tmp_path, pdfs.text_pdf())
    assert Checker().check(clean).keep is clean.upload
    with pytest.raises(PaperEmpty):
        Checker().check(inbox_of(tmp_path, b""))


def test_a_process_that_hangs_is_a_refusal(tmp_path: Path) -> None:
    inbox = inbox_of(tmp_path, pdfs.text_pdf())
    inbox.upload.remove()
    os.mkfifo(inbox.upload.path)
    with pytest.raises(PaperCheckFailed):
        Checker(timeout_s=1.0).check(inbox)


def test_a_file_that_is_gone_is_a_refusal(tmp_path: Path) -> None:
    inbox = inbox_of(tmp_path, pdfs.text_pdf())
    inbox.upload.remove()
    with pytest.raises(PaperCheckFailed):
        Checker().check(inbox)


def test_a_disk_that_is_full_while_the_safe_file_is_written_is_said(tmp_path: Path) -> None:
    inbox = inbox_of(tmp_path, pdfs.changed(pdfs.large_pdf(2_000_000), pdfs.add_link))
    full = FullDisk(inbox.safe.path, inbox.safe.key, inbox.safe.name, inbox.safe.limit_bytes)
    with pytest.raises(OSError, match="No space left"):
        inspect(inbox.upload, full)


class FullDisk(SealedFile):
    """A file whose disk has no room."""

    def writer(self) -> BinaryIO:
        return open("/dev/full", "wb", buffering=0)  # noqa: PTH123 - it refuses every byte


def test_T5_nothing_in_clear_lies_on_the_disk_while_a_file_is_checked(tmp_path: Path) -> None:
    words = ["Nội dung không ai được đọc trên đĩa"]
    inbox = inbox_of(tmp_path, pdfs.changed(pdfs.text_pdf(words, pages=3), pdfs.add_link))
    Checker().check(inbox)
    lying = [path.read_bytes() for path in tmp_path.iterdir()]
    assert len(lying) == 2
    for raw in lying:
        for trace in (b"%PDF", b"endobj", b"/Page", b"example.invalid"):
            assert trace not in raw
