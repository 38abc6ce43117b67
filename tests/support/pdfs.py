"""PDF files for tests, good and bad, made when they are needed.

Usage::

    data = text_pdf(["Báo cáo"], pages=3)
    data = acting(text_pdf(["Báo cáo"]))
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONT = Path(__file__).resolve().parents[2] / "pages" / "fonts" / "BeVietnamPro-Medium.ttf"
_A4 = (595, 842)


def text_pdf(lines: Sequence[str] = ("Báo cáo",), *, pages: int = 1) -> bytes:
    """A PDF whose first page holds ``lines`` (a tab starts the right column); the others say which page they are."""
    if "Viet" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Viet", str(_FONT)))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=_A4)
    for number in range(1, pages + 1):
        canvas.setFont("Viet", 14)
        for line, text in enumerate(lines if number == 1 else [f"Trang {number}"]):
            for column, part in enumerate(text.split("\t")):
                canvas.drawString(60 + 250 * column, 780 - 24 * line, part)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def large_pdf(size: int, *, pages: int = 4, seed: int = 1) -> bytes:
    """A PDF of about ``size`` bytes that do not compress, as scans are."""
    pdf = pikepdf.open(io.BytesIO(text_pdf(["Bản quét"], pages=pages)))
    noise = random.Random(seed)
    for page in pdf.pages:
        stream = pikepdf.Stream(pdf, noise.randbytes(size // pages))
        page.obj[Name("/PieceInfo")] = Dictionary(Scan=pdf.make_indirect(stream))
    return saved(pdf)


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    """The bytes of an open PDF."""
    target = io.BytesIO()
    pdf.save(target, **options)  # type: ignore[arg-type]
    return target.getvalue()


def changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """The PDF after ``change``."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        return saved(pdf)


def encrypted(data: bytes, *, user: str = "", owner: str = "chu") -> bytes:
    """The PDF under a password (an empty user password: opens, but with restrictions)."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(user=user, owner=owner))


def without_pages() -> bytes:
    """A PDF that holds no page."""
    return saved(pikepdf.new())


def script() -> Dictionary:
    """An action that runs a script."""
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert('x')"))


def add_opening_script(pdf: pikepdf.Pdf) -> None:
    """Run a script when the file is opened."""
    pdf.Root.OpenAction = pdf.make_indirect(script())


def add_named_script(pdf: pikepdf.Pdf) -> None:
    """A script in the document's list of scripts."""
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(script())])))


def add_page_script(pdf: pikepdf.Pdf) -> None:
    """Run a script when the first page is shown."""
    pdf.pages[0].obj.AA = Dictionary(O=script())


def add_link(pdf: pikepdf.Pdf) -> None:
    """A link to the outside on the first page."""
    _annotate(pdf, Dictionary(A=Dictionary(S=Name.URI, URI=String("http://example.invalid/"))))


def add_launch(pdf: pikepdf.Pdf) -> None:
    """An annotation that starts a program, hidden behind a harmless first action."""
    chain = Array([Dictionary(S=Name.Launch, F=String("cmd.exe"))])
    _annotate(pdf, Dictionary(A=Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=chain)))


def add_attachment(pdf: pikepdf.Pdf) -> None:
    """A file inside the file, shown as a pin on the page."""
    pdf.attachments["a.exe"] = b"MZ"
    spec = pdf.attachments["a.exe"].obj
    _annotate(pdf, Dictionary(FS=spec), subtype=Name.FileAttachment)


def add_form_program(pdf: pikepdf.Pdf) -> None:
    """An XFA form."""
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pikepdf.Stream(pdf, b"<xdp/>"))


def add_signature(pdf: pikepdf.Pdf) -> None:
    """A signature field, as far as its structure goes."""
    value = pdf.make_indirect(
        Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
    )
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("Sig"), V=value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)


def _annotate(pdf: pikepdf.Pdf, content: Dictionary, subtype: pikepdf.Object = Name.Link) -> None:
    content.Type, content.Subtype, content.Rect = Name.Annot, subtype, Array([60, 700, 200, 720])
    page = pdf.pages[0].obj
    page.Annots = Array([*page.get("/Annots", Array()), pdf.make_indirect(content)])
