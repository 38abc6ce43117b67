"""A house whose people hold tokens: minutes and documents of the office before, between and after their signatures; and
invitations that hold no more.

Rules: signed for real, with the test's own authorities; a meeting for each state, all of them held today.

Usage::

    things = signed_house(folder)  # the meetings "drafting", "signing", "frozen", "revoked", "moved"
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from server.identity.model import Role
from server.identity.service import NewAccount
from tests.pki.authority import TestPki
from tests.pki.profiles import PkiSettings
from tests.pki.services import PkiServer
from tests.signing.house import House, text
from tests.signing.pictures import seal_png, signature_png
from tests.signing.test_letters import AGENCY, drafted, put_up, signs
from tests.support.office import PASSWORD, fresh_id
from wire.secret import Secret

_LABELS = {"thuky": "binh", "chutri": "an", "vanthu": "chi"}
_NAMES = {
    "thuky": ("Công Tằng Tôn Nữ Thị Ngọc Quỳnh (demo)", "Kiểm tra viên chính"),
    "chutri": ("Phạm Nguyễn Minh Khánh Trường (demo)", "Phó Viện trưởng"),
    "vanthu": ("Huỳnh Thị Hồng Phượng (demo)", "Chuyên viên cao cấp"),
}
_MOVED = "Hội nghị Ủy ban kiểm sát mở rộng cho ý kiến về Đề án sắp xếp, tinh gọn tổ chức bộ máy năm 2027 (demo)"


class SignedHouse(House):
    """See the module."""

    PEOPLE = (*House.PEOPLE, ("vanthu", frozenset({Role.CLERK})))

    def add(self, username: str, roles: frozenset[Role] = frozenset()) -> str:
        name, position = _NAMES.get(username, (f"{username} (demo)", ""))
        new = NewAccount(username, name, position, "Viện kiểm sát nhân dân khu vực 1", roles)
        secret, now = Secret(PASSWORD.encode()), self.clock.now()
        return self.services.identity.create_account(new, secret, actor="system", act=fresh_id("a"), now=now)

    def furnish(self) -> dict[str, str]:
        """The meetings, by the state of their minutes."""
        for name, label in _LABELS.items():
            self.enrol(name, label)
        admin = self.sign_in("anninh")
        for owner in ("thuky", "chutri"):
            admin.put(f"/api/signing/pictures/{self.people[owner]}", {"png": text(signature_png())}).done()
        admin.put("/api/signing/pictures/seal", {"png": text(seal_png())}).done()
        self.sign_in("hethong").put("/api/agency", AGENCY).done()
        things = {state: self._held() for state in ("drafting", "signing", "frozen")}
        for state in ("signing", "frozen"):
            meeting, secretary = things[state], self.sign_in("thuky")
            asked = {"clerk": self.people["vanthu"], "seal": True}
            round_id = secretary.post(f"/api/meetings/{meeting}/minutes/put-up", asked).done()["round"]
            things[f"{state}-round"] = round_id
            signs(self, meeting, round_id, "thuky", label="binh").done()
            if state == "frozen":
                signs(self, meeting, round_id, "chutri", label="an").done()
                signs(self, meeting, round_id, "vanthu", label="chi").done()
        self._letters(things)
        self.services.close()
        return things

    def _letters(self, things: dict[str, str]) -> None:
        """A notice nobody has opened yet; an invitation that was revoked, and one to a meeting that moved."""
        secretary = self.sign_in("thuky")
        self._issued(things["frozen"], "notice")
        for name in ("revoked", "moved"):
            meeting = things[name] = self.meeting("approved")
            base = f"/api/meetings/{meeting}"
            path = self._issued(meeting, "invitation")
            self.sign_in("daibieu").post(f"{base}/invitation/answer", {"reply": "attend"}).done()
            if name == "revoked":
                reason = "Lãnh đạo Viện đi công tác đột xuất theo yêu cầu của Viện kiểm sát nhân dân tối cao"
                secretary.post(f"{path}/revoke", {"reason": reason}).done()
            else:
                later = self.description() | {"title": _MOVED, "starts_at": "2026-12-31T17:30:00.000Z"}
                secretary.put(base, later).done()

    def _issued(self, meeting: str, kind: str) -> str:
        """Such a document, signed, numbered, sealed and sent; its address."""
        secretary = self.sign_in("thuky")
        path = drafted(secretary, meeting, kind)
        round_id = put_up(self, secretary, path).done()["round"]
        signs(self, meeting, round_id, "chutri", label="an").done()
        signs(self, meeting, round_id, "vanthu", label="chi").done()
        secretary.post(f"{path}/issue").done()
        return path

    def _held(self) -> str:
        meeting = self.meeting("open")
        secretary, path = self.sign_in("thuky"), f"/api/meetings/{meeting}"
        there = [self.people["chutri"], self.people["daibieu"]]
        secretary.post(f"{path}/attendance", {"people": there, "presence": "present"}).done()
        self.sign_in("chutri").post(f"{path}/close").done()
        return meeting


def signed_house(folder: Path) -> dict[str, str]:
    """Furnish one in ``folder``; it serves without its authorities afterwards."""
    with PkiServer() as server, tempfile.TemporaryDirectory(prefix="pki-") as keys:
        pki = TestPki(PkiSettings(server.prefix, dt.datetime.now(dt.UTC)), Path(keys))
        server.serve(pki)
        return SignedHouse(folder, pki, own=True).furnish()
