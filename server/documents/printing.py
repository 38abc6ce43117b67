"""The process that sets documents: one JSON object on standard input, one PDF on standard output.

Rules: it limits itself first – memory, time, files –, since what is set was written by people. Only the fonts in Times'
measures are used, and nothing that is not there is replaced by another: a missing letter would be a box, so it fails.

Usage: started by ``server.documents.printer`` as ``python -m server.documents.printing``.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

from server import confined
from server.documents.attaching import Attachment, attached

if TYPE_CHECKING:
    from typst import PDFStandard

MEMORY_BYTES: Final = 2 * 2**30
CPU_S: Final = 60
OPEN_FILES: Final = 64
#: Texts of two million letters, every one of them escaped, and the files within.
_QUESTION_BYTES: Final = 160 * 2**20
_LAYOUT: Final = Path(__file__).parent / "layout.typ"
_FONTS: Final = tuple(Path("/usr/share/fonts/truetype") / name for name in ("croscore", "liberation2", "liberation"))
#: Archivable with its structure (ISO 19005-2, level A), and readable aloud (ISO 14289-1).
STANDARDS: Final[list[PDFStandard]] = ["a-2a", "ua-1"]
#: With files in it (ISO 19005-3).
WITH_FILES: Final[list[PDFStandard]] = ["a-3a", "ua-1"]


def printed(document: dict[str, Any], at: dt.datetime, files: Sequence[Attachment] = ()) -> bytes:
    """The PDF of a document's value with files in it; raises typst.TypstError."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[each for each in _FONTS if each.is_dir()]
    )
    setter = typst.Compiler(
        _LAYOUT, root=_LAYOUT.parent, font_paths=fonts, sys_inputs={"document": json.dumps(document)}
    )
    standards = WITH_FILES if files else STANDARDS
    pdf = setter.compile(format="pdf", pdf_standards=standards, timestamp=at)
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf).__name__)
    return attached(pdf, files, at=at) if files else pdf


def main() -> int:
    """Set one document; 0 when it is on standard output."""
    question = json.loads(sys.stdin.buffer.read(_QUESTION_BYTES))
    confined.limit(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)
    files = [Attachment(**each | {"data": base64.b64decode(each["data"])}) for each in question.get("files", ())]
    pdf = printed(question["document"], dt.datetime.fromtimestamp(question["at"], dt.UTC), files)
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
