"""The checking process of ``phonghop verify``: confines itself, reads what is to be checked, prints the report.

Rules G32, G49: no network, no file written, bounded memory and time, before a byte is read.

Usage: ``python -m server.dossier dossier.zip --anchors DIR``; started by ``server.cli_verify``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from server.dossier import reading, recorded, verifying
from server.dossier.anchors import Anchors, record_keys
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.reading import NotADossier
from server.record.archive import LEAVES, NAMES
from server.signatures.sandbox import NoSandbox, confine
from server.trust.errors import CertificateUnreadable
from wire.errors import BadNote

MEMORY_BYTES: Final = 4 * 2**30
CPU_S: Final = 1800
_WRONG_WORDS: Final = 2
_PDF: Final = b"%PDF-"
_HEAD_BYTES: Final = 1024


def parser() -> argparse.ArgumentParser:
    """The words of ``phonghop verify``."""
    found = argparse.ArgumentParser(
        "phonghop verify",
        description="Kiểm chứng hồ sơ, nhật ký, văn bản và việc đã ký – không cần mạng · "
        "verify a dossier, a log, a signed PDF or a signed act, without a network. "
        "0: đúng · right, 1: sai · wrong, 3: chưa xác nhận được · cannot be confirmed",
    )
    found.add_argument("file", type=Path, help="hồ sơ .zip hoặc thư mục, events.json, .pdf, việc đã ký .json")
    found.add_argument(
        "--anchors", type=Path, help="thư mục chứng thư số gốc được tin cậy · folder of trusted certificates (PEM, DER)"
    )
    found.add_argument(
        "--trust-dossier",
        action="store_true",
        help="tin chứng thư số gốc có trong chính hồ sơ · trust the anchors that the dossier brings itself",
    )
    found.add_argument(
        "--record-key",
        type=Path,
        help="tệp khóa công khai của nhật ký toàn vẹn · file with the public key of the record",
    )
    found.add_argument(
        "--seen",
        type=Path,
        action="append",
        default=[],
        help="mốc, hồ sơ hoặc nhật ký toàn vẹn đã giữ ở nơi khác, để so · a checkpoint, a dossier or a record "
        "that was kept elsewhere, to compare with; may be given again",
    )
    found.add_argument("--cms", type=Path, help="chữ ký của việc đã ký, nếu không nằm cạnh · signature of a signed act")
    return found


def run(words: argparse.Namespace) -> tuple[int, str]:
    """Exit status and report; raises OSError, CertificateUnreadable, BadNote, NotADossier."""
    found, file = Findings(), words.file
    anchors = Anchors() if words.anchors is None else Anchors.of_folder(words.anchors)
    if words.record_key is not None:
        anchors = replace(anchors, keys=record_keys(words.record_key))
    checking = Checking(anchors, dt.datetime.now(dt.UTC))
    if file.is_dir():
        return _dossier(reading.open_folder(file), words, checking=checking, found=found)
    with file.open("rb") as archive:
        if reading.is_archive(archive.read(_HEAD_BYTES)):
            return _dossier(reading.opened(archive), words, checking=checking, found=found)
    data = file.read_bytes()
    if _PDF in data[:_HEAD_BYTES]:
        anchors.tell(found)
        verifying.verify_pdf(data, file.name, kept=(), checking=checking, found=found)
    elif (cms := words.cms or file.with_suffix(".p7s")).is_file():
        anchors.tell(found)
        verifying.verify_statement(data, cms.read_bytes(), name=file.name, checking=checking, found=found)
    else:
        verifying.verify_log(data, found)
    return found.status, found.text()


def _dossier(
    files: Mapping[str, bytes], words: argparse.Namespace, *, checking: Checking, found: Findings
) -> tuple[int, str]:
    # One file more, and it is a dossier into which somebody put a record: it has to stand as a dossier.
    if LEAVES in files and set(files) <= set(NAMES):
        notes = [each.read_bytes() for each in words.seen]
        recorded.check_archive(files, checking.anchors, seen=notes, found=found)
        return found.status, found.text()
    anchors = checking.anchors.with_dossier(files, trusted=words.trust_dossier)
    seen = {each.name: each.read_bytes() for each in words.seen}
    verifying.verify(files, Checking(anchors, checking.now, seen), found)
    return found.status, found.text()


def main() -> int:
    """Check; the exit status of ``phonghop verify``."""
    words = parser().parse_args()
    # What the libraries think of a stranger's file is in the report, in words.
    logging.disable(logging.CRITICAL)
    try:
        confine(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
        status, text = run(words)
    except NoSandbox as exc:
        print(f"không cách ly được tiến trình kiểm chứng · the check cannot be confined ({exc})", file=sys.stderr)  # noqa: T201 - the report
        return _WRONG_WORDS
    except (OSError, NotADossier) as exc:
        print(f"{words.file}: không đọc được · cannot be read ({exc})", file=sys.stderr)  # noqa: T201 - the report
        return _WRONG_WORDS
    except BadNote:
        print(f"{words.record_key}: không phải khóa của nhật ký toàn vẹn · no key of a record", file=sys.stderr)  # noqa: T201 - the report
        return _WRONG_WORDS
    except CertificateUnreadable:
        print(f"{words.anchors}: có tệp không phải chứng thư số · a file is no certificate", file=sys.stderr)  # noqa: T201 - the report
        return _WRONG_WORDS
    print(text, file=sys.stdout if status == 0 else sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
