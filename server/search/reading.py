"""The process that takes the words out of a paper: a question comes in, the text of each page goes out.

Rules: it opens what strangers made, so it limits itself first. Nothing is written; the key comes through the pipe.

Usage: started by ``server.search.reader`` as ``python -m server.search.reading``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import pypdfium2

from pages.folding import composed
from sealing.papers import PaperReader
from server import confined
from wire.fields import Fields
from wire.ids import PaperId
from wire.records import Layout
from wire.secret import Secret
from wire.topics import PaperVersion

MEMORY_BYTES: Final = 2 * 2**30
CPU_S: Final = 120
OPEN_FILES: Final = 32
#: Letters of a page that count, and of a paper: a page of a law has 5,000.
MAX_PAGE: Final = 20_000
MAX_PAPER: Final = 2_000_000
_QUESTION_BYTES: Final = 64 * 1024


def words(path: Path, paper: PaperVersion, *, plain_bytes: int, key: Secret) -> list[str]:
    """The text of each page, empty where there is none; raises ``PdfiumError``, ``OSError``, ``BadChunk``."""
    found: list[str] = []
    left = MAX_PAPER
    with path.open("rb") as sealed:
        source: Any = PaperReader(sealed, layout=Layout(plain_bytes), key=key, paper=paper)
        with pypdfium2.PdfDocument(source) as pdf:
            for page in pdf:
                text = composed(page.get_textpage().get_text_range())[: min(MAX_PAGE, left)]
                left -= len(text)
                found.append(text if text.strip() else "")
                page.close()
    return found


def main() -> int:
    """Read one paper; 0 when its words are on standard output."""
    asked = Fields(json.loads(sys.stdin.buffer.read(_QUESTION_BYTES)), "reading")
    confined.limit(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)
    paper = PaperVersion(PaperId(asked.id("paper", "p")), asked.number("version"))
    key = Secret(bytes.fromhex(asked.hex("key", size=32)))
    found = words(Path(asked.text("path")), paper, plain_bytes=asked.number("plain_bytes"), key=key)
    sys.stdout.buffer.write(json.dumps(found).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
