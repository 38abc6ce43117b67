"""The minutes as a value within their file: what each paragraph says, what the record says, and what differs (BB11).

Rules: canonical JSON. Whoever has the log drafts the facts anew and compares: a fact that is not the record's and does
not say so is found, and so is a record that was told otherwise than it is.

Usage: ``wrong = differences(value, events)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from server.minutes.blocks import BlockKind
from server.minutes.document import Minutes, plain
from server.minutes.drafting import drafted
from server.minutes.facts import facts_of
from wire import canonical
from wire.events import Event
from wire.fields import Fields
from wire.fold import fold

VALUE: Final = "bien-ban.json"
#: The meeting's dossier as it was when they were put up.
DOSSIER: Final = "ho-so-cuoc-hop.zip"
_MOST: Final = 100_000
_TEXT: Final = 50_000


def value_of(minutes: Minutes) -> bytes:
    """As it is attached."""
    paragraphs = [
        {
            "paragraph": each.paragraph,
            "section": each.section,
            "kind": each.kind.value,
            "text": each.text,
            "record": each.record,
            "seqs": list(each.seqs),
            "differs": each.differs,
            "reason": "" if each.writing is None else each.writing.reason,
        }
        for each in minutes.paragraphs
    ]
    return canonical.encode({"v": 1, "seq": minutes.seq, "paragraphs": paragraphs})


def differences(value: bytes, events: Sequence[Event]) -> Iterator[str]:
    """The paragraphs that the log contradicts and that do not say so; raises a WireError for what cannot be read."""
    found = Fields(canonical.decode(value), "minutes")
    found.number("v", low=1, high=1)
    seq = found.number("seq", high=len(events))
    told = found.objects("paragraphs", limit=_MOST)
    found.end()
    log = events[:seq]
    records = {
        block.block: block.text
        for section in drafted(facts_of(fold(log), log))
        for block in section.blocks
        if block.kind is BlockKind.FACT
    }
    seen: set[str] = set()
    for fields in told:
        name, wrong = _compared(fields, records)
        seen.add(name)
        if wrong:
            yield name
    yield from (name for name in records if name not in seen)


def _compared(fields: Fields, records: dict[str, str]) -> tuple[str, bool]:
    name: Any = fields.text("paragraph", limit=60)
    kind, text = fields.choice("kind", frozenset(BlockKind)), fields.text("text", limit=_TEXT, empty=True)
    record = fields.text("record", limit=_TEXT, empty=True) if fields.has("record") else None
    differs = fields.flag("differs")
    if kind != BlockKind.FACT:
        return name, name in records
    says = records.get(name, "")
    return name, record is None or plain(record) != plain(says) or (plain(text) != plain(says)) is not differs
