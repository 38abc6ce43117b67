"""Who is in the demo room, and how it is furnished. Everybody here is invented and says so in the name.

Rules: the first three terminals stand where :data:`TERMINALS` says; the one password is for the demonstration only and
can be typed on an on-screen keyboard without changing its layout twice.

Usage: `CHAIR.username`, `[seat.label for seat in SEATS]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deploy.demo.papers.agency import CLERK, SCAN_SIGNER, SECOND_SIGNER, SIGNER
from wire.secret import Secret

PASSWORD: Final = Secret(b"demo-2026")
ROOM_NAME: Final = "Phòng họp A (demo)"
AGENCY: Final = {
    "parent": "Viện kiểm sát nhân dân tỉnh A",
    "name": "Viện kiểm sát nhân dân\nkhu vực 1 (demo)",
    "short": "VKSKV1",
    "place": "A",
}
_UNIT: Final = "Viện kiểm sát nhân dân khu vực 1"
_ABOVE: Final = "Phòng tham mưu tổng hợp, Viện kiểm sát nhân dân tỉnh A"
#: The tree of units: name → code. An account belongs to one of them.
UNITS: Final = {_UNIT: "VKSKV1", _ABOVE: "PTMTH"}


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the demo; ``member_role`` and ``seat`` say how the person takes part in the demo meeting."""

    username: str
    name: str
    position: str
    unit: str = _UNIT
    roles: tuple[str, ...] = ()
    member_role: str = ""
    seat: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A seat on the room's plan: thousandths of its width and height from the upper left corner."""

    label: str
    x: int
    y: int


#: A horseshoe, open towards the display at the lower edge.
SEATS: Final = (
    Place("A1", 430, 140),
    Place("A2", 570, 140),
    Place("B1", 200, 300),
    Place("B2", 170, 500),
    Place("B3", 200, 700),
    Place("C1", 800, 300),
    Place("C2", 830, 500),
    Place("C3", 800, 700),
)
#: Where terminals stand, in the order in which they are set up: three of the five who vote sit there and have tokens,
#: so that a vote by signature can pass.
TERMINALS: Final = ("B1", "B2", "C1")

#: Where the demo's earlier meetings were, and the next one will be: no terminal stands there.
ROOM_2_NAME: Final = "Phòng họp B (demo)"
SEATS_2: Final = tuple(Place(f"P{number}", 120 + 150 * number, 400) for number in range(6))

ADMIN: Final = Person("quantri", "Phạm Quốc Khánh (demo)", "Quản trị hệ thống", roles=("system_admin",))
#: Whom the house trusts, and what signatures and seals look like: nobody administers both this and the system.
SECURITY: Final = Person("anninh", "Đinh Thị Thu Trang (demo)", "Quản trị an ninh", roles=("security_admin",))
AUDITOR: Final = Person("kiemtoan", "Lò Thị Mai Anh (demo)", "Kiểm toán viên", roles=("auditor",))
IT: Final = Person("kythuat", "Vũ Đình Hải Đăng (demo)", "Cán bộ kỹ thuật", roles=("it",))
#: Numbers, dates and seals what the office issues.
REGISTRY: Final = Person("vanthu", "Hà Thị Lệ Thu (demo)", "Văn thư", roles=("clerk",))
SECRETARY: Final = Person("thuky", CLERK, "Thư ký hội nghị", roles=("secretary",), member_role="secretary", seat="A2")
CHAIR: Final = Person("chutri", SIGNER, "Viện trưởng", member_role="chair", seat="A1")
DEPUTY: Final = Person("daibieu1", SECOND_SIGNER, "Phó Viện trưởng", member_role="member", seat="B1")
DELEGATE: Final = Person(
    "daibieu2",
    "Công Tằng Tôn Nữ Hoàng Phương Khánh Ngọc (demo)",
    "Kiểm sát viên trung cấp, Trưởng bộ phận Dân sự, hành chính và các việc khác theo quy định của pháp luật",
    member_role="member",
    seat="B2",
)
PRESENTER: Final = Person("daibieu3", SCAN_SIGNER, "Chánh Văn phòng tổng hợp", member_role="member", seat="C1")
OTHERS: Final = (
    Person("daibieu4", "H'Hen Niê Kđăm Ê Ban (demo)", "Kiểm sát viên sơ cấp", member_role="member", seat="B3"),
    Person("daibieu5", "Thạch Sô Phia Ni (demo)", "Kiểm tra viên", member_role="presenter", seat="C2"),
    Person(
        "khachmoi",
        "Nguyễn Phúc Vĩnh Thụy Nguyên Thiên Long (demo)",
        "Chuyên viên chính",
        _ABOVE,
        member_role="guest",
        seat="C3",
    ),
)
MEMBERS: Final = (CHAIR, SECRETARY, DEPUTY, DELEGATE, PRESENTER, *OTHERS)
#: Who takes part and has a token, and therefore something to sign.
SIGNERS: Final = (DEPUTY, DELEGATE, PRESENTER, CHAIR, SECRETARY)
#: All whom the system administrator gives an account.
EVERYBODY: Final = (SECURITY, AUDITOR, IT, REGISTRY, *MEMBERS)
