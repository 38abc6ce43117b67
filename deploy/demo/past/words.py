"""What the demo's earlier meetings, the next one and the slip are about. Everybody and everything here is invented.

Usage: ``HELD``, ``NEXT.topics``, ``REGULAR``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from deploy.demo import people
from deploy.demo.meeting import Plan, Topic

#: Who takes part in all of them, beside the chair and the secretary.
MEMBERS: Final = (people.DEPUTY, people.DELEGATE, people.PRESENTER, people.OTHERS[0])

HELD: Final = Plan(
    "held",
    "Hội nghị giao ban công tác tháng của lãnh đạo và các bộ phận (demo)",
    "Giao ban",
    120,
    0,
    8,
    (
        Topic("last", 0, "Kiểm điểm việc thực hiện kết luận kỳ trước", 30, people.PRESENTER),
        Topic("cases", 0, "Tiến độ giải quyết án hình sự và án dân sự", 45, people.DEPUTY),
        Topic("files", 0, "Số hóa hồ sơ và sử dụng chữ ký số", 30, people.DELEGATE),
    ),
)
NEXT: Final = Plan(
    "next",
    "Hội nghị rà soát kế hoạch kiểm sát quý tới và phân công công việc trọng tâm (demo)",
    "Hội nghị",
    150,
    7,
    8,
    (
        Topic("plan", 0, "Dự thảo kế hoạch kiểm sát quý tới", 60, people.DEPUTY),
        Topic("staff", 0, "Phân công công việc trọng tâm", 40, people.CHAIR),
        Topic("tools", 0, "Đánh giá việc dùng phòng họp không giấy", 30, people.PRESENTER),
    ),
)


@dataclass(frozen=True, slots=True)
class Regular:
    """A short meeting of earlier weeks: so many working days ago. ``late``: minutes; ``away``: who did not come.

    ``cancelled``: why it was called off.
    """

    key: str
    days: int
    late: int
    away: people.Person | None
    minutes: int
    speeches: tuple[tuple[people.Person, int], ...] = ()
    favour: int = 0
    cancelled: str = ""

    @property
    def plan(self) -> Plan:
        """As a meeting."""
        topics = (
            Topic("done", 0, "Kết quả công tác trong tuần", 20, people.PRESENTER),
            Topic("todo", 0, "Công việc tuần tới", 20, people.DEPUTY),
        )
        return Plan(self.key, "Giao ban tuần của các bộ phận (demo)", "Giao ban", 60, 0, 14, topics)


REGULAR: Final = (
    Regular("week-1", 58, 0, None, 55, ((people.DEPUTY, 6), (people.DELEGATE, 4)), 4),
    Regular("week-2", 47, 9, people.DELEGATE, 40, ((people.PRESENTER, 8),), 3),
    Regular("week-3", 38, 0, None, 0, cancelled="Trùng lịch kiểm tra của cấp trên (demo)"),
    Regular("week-4", 27, 1, people.OTHERS[0], 70, ((people.DEPUTY, 5), (people.PRESENTER, 7)), 2),
)

REPORT: Final = (
    "Trong kỳ, các bộ phận đã thụ lý 126 vụ, việc; giải quyết 98 vụ, việc, đạt 77,8%.\n"
    "Còn 28 vụ, việc đang giải quyết, trong đó 5 vụ có vướng mắc về đánh giá chứng cứ.\n"
    "Đề nghị hội nghị thống nhất lập danh mục các vụ còn vướng mắc để chỉ đạo giải quyết dứt điểm."
)
PLAN: Final = (
    "Kiểm sát chặt chẽ 100% tố giác, tin báo về tội phạm ngay từ khi tiếp nhận.\n"
    "Tổ chức hai phiên tòa rút kinh nghiệm có ghi hình, mời các đơn vị cùng dự.\n"
    "Hoàn thành số hóa hồ sơ lưu trước ngày cuối cùng của quý."
)
#: Set by the office: title → lines.
PAPERS: Final = {
    "Báo cáo tiến độ giải quyết án (demo)": REPORT,
    "Dự thảo kế hoạch kiểm sát quý tới (demo)": PLAN,
}
#: Papers that are asked for: of which item, of whom, until when (working days from today on), what.
ASKED: Final = (
    ("staff", people.PRESENTER, 2, "Bảng phân công công việc trọng tâm của các bộ phận (demo)"),
    ("tools", people.DELEGATE, 1, "Thống kê số trang không phải in từ đầu năm (demo)"),
)
REMARKS: Final = (
    (people.DELEGATE, "comment", "Đề nghị bổ sung chỉ tiêu kiểm sát án hành chính vào phần 2 của dự thảo (demo)."),
    (people.DEPUTY, "question", "Kinh phí cho hai phiên tòa rút kinh nghiệm lấy từ nguồn nào (demo)?"),
)

#: What the chair concluded of each item of :data:`HELD`.
CONCLUSIONS: Final = {
    "last": "Các bộ phận đã hoàn thành 11/12 việc được giao; việc còn lại chuyển sang kỳ này và phải xong trong tháng.",
    "cases": "Bảo đảm 100% án đang thụ lý được kiểm sát đúng thời hạn; báo cáo ngay những vụ còn vướng mắc.",
    "files": "Từ đầu tháng tới, hồ sơ trình lãnh đạo đều ở dạng điện tử và được ký số.",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A task of that meeting. ``days``: until when, in working days from today on; ``moves``: what was done since."""

    key: str
    topic: str
    title: str
    lead: people.Person
    days: int
    moves: tuple[tuple[people.Person, str, dict[str, Any]], ...] = ()


TASKS: Final = (
    Given(
        "list", "cases", "Lập danh mục các vụ án còn vướng mắc, đề xuất hướng giải quyết (demo)", people.DEPUTY, 4,
        ((people.DEPUTY, "accept", {}), (people.DEPUTY, "progress", {"percent": 60, "text": "Đã rà soát 18/30 vụ."})),
    ),
    Given(
        "scan", "files", "Số hóa hồ sơ lưu của quý trước (demo)", people.DELEGATE, -2,
        ((people.DELEGATE, "accept", {}), (people.DELEGATE, "progress", {"percent": 35, "text": "Máy quét đang sửa."})),
    ),
    Given(
        "train", "files", "Tổ chức buổi hướng dẫn ký số cho các bộ phận (demo)", people.PRESENTER, 1,
        (
            (people.PRESENTER, "accept", {}),
            (people.PRESENTER, "report", {"text": "Đã hướng dẫn 24 người, có danh sách kèm theo."}),
        ),
    ),
    Given("room", "last", "Báo cáo tình trạng trang bị phòng họp (demo)", people.OTHERS[0], 8),
)  # fmt: skip

SLIP_SUBJECT: Final = "Dự thảo Quy chế quản lý, sử dụng chữ ký số của đơn vị (demo)"
_RULE: Final = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
SLIP: Final[dict[str, Any]] = {
    "subject": SLIP_SUBJECT,
    "submission": "Kính gửi các đồng chí dự thảo Quy chế đã tiếp thu ý kiến của các bộ phận; đề nghị các đồng chí "
    "cho ý kiến về hai vấn đề sau.",
    "questions": [
        {
            "text": "Đồng chí có thống nhất với phạm vi áp dụng tại Điều 1 không?",
            "template": "agree", "answers": [], "rule": _RULE, "opinion": True,
        },
        {
            "text": "Đồng chí có tán thành ban hành Quy chế trong tháng này không?",
            "template": "approve", "answers": [], "rule": _RULE, "opinion": True,
        },
    ],
    "signed": False,
    "live": True,
    "shared": True,
}  # fmt: skip
#: Who has answered already, and what.
SLIP_ANSWERS: Final = (
    (people.DEPUTY, ("for", "for"), ""),
    (people.PRESENTER, ("for", "for"), "Đề nghị nêu rõ người quản lý thiết bị lưu khóa."),
)

FAULT: Final[dict[str, Any]] = {
    "kind": "fault",
    "text": "Trang tài liệu mở chậm khi tôi phóng to bảng số liệu, phải đợi vài giây (demo).",
    "about": {"page": "papers", "browser": "Chromium (demo)", "screen": "1366×768", "language": "vi"},
}
WISH: Final[dict[str, Any]] = {"kind": "wish", "text": "Nên có chữ to hơn ở bảng chương trình họp (demo).", "about": {}}
WISH_ANSWER: Final = (
    "Trên máy tính, đồng chí giữ phím Ctrl rồi bấm dấu + để chữ to hơn, Ctrl và số 0 để trở lại. "
    "Chúng tôi đã ghi nhận đề nghị này (demo)."
)
