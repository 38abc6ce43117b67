"""The pictures of docs/huong-dan/usb-token.md, taken from a real seat with a software token.

Rules: every picture is of the seat's own size, made half as large with few colours, so that it is small enough to be
kept with the text; a picture shows demo people only.

Usage: ``python -m tests.browser.guide_pictures docs/images/usb-token``.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

from deploy.demo import people
from tests.browser.chromium import chromium
from tests.browser.screen import SEAT, Screen
from tests.browser.seat_person import Person
from tests.support.token_room import PAPER, TokenRoom, token_room

_WRONG: Final = "999999"
_COLOURS: Final = 64


def take(room: TokenRoom, page: Page, folder: Path) -> None:
    """Play it and take all of them."""
    person = Person(page)

    def shoot(name: str) -> None:
        page.wait_for_function("document.fonts.ready.then(() => true)")
        shot = Image.open(io.BytesIO(page.screenshot()))
        small = shot.resize((shot.width // 2, shot.height // 2), Image.Resampling.LANCZOS)
        small.quantize(_COLOURS).save(folder / f"{name}.png", optimize=True)

    def types(pin: str, then: str) -> None:
        keys = page.get_by_role("group", name="Bàn phím trên màn hình")
        for digit in pin:
            keys.get_by_role("button", name=digit, exact=True).tap()
        if then:
            keys.get_by_role("button", name=re.compile(f"^{then}$")).tap()

    person.sees("Cắm USB token để đăng nhập")
    shoot("1-cam-token")
    room.plug(0, people.DEPUTY)
    types("1234", "")
    shoot("2-nhap-ma-pin")
    types(_WRONG[4:], "")
    page.reload()
    person.sees("USB token của")
    types(_WRONG, "Đăng nhập")
    person.sees("Số lần thử còn lại")
    shoot("3-sai-ma-pin")
    types(room.pin, "Đăng nhập")
    room.until_where(0, "signed_in")
    person.opens_paper(PAPER)
    person.reads_page(1)
    shoot("4-dang-doc")
    room.pull(0)
    person.sees("Cắm lại USB token để tiếp tục")
    shoot("5-rut-token")


def main(folder: Path) -> None:
    """Start a room, take the pictures, end it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="guide-") as place,
        token_room(Path(place), seats=1) as room,
        chromium() as browser,
    ):
        screen = Screen(browser, "seat", size=SEAT, touch=True)
        screen.opens(room.room.seat_url(0))
        take(room, screen.page, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
