"""A day with tokens in a real browser, with marked secrets; then all that is left is searched (T21, T32).

Right and wrong PINs typed on the screen, a card that dies while it signs, garbage in the place of its answers, a seat
and a server that are killed. Searched: files of the whole room (logs, stores, databases, run folders, the broker's
store), the browser's folder and what its page can read, and command line and environment of every process there is.
Keys may be in the file that is theirs, and nowhere else.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from deploy.demo import people
from tests.browser.seat_person import Person
from tests.support.token_room import PAPER, TokenRoom, token_room

pytestmark = pytest.mark.timeout(300)
RIGHT, WRONG, MARK = "Zq7kPxWr", "Zq7kPxNo", b"Zq7kPx"
PLANTED = "Zq7kPx planted to show that it would be found"
_WINDOW = 24
_LEFT_IN_PAGE = """async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href, history.state,
  (await indexedDB.databases()).map((one) => one.name), await caches.keys(), document.documentElement.outerHTML,
])"""


def _types(person: Person, pin: str, *, then: str) -> None:
    if person.page.get_by_role("button", name="Mã PIN có chữ").count():
        person.taps("Mã PIN có chữ")
    person.types_on_screen(pin)
    person.taps(then)


def _day(room: TokenRoom, person: Person) -> None:
    """What happens in a day, and what goes wrong in it."""
    seat = room.room
    room.plug(0, people.DEPUTY)
    _types(person, WRONG, then="Đăng nhập")
    person.sees("Số lần thử còn lại: 2.")
    _types(person, RIGHT, then="Đăng nhập")
    room.until_where(0, "signed_in")
    person.opens_paper(PAPER)
    room.pull(0)
    room.until_where(0, "locked")
    for fault in ({"die_at": 0x87}, {"garble": lambda answer: answer[:-8] + bytes(8)}):
        room.plug(0, people.DEPUTY)
        inserted = room.stand.bank.inserted(0)
        assert inserted is not None
        for name, value in fault.items():
            setattr(inserted.faults, name, value)
        assert room.types_pin(0).startswith("card-")
        room.pull(0)
    seat.kill("server")
    room.plug(0, people.DEPUTY)
    room.types_pin(0)
    seat.start("server")
    seat.kill("seat-1")
    seat.start("seat-1")


def _files(*folders: Path, but: frozenset[str] = frozenset()) -> Iterator[tuple[Path, bytes]]:
    """Every file below, with all its bytes."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and not but & set(path.relative_to(folder).parts):
                with contextlib.suppress(FileNotFoundError):
                    yield path, path.read_bytes()


def _keys(files: list[tuple[Path, bytes]]) -> dict[Path, bytes]:
    """A piece out of the middle of each private key, as it stands in its file."""
    found = {}
    for path, data in files:
        if path.suffix == ".key":
            found[path] = _secret_piece(data)
    return found


def _secret_piece(data: bytes) -> bytes:
    if not data.startswith(b"-----"):
        return data[-_WINDOW:]  # a file may begin with what it has in common with others
    # PKCS #8: the secret number of a P-256 key begins before byte 48, where the second line does, and the public point
    # after byte 68; an Ed25519 key is the end of the one line there is.
    body = data.split(b"\n")[1:-2]
    return body[1][:_WINDOW] if len(body) > 1 else body[0][-_WINDOW:]


def _processes(*secrets: bytes) -> list[str]:
    found = []
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            with contextlib.suppress(OSError):
                data = path.read_bytes()
                found += [str(path) for secret in secrets if secret in data]
    return found


def _search(files: list[tuple[Path, bytes]], *secrets: bytes) -> list[str]:
    return [str(path) for path, data in files if any(secret in data for secret in secrets)]


def _browser(profile: Path) -> contextlib.AbstractContextManager[BrowserContext]:
    @contextlib.contextmanager
    def running() -> Iterator[BrowserContext]:
        with sync_playwright() as driver:
            opened = driver.chromium.launch_persistent_context(
                str(profile), executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"],
                viewport={"width": 1280, "height": 800}, has_touch=True, locale="vi-VN",
            )  # fmt: skip
            yield opened
            opened.close()

    return running()


def test_no_secret_is_left_anywhere_after_a_day_with_tokens(tmp_path: Path) -> None:
    home, profile = tmp_path / "home", tmp_path / "browser"
    home.mkdir()
    with token_room(home, seats=1, pin=RIGHT) as room:
        with _browser(profile) as browser:
            page = browser.new_page()
            page.goto(room.room.seat_url(0))
            person = Person(page)
            person.sees("Cắm USB token để đăng nhập")
            _day(room, person)
            assert MARK.decode() not in page.evaluate(_LEFT_IN_PAGE)
            screen = room.room.seat_url(0).partition("#kiosk=")[2].encode()
            password = people.PASSWORD.reveal()
            assert _processes(MARK, password, screen) == []
        # The software cards hold their PIN and keys: they are the token, and lie in a folder of their own.
        files = list(_files(home, profile, but=frozenset({"tokens"})))
        assert _search(files, MARK, password) == []
        logs = [(path, data) for path, data in files if path.suffix == ".log"]
        assert _search(logs, screen) == []
        assert any(b"card-pin-wrong" in data for _, data in logs), "the logs that are searched are those of this day"
        assert MARK.decode() not in repr(room.room.notes.lines)
        keys = _keys(files)
        assert {"ca.key", "device.key", "master.key", "signing.key"} <= {path.name for path in keys}
        for path, piece in keys.items():
            assert _search(files, piece) == [str(path)], "a key is in its own file and in no other"
        limits = [Path(f"/proc/{room.room.room.programs[name].pid}/limits") for name in ("server", "seat-1")]
        for limit in limits:
            row = next(line for line in limit.read_text().splitlines() if line.startswith("Max core file size"))
            assert row.split()[4:6] == ["0", "0"]
    assert list(tmp_path.rglob("core*")) == []
    (home / "planted.log").write_text(PLANTED, encoding="ascii")
    assert _search(list(_files(home)), MARK) == [str(home / "planted.log")]
