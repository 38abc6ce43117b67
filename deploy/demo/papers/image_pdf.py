"""A PDF of nothing but JPEG pages, as office scanners write it: no text, no fonts.

Rules: one image a page, A4; the JPEG bytes are stored as they are (ISO 32000-1, 7.4.8 DCTDecode); the same pages give
the same bytes, so there is no date and the ID is the hash of the pages. Written page by page: never all in memory.

    with path.open("wb") as file:
        write_image_pdf(file, pages, title="Hồ sơ quét", author="Văn phòng")
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable

_A4 = (595.2, 841.92)


@dataclass(frozen=True)
class JpegPage:
    """One page: the JPEG, its size in pixels, whether it has colour."""

    jpeg: bytes
    width: int
    height: int
    colour: bool


class _Writer:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.position = 0
        self.offsets: dict[int, int] = {}
        self.digest = hashlib.sha256()

    def raw(self, data: bytes) -> None:
        self.file.write(data)
        self.position += len(data)

    def object(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.position
        self.raw(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    def stream(self, number: int, entries: str, data: bytes) -> None:
        self.digest.update(data)
        head = f"<< {entries} /Length {len(data)} >>\nstream\n".encode("ascii")
        self.object(number, head + data + b"\nendstream")


def write_image_pdf(file: BinaryIO, pages: Iterable[JpegPage], *, title: str, author: str) -> int:
    """Write the pages and return how many there were."""
    writer = _Writer(file)
    writer.raw(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    page_numbers = [_write_page(writer, 4 + 3 * index, page) for index, page in enumerate(pages)]
    kids = " ".join(f"{number} 0 R" for number in page_numbers)
    writer.object(1, b"<< /Type /Catalog /Pages 2 0 R /Lang (vi-VN) >>")
    writer.object(2, f"<< /Type /Pages /Count {len(page_numbers)} /Kids [{kids}] >>".encode("ascii"))
    writer.object(3, f"<< /Title {_text(title)} /Author {_text(author)} >>".encode("ascii"))
    _finish(writer)
    return len(page_numbers)


def _write_page(writer: _Writer, first: int, page: JpegPage) -> int:
    space = "/DeviceRGB" if page.colour else "/DeviceGray"
    image = f"/Type /XObject /Subtype /Image /Width {page.width} /Height {page.height}"
    writer.stream(first, f"{image} /ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode", page.jpeg)
    writer.stream(first + 1, "", b"q %.2f 0 0 %.2f 0 0 cm /Im0 Do Q" % _A4)
    resources = f"<< /XObject << /Im0 {first} 0 R >> >>"
    box = f"[0 0 {_A4[0]} {_A4[1]}]"
    body = f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources {resources} /Contents {first + 1} 0 R >>"
    writer.object(first + 2, body.encode("ascii"))
    return first + 2


def _finish(writer: _Writer) -> None:
    start, count = writer.position, len(writer.offsets) + 1
    writer.raw(b"xref\n0 %d\n0000000000 65535 f \n" % count)
    for number in range(1, count):
        writer.raw(b"%010d 00000 n \n" % writer.offsets[number])
    identity = writer.digest.hexdigest()[:32]
    trailer = f"<< /Size {count} /Root 1 0 R /Info 3 0 R /ID [<{identity}> <{identity}>] >>"
    writer.raw(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode("ascii"))


def _text(value: str) -> str:
    return "<FEFF" + value.encode("utf-16-be").hex().upper() + ">"
