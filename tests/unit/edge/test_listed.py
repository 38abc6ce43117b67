"""A seat that a list names: its code is shown until its first certificate, over TLS alone, and never again (W192)."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.enrol.client import Issued, Pending, SiteClient
from edge.enrol.key import DeviceKey
from edge.enrol.service import Enroller
from edge.errors import SettingsWrong
from edge.settings import Settings
from edge.vault.disk import RealDisk
from server.pki.bundle import bundle
from tests.support.poll import until
from tests.support.seats import ManualClock
from tests.unit.edge.test_enrol import Site
from wire.secret import Secret

CODE = Secret(b"K7QF-2M3X-A5BD-9WZT")


class Door(SiteClient):
    """A server that has it wait once, and keeps what it was shown."""

    def __init__(self, site: Site) -> None:
        super().__init__("https://phonghop.example", ca_pem=lambda: None)
        self._site = site
        self.shown: list[bytes | None] = []

    def cacerts(self) -> bytes:
        return bundle([self._site.ca])

    def site(self) -> bytes:
        return self._site.document()

    def enrol(self, request: bytes, *, serial: str = "", code: Secret | None = None) -> Pending | Issued:
        assert serial == "PH-1"
        self.shown.append(None if code is None else code.reveal())
        return Pending(0.001) if len(self.shown) == 1 else Issued(self._site.enrol(request)[2])


def _enroller(site: Site, door: Door, disk: RealDisk) -> Enroller:
    return Enroller(
        disk,
        door,
        key=DeviceKey.load_or_create(disk),
        ca_sha256=site.pki.ca_sha256(),
        serial="PH-1",
        clock=ManualClock(),
        tell=lambda _: None,
        code=CODE,
    )


def test_W192_a_code_is_shown_until_the_first_certificate_and_never_again(tmp_path: Path) -> None:
    (tmp_path / "seat").mkdir()
    site, disk = Site(tmp_path / "pki"), RealDisk(tmp_path / "seat")
    door = Door(site)
    first = _enroller(site, door, disk)
    first.start()
    until(lambda: first.wallet.current() is not None)
    first.stop()
    assert door.shown == [CODE.reveal()] * 2
    first.wallet.forget()
    again = _enroller(site, door, disk)
    again.start()
    until(lambda: again.wallet.current() is not None)
    again.stop()
    assert door.shown[2:] == [None]
    kept = b"".join(file.read_bytes() for file in (tmp_path / "seat").rglob("*") if file.is_file())
    assert CODE.reveal() not in kept


def test_W192_without_tls_no_code_leaves_the_seat() -> None:
    sent: list[object] = []

    class Line(SiteClient):
        def _call(self, *_: object, headers: object = None, **__: object) -> object:  # type: ignore[override]
            sent.append(headers)
            raise ConnectionError

    for url in ("http://phonghop.example", "https://phonghop.example"):
        with pytest.raises(ConnectionError):
            Line(url, ca_pem=lambda: None).enrol(b"", serial="PH-1", code=CODE)
    assert sent == [{}, {"Authorization": "Basic UEgtMTpLN1FGLTJNM1gtQTVCRC05V1pU"}]


def test_settings_say_what_is_wrong_with_a_code_and_not_which(tmp_path: Path) -> None:
    file = tmp_path / "seat.toml"
    file.write_text(f'server_url = "https://a"\nca_sha256 = "{"ab" * 32}"\nenrolment_code = "rat bi mat"\n')
    with pytest.raises(SettingsWrong) as wrong:
        Settings.load({}, file)
    assert "rat bi mat" not in str(wrong.value.problems)
