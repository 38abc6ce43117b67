"""`phonghop admin anchor | certificate`: what the security administrator does at the server itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from server import cli
from server.app import create_app, services_of
from server.identity.store import SqlIdentityStore
from server.identity.token_sessions import TokenSessions
from server.settings import Settings
from tests.pki.authority import TestPki
from tests.pki.services import PkiServer
from wire.secret import Secret


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHONGHOP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PHONGHOP_ARGON2_MEMORY_KIB", "64")
    for name in ("daibieu1", "daibieu2"):
        assert cli.admin(["user", "add", name, "--name", f"{name} (demo)"]) == 0
    return tmp_path


def _file(folder: Path, pki: TestPki, label: str, *, pem: bool = False) -> str:
    der, path = pki.der(label), folder / f"{label}.cer"
    path.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) if pem else der)
    return str(path)


def _anchors(folder: Path, pki: TestPki) -> None:
    assert cli.admin(["anchor", "add", _file(folder, pki, "root", pem=True)]) == 0
    assert cli.admin(["anchor", "add", "--helper", _file(folder, pki, "interm")]) == 0


def test_a_certificate_is_enrolled_listed_and_withdrawn(
    data: Path,
    pki: TestPki,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _anchors(data, pki)
    assert cli.admin(["certificate", "add", "daibieu1", _file(data, pki, "chi", pem=True)]) == 0
    shown = capsys.readouterr().out
    assert "daibieu1 (demo)" in shown
    assert "Người chi (kiểm thử)" in shown, "who enters it sees the name in it"
    print_of = pki.fingerprint("chi")
    assert print_of in shown
    assert cli.admin(["certificate", "withdraw", print_of, "--reason", "mất token"]) == 0
    capsys.readouterr()
    assert cli.admin(["certificate", "list", "daibieu1"]) == 0
    assert "thu hồi · withdrawn" in capsys.readouterr().out
    assert cli.admin(["anchor", "list"]) == 0
    listed = capsys.readouterr().out
    assert pki.fingerprint("root") in listed
    assert "trung gian · helper" in listed


def test_G36_G37_what_is_done_at_the_server_itself_stands_in_the_log_and_ends_sessions(
    data: Path, pki: TestPki
) -> None:
    services = services_of(create_app(Settings.load({**os.environ, "PHONGHOP_SECOND_FACTOR": "off"})))
    identity, now = services.identity, services.clock.now()
    identity.reset_password("daibieu1", Secret("mật khẩu thử".encode()), now=now)
    given, own = Secret("mật khẩu thử".encode()), Secret("một câu của riêng tôi".encode())
    beside = identity.sign_in("daibieu1", given, source="192.0.2.7", now=now)
    identity.change_password(beside.token, given, own, source="192.0.2.7", now=now)
    sessions = TokenSessions(services.database, SqlIdentityStore(), identity, os.urandom)
    session = sessions.begin(beside.account.id, pki.fingerprint("chi"), source="192.0.2.7", now=now)
    _anchors(data, pki)
    assert cli.admin(["certificate", "add", "daibieu1", _file(data, pki, "chi")]) == 0
    assert identity.peek(session.token, now=now) is not None
    assert cli.admin(["certificate", "withdraw", pki.fingerprint("chi"), "--reason", "mất token"]) == 0
    assert identity.peek(session.token, now=now) is None
    assert identity.peek(beside.token, now=now) is not None, "begun with a password"
    with services.database.read() as tx:
        everything = services.audit.store.all(tx)
    events = [event for event in everything if event.kind.startswith(("anchor", "certificate"))]
    assert "password_reset" in {event.kind for event in everything}
    assert [(event.kind, event.actor) for event in events] == [
        ("anchor_added", "system"),
        ("anchor_added", "system"),
        ("certificate_enrolled", "system"),
        ("certificate_withdrawn", "system"),
    ]
    assert [event.data.get("trusted") for event in events[:2]] == [True, False]
    assert events[-1].data["reason"] == "mất token"
    assert services.audit.broken_at() is None
    # What is refused is not written down, and what changes nothing neither.
    assert cli.admin(["certificate", "withdraw", "0" * 64, "--reason", "không có"]) == 1
    assert services.audit.newest("certificate_withdrawn", limit=5)[0].number == events[-1].number
    services.close()


@pytest.mark.parametrize(
    ("label", "code"), [("unknown", "certificate-issuer-unknown"), ("expired", "certificate-expired")]
)
def test_a_bad_certificate_is_refused_in_words(
    data: Path,
    pki: TestPki,
    capsys: pytest.CaptureFixture[str],
    label: str,
    code: str,
) -> None:
    _anchors(data, pki)
    assert cli.admin(["certificate", "add", "daibieu1", _file(data, pki, label)]) == 1
    assert f"[{code}]" in capsys.readouterr().err


def test_one_certificate_is_one_persons(
    data: Path,
    pki: TestPki,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _anchors(data, pki)
    file = _file(data, pki, "chi")
    assert cli.admin(["certificate", "add", "daibieu1", file]) == 0
    assert cli.admin(["certificate", "add", "daibieu2", file]) == 1
    assert "[certificate-taken]" in capsys.readouterr().err
    assert cli.admin(["certificate", "add", "nguoi-la", file]) == 1
    assert "[no-such-person]" in capsys.readouterr().err


def test_a_revocation_list_is_carried_in_and_a_strangers_is_refused(
    data: Path,
    pki: TestPki,
    pki_server: PkiServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _anchors(data, pki)
    pki_server.fault[""] = "refused"
    assert cli.admin(["certificate", "add", "daibieu1", _file(data, pki, "chi")]) == 1
    assert "[revocation-unknown]" in capsys.readouterr().err
    for label in ("root", "interm"):
        (data / f"{label}.crl").write_bytes(pki.crl(label))
        assert cli.admin(["anchor", "crl", str(data / f"{label}.crl")]) == 0
    assert cli.admin(["certificate", "add", "daibieu1", _file(data, pki, "chi")]) == 0
    (data / "rubbish.crl").write_bytes(b"rubbish")
    assert cli.admin(["anchor", "crl", str(data / "rubbish.crl")]) == 1


def test_a_file_that_is_not_there_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.admin(["anchor", "add", str(data / "nowhere.pem")]) == 1
    assert "nowhere.pem" in capsys.readouterr().err
