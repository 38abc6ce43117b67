"""What may be installed on a seat, and the bundle it comes in."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from edge.vault.run_dir import RunDir
from firmware_scripts import bundle, verity
from firmware_scripts.bundle import About, Signer
from firmware_scripts.disk import Parts
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.recipe import Edition
from tests.support.releases import make_signer
from tests.unit.firmware import programs
from wire.messages.updates import UPDATE_REASONS, version_key

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
RELEASE = {
    "compatible": "phonghop-seat-amd64",
    "version": "20261123.100000",
    "minimum": "20261101.0",
    "expires": "2027-11-23T00:00:00.000Z",
}
needs_packer = pytest.mark.skipif(shutil.which("tar2sqfs") is None, reason="squashfs-tools-ng is of the image's tools")


@pytest.fixture(scope="module")
def judge() -> Any:
    return programs.load("may-install")


def refused(judge: Any, *, floor: str = "", new: str = "", now: dt.datetime = NOW, **changed: str) -> str:
    clock_set = changed.pop("clock", "set") == "set"
    found: str = judge.refusal(
        RELEASE | changed,
        {"FLOOR": floor, "NEW": new},
        running="A",
        compatible="phonghop-seat-amd64",
        now=now,
        clock_set=clock_set,
    )
    return found


def test_a_release_is_refused_with_its_reason(judge: Any) -> None:
    assert refused(judge) == ""
    assert refused(judge, compatible="phonghop-seat-arm64") == "wrong-device"
    assert refused(judge, clock="not set") == "no-clock"
    assert refused(judge, now=NOW + dt.timedelta(days=366)) == "expired"
    assert refused(judge, floor="20261123.100001") == "too-old"
    assert refused(judge, floor="20261123.100000") == ""
    assert refused(judge, new="A") == "interrupted", "the other slot is all there is to fall back on"
    assert refused(judge, new="B") == ""
    with pytest.raises(ValueError, match="Invalid"):
        refused(judge, expires="one day")


def test_a_clock_is_believed_that_stands_where_the_server_said(
    judge: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the agent keeps it: also one that was started again and whose screen has drawn nothing yet."""
    monkeypatch.setattr(judge, "SYNCHRONIZED", str(tmp_path / "synchronized"))
    monkeypatch.setattr(judge, "WELCOMED", str(tmp_path / "welcomed"))
    assert not judge.is_set(NOW, 100.0), "nobody has told it"
    RunDir(tmp_path, boot="b").save_welcomed(NOW, 100.0)
    assert judge.is_set(NOW + dt.timedelta(seconds=900), 1000.0)
    assert not judge.is_set(NOW + dt.timedelta(seconds=961), 1000.0)
    assert not judge.is_set(NOW + dt.timedelta(seconds=839), 1000.0)
    (tmp_path / "welcomed").write_text('{"at": 5}', encoding="ascii")
    assert not judge.is_set(NOW, 100.0)
    (tmp_path / "synchronized").touch()
    assert judge.is_set(NOW, 100.0), "the building's clock"


def test_a_slot_whose_counter_is_lost_is_on_trial(judge: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made anew when the slot is well; until then nothing is put into the other one."""
    (tmp_path / "slot").write_text("A\n", encoding="ascii")
    monkeypatch.setattr(judge.counter, "SLOT", tmp_path / "slot")
    monkeypatch.setattr(judge.counter, "COUNTER", tmp_path / "state.env")
    assert refused(judge, new=judge.known()["NEW"]) == "interrupted"


def test_what_rauc_says_becomes_a_word_of_the_closed_list() -> None:
    program = programs.load("install-release")
    said = {
        "LastError: signature verification failed: Verify error: self-signed certificate": "signature",
        "LastError: Invalid bundle format: Signature size (123) exceeds maximum": "truncated",
        "LastError: Installation error: Failed updating slot root.1: Input/output error": "tampered",
        "LastError: Compatible mismatch: Expected 'a' but bundle manifest has 'b'": "wrong-device",
        "LastError: something else": "install",
    }
    assert {text: program.reason_of(text) for text in said} == said
    assert {word for _, word in program.SAID} <= UPDATE_REASONS


def test_an_edition_is_called_by_the_moment_of_its_sources() -> None:
    assert Edition(1_755_000_000).version == "20250812.120000"
    assert version_key(Edition(1_755_000_001).version) > version_key(Edition(1_755_000_000, "1.2.3.4").version)
    for wrong in ("", "1", "1.2-rc1", "1.2.3.4.5"):
        with pytest.raises(RecipeWrong, match="form"):
            Edition(0, wrong)


def test_a_hash_tree_is_over_whole_blocks_and_each_of_them(tmp_path: Path) -> None:
    file = tmp_path / "data"
    for size in (0, 100, verity.BLOCK):
        file.write_bytes(b"x" * size)
        with pytest.raises(RecipeWrong, match="whole blocks"):
            verity.tree(file, b"")
    blocks = [bytes([at % 251]) * verity.BLOCK for at in range(130)]
    file.write_bytes(b"".join(blocks))
    root, tree = verity.tree(file, b"salt")
    assert len(tree) == 3 * verity.BLOCK, "two of hashes, and the one above them first"
    file.write_bytes(b"".join((*blocks[:-1], b"y" * verity.BLOCK)))
    assert verity.tree(file, b"salt")[0] != root


@needs_packer
def test_a_bundle_is_the_same_file_but_for_its_signature_and_rauc_reads_it(tmp_path: Path) -> None:
    signer, authority = make_signer(tmp_path)
    made = [written(tmp_path / name, signer).read_bytes() for name in ("one", "two")]
    payloads = [content[: -int.from_bytes(content[-8:], "big") - 8] for content in made]
    assert payloads[0] == payloads[1]
    signature = tmp_path / "signature"
    signature.write_bytes(made[0][len(payloads[0]) : -8])
    manifest = verified(signature, authority)
    assert "minimum=20261101.0\nexpires=2027-11-23T00:00:00.000Z\n" in manifest
    assert "compatible=phonghop-seat-amd64\nversion=20261123.100000\n" in manifest
    if shutil.which("rauc") is not None:
        settings = tmp_path / "system.conf"
        settings.write_text(
            f"[system]\ncompatible=x\nbootloader=noop\n[keyring]\npath={authority}\ncheck-purpose=codesign\n"
        )
        words = ["rauc", "--conf", str(settings), "info", "--output-format=json", str(tmp_path / "one/seat.raucb")]
        read = json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)
        assert (read["compatible"], read["version"]) == ("phonghop-seat-amd64", "20261123.100000")


def written(folder: Path, signer: Signer) -> Path:
    folder.mkdir()
    files = {name: folder / name for name in ("boot", "kernel", "root", "bill")}
    for name, file in files.items():
        file.write_bytes(name.encode() * 5000)
    about = About(
        RELEASE["compatible"], RELEASE["version"], RELEASE["minimum"], dt.datetime.fromisoformat(RELEASE["expires"])
    )
    parts = Parts(files["boot"], files["kernel"], files["root"])
    return bundle.write(
        parts, about, signer, folder / "seat.raucb", folder / "draft", listed=files["bill"], epoch=1_755_000_000
    )


def verified(signature: Path, authority: Path) -> str:
    words = ["openssl", "cms", "-verify", "-inform", "DER", "-purpose", "any", "-CAfile", str(authority)]
    words += ["-in", str(signature)]
    said: str = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    return said


def test_a_request_is_a_file_of_the_agents_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, request, other = programs.load("install-release"), tmp_path / "install", tmp_path / "other"
    monkeypatch.setattr(program, "REQUEST", str(request))
    request.write_text("a-request")
    assert program.read_request(os.getuid()) == "a-request"
    assert program.read_request(os.getuid() + 1) == "", "somebody else's"
    for wrong in ("", "A", "a" * 65, "a-request\n"):
        request.write_text(wrong)
        assert program.read_request(os.getuid()) == ""
    request.replace(other)
    other.write_text("a-request")
    request.symlink_to(other)
    with pytest.raises(OSError, match="symbolic"):
        program.read_request(os.getuid())
    request.unlink()
    os.mkfifo(request)
    assert program.read_request(os.getuid()) == "", "and nobody waits for who writes into a pipe"


def test_no_pin_stands_among_the_words_of_a_command() -> None:
    with pytest.raises(RecipeWrong, match="PIN"):
        Signer(Path("signer.pem"), "pkcs11:object=updates?pin-value=1234")
