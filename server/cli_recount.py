"""``phonghop recount bundle.json``: count a vote anew, without a server and without the code that counted it first.

Rules: exit status 0 counted and the same, 1 not, 2 the file cannot be read. The first thing that is wrong is named.

Usage: ``phonghop recount bieu-quyet-v-….json``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import web
from server.voting.evidence import check_signature
from wire import recount_consultation
from wire.errors import WireError
from wire.recount import Recounted, recount

_REFUSED: Final = 1
_WRONG: Final = 2
_OUTCOMES: Final = {
    "passed": "ĐƯỢC THÔNG QUA · PASSED",
    "rejected": "KHÔNG ĐƯỢC THÔNG QUA · NOT PASSED",
    "no_quorum": "KHÔNG ĐỦ ĐIỀU KIỆN · NO QUORUM",
    "counted": "KẾT QUẢ · RESULT",
}


def main(argv: list[str]) -> int:
    """Count a bundle."""
    parser = argparse.ArgumentParser("phonghop recount", description="Kiểm đếm lại biểu quyết · count a vote anew")
    parser.add_argument("file", type=Path, help="GET /api/meetings/<m>/votes/<v>/bundle")
    parser.add_argument("--receipt", metavar="MÃ", help="tìm phiếu kín theo biên nhận · find a secret ballot")
    words = parser.parse_args(argv)
    try:
        data = words.file.read_bytes()
        if recount_consultation.is_bundle(data):
            slip = recount_consultation.recount(data, check=check_signature)
            print(_of_slip(slip))
            return 0 if words.receipt is None else _find(slip.ballots, words.receipt)
        found = recount(data, check=check_signature)
    except OSError as exc:
        print(f"{words.file}: {exc.strerror}", file=sys.stderr)
        return _WRONG
    except WireError as exc:
        text = web.error_text(exc.code)
        print(f"KHÔNG KHỚP · NOT THE SAME [{exc.code}] {text.vi} · {text.en}\n  {exc}", file=sys.stderr)
        return _REFUSED
    print(_told(found))
    return 0 if words.receipt is None else _find(found.receipts, words.receipt)


def _of_slip(found: recount_consultation.Recounted) -> str:
    vi = f"được hỏi {found.asked}, đã trả lời {found.answered}, chữ ký đã kiểm {found.signatures}"
    en = f"asked {found.asked}, answered {found.answered}, signatures checked {found.signatures}"
    lines = [f"KHỚP · THE SAME  {found.subject}", f"  {vi} · {en}"]
    if found.given is not None:
        lines.append(f"  phiếu phát ra, thu về · ballots given, handed in: {found.given}, {found.answered}")
        if not found.outcomes:
            lines.append("  phiếu không được mở · the ballots were not opened")
    for question, counts, outcome in found.outcomes:
        lines.append(f"  {question}: {_OUTCOMES.get(outcome, '–')}")
        lines += [f"    {answer}: {count}" for answer, count in counts]
    return "\n".join([*lines, f"  SHA-256 {found.sha256}"])


def _find(receipts: Sequence[tuple[str, str]], receipt: str) -> int:
    """Say what the ballot of a receipt holds; spaces and case do not matter."""
    wanted = _bare(receipt)
    answer = next((answer for known, answer in receipts if _bare(known) == wanted), None)
    if answer is None:
        print(f"KHÔNG CÓ PHIẾU NÀY · NO SUCH BALLOT  {receipt}", file=sys.stderr)
        return _REFUSED
    print(f"  {receipt}: {answer}")
    return 0


def _bare(receipt: str) -> str:
    return "".join(receipt.split()).upper()


def _told(found: Recounted) -> str:
    vi = f"có quyền {found.entitled}, có mặt {found.present}, đã biểu quyết {found.cast}"
    en = f"entitled {found.entitled}, present {found.present}, voted {found.cast}"
    lines = [
        f"KHỚP · THE SAME  {found.question}",
        *(f"  {answer}: {count}" for answer, count in found.counts),
        f"  {vi} · {en}",
        f"  {_OUTCOMES[found.outcome]} ({found.favour}/{found.of}, {found.base})",
    ]
    if found.kind == "secret":
        lines.append(f"  phiếu phát ra, thu về · ballots given, handed in: {found.given}, {found.cast}")
    if found.kind == "named":
        lines.append(f"  chữ ký khớp · signatures that hold: {found.signatures}/{found.cast}")
    return "\n".join(lines)
