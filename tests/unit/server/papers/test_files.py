"""The way in and the encrypted files: counted, synced, swept, and nothing half-kept on a full disk."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from sealing.papers import PaperReader, new_paper_key
from sealing.signatures import ServerSigner, server_verifier
from server.papers.errors import DiskFull, PaperTooLarge
from server.papers.files import PaperFiles
from server.papers.intake import Intake
from server.papers.sealed import SealedFile
from server.papers.sealer import ManifestSealer
from wire import canonical
from wire.envelope import open_envelope
from wire.errors import BadChunk, BadSignature
from wire.ids import MeetingId, PaperId
from wire.manifest import Manifest
from wire.records import Layout
from wire.topics import PaperVersion

PAPER = PaperVersion(PaperId("p-" + "a" * 16), 1)
OTHER = PaperVersion(PaperId("p-" + "b" * 16), 1)
MEETING = MeetingId("m-" + "a" * 16)
DATA = bytes(range(256)) * 1200


@pytest.fixture
def files(tmp_path: Path) -> PaperFiles:
    found = PaperFiles(tmp_path / "files")
    found.sweep(())
    return found


def plain(data: bytes = DATA) -> BinaryIO:
    return io.BytesIO(data)


# ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────────


def intake(folder: Path, **limits: int) -> Intake:
    found = Intake(folder / "incoming", limit_mib=limits.get("limit_mib", 1), reserve_mib=limits.get("reserve_mib", 0))
    found.sweep()
    return found


def test_an_upload_is_there_while_it_is_needed_and_then_gone(tmp_path: Path) -> None:
    with intake(tmp_path).receive(expected_bytes=100) as inbox:
        with inbox.open() as file:
            file.write(b"abc")
        with inbox.safe.writer() as file:
            file.write(b"safe")
        assert inbox.upload.plain_bytes == 3
        assert stat.S_IMODE(inbox.upload.path.stat().st_mode) == 0o600
        assert b"abc" not in inbox.upload.path.read_bytes()
        with inbox.upload.reader() as file:
            assert file.read() == b"abc"
    assert list((tmp_path / "incoming").iterdir()) == []
    assert stat.S_IMODE((tmp_path / "incoming").stat().st_mode) == 0o700


def receive_then(way: Intake, error: Exception) -> None:
    with way.receive(expected_bytes=None) as inbox:
        inbox.open().close()
        raise error


def receive(way: Intake, size: int) -> None:
    with way.receive(expected_bytes=None) as inbox, inbox.open() as file:
        for _ in range(size // 100_000):
            file.write(bytes(100_000))


def test_it_is_gone_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        receive_then(intake(tmp_path), RuntimeError())
    assert list((tmp_path / "incoming").iterdir()) == []


def test_what_is_too_large_is_refused_before_the_first_byte(tmp_path: Path) -> None:
    way = intake(tmp_path)
    with pytest.raises(PaperTooLarge), way.receive(expected_bytes=way.form_limit_bytes + 1):
        pytest.fail("it was let in")


def test_what_grows_too_large_is_refused_while_it_comes(tmp_path: Path) -> None:
    with pytest.raises(PaperTooLarge) as refused:
        receive(intake(tmp_path), 2_000_000)
    assert refused.value.data == {"limit_mib": 1}
    assert list((tmp_path / "incoming").iterdir()) == []


def test_what_would_fill_the_disk_is_refused_before_the_first_byte(tmp_path: Path) -> None:
    way = Intake(tmp_path, limit_mib=1, reserve_mib=1, free_bytes=lambda _: 3 * 1024 * 1024)
    with way.receive(expected_bytes=500_000):
        pass
    with pytest.raises(DiskFull), way.receive(expected_bytes=900_000):
        pytest.fail("it was let in")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_while_it_comes_is_said_and_nothing_is_kept(tmp_path: Path, number: int) -> None:
    with pytest.raises(DiskFull):
        receive_then(intake(tmp_path), OSError(number, "no room"))
    assert list((tmp_path / "incoming").iterdir()) == []


def test_other_errors_of_the_disk_are_not_called_full(tmp_path: Path) -> None:
    with pytest.raises(PermissionError):
        receive_then(intake(tmp_path), OSError(errno.EACCES, "no"))


def test_a_sealed_file_is_read_anywhere_and_any_change_is_noticed(tmp_path: Path) -> None:
    sealed = SealedFile.new(tmp_path / "x", limit_bytes=10**6)
    with sealed.writer() as file:
        file.write(DATA)
    with sealed.reader() as file:
        file.seek(100_000)
        assert file.read(10) == DATA[100_000:100_010]
    raw = bytearray(sealed.path.read_bytes())
    raw[90_000] ^= 1
    sealed.path.write_bytes(raw)
    with sealed.reader() as file, pytest.raises(BadChunk):
        file.read()
    assert sealed.key.reveal().hex() not in repr(sealed)


def test_a_second_file_in_one_form_is_refused(tmp_path: Path) -> None:
    with intake(tmp_path).receive(expected_bytes=None) as inbox:
        inbox.open().close()
        with pytest.raises(FileExistsError):
            inbox.open()


# ── the encrypted files ──────────────────────────────────────────────────────────────────────────────────────────


def test_W35_chunks_are_the_file_in_pieces(tmp_path: Path, files: PaperFiles) -> None:
    made = files.encrypt(plain(), PAPER, key=new_paper_key())
    layout = Layout(made.plain_bytes)
    chunks = [files.chunk(PAPER, layout, number) for number in range(layout.chunks)]
    assert b"".join(chunks) == files.path(PAPER).read_bytes()
    assert b"".join(hashlib.sha256(chunk).digest() for chunk in chunks) == made.hashes
    assert DATA[:64] not in files.path(PAPER).read_bytes()
    files.close()


def test_W30_the_file_opens_with_its_key_alone(tmp_path: Path, files: PaperFiles) -> None:
    key = new_paper_key()
    made = files.encrypt(plain(), PAPER, key=key)
    raw, layout = files.path(PAPER).read_bytes(), Layout(made.plain_bytes)
    with PaperReader(io.BytesIO(raw), layout=layout, key=key, paper=PAPER) as reader:
        assert reader.read() == DATA
    for wrong in ({"key": new_paper_key(), "paper": PAPER}, {"key": key, "paper": OTHER}):
        with PaperReader(io.BytesIO(raw), layout=layout, **wrong) as reader, pytest.raises(BadChunk):  # type: ignore[arg-type]
            reader.read()


def test_W33_a_chunk_of_another_paper_or_place_is_refused(tmp_path: Path, files: PaperFiles) -> None:
    signer = ServerSigner.generate()
    made = {paper: files.encrypt(plain(), paper, key=new_paper_key()) for paper in (PAPER, OTHER)}
    layout = Layout(len(DATA))
    sealed = ManifestSealer(signer).seal(MEETING, PAPER, made=made[PAPER], pages=3)
    signed = open_envelope(sealed.envelope, verify=server_verifier(signer.public))
    manifest = Manifest.from_value(signed.value())
    assert sealed.sha256 == hashlib.sha256(signed.payload).hexdigest()
    manifest.check_chunk(1, files.chunk(PAPER, layout, 1))
    for number, data in (
        (1, files.chunk(OTHER, layout, 1)),
        (1, files.chunk(PAPER, layout, 2)),
        (1, files.chunk(PAPER, layout, 1)[:-1]),
        (99, files.chunk(PAPER, layout, 1)),
    ):
        with pytest.raises(BadChunk):
            manifest.check_chunk(number, data)
    files.close()


def test_W31_a_manifest_of_another_signer_is_refused(tmp_path: Path, files: PaperFiles) -> None:
    made = files.encrypt(plain(), PAPER, key=new_paper_key())
    signer = ServerSigner.generate()
    sealed = ManifestSealer(signer).seal(MEETING, PAPER, made=made, pages=3)
    with pytest.raises(BadSignature):
        open_envelope(sealed.envelope, verify=server_verifier(ServerSigner.generate().public))
    changed = canonical.decode(sealed.envelope)
    changed["payload"] = base64.b64encode(base64.b64decode(changed["payload"]).replace(b"3", b"4", 1)).decode()
    with pytest.raises(BadSignature):
        open_envelope(canonical.encode(changed), verify=server_verifier(signer.public))


def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    files = PaperFiles(tmp_path / "files")
    files.sweep(())
    (tmp_path / "files" / f".{PAPER}.ct.new").symlink_to("/dev/full")  # every write there says "no space left"
    with pytest.raises(DiskFull):
        files.encrypt(plain(), PAPER, key=new_paper_key())
    assert list((tmp_path / "files").iterdir()) == []


def test_what_the_database_does_not_know_is_swept(tmp_path: Path, files: PaperFiles) -> None:
    for paper in (PAPER, OTHER):
        files.encrypt(plain(), paper, key=new_paper_key())
    (tmp_path / "files" / ".draft.new").write_bytes(b"x")
    (tmp_path / "files" / "p-bad.ct").write_bytes(b"x")
    assert PaperFiles(tmp_path / "files").sweep({PAPER}) == 3
    assert [path.name for path in (tmp_path / "files").iterdir()] == [f"{PAPER}.ct"]


def test_a_cut_file_is_an_error_and_not_a_short_chunk(tmp_path: Path, files: PaperFiles) -> None:
    made = files.encrypt(plain(), PAPER, key=new_paper_key())
    os.truncate(files.path(PAPER), 1000)
    with pytest.raises(OSError, match="ends before"):
        files.chunk(PAPER, Layout(made.plain_bytes), 1)
    files.discard(PAPER)
    files.discard(PAPER)
    assert not files.path(PAPER).exists()
