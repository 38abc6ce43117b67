"""A house whose people hold tokens: minutes and documents of the office before, between and after their signatures.

Rules: signed for real, with the test's own authorities; a meeting for each state, all of them held today.

Usage::

    things = signed_house(folder)  # the meetings "drafting", "signing", "frozen"
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
from tests.signing.test_letters import AGENCY, signs
from tests.support.office import PASSWORD, fresh_id
from wire.secret import Secret

_LABELS = {"thuky": "binh", "chutri": "an", "vanthu": "chi"}
_NAMES = {
    "thuky": ("Công Tằng Tôn Nữ Thị Ngọc Quỳnh (demo)", "Kiểm tra viên chính"),
    "chutri": ("Phạm Nguyễn Minh Khánh Trường (demo)", "Phó Viện trưởng"),
    "vanthu": ("Huỳnh Thị Hồng Phượng (demo)", "Chuyên viên cao cấp"),
}


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
        self.services.close()
        return things

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
