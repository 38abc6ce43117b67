"""Files that a document carries within it (ISO 19005-3: associated files).

Rules: they are put in before anybody signs, so that every signature covers them; each has its name, kind, what it is to
the document and a description, and stands in the list of the catalogue as the standard asks.

Usage: ``pdf = attached(pdf, (Attachment("nhat-ky.zip", "application/zip", "…", data),), at=now)``.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import AttachedFileSpec, Name


@dataclass(frozen=True, slots=True)
class Attachment:
    """``relationship`` to the document: Source, Data, Alternative, Supplement."""

    name: str
    mime: str
    description: str
    data: bytes = field(repr=False)
    relationship: str = "Source"


def attached(pdf: bytes, files: Sequence[Attachment], *, at: dt.datetime) -> bytes:
    """The document with these files in it; the same for the same files and moment."""
    out, moment = io.BytesIO(), f"D:{at.astimezone(dt.UTC):%Y%m%d%H%M%S}Z"
    with pikepdf.open(io.BytesIO(pdf)) as document:
        specs = []
        for each in files:
            spec = AttachedFileSpec(
                document,
                each.data,
                description=each.description,
                filename=each.name,
                mime_type=each.mime,
                creation_date=moment,
                mod_date=moment,
            )
            spec.obj.AFRelationship = Name(f"/{each.relationship}")
            document.attachments[each.name] = spec
            specs.append(document.attachments[each.name].obj)
        document.Root.AF = document.make_indirect(pikepdf.Array(specs))
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return out.getvalue()


def files_of(pdf: bytes) -> dict[str, bytes]:
    """The files in a document, by name; raises ``pikepdf.PdfError`` for what is none."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: bytes(spec.get_file().read_bytes()) for name, spec in document.attachments.items()}
