"""The demo's tokens: an authority, cards that stay the same, a panel, and what happens where there are no readers."""

from __future__ import annotations

import datetime as dt
import http.client
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509

from deploy.demo import people
from deploy.demo.errors import TokensMissing
from deploy.demo.folder import Folder
from deploy.demo.tokens.authority import NAME, PIN, Authority
from deploy.demo.tokens.panel import Panel
from deploy.demo.tokens.place import bank_place, remove_left_behind
from deploy.demo.tokens.stand import HOLDERS, Stand
from deploy.softtoken.contents import load
from server.trust.certificates import read
from server.trust.model import Use, problem_of

NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
HOLDER = people.DEPUTY


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.load_or_create(tmp_path, now=NOW)


def test_the_authority_and_its_cards_are_made_once(tmp_path: Path, authority: Authority) -> None:
    file = authority.card_file(HOLDER.username, HOLDER.name, now=NOW)
    before = file.read_bytes()
    again = Authority.load_or_create(tmp_path, now=NOW)
    assert again.certificate == authority.certificate
    assert again.card_file(HOLDER.username, HOLDER.name, now=NOW).read_bytes() == before
    assert "(demo)" in NAME
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_half_an_authority_is_made_anew(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "ca.key").write_bytes(b"cut off")
    assert Authority.load_or_create(tmp_path, now=NOW).certificate != authority.certificate


def test_I1_its_certificates_are_good_for_what_they_are_for(authority: Authority) -> None:
    authority.card_file(HOLDER.username, HOLDER.name, now=NOW)
    found = read(authority.login_certificate(HOLDER.username).read_bytes())
    assert found.name == HOLDER.name
    assert problem_of(found, now=NOW, use=Use.LOGIN) is None
    crl = x509.load_der_x509_crl(authority.list_file.read_bytes())
    assert crl.is_signature_valid(authority.key.public_key())
    assert crl.next_update_utc is not None
    assert crl.next_update_utc - NOW > dt.timedelta(days=3000)


def test_without_readers_the_demo_is_told_why(tmp_path: Path) -> None:
    with pytest.raises(TokensMissing, match="shorter folder"):
        Stand.open(tmp_path, tmp_path / ("x" * 120), seats=1)


def test_the_place_of_the_readers_is_gone_when_it_is_left_or_at_the_next_run(tmp_path: Path) -> None:
    folder = Folder.at(tmp_path / "phòng họp mẫu")
    with bank_place(folder) as place:
        assert place.is_dir()
        assert str(place).isascii()
    assert not place.exists()
    killed = bank_place(folder)
    left = killed.__enter__()
    assert left.is_dir()
    with bank_place(folder):
        assert not left.exists(), "what a killed demo left"
    folder.note("readers", {"place": str(tmp_path)})
    remove_left_behind(folder)
    assert tmp_path.is_dir(), "nothing but its own is ever removed"


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    short = Path(tempfile.mkdtemp(prefix="bank-"))
    with Stand.open(tmp_path_factory.mktemp("cards"), short, seats=2) as opened:
        yield opened
    shutil.rmtree(short)


@pytest.fixture
def panel(stand: Stand) -> Iterator[Panel]:
    with Panel(stand, labels=("Chỗ B1", "Chỗ B2"), port=0) as opened:
        yield opened
    for seat in range(2):
        stand.pull(seat)


def _ask(panel: Panel, method: str, body: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", panel.port, timeout=10)
    try:
        connection.request(method, "/", urlencode(body or {}), {"Host": f"localhost:{panel.port}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_the_panel_says_what_is_where_and_the_pin(panel: Panel, stand: Stand) -> None:
    status, page = _ask(panel, "GET")
    assert status == 200
    assert PIN in page
    for person in HOLDERS:
        assert f"Cắm token của {person.name}" in page
    stand.plug(1, HOLDER.username)
    assert f"Đang cắm: {HOLDER.name}" in _ask(panel, "GET")[1]


def test_a_button_plugs_in_and_a_token_is_in_one_place_only(panel: Panel, stand: Stand) -> None:
    token = re.search(r'name="token" value="([^"]+)"', _ask(panel, "GET")[1])
    assert token is not None
    form = {"token": token[1], "what": "plug", "who": HOLDER.username}
    assert _ask(panel, "POST", form | {"seat": "0"})[0] == 303
    assert stand.inside(0) == HOLDER
    assert _ask(panel, "POST", form | {"seat": "1"})[0] == 303
    assert (stand.inside(0), stand.inside(1)) == (None, HOLDER)
    assert _ask(panel, "POST", form | {"seat": "1", "what": "pull"})[0] == 303
    assert stand.inside(1) is None


@pytest.mark.parametrize(
    "form",
    [
        {"what": "plug", "seat": "7", "who": HOLDER.username},
        {"what": "plug", "seat": "-1", "who": HOLDER.username},
        {"what": "plug", "seat": "0", "who": "nobody"},
        {"what": "renew", "who": "nobody"},
        {"what": "burn", "seat": "0"},
        {},
    ],
)
def test_what_is_not_there_is_refused(panel: Panel, form: dict[str, str]) -> None:
    assert _ask(panel, "POST", form | {"token": panel.token})[0] == 400


def test_another_page_of_the_browser_can_do_nothing(panel: Panel, stand: Stand) -> None:
    form = {"what": "plug", "seat": "0", "who": HOLDER.username}
    assert _ask(panel, "POST", form | {"token": "guessed"})[0] == 403
    assert _ask(panel, "POST", form | {"token": panel.token}, Host="evil.example")[0] == 400
    assert _ask(panel, "GET", Host="evil.example")[0] == 404
    assert stand.inside(0) is None


def test_a_blocked_token_is_as_new_when_the_panel_says_so(stand: Stand) -> None:
    card = stand._cards[HOLDER.username]  # noqa: SLF001 - to use its tries up
    card.pins.pin.left = 0
    assert stand.tries_left(HOLDER.username) == 0
    stand.renew(HOLDER.username)
    assert stand.tries_left(HOLDER.username) == 3


def test_a_token_never_shows_its_pin_or_key(stand: Stand) -> None:
    file = stand.authority.card_file(HOLDER.username, HOLDER.name, now=NOW)
    assert PIN not in repr(load(file))
