"""What the demo prints when the room is there: the addresses to open, the accounts, and how to stop.

Rules: every address is one that browsers treat as secure (``localhost`` and names below it); people who would share a
browser get a name of their own, because cookies belong to a name, so chair, secretary and IT can be open side by side.

Usage: `print(table(Addresses(ports, display="/display#…")))`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from deploy.demo import people
from deploy.demo.configuration import Ports


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything of one room is opened; ``display`` is a path with its fragment."""

    ports: Ports
    display: str

    def console(self, name: str = "") -> str:
        """The consoles (chair, secretary, IT), under a name of one's own if ``name`` is given."""
        host = f"{name}.localhost" if name else "localhost"
        return f"http://{host}:{self.ports.http}/"

    @property
    def room_display(self) -> str:
        """The room display; the link signs it in."""
        return f"http://manhinh.localhost:{self.ports.http}{self.display}"

    def seat(self, index: int) -> str:
        """The touch page of a terminal, counted from 0."""
        return f"http://localhost:{self.ports.seats[index]}/"


def table(addresses: Addresses, *, bold: Callable[[str], str] = str) -> str:
    """Addresses and accounts as lines of text."""
    rows = [
        ("Chủ trì · chair", addresses.console(), people.CHAIR),
        ("Thư ký · secretary", addresses.console("thuky"), people.SECRETARY),
        ("Kỹ thuật · IT", addresses.console("kythuat"), people.IT),
        ("Quản trị · administrator", addresses.console("quantri"), people.ADMIN),
    ]
    seated = {person.seat: person for person in people.MEMBERS}
    rows += [
        (f"Chỗ ngồi · seat {label}", addresses.seat(index), seated[label])
        for index, label in enumerate(people.TERMINALS[: len(addresses.ports.seats)])
    ]
    what_width = max(_width(what) for what, _, _ in rows) + 2
    url_width = max(_width(url) for _, url, _ in rows) + 2
    name_width = max(_width(person.username) for _, _, person in rows) + 2
    lines = [
        f"  {_padded(what, what_width)}{_padded(url, url_width)}{_padded(person.username, name_width)}{person.name}"
        for what, url, person in rows
    ]
    password = people.PASSWORD.reveal().decode()
    return "\n".join(
        [
            "",
            bold("Phòng họp mẫu đang chạy · the demo room is running"),
            "",
            *lines,
            f"  {_padded('Màn hình chung · display', what_width)}{addresses.room_display}",
            "",
            f"  Mật khẩu của mọi tài khoản · the password of every account: {bold(password)}",
            "  Bắt đầu: địa chỉ chủ trì, “Vào điều hành”, “Khai mạc” · begin at the chair's address: “Lead …”",
            "",
            "  Ctrl-C: dừng · stop    make demo: chạy tiếp · resume    make demo-clean: xóa hết · remove everything",
            "",
        ]
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal: a combining mark takes none."""
    return sum(not unicodedata.combining(char) for char in text)
