"""The checking process: looks at the signatures of one file and says what it found.

Rules G32, G33: it confines itself before it reads a byte of the file; the file is sealed on the disk, its key comes on
standard input with the authorities and the kept material; the answer is one JSON object on standard output. It knows no
database and no network.

Usage: started by ``server.signatures.checker`` as ``python -m server.signatures.inspection``.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, Final

from server.papers.sealed import SealedFile
from server.signatures.errors import (
    CheckEmpty,
    CheckEncrypted,
    CheckNotPdf,
    CheckRefused,
    CheckTooMany,
    CheckUnreadable,
)
from server.signatures.sandbox import confine
from server.signing.check import check, count
from server.signing.errors import SigningFileEncrypted, SigningFileRefused
from server.trust.model import Kept
from server.trust.paths import Known
from wire.fields import Fields

MEMORY_BYTES: Final = 2 * 2**30
CPU_S: Final = 90
#: Looking for changes costs the square of the signatures: thirty take ten seconds.
MAX_SIGNATURES: Final = 50
#: Readers look for the header in the first kilobyte (ISO 32000-2, annex I).
_HEADER_BYTES: Final = 1024
_QUESTION_BYTES: Final = 128 * 2**20


def inspect(pdf: bytes, question: Fields) -> dict[str, Any]:
    """The report as JSON; raises :class:`CheckRefused`."""
    if not pdf:
        raise CheckEmpty
    if b"%PDF-" not in pdf[:_HEADER_BYTES]:
        raise CheckNotPdf
    now = question.instant("now")
    known = Known(_many(question, "anchors"), _many(question, "others"))
    kept = [_kept(entry) for entry in question.objects("kept", limit=100_000)]
    try:
        there = count(pdf)
        if there > MAX_SIGNATURES:
            raise CheckTooMany(count=there, limit=MAX_SIGNATURES)
        report = check(pdf, known=known, kept=kept, now=now)
    except SigningFileEncrypted as exc:
        raise CheckEncrypted from exc
    except SigningFileRefused as exc:
        raise CheckUnreadable from exc
    return {
        "sha256": report.sha256,
        "worst": None if report.worst is None else report.worst.value,
        "signatures": [one.to_value(now) for one in report.signatures],
    }


def _many(question: Fields, name: str) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(text) for text in question.items(name))


def _kept(entry: Fields) -> Kept:
    return Kept(
        kind=entry.text("kind"),
        about=entry.text("about", limit=1000),
        der=entry.base64("der"),
        made_at=entry.instant("made_at"),
        next_at=entry.instant("next_at") if entry.has("next_at") else None,
        fetched_at=entry.instant("fetched_at"),
    )


def main() -> int:
    """Check one file; 0 whenever there is an answer."""
    question = Fields(json.loads(sys.stdin.buffer.read(_QUESTION_BYTES)), "question")
    confine(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    sealed = SealedFile.read(question.object("file"))
    with sealed.reader() as file:
        pdf = file.read()
    answer: dict[str, Any]
    try:
        answer = {"report": inspect(pdf, question)}
    except CheckRefused as refusal:
        answer = {"refused": refusal.code, "data": refusal.data}
    except MemoryError:
        return 1
    print(json.dumps(answer))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
