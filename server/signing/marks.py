"""Where the visible marks of NĐ 30/2020 (Phụ lục I) stand, computed from the text and from each other.

Rules G12-G16: the picture of a signature is centred between position and name; the agency's seal has its real diameter
and overlaps the signature's picture by a third of its width on the left, both on one middle; the line of text on an
attachment or a copy stands at the top right of the first page, above all text. What does not fit is refused.

Usage::

    rect = signature_rect(place, picture_size=(600, 240))
    seal = seal_rect(rect, diameter_mm=36)
    text = attachment_text("12/TB-VKS", moment)          # Số: 12/TB-VKS; 05/10/2026; 15:06:40 +07:00
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Final

from pages.model import PageText
from server.signing.anchors import Place
from server.signing.errors import NoRoomForMark
from server.signing.model import MM, Rect

#: Vietnam keeps one time all the year (ISO 8601: +07:00).
VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))
MAX_SIGNATURE: Final = (55 * MM, 28 * MM)
_SIDE: Final = 15 * MM
_TOP: Final = 3 * MM
LINE_SIZE: Final = 10.0
_LINE_HEIGHT: Final = 14.0


def signature_rect(place: Place, *, picture_size: tuple[int, int]) -> Rect:
    """As large as fits between the two lines, in the picture's proportions, on their common middle."""
    room = place.room
    width, height = picture_size
    scale = min(MAX_SIGNATURE[0] / width, min(MAX_SIGNATURE[1], room.height) / height)
    middle_x, middle_y = room.middle
    half_w, half_h = width * scale / 2, height * scale / 2
    return Rect(middle_x - half_w, middle_y - half_h, middle_x + half_w, middle_y + half_h)


def seal_rect(signature: Rect, *, diameter_mm: float) -> Rect:
    """``seal.x = S.x + S.w / 3 - D``, the middles on one line."""
    side = diameter_mm * MM
    right = signature.x0 + signature.width / 3
    middle = signature.middle[1]
    return Rect(right - side, middle - side / 2, right, middle + side / 2)


def line_rect(page: PageText, *, width: float) -> Rect:
    """For a line of text, at the top right above all words of the page; raises NoRoomForMark."""
    right = page.width - _SIDE
    left = right - width
    tops = [word.y0 for word in page.words if word.x1 > left and word.y0 < page.height / 2]
    bottom = min([*tops, 20 * MM]) - 2
    rect = Rect(left, bottom - _LINE_HEIGHT, right, bottom)
    return fitting(rect, page, number=1, margin=_TOP)


def fitting(rect: Rect, page: PageText, *, number: int, margin: float = 0.0) -> Rect:
    """``rect`` itself when it lies on the page; raises NoRoomForMark."""
    inside = margin <= rect.y0 and rect.y1 <= page.height and rect.x0 >= 0 and rect.x1 <= page.width
    if not inside or rect.width <= 0 or rect.height <= 0:
        raise NoRoomForMark(page=number)
    return rect


def attachment_text(number: str, moment: dt.datetime) -> str:
    """What the agency's signature on a separate attachment shows."""
    return _normal(f"Số: {number}; {_moment(moment)}")


def copy_text(kind: str, agency: str, moment: dt.datetime) -> str:
    """What it shows on a copy: ``kind`` is “Sao y”, “Sao lục” or “Trích sao”."""
    return _normal(f"{kind}; {agency}; {_moment(moment)}")


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y; %H:%M:%S +07:00")


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
