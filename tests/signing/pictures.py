"""Pictures for marks: a signature in blue and a seal in red, on nothing; and a notice to put them on.

Usage: ``signature_png()``, ``seal_png()``, ``notice()``.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

POSITION = "PHÓ VIỆN TRƯỞNG"
NAME = "Nguyễn Văn An (demo)"
_SERIF = Path("/usr/share/fonts/truetype/croscore")


def signature_png(size: tuple[int, int] = (600, 240)) -> bytes:
    """A scrawl."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    width, height = size
    points = [
        (width * part / 12, height * (0.5 + (0.42 if part % 2 else -0.42) * (1 - part / 14))) for part in range(13)
    ]
    pen.line(points, fill=(20, 40, 190, 255), width=max(3, height // 30), joint="curve")
    return _png(picture)


def seal_png(side: int = 500) -> bytes:
    """Two rings and a star's place."""
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((6, 6, side - 6, side - 6), outline=(220, 20, 30, 255), width=side // 40)
    pen.ellipse((side // 4, side // 4, 3 * side // 4, 3 * side // 4), outline=(220, 20, 30, 255), width=side // 60)
    return _png(picture)


def plain_png(colour: tuple[int, int, int, int], size: tuple[int, int] = (60, 60)) -> bytes:
    """One colour all over."""
    return _png(Image.new("RGBA", size, colour))


NUMBER_LINE = "Số:           /TB-VKS"
DATE_LINE = "Hà Nội, ngày        tháng        năm 2026"


def notice(*, twice: bool = False, gap_mm: float = 28, number: str = "", date: str = "") -> bytes:
    """A one-page notice with two columns at its end, as NĐ 30/2020 draws them; with the lines of number and date."""
    for name, file in (("Times", "Tinos-Regular.ttf"), ("TimesB", "Tinos-Bold.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(_SERIF / file)))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    canvas.setFont("TimesB", 13)
    canvas.drawCentredString(160, 770, "VIỆN KIỂM SÁT NHÂN DÂN TỈNH A")
    canvas.drawCentredString(420, 770, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    canvas.drawCentredString(297, 690, "THÔNG BÁO")
    canvas.setFont("Times", 13)
    canvas.drawCentredString(160, 735, number)
    canvas.drawCentredString(420, 735, date)
    canvas.drawString(85, 650, f"Đồng chí {NAME}, Phó Viện trưởng, chủ trì cuộc họp giao ban tháng 10 năm 2026.")
    canvas.drawString(85, 500, "Nơi nhận:")
    for top in (500, 250) if twice else (500,):
        canvas.setFont("TimesB", 14)
        canvas.drawCentredString(430, top, "KT. VIỆN TRƯỞNG")
        canvas.drawCentredString(430, top - 18, POSITION)
        canvas.drawCentredString(430, top - 30 - gap_mm * 72 / 25.4, NAME)
    canvas.save()
    return target.getvalue()


def _png(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
