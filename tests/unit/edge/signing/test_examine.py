"""The terminal signs what it showed, with one field more, and nothing a dishonest server adds."""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms, core, tsp
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from edge.signing.errors import (
    AttributesWrong,
    DigestWrong,
    FileDiffers,
    FileUnreadable,
    HoleWrong,
    MarkElsewhere,
    OtherCertificate,
    SignRefused,
    UpdateWrong,
)
from edge.signing.objects import Lexer
from edge.signing.reading import PdfFile
from server.signing import pades
from server.signing.model import Mark, Rect
from tests.pki.authority import TestPki
from tests.pki.profiles import GOOD
from tests.support.pdfs import saved, text_pdf
from tests.unit.edge.signing.offers import MARK_PLACE, Offer, honest, signed
from wire import der

PDF = text_pdf(["THÔNG BÁO"], pages=3)
PACKED = saved(pikepdf.open(io.BytesIO(PDF)), object_stream_mode=pikepdf.ObjectStreamMode.generate)


@pytest.fixture(scope="module")
def offer(pki: TestPki) -> Offer:
    return honest(pki, PDF)


@pytest.mark.parametrize("base", [PDF, PACKED], ids=["table", "streams"])
@pytest.mark.parametrize("label", list(GOOD))
def test_G5_an_honest_file_is_signed_as_the_first_and_as_a_later_signature(
    pki: TestPki, base: bytes, label: str
) -> None:
    for pdf in (base, signed(pki, signed(pki, base, "an"), "dung")):
        offer = honest(pki, pdf, label)
        to_sign = offer.examine()
        assert to_sign.page == 1
        assert to_sign.message == offer.offered.signed_attributes
        assert to_sign.digest_value == hashlib.new(to_sign.digest, to_sign.message).digest()


def test_G5_without_a_visible_mark_too(pki: TestPki) -> None:
    assert honest(pki, PDF, mark=None).examine().box == (0, 0, 0, 0)


def test_G5_a_file_that_was_not_the_one_shown_is_refused(pki: TestPki, offer: Offer) -> None:
    other = text_pdf(["THÔNG BÁO KHÁC"], pages=3)
    with pytest.raises(FileDiffers):
        offer.examine(shown=other)
    with pytest.raises(FileDiffers):
        offer.examine(shown=PDF[:-1] + b"x")


@given(seed=st.integers(0, 2**32), flips=st.integers(1, 3))
def test_G5_any_changed_byte_anywhere_is_refused(pki: TestPki, seed: int, flips: int) -> None:
    """Every bit of the prepared file is covered: by the shown bytes, by the hash, or by the zeros of the hole."""
    chance, offer = random.Random(seed), _once(pki)
    file = bytearray(offer.offered.file)
    for _ in range(flips):
        file[chance.randrange(len(file))] ^= 1 << chance.randrange(8)
    if bytes(file) == offer.offered.file:
        return
    with pytest.raises(SignRefused):
        offer.examine(file=bytes(file))


@given(seed=st.integers(0, 2**32))
def test_G8_any_changed_bit_of_the_attributes_is_refused_or_signed_as_another_message(pki: TestPki, seed: int) -> None:
    chance, offer = random.Random(seed), _once(pki)
    attributes = bytearray(offer.offered.signed_attributes)
    attributes[chance.randrange(len(attributes))] ^= 1 << chance.randrange(8)
    with pytest.raises(SignRefused):
        offer.examine(attributes=bytes(attributes))


def test_G7_the_hash_is_the_terminals_own(pki: TestPki, offer: Offer) -> None:
    other = honest(pki, text_pdf(["KHÁC"]))
    with pytest.raises(DigestWrong):
        offer.examine(attributes=other.offered.signed_attributes)


def test_G7_the_certificate_is_the_cards_own(pki: TestPki, offer: Offer) -> None:
    stranger = replace(offer, certificate=pki.der("unknown"))
    with pytest.raises(OtherCertificate):
        stranger.examine()


@pytest.mark.parametrize(("label", "fits"), [("chi", True), ("unknown", False)])
def test_G7_the_hash_of_the_certificate_decides_also_without_its_issuer(
    pki: TestPki, offer: Offer, label: str, *, fits: bool
) -> None:
    found = cms.CMSAttributes.load(offer.offered.signed_attributes)
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(pki.der(label)).digest()})
    value = tsp.SigningCertificateV2({"certs": [named]})
    others = [one for one in found if one["type"].native != "signing_certificate_v2"]
    attribute = cms.CMSAttribute({"type": "signing_certificate_v2", "values": [value]})
    attributes = cms.CMSAttributes([*others, attribute]).dump()
    if fits:
        assert offer.examine(attributes=attributes).message == attributes
    else:
        with pytest.raises(OtherCertificate):
            offer.examine(attributes=attributes)


@pytest.mark.parametrize("kind", ["signing_time", "1.3.6.1.4.1.99999.1", "twice", "missing", "empty"])
def test_G8_attributes_nobody_knows_are_refused(offer: Offer, kind: str) -> None:
    found = cms.CMSAttributes.load(offer.offered.signed_attributes)
    extra: list[Any] = list(found)
    if kind == "twice":
        extra.append(extra[0])
    elif kind in {"missing", "empty"}:
        extra = [] if kind == "empty" else extra[:-2]
    elif kind == "signing_time":
        extra.append(cms.CMSAttribute({"type": kind, "values": [core.UTCTime("261005080640Z")]}))
    else:
        extra.append(cms.CMSAttribute({"type": kind, "values": [core.OctetString(b"x")]}))
    with pytest.raises(AttributesWrong):
        offer.examine(attributes=cms.CMSAttributes(extra).dump())


# A dishonest server writes its own update: pyHanko's writer is bent before the file is hashed.

Bend = Callable[[Any], None]


def _page(writer: Any) -> Any:
    return writer.find_page_for_modification(0)[0].get_object()


def _new_content(writer: Any) -> None:
    ref = writer.find_page_for_modification(0)[0]
    ref.get_object()[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
    writer.mark_update(ref)


def _second_page(writer: Any) -> None:
    ref = writer.find_page_for_modification(1)[0]
    ref.get_object()[pdf_name("/Rotate")] = generic.NumberObject(180)
    writer.mark_update(ref)


def _content_in_place(writer: Any) -> None:
    ref = _page(writer).raw_get("/Contents").reference
    writer.objects[(ref.generation, ref.idnum)] = generic.StreamObject(stream_data=b"0 0 99 99 re f")


def _open_action(writer: Any) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})
    writer.update_root()


def _page_annotation(writer: Any) -> None:
    note = generic.DictionaryObject(
        {pdf_name("/Subtype"): pdf_name("/FreeText"), pdf_name("/Type"): pdf_name("/Annot")}
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(note))


def _script(writer: Any) -> None:
    writer.add_object(generic.DictionaryObject({pdf_name("/JS"): generic.pdf_string("app.alert(1)")}))


def _information(writer: Any) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("Khác")}))


def _more_fields(writer: Any) -> None:
    field = generic.DictionaryObject({pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): generic.pdf_string("x")})
    form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([writer.add_object(field)])})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()


BENDS: list[Bend] = [
    _new_content, _second_page, _content_in_place, _open_action, _page_annotation, _script, _information, _more_fields
]  # fmt: skip


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.__name__)
def test_G6_an_update_that_does_more_is_refused(pki: TestPki, bend: Bend, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = pades.QuietWriter

    def bent(*args: Any, **options: Any) -> Any:
        writer = plain(*args, **options)
        bend(writer)
        return writer

    monkeypatch.setattr(pades, "QuietWriter", bent)  # the dishonest server
    offer = honest(pki, PDF)
    with pytest.raises((UpdateWrong, FileUnreadable)):
        offer.examine()


def test_G6_an_object_that_the_shown_file_already_waits_for_is_refused(pki: TestPki) -> None:
    """The file refers to an object that does not exist yet; the update would bring it, and the page would change."""
    pdf = pikepdf.open(io.BytesIO(PDF))
    probe = honest(pki, saved(pdf))
    free = max(PdfFile(probe.shown).entries) + 3
    trap = re.sub(rb"/Type /Page\b(?!s)", b"/Type /Page /Foo %d 0 R" % free, saved(pdf), count=1)
    mended = _with_new_table(trap)
    with pytest.raises(UpdateWrong) as refused:
        honest(pki, mended).examine()
    assert refused.value.data == {"why": "number"}


@pytest.mark.parametrize(
    "shown",
    [
        None,
        (2, (330, 30, 560, 46)),
        (1, (330, 31, 560, 47)),
        (1, (30, 700, 260, 716)),
    ],
)
def test_G6_a_mark_that_stands_elsewhere_than_it_was_shown_is_refused(
    pki: TestPki, shown: tuple[int, tuple[float, float, float, float]] | None
) -> None:
    with pytest.raises(MarkElsewhere):
        replace(honest(pki, PDF), mark=shown).examine()


def test_G6_no_mark_where_one_was_shown_is_refused(pki: TestPki) -> None:
    with pytest.raises(MarkElsewhere):
        replace(honest(pki, PDF, mark=None), mark=MARK_PLACE).examine()


def test_G6_a_mark_is_found_where_it_is_seen_on_a_page_that_is_cropped(pki: TestPki) -> None:
    pdf = pikepdf.open(io.BytesIO(PDF))
    pdf.pages[0].MediaBox = pikepdf.Array([-20, -10, 700, 900])
    pdf.pages[0].CropBox = pikepdf.Array([10, 15, 600, 880])
    assert honest(pki, saved(pdf)).examine().page == 1


def test_G6_a_mark_on_a_page_that_is_turned_is_refused(pki: TestPki) -> None:
    """The server refuses such a page by itself; a terminal that is given one all the same does so, too."""
    pdf = pikepdf.open(io.BytesIO(PDF))
    pdf.pages[0].Rotate = 0
    offer = honest(pki, saved(pdf))
    shown, file = (data.replace(b"/Rotate 0", b"/Rotate 9") for data in (offer.shown, offer.offered.file))
    assert shown != offer.shown
    with pytest.raises(UpdateWrong) as refused:
        offer.examine(shown=shown, file=file)
    assert refused.value.data == {"why": "box"}


def test_G6_a_mark_over_half_the_page_is_refused(pki: TestPki) -> None:
    mark = Mark(1, Rect(0, 0, 595, 500), text="Số: 1")
    with pytest.raises(UpdateWrong) as refused:
        honest(pki, PDF, mark=mark).examine()
    assert refused.value.data == {"why": "box"}


def test_G6_a_hole_that_is_not_empty_or_not_where_the_range_says_is_refused(pki: TestPki, offer: Offer) -> None:
    file = offer.offered.file
    begin = file.rindex(b"/Contents <") + len(b"/Contents <")
    with pytest.raises(HoleWrong):
        offer.examine(file=file[:begin] + b"1" + file[begin + 1 :])
    shifted = re.sub(rb"/ByteRange \[0 (\d+)", lambda part: b"/ByteRange [1 " + part.group(1), file)
    with pytest.raises(HoleWrong):
        offer.examine(file=shifted)


def test_G6_bytes_after_the_end_or_between_the_objects_are_refused(offer: Offer) -> None:
    file = offer.offered.file
    for odd in (file + b"more", file + offer.shown, file.replace(b"\nendobj\nxref", b"\nendobj\nq q\nxref")):
        with pytest.raises(SignRefused):
            offer.examine(file=odd)


@given(data=st.binary(max_size=400))
def test_G6_rubbish_is_a_refusal_and_never_a_fault(pki: TestPki, data: bytes) -> None:
    offer = _once(pki)
    for file in (offer.shown + data, data, offer.offered.file + data):
        if file != offer.offered.file:
            with pytest.raises(SignRefused):
                offer.examine(file=file)


@given(data=st.binary(max_size=200))
def test_the_readers_of_objects_and_der_raise_one_error_only(data: bytes) -> None:
    for read in (lambda: Lexer(data).value(), lambda: list(der.items(data)), lambda: PdfFile(b"%PDF-1.7\n" + data)):
        try:
            read()
        except (ValueError, RecursionError):
            continue


@given(st.recursive(st.binary(max_size=20), lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_G8_our_reader_of_der_agrees_with_asn1crypto(value: Any) -> None:
    def build(node: Any) -> core.Asn1Value:
        if isinstance(node, bytes):
            return core.OctetString(node)
        found = core.SequenceOf([], spec=core.Any)
        for one in node:
            found.append(build(one))
        return found

    def read(item: der.Item) -> Any:
        return item.value if item.tag == der.OCTETS else [read(one) for one in der.items(item.value)]

    (found,) = der.items(build(value).dump())
    assert read(found) == value


_KEPT: list[Offer] = []


def _once(pki: TestPki) -> Offer:
    """Hypothesis asks many times; the file is the same."""
    if not _KEPT:
        _KEPT.append(honest(pki, PDF))
    return _KEPT[0]


def _with_new_table(data: bytes) -> bytes:
    """A cross-reference table that fits the changed bytes."""
    body = data[: data.rindex(b"xref\n", 0, data.rindex(b"startxref"))]
    places = {int(found.group(1)): found.start() for found in re.finditer(rb"(?m)^(\d+) 0 obj", body)}
    size = max(places) + 1
    rows = [b"0000000000 65535 f \n"]
    rows += [
        b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f") for number in range(1, size)
    ]
    trailer = data[data.rindex(b"trailer") : data.rindex(b"startxref")]
    return body + b"xref\n0 %d\n" % size + b"".join(rows) + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


def test_G6_a_name_of_the_field_that_is_no_words_is_refused(offer: Offer) -> None:
    """A reference could stand for anything; the name is read aloud, and is text in place (G6)."""
    file = offer.offered.file
    begin = file.index(b"/TU ") + len(b"/TU ")
    end = file.index(b"\n", begin)
    pointing = file[:begin] + b"1 0 R".ljust(end - begin) + file[end:]
    with pytest.raises(UpdateWrong) as refused:
        offer.examine(file=pointing)
    assert refused.value.data == {"why": "field"}
