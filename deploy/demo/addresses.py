"""What the demo prints when the room is there: the addresses to open, the accounts, and how to stop.

What to do next depends on where the meeting stands: :mod:`deploy.demo.hints`.

Rules: every address is one that browsers treat as secure (``localhost`` and names below it); people who would share a
browser get a name of their own, because cookies belong to a name, so chair, secretary and IT can be open side by side.

Usage: `print(table(Addresses(ports, display="/display#…", kiosks=room.kiosks())))`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from deploy.demo import people
from deploy.demo.configuration import Ports

_FACTOR_OFF: Final = (
    "  Xác thực hai lớp: TẮT trong phòng mẫu, khi dùng thật luôn bật · second factor: OFF in the demo, ON in real use"
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything of one room is opened.

    ``display`` is a path with its fragment, ``kiosks`` what the terminals' screens open, with the secret of each.
    """

    ports: Ports
    display: str = field(repr=False)
    kiosks: tuple[str, ...] = field(repr=False)
    #: The panel of the software tokens and their PIN, or why there are none.
    panel: str = ""
    pin: str = ""
    no_tokens: str = ""
    #: What the browser of the desk PC opens once, with its secret.
    bridge: str = field(default="", repr=False)

    def console(self, name: str = "") -> str:
        """The consoles (chair, secretary, IT), under a name of one's own if ``name`` is given."""
        host = f"{name}.localhost" if name else "localhost"
        return f"http://{host}:{self.ports.http}/"

    @property
    def room_display(self) -> str:
        """The room display; the link signs it in."""
        return f"http://manhinh.localhost:{self.ports.http}{self.display}"

    def seat(self, index: int) -> str:
        """The touch page of a terminal, counted from 0, as its screen opens it."""
        return self.kiosks[index]


def table(addresses: Addresses, *, bold: Callable[[str], str] = str) -> str:
    """Addresses and accounts as lines of text."""
    rows = [
        ("Chủ trì · chair", addresses.console(), people.CHAIR),
        ("Thư ký · secretary", addresses.console("thuky"), people.SECRETARY),
        ("Kỹ thuật · IT", addresses.console("kythuat"), people.IT),
        ("Quản trị · administrator", addresses.console("quantri"), people.ADMIN),
        ("Quản trị an ninh · security", addresses.console("anninh"), people.SECURITY),
        ("Văn thư · registry clerk", addresses.console("vanthu"), people.REGISTRY),
        ("Kiểm toán viên · auditor", addresses.console("kiemtoan"), people.AUDITOR),
    ]
    seated = {person.seat: person for person in people.MEMBERS}
    rows += [
        (f"Chỗ ngồi · seat {label}", addresses.seat(index), seated[label])
        for index, label in enumerate(people.TERMINALS[: len(addresses.kiosks)])
    ]
    what_width = max(_width(what) for what, _, _ in rows) + 2
    user_width = max(_width(person.username) for _, _, person in rows) + 2
    name_width = max(_width(person.name) for _, _, person in rows) + 2
    # Addresses come last: those of the seats end in a long secret.
    lines = [
        f"  {_padded(what, what_width)}{_padded(person.username, user_width)}{_padded(person.name, name_width)}{url}"
        for what, url, person in rows
    ]
    below = [f"  {_padded('Màn hình chung · display', what_width + user_width + name_width)}{addresses.room_display}"]
    if addresses.panel:
        below.append(f"  {_padded('USB token mẫu · tokens', what_width + user_width + name_width)}{addresses.panel}")
    if addresses.bridge:
        below.append(f"  {_padded('Máy bàn · desk PC', what_width + user_width + name_width)}{addresses.bridge}")
    password = people.PASSWORD.reveal().decode()
    return "\n".join(
        [
            "",
            bold("Phòng họp mẫu đang chạy · the demo room is running"),
            "",
            *lines,
            *below,
            "",
            f"  Mật khẩu của mọi tài khoản · the password of every account: {bold(password)}",
            *_about_tokens(addresses, bold),
            _FACTOR_OFF,
            "",
            "  Ctrl-C: dừng · stop    make demo: chạy tiếp · resume    make demo-clean: xóa hết · remove everything",
            "",
        ]
    )


def _about_tokens(addresses: Addresses, bold: Callable[[str], str]) -> list[str]:
    if addresses.panel:
        return [f"  Mã PIN của mọi USB token mẫu · the PIN of every software token: {bold(addresses.pin)}"]
    if addresses.no_tokens:
        return [f"  Không có USB token mẫu, đăng nhập bằng mật khẩu · no software tokens: {addresses.no_tokens}"]
    return []


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal: a combining mark takes none."""
    return sum(not unicodedata.combining(char) for char in text)
