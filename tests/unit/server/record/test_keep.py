"""The checkpoint beside the database: whoever signs at the same moment writes it whole, one after another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server.record.keep import FileKeep


def test_W74_two_who_sign_at_the_same_moment_both_keep_their_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "record" / "checkpoint"
    notes = [bytes([number]) * 300 for number in range(40)]
    with ThreadPoolExecutor(8) as signers:
        for _ in signers.map(lambda note: FileKeep(path).write(note), notes):
            continue
    assert FileKeep(path).read() in notes
    assert [each.name for each in path.parent.iterdir()] == ["checkpoint"]
