"""The checking process: looks into one uploaded file and writes the safe one beside it (P1, P4).

Rules: it reads what a stranger made, so it runs apart from the server and limits itself first: memory, time, files,
what it may write. A file with nothing to remove stays byte for byte as it was; a signed one always does. The answer is
one JSON object on standard output.

Usage: started by ``server.papers.checker`` as ``python -m server.papers.inspection SOURCE TARGET``.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2

from server.papers import scrub
from server.papers.errors import (
    PaperBroken,
    PaperEmpty,
    PaperEncrypted,
    PaperNotPdf,
    PaperRefused,
    PaperSignedUnsafe,
    PaperTooManyPages,
)
from server.papers.model import Findings, secrecy_mark
from wire.manifest import MAX_PAGES

MEMORY_BYTES: Final = 2 * 2**30
CPU_S: Final = 120
OPEN_FILES: Final = 32
#: Readers look for the header in the first kilobyte (ISO 32000-2, annex I).
_HEADER_BYTES: Final = 1024


def inspect(source: Path, target: Path) -> Findings:
    """Check ``source``, write what may be kept to ``target``; raises :class:`PaperRefused`."""
    with source.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if not head:
        raise PaperEmpty
    if b"%PDF-" not in head:
        raise PaperNotPdf
    is_signed, removed, kept = _make_safe(source, target)
    return _read(target, is_signed=is_signed, removed=removed, kept=kept)


def _make_safe(source: Path, target: Path) -> tuple[bool, set[str], set[str]]:
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise PaperEncrypted
            if len(pdf.pages) == 0:
                raise PaperEmpty
            if len(pdf.pages) > MAX_PAGES:
                raise PaperTooManyPages(limit=MAX_PAGES)
            if scrub.is_signed(pdf):
                kept = scrub.find(pdf)
                if kept - scrub.INERT:
                    raise PaperSignedUnsafe(found=sorted(kept - scrub.INERT))
                shutil.copyfile(source, target)
                return True, set(), kept
            removed = scrub.scrub(pdf)
            if removed or pdf.get_warnings():
                pdf.save(target, deterministic_id=True)
            else:
                shutil.copyfile(source, target)
            return False, removed, set()
    except pikepdf.PasswordError:
        raise PaperEncrypted from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, RecursionError) as exc:
        # The library's own words may quote the paper: they go nowhere.
        raise PaperBroken from exc


def _read(target: Path, *, is_signed: bool, removed: set[str], kept: set[str]) -> Findings:
    """What PDFium, which will show the paper, makes of it."""
    try:
        with pypdfium2.PdfDocument(target) as pdf:
            pages = len(pdf)
            lines = _lines(pdf[0]) if pages else []
    except pypdfium2.PdfiumError as exc:
        raise PaperBroken from exc
    if pages == 0:
        raise PaperEmpty
    return Findings(
        pages=pages,
        is_signed=is_signed,
        has_text=any(line.strip() for line in lines),
        mark=secrecy_mark(lines),
        removed=tuple(sorted(removed)),
        kept=tuple(sorted(kept)),
    )


def _lines(page: Any) -> list[str]:
    """The first page's lines, and its single runs of text: a stamp may share its line with another column."""
    text = page.get_textpage()
    runs = [text.get_text_bounded(*text.get_rect(number)) for number in range(min(text.count_rects(), 2000))]
    whole: str = text.get_text_range()
    return [line for part in (whole, *runs) for line in part.splitlines()]


def _limit() -> None:
    os.nice(5)
    for what, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))


def main(argv: list[str]) -> int:
    """Check one file; 0 whenever there is an answer."""
    source, target = argv
    _limit()
    try:
        found = inspect(Path(source), Path(target))
        answer: dict[str, Any] = {field: getattr(found, field) for field in Findings.__slots__}
    except PaperRefused as refusal:
        answer = {"refused": refusal.code, "data": refusal.data}
    except OSError as exc:
        answer = {"errno": exc.errno}
    print(json.dumps(answer))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
