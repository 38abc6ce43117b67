"""``phonghop admin anchor | certificate``: whom the house trusts, and whose certificate is whose.

Rules: for the security administrator at the server itself; every change stands in the administrators' log with its
commit (G36), and a withdrawn certificate ends the console sessions of its person (G37); who enters a certificate here
has it from the person's own hands and looks at the name that is printed. Files are DER or PEM. No private key is ever
read.

Usage::

    phonghop admin anchor add ca.pem
    phonghop admin anchor crl ca.crl
    phonghop admin certificate add daibieu1 nguyen-van-a.cer
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from server.assembly import core, tokens
from server.clock import SystemClock
from server.services import Services
from server.settings import Settings
from server.trust.model import Facts
from server.trust.service import TrustService
from wire.ids import PersonId

_BY: Final = "system"

Run = Callable[[Settings, argparse.Namespace], int]
Open = Callable[[Settings], Services]
Parts: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no other name


def add_commands(parts: Parts, prepare: Open) -> None:
    """Add both words to ``phonghop admin``; ``prepare`` opens the data directory."""
    words = _Words(prepare)
    anchors = _group(parts, "anchor", "cơ quan cấp chứng thư số được tin cậy · trusted authorities", "add | crl | list")
    _command(anchors, "list", "liệt kê · list them", words.list_anchors)
    add = _command(anchors, "add", "tin cậy một cơ quan cấp chứng thư số · trust an authority", words.add_anchor)
    add.add_argument("file", type=Path)
    add.add_argument(
        "--helper", action="store_true", help="chỉ để nối tới gốc · only helps to find the way to an anchor"
    )
    lists = _command(
        anchors, "crl", "nạp danh sách thu hồi mang tới · bring in a revocation list by hand", words.add_list
    )
    lists.add_argument("file", type=Path)
    people = _group(
        parts, "certificate", "chứng thư số của người dùng · people's certificates", "add | list | withdraw"
    )
    enrol = _command(people, "add", "đăng ký chứng thư số cho tài khoản · enrol a certificate", words.enrol)
    enrol.add_argument("username")
    enrol.add_argument("file", type=Path)
    listed = _command(people, "list", "liệt kê · list them", words.list_certificates)
    listed.add_argument("username")
    withdraw = _command(people, "withdraw", "ngừng chấp nhận ngay · no longer take it, at once", words.withdraw)
    withdraw.add_argument("fingerprint")
    withdraw.add_argument("--reason", required=True, help="lý do · the reason")


class _Words:
    """One method a command."""

    def __init__(self, prepare: Open) -> None:
        self._prepare: Final = prepare

    def list_anchors(self, settings: Settings, words: argparse.Namespace) -> int:  # noqa: ARG002 - as all commands
        """Print them."""
        for authority in self._trust(settings).authorities():
            kind = "tin cậy · trusted" if authority.trusted else "trung gian · helper"
            print(f"{_line(authority.facts)}  {kind}")
        return 0

    def add_anchor(self, settings: Settings, words: argparse.Namespace) -> int:
        """Trust an authority."""
        data, now = words.file.read_bytes(), SystemClock().now()
        trust = tokens.build_recording_trust(self._prepare(settings), "add_anchor", by=_BY, now=now)
        added = trust.add_authority(data, trusted=not words.helper, by=_BY, now=now)
        print(_line(added.facts))
        return 0

    def add_list(self, settings: Settings, words: argparse.Namespace) -> int:
        """Bring in a revocation list."""
        kept = self._trust(settings).add_list(words.file.read_bytes(), now=SystemClock().now())
        until = "–" if kept.next_at is None else kept.next_at.date().isoformat()
        print(f"CRL {kept.made_at.date().isoformat()} → {until}")
        return 0

    def enrol(self, settings: Settings, words: argparse.Namespace) -> int:
        """Bind a certificate to an account."""
        services = self._prepare(settings)
        account = core.build_identity(services).named(words.username)
        data, now = words.file.read_bytes(), SystemClock().now()
        trust = tokens.build_recording_trust(services, "enrol_certificate", by=_BY, now=now)
        found = trust.enrol(PersonId(account.id), data, proof=None, by=_BY, now=now)
        print(f"{account.username}  {account.name}  ←  {_line(found.facts)}")
        return 0

    def list_certificates(self, settings: Settings, words: argparse.Namespace) -> int:
        """Print all that a person has had."""
        services = self._prepare(settings)
        account = core.build_identity(services).named(words.username)
        for found in tokens.build_trust(services).certificates_of(PersonId(account.id)):
            gone = found.revoked_at or found.withdrawn_at
            state = "" if gone is None else f"  thu hồi · withdrawn {gone.date().isoformat()}"
            print(_line(found.facts) + state)
        return 0

    def withdraw(self, settings: Settings, words: argparse.Namespace) -> int:
        """Take it no longer."""
        now = SystemClock().now()
        trust = tokens.build_recording_trust(self._prepare(settings), "withdraw_certificate", by=_BY, now=now)
        trust.withdraw(words.fingerprint, reason=words.reason, now=now)
        print(f"{words.fingerprint}: thu hồi · withdrawn")
        return 0

    def _trust(self, settings: Settings) -> TrustService:
        return tokens.build_trust(self._prepare(settings))


def _line(facts: Facts) -> str:
    return f"{facts.fingerprint}  {facts.name}  → {facts.until.date().isoformat()}"


def _group(parts: Parts, name: str, text: str, words: str) -> Parts:
    return parts.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar=words)


def _command(parent: Parts, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    found = parent.add_parser(name, help=text, description=text)
    found.set_defaults(run=run)
    return found
