"""An office of forty-five people with long Vietnamese names and all that stands between two meetings, to be looked at.

Rules: furnished through the server's routes, as people do it, with a clock that goes from some days ago to now; what a
token has to sign is written as the signing would (tests/signing has it for real). Everybody's password is ``PASSWORD``.

Usage::

    office = LongNames(folder); things = office.furnish()
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from server.identity.model import Role
from server.identity.service import NewAccount
from server.meetings.model import Draft
from tests.support import pdfs
from tests.support.office import PASSWORD, Browser, HandClock, Office, Reply, fresh_id, item
from tests.support.papers import items_of, upload
from tests.support.secret_slips import SecretSlips
from tests.support.slips import question, said_body
from wire.ids import MeetingId
from wire.secret import Secret

#: How long before now it begins.
BEGAN = dt.timedelta(days=12)
_FAMILY = ("Nguyễn", "Trần", "Phạm Nguyễn", "Huỳnh", "Đặng Trần", "Tôn Nữ", "Công Tằng Tôn Nữ", "Lê Hoàng", "Vũ")
_MIDDLE = ("Thị Hồng", "Quang", "Đình Phương", "Thị Ngọc Quỳnh", "Xuân", "Minh Khánh")
_GIVEN = ("Nhung", "Thắng", "Khuê", "Trường", "Uyên", "Nghĩa", "Hương", "Đạt", "Ỷ", "Phượng", "Sơn")
_UNITS = (
    ("P1", "Phòng Thực hành quyền công tố, kiểm sát điều tra, kiểm sát xét xử sơ thẩm án hình sự về trật tự xã hội"),
    ("P8", "Phòng Kiểm sát việc tạm giữ, tạm giam, thi hành án hình sự"),
    ("P9", "Phòng Kiểm sát việc giải quyết các vụ việc dân sự, hôn nhân và gia đình"),
    ("VP", "Văn phòng tổng hợp"),
    ("P15", "Phòng Tổ chức cán bộ"),
)
_POSITIONS = ("Kiểm sát viên trung cấp, Phó Trưởng phòng", "Trưởng phòng", "Kiểm tra viên chính", "Chuyên viên cao cấp")
_TITLES = (
    "Báo cáo kết quả công tác kiểm sát quý III và nhiệm vụ trọng tâm quý IV năm 2026",
    "Dự thảo Quy chế phối hợp giữa Viện kiểm sát và Cơ quan điều tra trong giải quyết tố giác, tin báo về tội phạm",
    "Công tác tổ chức cán bộ",
    "Kế hoạch ứng dụng công nghệ thông tin năm 2027",
)
_TITLE = (
    "Hội nghị Ủy ban kiểm sát mở rộng đánh giá kết quả công tác quý III và triển khai nhiệm vụ quý IV năm 2026 (demo)"
)
_HALF = {"num": 1, "den": 2, "more": True}
_VOTE = {
    "kind": "hands", "question": "Thông qua dự thảo Quy chế phối hợp", "template": "approve",
    "rule": {"base": "all", "majority": _HALF, "quorum": None, "tie": "fails"},
}  # fmt: skip
Things = dict[str, str]


class LongNames(Office):
    """See the module."""

    PEOPLE = (*Office.PEOPLE, ("vanthu", frozenset({Role.CLERK})), ("truongphong", frozenset()))

    def __init__(self, folder: Path) -> None:
        self._made = 0
        super().__init__(folder, clock=HandClock(dt.datetime.now(dt.UTC) - BEGAN), own=True)
        self.others = {f"dai-bieu-{n:02d}": self.add(f"dai-bieu-{n:02d}") for n in range(1, 36)}
        self.people |= self.others
        seats = [
            {"label": f"{row}{n}", "x": 60 + 98 * n, "y": 250 + 160 * at}
            for at, row in enumerate("ABCDE")
            for n in range(1, 10)
        ]
        room = (
            self.sign_in("kythuat")
            .post("/api/rooms", {"name": "Phòng họp Ủy ban kiểm sát, tầng 5, nhà A", "seats": seats})
            .done()
        )
        self.room, self.seats = str(room["id"]), [str(seat["id"]) for seat in room["seats"]]

    def add(self, username: str, roles: frozenset[Role] = frozenset()) -> str:
        n, self._made = self._made, self._made + 1
        name = f"{_FAMILY[n % 9]} {_MIDDLE[n % 6]} {_GIVEN[n % 11]} (demo)"
        new = NewAccount(username, name, _POSITIONS[n % 4], _UNITS[n % 5][1], roles)
        secret = Secret(PASSWORD.encode())
        return self.services.identity.create_account(
            new, secret, actor="system", act=fresh_id("a"), now=self.clock.now()
        )

    def furnish(self) -> Things:
        """Everything, the oldest first; the ids of what pages are named by."""
        things: Things = {}
        self._house()
        self._held(things)
        self._tasks(things)
        self._slips(things)
        self._secret_slips(things)
        self._coming(things)
        self._told(things)
        self._leaves(things)
        self._arrives(things)
        self.services.close()
        return things

    def _day(self, days: int) -> str:
        """So many days from now."""
        return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).date().isoformat()

    def _later(self, **span: float) -> None:
        self.clock.advance(**span)

    def _house(self) -> None:
        admin = self.sign_in("hethong")
        agency = {
            "parent": "VIỆN KIỂM SÁT\nNHÂN DÂN TỐI CAO", "name": "VIỆN KIỂM SÁT NHÂN DÂN\nTỈNH MẪU (DEMO)",
            "short": "VKSTM", "place": "Mẫu",
        }  # fmt: skip
        admin.put("/api/agency", agency).done()
        top = admin.post("/api/units", {"code": "VKS", "name": "Viện kiểm sát nhân dân tỉnh Mẫu (demo)"}).done()["id"]
        people = [*self.people.items()]
        for n, (code, name) in enumerate(_UNITS):
            own = people[n::5]
            unit = {"code": code, "name": name, "parent": top, "head": own[1][1], "deputies": [own[2][1]]}
            made = admin.post("/api/units", unit).done()["id"]
            for _, person in own:
                admin.post(f"/api/people/{person}/unit", {"unit": made}).done()
            if code == "P1":
                self.unit = made
        admin.post(
            "/api/workdays",
            {"day": f"{self._day(0)[:4]}-12-31", "kind": "off", "name": "Nghỉ bù theo quyết định của Viện trưởng"},
        ).done()
        steps = [{"title": title, "minutes": 20, "visibility": "common", "depth": 0} for title in _TITLES]
        content = {
            "type": "Họp Ủy ban kiểm sát",
            "minutes": 150,
            "title": _TITLE,
            "roll": {"by_self": True, "quorum": {"num": 2, "den": 3, "more": False}},
            "steps": steps,
            "people": [],
        }
        admin.post("/api/meeting-types", {"name": "Họp Ủy ban kiểm sát", "content": content}).done()

    def _meeting(self, title: str, days: int, phase: str) -> str:
        secretary, chair = self.sign_in("thuky"), self.sign_in("chutri")
        begins = {"starts_at": f"{self._day(days)}T01:00:00.000Z", "planned_minutes": 150}
        about = {"title": title, "type": "Họp Ủy ban kiểm sát", "room": self.room, **begins}
        meeting: str = secretary.post("/api/meetings", about).done()["id"]
        base = f"/api/meetings/{meeting}"
        members = [
            {"person": self.people["chutri"], "role": "chair", "seat": self.seats[0]},
            {"person": self.people["thuky"], "role": "secretary", "seat": None},
        ]
        for at, name in enumerate(["daibieu", "truongphong", *self.others], 1):
            members.append({"person": self.people[name], "role": "member", "seat": self.seats[at]})
        members.append({"person": self.people["khach"], "role": "guest", "seat": self.seats[-1]})
        secretary.put(f"{base}/members", {"members": members}).done()
        items = [item(each, presenter=self.people["truongphong"]) for each in _TITLES]
        secretary.put(f"{base}/agenda", {"items": items, "expected_seq": secretary.get(base).body["seq"]}).done()
        if phase != "draft":
            secretary.post(f"{base}/submit").done()
            chair.post(f"{base}/approve").done()
        return meeting

    def _invited(self, meeting: str, number: str) -> None:
        letter, round_ = fresh_id("l"), fresh_id("k")
        signers = {"signers": [self.people["chutri"]], "sha256": "ab" * 32, "size_bytes": 9}
        drafts = (
            Draft("round_opened", {"round": round_, "kind": "invitation", "title": f"Giấy mời dự {_TITLE}", **signers}),
            Draft("letter_put_up", {"letter": letter, "kind": "invitation", "round": round_}),
            Draft("letter_issued", {"letter": letter, "sha256": "ab" * 32, "recipients": 38, "number": number}),
        )
        self.services.meetings.change(
            MeetingId(meeting), actor="system", now=self.clock.now(), decide=lambda _log: drafts
        )

    def _paper(self, meeting: str, where: str, title: str) -> str:
        pdf = pdfs.text_pdf([title, "Kính trình Ủy ban kiểm sát cho ý kiến."], pages=3)
        paper: str = upload(self.sign_in("thuky"), meeting, pdf, item=where, title=title, secrecy="normal").done()[
            "paper"
        ]
        self.sign_in("chutri").post(f"/api/meetings/{meeting}/papers/{paper}/approve").done()
        return paper

    def _held(self, things: Things) -> None:
        """A meeting that was held, with its minutes on the way."""
        meeting = things["held"] = self._meeting(_TITLE, -9, "approved")
        base = f"/api/meetings/{meeting}"
        secretary, chair = self.sign_in("thuky"), self.sign_in("chutri")
        first, second, third, _ = items_of(secretary, meeting)
        self._paper(
            meeting, first, "Báo cáo số 245/BC-VKS về kết quả công tác kiểm sát quý III năm 2026 của toàn ngành"
        )
        secretary.post(f"{base}/publish").done()
        self._invited(meeting, "118/GM-VKS")
        self._later(days=3)
        secretary, chair = self.sign_in("thuky"), self.sign_in("chutri")
        chair.post(f"{base}/open").done()
        there = [self.people[name] for name in ("chutri", "daibieu", "truongphong", *list(self.others)[:28])]
        secretary.post(f"{base}/attendance", {"people": there, "presence": "present"}).done()
        away = list(self.others.values())[28:31]
        secretary.post(
            f"{base}/attendance",
            {"people": away, "presence": "excused", "reason": "Đi công tác theo Quyết định số 77/QĐ-VKS"},
        ).done()
        for n, where in enumerate((first, second, third)):
            chair.post(f"{base}/items/{where}/start").done()
            self._later(minutes=9)
            said = self.sign_in("daibieu").post(f"{base}/speaking", {"item": where, "kind": "speech"}).done()["speech"]
            chair.post(f"{base}/speaking/{said}/call").done()
            chair.post(f"{base}/speaking/{said}/start").done()
            self._later(minutes=4, seconds=17)
            chair.post(f"{base}/speaking/{said}/stop").done()
            if n == 1:
                self._vote(base, where)
            text = f"Giao {_UNITS[n][1]} chủ trì hoàn thiện nội dung, trình lãnh đạo Viện trước ngày 30 tháng 11."
            chair.post(f"{base}/items/{where}/conclusion", {"text": text, "seen": 0}).done()
            due = self._day((-2, 3, 12)[n])
            giving = {
                "title": f"Hoàn thiện {_TITLES[n].lower()}",
                "lead": self.unit if n == 0 else self.people["truongphong"],
                "helpers": [self.people["daibieu"]],
                "due": due,
                "item": where,
            }
            things[f"task{n}"] = chair.post(f"{base}/tasks", giving).done()["task"]
        chair.post(f"{base}/close").done()
        self._later(hours=2)
        secretary = self.sign_in("thuky")
        for kind in ("notice", "resolution"):
            things[kind] = secretary.post(f"{base}/letters", {"kind": kind}).done()["letter"]
        self._minutes(base)

    def _minutes(self, base: str) -> None:
        secretary = self.sign_in("thuky")
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
        secretary.post(f"{base}/minutes/comment-period", {"until": until.strftime("%Y-%m-%dT%H:%M:%S.000Z")}).done()
        parts = secretary.get(f"{base}/minutes").done()["parts"]
        paragraph = parts[1]["paragraphs"][0]["paragraph"]
        words = "Đề nghị ghi rõ ý kiến của Phòng 9 về thời hạn trả lời kiến nghị và trách nhiệm của đơn vị phối hợp."
        self.sign_in("daibieu").post(f"{base}/minutes/comments", {"paragraph": paragraph, "text": words}).done()

    def _vote(self, base: str, where: str) -> None:
        chair = self.sign_in("chutri")
        vote = chair.post(f"{base}/votes", _VOTE | {"item": where}).done()["vote"]
        chair.post(f"{base}/votes/{vote}/open").done()
        hands = [
            {"answer": "for", "count": 27},
            {"answer": "against", "count": 2},
            {"answer": "abstain", "count": 2},
        ]
        chair.post(f"{base}/votes/{vote}/close", {"hands": hands}).done()
        chair.post(f"{base}/votes/{vote}/announce").done()

    def _tasks(self, things: Things) -> None:
        secretary, head = self.sign_in("thuky"), self.sign_in("truongphong")
        task = f"/api/tasks/{things['task1']}"
        head.post(f"{task}/accept").done()
        head.post(f"{task}/progress", {"percent": 40, "text": "Đã lấy ý kiến các phòng."}).done()
        head.post(
            f"{task}/ask", {"until": self._day(20), "text": "Chờ văn bản góp ý của Cơ quan Cảnh sát điều tra."}
        ).done()
        giving = {
            "title": "Tổng hợp số liệu về án dân sự phúc thẩm của mười hai tháng năm 2026 theo biểu mẫu mới",
            "lead": self.people["daibieu"],
            "helpers": [],
            "due": self._day(1),
        }
        secretary.post("/api/tasks", giving).done()

    def _slips(self, things: Things) -> None:
        secretary, chair = self.sign_in("thuky"), self.sign_in("chutri")
        wording: dict[str, Any] = {
            "subject": "Dự thảo Quy chế làm việc của Ủy ban kiểm sát Viện kiểm sát nhân dân tỉnh nhiệm kỳ 2026 - 2031",
            "submission": "Kính trình các đồng chí Ủy viên cho ý kiến trước khi ban hành.",
            "leader": self.people["chutri"],
            "recipients": [self.people["daibieu"], self.people["truongphong"], *list(self.others.values())[:10]],
            "questions": [
                question("Nhất trí với nội dung dự thảo Quy chế"),
                question("Thời điểm áp dụng từ ngày 01 tháng 01 năm 2027", "agree"),
                question("Ý kiến khác", "opinion"),
            ],
            "deadline": f"{self._day(3)}T10:00:00.000Z", "signed": False, "live": True, "shared": True,
        }  # fmt: skip
        for name in ("open_slip", "closed_slip", "draft_slip"):
            things[name] = made = secretary.post("/api/consultations", wording).done()["consultation"]
            path = f"/api/consultations/{made}"
            if name == "draft_slip":
                continue
            secretary.post(f"{path}/submit", {"revision": 1}).done()
            chair.post(f"{path}/send", {"revision": 2}).done()
            for n, who in enumerate(
                [*list(self.others)[: 4 if name == "open_slip" else 9], *(["daibieu"] if name == "closed_slip" else [])]
            ):
                answers = said_body(
                    ["for" if n % 3 else "against", "for", None], "Đề nghị bổ sung điều khoản chuyển tiếp."
                )
                answers[0]["opinion"] = answers[1]["opinion"] = ""
                self.sign_in(who).post(f"{path}/answer", {"answers": answers, "seen": 0, "nonce": f"{n:064x}"}).done()
            if name == "closed_slip":
                chair.post(f"{path}/close", {"reason": "Đã đủ ý kiến theo quy chế"}).done()

    def _secret_slips(self, things: Things) -> None:
        """One that waits for daibieu, one that nine answered, and one of which two ballots came back."""
        slips = SecretSlips(self)
        wording: dict[str, Any] = {
            "subject": "Giới thiệu nhân sự bổ nhiệm chức danh Phó Viện trưởng Viện kiểm sát nhân dân tỉnh Quảng Ninh",
            "recipients": [self.people["daibieu"], self.people["chutri"], *list(self.others.values())[:10]],
            "questions": [question("Giới thiệu đồng chí Nguyễn Hoàng Phương Thảo"), question("Ý kiến khác", "opinion")],
            "deadline": f"{self._day(3)}T10:00:00.000Z",
        }  # fmt: skip
        for name, count in (("secret_open", 4), ("secret_closed", 9), ("secret_few", 2)):
            path = slips.sent(**wording)
            things[name] = path.rpartition("/")[2]
            for n, who in enumerate([*list(self.others)[:count]]):
                slips.votes(who, path, ["for" if n % 3 else "against", None], opinion="Đề nghị công bố tiêu chuẩn.")
            if name != "secret_open":
                slips.close(path)

    def _coming(self, things: Things) -> None:
        """A meeting next week: asked for papers, invited to, spoken of before."""
        meeting = things["coming"] = self._meeting(_TITLE.replace("quý III", "năm"), 7, "approved")
        base = f"/api/meetings/{meeting}"
        secretary = self.sign_in("thuky")
        first, second, *_ = items_of(secretary, meeting)
        for where, title in (
            (first, "Tờ trình số 12/TTr-VKS về việc ban hành Quy chế phối hợp liên ngành"),
            (second, "Dự thảo Quy chế"),
        ):
            things["paper"] = self._paper(meeting, where, title)
        secretary.post(f"{base}/publish").done()
        self._invited(meeting, "121/GM-VKS")
        secretary.post(f"{base}/readings/{things['paper']}/remind", {}).done()
        for n, (name, readers) in enumerate((("daibieu", "all"), ("dai-bieu-01", "leaders"), ("dai-bieu-02", "all"))):
            text = (
                "Đề nghị làm rõ căn cứ xác định thời hạn 15 ngày tại khoản 2 Điều 7 của dự thảo và cách tính ngày nghỉ."
            )
            item_id, kind = ((first, "question"), (second, "comment"))[n % 2]
            body = {"item": item_id, "kind": kind, "readers": readers, "text": text}
            self.sign_in(name).post(f"{base}/remarks", body).done()
            self.sign_in(name).post(
                f"{base}/advance",
                {"item": second, "about": "Phối hợp giải quyết tin báo về tội phạm tại địa bàn miền núi", "minutes": 5},
            ).done()
        for n, (name, reply) in enumerate(
            (("dai-bieu-03", "attend"), ("dai-bieu-04", "absent"), ("dai-bieu-05", "attend"))
        ):
            more = {"reason": "Đi công tác nước ngoài theo kế hoạch đã được phê duyệt"} if n == 1 else {}
            self.sign_in(name).post(f"{base}/invitation/answer", {"reply": reply, **more}).done()
        secretary.post(f"{base}/invitation/reminders", {}).done()
        draft = things["draft"] = self._meeting(
            "Họp chuyên đề về công tác kiểm sát việc giải quyết án dân sự (demo)", 14, "draft"
        )
        where_asked = items_of(secretary, draft)
        what = "Báo cáo chuyên đề về công tác kiểm sát việc giải quyết án dân sự, hôn nhân và gia đình"
        asked = [
            {"item": where_asked[0], "person": self.people["daibieu"], "what": what, "until": self._day(5)},
            {"item": where_asked[1], "unit": self.unit, "what": "Ý kiến tham gia của đơn vị", "until": self._day(4)},
            {"item": where_asked[2], "person": self.others["dai-bieu-06"], "what": "Nhân sự", "until": self._day(6)},
        ]
        path = f"/api/meetings/{draft}/requests"
        things["request"], _, answered = secretary.post(path, {"requests": asked}).done()["requests"]
        things["invitation"] = secretary.post(f"/api/meetings/{draft}/letters", {"kind": "invitation"}).done()["letter"]
        self._hand_in(self.sign_in("dai-bieu-06"), f"{path}/{answered}/paper").done()

    @staticmethod
    def _hand_in(browser: Browser, path: str) -> Reply:
        form = {
            "title": "Phương án nhân sự giai đoạn 2026 - 2031",
            "secrecy": "normal",
            "file": (io.BytesIO(pdfs.text_pdf(["Phương án"])), "phuong-an.pdf"),
        }
        headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": fresh_id("a")}
        return Reply.of(browser.client.post(path, data=form, headers=headers, content_type="multipart/form-data"))

    def _told(self, things: Things) -> None:
        it = self.sign_in("kythuat")
        about = {
            "page": "/meetings/:/papers",
            "version": "main-CqEdf2.js",
            "error": "internal-error · 5f3a91c2",
            "browser": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140",
            "screen": "1366 × 768",
            "language": "vi",
        }
        for name, kind, text in (
            (
                "daibieu",
                "fault",
                "Khi lật sang trang 12 của Báo cáo số 245 thì màn hình đứng yên khoảng mười giây rồi mới hiện trang.",
            ),
            ("chutri", "wish", "Đề nghị có cách phóng to bảng số liệu khi trình chiếu."),
        ):
            things[name] = str(
                self.sign_in(name)
                .post("/api/me/feedback", {"kind": kind, "text": text, "about": about})
                .done()["number"]
            )
        it.post("/api/feedback/1/take").done()
        it.post(
            "/api/feedback/1/answer",
            {"answer": "Đã thay ổ đĩa của máy chủ; trang nay hiện ngay. Cảm ơn đồng chí đã báo."},
        ).done()

    def _leaves(self, things: Things) -> None:
        """Somebody leaves: one hand-over that is done, and a review that goes on."""
        admin = self.sign_in("hethong")
        leaver, taker = self.people["dai-bieu-06"], self.people["truongphong"]
        things["leaver"] = self.people["daibieu"]
        held = admin.get(f"/api/people/{leaver}/holdings").done()["holdings"]
        lines = [{"key": each["key"], "to": taker} for each in held if not each["why"] and not each["ends"]]
        number = admin.post(
            f"/api/people/{leaver}/hand-over",
            {"lines": lines, "reason": "Chuyển công tác theo Quyết định số 81/QĐ-VKS"},
        ).done()["number"]
        admin.post(f"/api/hand-overs/{number}/go-on", {}).done()
        things["handover"] = str(number)
        admin.post("/api/reviews", {}).done()

    def _arrives(self, things: Things) -> None:
        """Somebody with a password that was given them, a template, and papers that were read."""
        about = {"name": "Công Tằng Tôn Nữ Thị Ngọc Quỳnh Uyên (demo)", "position": "Kiểm sát viên", "unit": ""}
        new = {"username": "moivao", "roles": [], "password": PASSWORD, **about}
        self.sign_in("hethong").post("/api/people", new).done()
        name = {"name": "Họp Ủy ban kiểm sát thường kỳ hằng quý, có đại biểu mời"}
        self.sign_in("thuky").post(f"/api/meetings/{things['held']}/template", name).done()
        reader, path = self.sign_in("daibieu"), f"/api/meetings/{things['coming']}/papers/{things['paper']}/1"
        for page in (1, 2):
            reader.get(f"{path}/text/{page}").done()
        things["day"] = self._day(7)
