"""Draws a mark into a signature field: a picture with a transparent ground, or one line of black text.

Rules G12, G15, G16: a signature's picture is a PNG, blue on nothing; a seal's is a PNG, red on nothing; nothing else
is drawn, no frame, no words beside it. The drawing is clipped to the field's box by the PDF itself.

Usage::

    normal = draw(writer, mark)          # the reference for /AP /N
"""

from __future__ import annotations

import io
from typing import Any, Final

from PIL import Image, ImageStat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from server.signing import fonts
from server.signing.errors import NoRoomForMark, PictureRefused
from server.signing.marks import LINE_SIZE
from server.signing.model import Mark

MAX_BYTES: Final = 2 * 2**20
MAX_SIDE: Final = 3000
_OPAQUE: Final = 128


def check_picture(data: bytes, *, colour: str) -> tuple[int, int]:
    """Width and height of a PNG of a signature (``blue``) or a seal (``red``); raises PictureRefused."""
    picture = _open(data)
    alpha = picture.getchannel("A")
    histogram = alpha.histogram()
    if not histogram[0]:
        raise PictureRefused(why="not-transparent")
    seen = alpha.point([255 * (level >= _OPAQUE) for level in range(256)])
    if not any(histogram[_OPAQUE:]):
        raise PictureRefused(why="empty")
    red, _green, blue = ImageStat.Stat(picture.convert("RGB"), mask=seen).mean
    if (blue <= red) if colour == "blue" else (red <= blue):
        raise PictureRefused(why=f"not-{colour}")
    return picture.size


def text_width(text: str) -> float:
    """Of a line of :data:`LINE_SIZE`, in points; raises LettersMissing."""
    return fonts.width(text, LINE_SIZE)


def draw(writer: BasePdfFileWriter, mark: Mark) -> Any:
    """A form XObject for the mark, in the file; its reference."""
    width, height = mark.rect.width, mark.rect.height
    if mark.picture is not None:
        resources = {pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/P"): _image(writer, mark.picture)})}
        content = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /P Do Q"
    elif mark.text:
        letters = fonts.embed(writer, mark.text)
        if letters.width(LINE_SIZE) > width + 1:
            raise NoRoomForMark(page=mark.page)
        resources = {pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F"): letters.reference})}
        left, base = width - letters.width(LINE_SIZE), (height - LINE_SIZE) / 2 - letters.descent * LINE_SIZE / 2
        content = f"BT 0 g /F {LINE_SIZE:g} Tf {left:.3f} {base:.3f} Td {letters.shown} Tj ET"
    else:
        resources, content = {}, ""
    return form(writer, width, height, content=content, resources=resources)


def form(writer: BasePdfFileWriter, width: float, height: float, *, content: str, resources: dict[Any, Any]) -> Any:
    """A form XObject of this size, in the file; its reference."""
    box = generic.ArrayObject([generic.FloatObject(f"{side:.3f}") for side in (0, 0, width, height)])
    made = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): box,
            pdf_name("/Resources"): generic.DictionaryObject(resources),
        },
        stream_data=content.encode("ascii"),
    )
    return writer.add_object(made)


def _open(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise PictureRefused(why="too-large")
    try:
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        if max(picture.size) > MAX_SIDE:
            raise PictureRefused(why="too-large")
        return picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise PictureRefused(why="not-png") from exc


def _image(writer: BasePdfFileWriter, data: bytes) -> Any:
    picture = _open(data)
    mask = _pixels(picture.size, "/DeviceGray", picture.getchannel("A").tobytes())
    image = _pixels(picture.size, "/DeviceRGB", picture.convert("RGB").tobytes())
    image[pdf_name("/SMask")] = writer.add_object(mask)
    return writer.add_object(image)


def _pixels(size: tuple[int, int], space: str, data: bytes) -> generic.StreamObject:
    found = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Image"),
            pdf_name("/Width"): generic.NumberObject(size[0]),
            pdf_name("/Height"): generic.NumberObject(size[1]),
            pdf_name("/ColorSpace"): pdf_name(space),
            pdf_name("/BitsPerComponent"): generic.NumberObject(8),
        },
        stream_data=data,
    )
    found.compress()
    return found
