"""The small markup in which the demo papers' texts are kept, so that prose stays apart from code.

Rules: paragraphs are separated by blank lines; `# `, `## `, `### ` are headings of three levels, `= ` a centred bold
line, `~ ` an italic paragraph, `- ` starts an item (one a line); `[[name]]` alone in a paragraph puts a part made by
code; `{key}` is replaced by a figure. An unknown key or part is an error, never left standing in a paper.

    story = parse(read_text("bao-cao"), figures, parts={"bang:dan-su": [table]})
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from reportlab.platypus import Flowable, Paragraph

from deploy.demo.papers.official import BODY, CENTRED, CLAUSE, ITALIC, ITEM, PART, SECTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STYLES = {"# ": PART, "## ": SECTION, "### ": CLAUSE, "= ": CENTRED, "~ ": ITALIC, "- ": ITEM}
_TEXTS = Path(__file__).parent / "texts"


def read_text(name: str) -> str:
    """Return one of the texts beside this file, in NFC."""
    return unicodedata.normalize("NFC", (_TEXTS / f"{name}.txt").read_text(encoding="utf-8"))


def parse(
    text: str,
    figures: Mapping[str, str],
    *,
    parts: Mapping[str, Sequence[Flowable]],
) -> list[Flowable]:
    """Turn a text into flowables; raises KeyError for a figure or part nobody made."""
    story: list[Flowable] = []
    for block in text.strip().split("\n\n"):
        if block.startswith("[["):
            story += parts[block.strip("[] \n")]
            continue
        story += [_paragraph(line.format_map(figures)) for line in block.splitlines()]
    return story


def _paragraph(line: str) -> Paragraph:
    for mark, style in _STYLES.items():
        if line.startswith(mark):
            return Paragraph(line if mark == "- " else line.removeprefix(mark), style)
    return Paragraph(line, BODY)
