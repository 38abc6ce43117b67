"""Who is who in the office's story, and what they write. People are the demo's; everything else is invented for it.

Usage: `secretary.creates(MEETING)`; `for member in MEMBERS: secretary.invites(member)`.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from deploy.demo import people
from tests.browser.main_job.plan import Item, Member

#: Leads the unit that prepares the paper and gets the task; no member of the meeting.
HEAD: Final = people.PRESENTER
READER: Final = people.DELEGATE
#: One sends somebody, one cannot come.
SENDER, AWAY, GUEST = people.OTHERS
SUBSTITUTE: Final = people.DEPUTY

UNIT: Final = "Văn phòng tổng hợp, thống kê tội phạm và công nghệ thông tin (demo)"
TYPE: Final = "Họp Ủy ban kiểm sát"
TITLE: Final = "Phiên họp Ủy ban kiểm sát về kết quả công tác quý IV và dự thảo Quy chế phiên họp không giấy (demo)"
OPEN_ITEM: Final = Item("1", "Dự thảo Quy chế tổ chức phiên họp không giấy và kết quả công tác quý IV", 45)
#: Guests know nothing of it.
STAFF_ITEM: Final = Item("2", "Công tác cán bộ của Viện kiểm sát nhân dân khu vực 1", 15)
MEMBERS: Final = (
    Member(people.CHAIR, "nguyen van an", "Chủ trì", "A1"),
    Member(people.SECRETARY, "mai phuong", "Thư ký", "A2"),
    Member(READER, "khanh ngoc", "Đại biểu", "B1"),
    Member(SENDER, "h'hen nie", "Đại biểu", "B2"),
    Member(AWAY, "thach so", "Đại biểu", "C1"),
    Member(GUEST, "thien long", "Khách mời", "C2"),
)

_NOW: Final = dt.datetime.now(dt.timezone(dt.timedelta(hours=7)))


def day_in(days: int) -> str:
    """As forms ask for it, in Việt Nam."""
    return f"{_NOW + dt.timedelta(days=days):%d/%m/%Y}"


#: Three weeks ahead: every deadline can be kept, whatever holidays come in between.
DAYS_AHEAD: Final = 21
PAPER: Final = "Báo cáo kết quả công tác kiểm sát quý IV và dự thảo Quy chế (demo)"
PAPERS_IN: Final = 7
RETURNED: Final = "Thiếu phụ lục số liệu về kiểm sát thi hành án hình sự"
EXCUSE: Final = "Đi công tác tại Hà Nội theo Quyết định số 12/QĐ-VKS"
ASKED: Final = "Quy chế áp dụng cho các phiên họp của Ủy ban kiểm sát từ ngày nào?"
ANSWERED: Final = "Từ ngày 01 tháng 01 năm 2027, sau khi tập huấn cho tất cả đại biểu."
SPEECH: Final = "Điều kiện bảo đảm khi mất điện, mất mạng trong phiên họp"
CONCLUSION: Final = (
    "Thống nhất thông qua dự thảo Quy chế. Giao Văn phòng tổng hợp hoàn thiện, trình ký ban hành và báo cáo kết quả."
)
DISCUSSION: Final = "Các ý kiến đều nhất trí về sự cần thiết ban hành Quy chế; đề nghị làm rõ phương án khi mất mạng."
TASK: Final = "Hoàn thiện Quy chế tổ chức phiên họp không giấy, trình Viện trưởng ký ban hành (demo)"
TASK_DAYS: Final = 20
LONGER_DAYS: Final = 30
WHY_LONGER: Final = "Cần lấy thêm ý kiến của ba đơn vị trực thuộc"
REPORT: Final = "Đã hoàn thiện và trình ký; gửi kèm bản dự thảo cuối."
