"""The papers of the demo meeting: five Vietnamese PDFs, made on the machine, marked as demo data on every page.

Beside them lies the resolution that waits for signatures; it is handed out to nobody as a paper.

Rules: the same seed gives the same bytes, except for the signed paper, whose key and time are new; a paper that is
there is left alone (a signed one must never be rewritten), and appears under its name only when it is whole.

    for paper in build_papers(Path("run/papers")):
        print(paper.file_name, paper.pages, paper.title_vi)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pypdfium2

from deploy.demo.papers.appendix import TITLE as APPENDIX_TITLE
from deploy.demo.papers.appendix import write_appendix
from deploy.demo.papers.decision import TITLE as DECISION_TITLE
from deploy.demo.papers.decision import write_decision
from deploy.demo.papers.errors import DemoPaperError, FontMissingError
from deploy.demo.papers.report import TITLE as REPORT_TITLE
from deploy.demo.papers.report import write_report
from deploy.demo.papers.resolution import TITLE as RESOLUTION_TITLE
from deploy.demo.papers.resolution import write_resolution
from deploy.demo.papers.scan import TITLE as SCAN_TITLE
from deploy.demo.papers.scan import write_scan
from deploy.demo.papers.submission import TITLE as SUBMISSION_TITLE
from deploy.demo.papers.submission import write_submission

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["DemoPaper", "DemoPaperError", "FontMissingError", "build_papers"]


@dataclass(frozen=True)
class DemoPaper:
    """A paper as the demo meeting lists it; `item_hint` names the agenda item it belongs to."""

    file_name: str
    title_vi: str
    pages: int
    item_hint: str


@dataclass(frozen=True)
class _Recipe:
    file_name: str
    title_vi: str
    item_hint: str
    write: Callable[[Path], None]


def build_papers(out_dir: Path, *, seed: int = 2026) -> list[DemoPaper]:
    """Make the papers that are not in `out_dir` yet and describe all five, in the order of the agenda.

    Raises `FontMissingError` if fonts-noto-core is not installed; what was made before stays.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    _build(out_dir, _Recipe("nghi-quyet.pdf", RESOLUTION_TITLE, "", write_resolution))
    return [_build(out_dir, recipe) for recipe in _recipes(seed)]


def _recipes(seed: int) -> tuple[_Recipe, ...]:
    work, vote, pilot = "Kết quả công tác quý III", "Thông qua Quy chế", "Triển khai thí điểm"
    return (
        _Recipe("bao-cao-so-ket.pdf", REPORT_TITLE, work, partial(write_report, seed=seed)),
        _Recipe("phu-luc-so-lieu.pdf", APPENDIX_TITLE, work, partial(write_appendix, seed=seed)),
        _Recipe("to-trinh.pdf", SUBMISSION_TITLE, vote, write_submission),
        _Recipe("quyet-dinh-da-ky.pdf", DECISION_TITLE, pilot, write_decision),
        _Recipe("ho-so-quet.pdf", SCAN_TITLE, pilot, partial(write_scan, seed=seed)),
    )


def _build(out_dir: Path, recipe: _Recipe) -> DemoPaper:
    path = out_dir / recipe.file_name
    if not path.exists():
        # Written beside and renamed, so that a build cut short leaves no half paper to be taken for a whole one.
        part = out_dir / f".{recipe.file_name}.part"
        recipe.write(part)
        part.replace(path)
    with pypdfium2.PdfDocument(path) as document:
        pages = len(document)
    return DemoPaper(recipe.file_name, recipe.title_vi, pages, recipe.item_hint)
