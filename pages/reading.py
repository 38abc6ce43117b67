"""One open paper inside the rendering process: PDFium over a decrypting file.

Rules: PDFium runs without JavaScript and XFA; a page larger than :data:`MAX_PIXELS` is drawn
smaller; text is given in NFC without control characters. Whatever PDFium raises becomes one of
``pages.errors``.

Usage::

    with OpenPaper(document) as paper:
        webp = paper.render(1, width=1200, mark=None)
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import math
from collections.abc import Iterator
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, WebPImagePlugin

from pages import folding, watermark
from pages.errors import NoSuchPage, PaperIncomplete, PaperUnreadable, RenderFailed
from pages.model import Document, Hit, OutlineEntry
from pages.words import words_of
from sealing.papers import PaperReader
from wire.errors import WireError
from wire.records import Layout

MAX_PIXELS: Final = 24_000_000
#: WebP's own limit is 16,383.
MAX_SIDE: Final = 16_000
MAX_ENTRIES: Final = 5_000
MAX_TITLE: Final = 300
_WEBP_QUALITY: Final = 80
#: 0 … 6: 2 takes half the time of the usual 4 and makes a page of text 2 % larger.
_WEBP_METHOD: Final = 2
#: Naming the format's module keeps Pillow from loading all of them at the first picture.
_WEBP: Final = WebPImagePlugin.WebPImageFile.format


def rehearse() -> None:
    """Load what a first picture needs – format, letters of the mark – before somebody waits for it."""
    image = Image.new("RGB", (64, 64), (255, 255, 255))
    watermark.stamp(image, "Đ/c 01")
    _as_webp(image)


class OpenPaper:
    """A paper that PDFium has open; raises :class:`PaperUnreadable` or :class:`PaperIncomplete`."""

    def __init__(self, document: Document) -> None:
        self._folded: dict[int, tuple[str, folding.Folded]] = {}
        try:
            self._file: Final = document.path.open("rb")
        except OSError as exc:
            raise PaperUnreadable("the file is not there") from exc
        self._source: Final = _Source(self._file, document)
        try:
            with self._translated():
                self._pdf: Final = pypdfium2.PdfDocument(self._source)
                if self._pdf.get_formtype() != pdfium.FORMTYPE_NONE:
                    self._pdf.init_forms()  # the visible marks of signatures are form fields
        except Exception:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the text and the key."""
        self._folded.clear()
        self._pdf.close()
        self._source.close()
        self._file.close()

    @property
    def damaged(self) -> bool:
        """Whether a read has failed: PDFium may remember a half-read object, so open it anew."""
        return self._source.failure is not None

    def render(self, number: int, *, width: int, mark: str | None) -> bytes:
        """Page ``number`` as WebP, ``width`` pixels wide unless that is beyond all size."""
        with self._page(number) as page:
            image: Image.Image = page.render(scale=_scale(page, width), rev_byteorder=True).to_pil()
        if mark is not None:
            watermark.stamp(image, mark)
        return _as_webp(image)

    def text(self, number: int) -> tuple[float, float, list[tuple[float, float, float, float, str]]]:
        """Width, height and words of a page."""
        with self._page(number) as page:
            width, height = page.get_size()
            return width, height, list(words_of(page))

    def search(self, query: str, *, first: int, last: int) -> list[Hit]:
        """Hits on the pages ``first`` … ``last`` (included, cut at the end of the paper)."""
        wanted = folding.fold(query).text
        hits = []
        for number in range(first, min(last, len(self._pdf)) + 1):
            original, folded = self._fold(number)
            found = folding.count(folded, wanted)
            if found:
                hits.append(Hit(number, found, folding.excerpt(original, folded, wanted)))
        return hits

    def sizes(self) -> list[tuple[float, float]]:
        """Width and height of every page."""
        with self._translated():
            return [self._pdf.get_page_size(index) for index in range(len(self._pdf))]

    def entries(self) -> list[OutlineEntry]:
        """The bookmarks in reading order; one that leads nowhere takes the page of the one before."""
        found: list[OutlineEntry] = []
        page = 1
        with self._translated():
            for bookmark in self._pdf.get_toc(max_depth=10):
                target = bookmark.get_dest()
                index = None if target is None else target.get_index()
                page = page if index is None else min(index + 1, len(self._pdf))
                title = " ".join(_printable(bookmark.get_title()).split())[:MAX_TITLE]
                if title:
                    found.append(OutlineEntry(title, page, bookmark.level))
                if len(found) == MAX_ENTRIES:
                    break
        return found

    def _fold(self, number: int) -> tuple[str, folding.Folded]:
        known = self._folded.get(number)
        if known is None:
            with self._page(number) as page, contextlib.closing(page.get_textpage()) as textpage:
                original = _printable(textpage.get_text_bounded())
            known = self._folded[number] = (original, folding.fold(original))
        return known

    @contextlib.contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        if not 1 <= number <= len(self._pdf):
            raise NoSuchPage(f"no page {number}")
        with self._translated(RenderFailed), contextlib.closing(self._pdf[number - 1]) as page:
            yield page
            if self._source.failure is not None:
                raise PaperIncomplete(str(self._source.failure))

    @contextlib.contextmanager
    def _translated(self, otherwise: type[Exception] = PaperUnreadable) -> Iterator[None]:
        try:
            yield
        except (pypdfium2.PdfiumError, ValueError, ctypes.ArgumentError) as exc:
            if self._source.failure is not None:
                raise PaperIncomplete(str(self._source.failure)) from exc
            raise otherwise(type(exc).__name__) from exc


class _Source:
    """The file PDFium reads; it keeps the failure that PDFium's callback cannot pass on."""

    def __init__(self, file: BinaryIO, document: Document) -> None:
        self.failure: WireError | None = None
        self._file: Final[Any] = file if document.key is None else _decrypting(file, document)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def read(self, size: int) -> bytes:
        return bytes(self._file.read(size))

    def readinto(self, buffer: Any) -> int:
        try:
            return int(self._file.readinto(buffer))
        except WireError as exc:
            self.failure = exc
            return 0

    def close(self) -> None:
        self._file.close()


def _decrypting(file: BinaryIO, document: Document) -> PaperReader:
    if document.key is None:
        raise PaperUnreadable("no key")
    try:
        return PaperReader(file, layout=Layout(document.plain_bytes), key=document.key, paper=document.paper)
    except WireError as exc:
        raise PaperUnreadable(str(exc)) from exc


def _as_webp(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, _WEBP, quality=_WEBP_QUALITY, method=_WEBP_METHOD)
    return target.getvalue()


def _scale(page: Any, width: int) -> float:
    """Pixels a point, so that the picture is exactly ``width`` wide where its size allows it."""
    page_width, page_height = page.get_size()
    if not (page_width > 0 and page_height > 0 and math.isfinite(page_width * page_height)):
        raise RenderFailed("a page without a size")
    scale: float = min(
        width / page_width,
        MAX_SIDE / page_height,
        math.sqrt(MAX_PIXELS / (page_width * page_height)),
    )
    # The library rounds up: do not let the last bit of a division make one pixel more.
    while math.ceil(page_width * scale) > width:
        scale = math.nextafter(scale, 0)
    return scale


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char.isspace() else "" for char in text)
