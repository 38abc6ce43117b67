"""A plug-in that keeps every document other tests set, and every file they take to a second opinion.

Usage: ``PHONGHOP_TEST_KEPT=FOLDER pytest -p tests.pdfa.kept tests/signing/test_letters.py``.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.documents.model import Document
from server.documents.printer import Printer
from tests.signing import pdfsig


def pytest_configure() -> None:
    """Stand in the way of both, before a test module takes them."""
    folder = Path(os.environ["PHONGHOP_TEST_KEPT"])
    printed, asked = Printer.print, pdfsig.second_opinion

    def keep(pdf: bytes, what: str) -> None:
        (folder / f"{len(list(folder.iterdir())):03}-{what}.pdf").write_bytes(pdf)

    def print_and_keep(printer: Printer, document: Document, *, at: dt.datetime) -> bytes:
        pdf = printed(printer, document, at=at)
        keep(pdf, "printed")
        return pdf

    def ask_and_keep(pdf: bytes, *more: Any, **named: Any) -> Any:
        keep(pdf, "signed")
        return asked(pdf, *more, **named)

    _put(Printer, "print", print_and_keep)
    _put(pdfsig, "second_opinion", ask_and_keep)


def _put(owner: object, name: str, function: Callable[..., Any]) -> None:
    setattr(owner, name, function)
