"""The checking process: looks into one uploaded file and, if something has to go, writes the safe one (P1, P4).

Rules: it reads what a stranger made, so it runs apart from the server and limits itself first: memory, time, files. A
file with nothing to remove stays byte for byte as it was, and nothing is written; a signed one always does. Both files
are sealed; their keys come on standard input. The answer is one JSON object on standard output.

Usage: started by ``server.papers.checker`` as ``python -m server.papers.inspection``.
"""

from __future__ import annotations

import errno
import json
import sys
from dataclasses import replace
from typing import Any, Final

import pikepdf
import pypdfium2

from server import confined
from server.papers import scrub
from server.papers.errors import (
    PaperBroken,
    PaperEmpty,
    PaperEncrypted,
    PaperNotPdf,
    PaperRefused,
    PaperSignedUnsafe,
    PaperTooLarge,
    PaperTooManyPages,
)
from server.papers.model import Findings, secrecy_mark
from server.papers.sealed import SealedFile
from wire.fields import Fields
from wire.manifest import MAX_PAGES

MEMORY_BYTES: Final = 2 * 2**30
CPU_S: Final = 120
OPEN_FILES: Final = 32
#: Readers look for the header in the first kilobyte (ISO 32000-2, annex I).
_HEADER_BYTES: Final = 1024
_QUESTION_BYTES: Final = 64 * 1024


def inspect(source: SealedFile, target: SealedFile) -> Findings:
    """Check ``source``; write to ``target`` what may be kept, if it is not the same. Raises :class:`PaperRefused`."""
    with source.reader() as file:
        head = file.read(_HEADER_BYTES)
    if not head:
        raise PaperEmpty
    if b"%PDF-" not in head:
        raise PaperNotPdf
    looked = _make_safe(source, target)
    pages, lines = _read(target if looked.rewritten else source)
    return replace(looked, pages=pages, has_text=any(line.strip() for line in lines), mark=secrecy_mark(lines))


def _make_safe(source: SealedFile, target: SealedFile) -> Findings:
    try:
        with source.reader() as file, pikepdf.open(file, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise PaperEncrypted
            if len(pdf.pages) == 0:
                raise PaperEmpty
            if len(pdf.pages) > MAX_PAGES:
                raise PaperTooManyPages(limit=MAX_PAGES)
            if scrub.is_signed(pdf):
                return _signed(scrub.find(pdf))
            removed = scrub.scrub(pdf)
            rewritten = bool(removed or pdf.get_warnings())
            if rewritten:
                with target.writer() as safe:
                    pdf.save(safe, deterministic_id=True)
            return Findings(
                pages=0, is_signed=False, has_text=False, rewritten=rewritten, removed=tuple(sorted(removed))
            )
    except pikepdf.PasswordError:
        raise PaperEncrypted from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, RecursionError) as exc:
        # The library's own words may quote the paper: they go nowhere.
        raise PaperBroken from exc


def _signed(kept: set[str]) -> Findings:
    if kept - scrub.INERT:
        raise PaperSignedUnsafe(found=sorted(kept - scrub.INERT))
    return Findings(pages=0, is_signed=True, has_text=False, kept=tuple(sorted(kept)))


def _read(sealed: SealedFile) -> tuple[int, list[str]]:
    """What PDFium, which will show the paper, makes of it: the pages, and the first one's lines."""
    try:
        with sealed.reader() as file, pypdfium2.PdfDocument(file) as pdf:
            pages = len(pdf)
            lines = _lines(pdf[0]) if pages else []
    except pypdfium2.PdfiumError as exc:
        raise PaperBroken from exc
    if pages == 0:
        raise PaperEmpty
    return pages, lines


def _lines(page: Any) -> list[str]:
    """The first page's lines, and its single runs of text: a stamp may share its line with another column."""
    text = page.get_textpage()
    runs = [text.get_text_bounded(*text.get_rect(number)) for number in range(min(text.count_rects(), 2000))]
    whole: str = text.get_text_range()
    return [line for part in (whole, *runs) for line in part.splitlines()]


def main() -> int:
    """Check one file; 0 whenever there is an answer."""
    question = Fields(json.loads(sys.stdin.buffer.read(_QUESTION_BYTES)), "inspection")
    source, target = (SealedFile.read(question.object(name)) for name in ("source", "target"))
    confined.limit(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)
    try:
        found = inspect(source, target)
        answer: dict[str, Any] = {field: getattr(found, field) for field in Findings.__slots__}
        answer["safe_bytes"] = target.plain_bytes
    except PaperRefused as refusal:
        answer = {"refused": refusal.code, "data": refusal.data}
    except PaperTooLarge:
        answer = {"errno": errno.EFBIG}
    except OSError as exc:
        answer = {"errno": exc.errno}
    print(json.dumps(answer))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
