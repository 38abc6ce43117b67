"""What the scanned dossier holds: its twenty documents in order of date, and the lists their forms and tables draw on.

Rules: 100 pages, cover and contents included. All of it is invented.

    for document, first, last in contents():
        print(document.title, first, last)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from enum import Enum

COVER_PAGES = 1
CONTENTS_PAGES = 2


class Kind(Enum):
    """How the pages of a document look."""

    LETTER = "letter"
    TABLE = "table"
    LOG = "log"
    SLIP = "slip"
    CHECKLIST = "checklist"
    PLAN = "plan"


@dataclass(frozen=True)
class Document:
    """One document of the dossier; a form has no number, only a letter has an opening sentence."""

    title: str
    kind: Kind
    pages: int
    day: date
    number: str = ""
    intro: str = ""


def written(day: date) -> str:
    """Write a date as official papers do: two digits for the day, and for the month only where a 1 could be added."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"


DOCUMENTS = (
    Document(
        "Tờ trình chủ trương trang bị phòng họp không giấy",
        Kind.LETTER,
        3,
        date(2026, 5, 4),
        "11/TTr-VPTH",
        "Văn phòng tổng hợp kính trình Viện trưởng xem xét chủ trương trang bị phòng họp không giấy như sau.",
    ),
    Document(
        "Công văn đề nghị các bộ phận cho ý kiến",
        Kind.LETTER,
        2,
        date(2026, 5, 7),
        "96/VKS-VPTH",
        "Thực hiện ý kiến của Viện trưởng, Văn phòng tổng hợp đề nghị các bộ phận cho ý kiến bằng phiếu kèm theo.",
    ),
    Document("Phiếu lấy ý kiến về phòng họp không giấy", Kind.SLIP, 18, date(2026, 5, 12)),
    Document(
        "Báo cáo tổng hợp ý kiến của các bộ phận",
        Kind.LETTER,
        3,
        date(2026, 5, 18),
        "57/BC-VPTH",
        "Văn phòng tổng hợp đã phát 18 phiếu, thu về 18 phiếu hợp lệ; kết quả và nội dung góp ý được tổng hợp như sau.",
    ),
    Document(
        "Biên bản khảo sát hiện trạng phòng họp",
        Kind.LETTER,
        3,
        date(2026, 5, 25),
        "02/BB-TGV",
        "Hôm nay, Tổ giúp việc tiến hành khảo sát hiện trạng các phòng họp của đơn vị và ghi nhận như sau.",
    ),
    Document("Bảng kê thiết bị hiện có", Kind.TABLE, 4, date(2026, 5, 26)),
    Document("Sơ đồ bố trí chỗ ngồi", Kind.PLAN, 4, date(2026, 5, 28)),
    Document(
        "Phương án kỹ thuật phòng họp không giấy",
        Kind.LETTER,
        3,
        date(2026, 6, 5),
        "01/PA-TGV",
        "Trên cơ sở kết quả khảo sát và ý kiến của các bộ phận, Tổ giúp việc xây dựng phương án kỹ thuật như sau.",
    ),
    Document(
        "Biên bản họp Tổ giúp việc, lần thứ nhất",
        Kind.LETTER,
        3,
        date(2026, 6, 9),
        "03/BB-TGV",
        "Tổ giúp việc họp dưới sự chủ trì của Tổ trưởng, có mặt 05 trên 05 thành viên; diễn biến cuộc họp như sau.",
    ),
    Document("Bảng kê thiết bị mượn để thử nghiệm", Kind.TABLE, 3, date(2026, 6, 10)),
    Document(
        "Tờ trình phê duyệt phương án",
        Kind.LETTER,
        3,
        date(2026, 6, 15),
        "19/TTr-VPTH",
        "Tiếp thu ý kiến của Tổ giúp việc, Văn phòng tổng hợp kính trình Viện trưởng phê duyệt phương án như sau.",
    ),
    Document(
        "Quyết định phê duyệt phương án",
        Kind.LETTER,
        2,
        date(2026, 6, 22),
        "31/QĐ-VKSKV1",
        "Phê duyệt phương án trang bị phòng họp không giấy tại Viện kiểm sát nhân dân khu vực 1 như sau.",
    ),
    Document(
        "Kế hoạch lắp đặt, hướng dẫn sử dụng",
        Kind.LETTER,
        3,
        date(2026, 6, 26),
        "24/KH-VPTH",
        "Thực hiện phương án được duyệt, Văn phòng tổng hợp xây dựng kế hoạch lắp đặt, hướng dẫn sử dụng như sau.",
    ),
    Document(
        "Biên bản bàn giao thiết bị",
        Kind.LETTER,
        3,
        date(2026, 7, 24),
        "05/BB-TGV",
        "Hôm nay, bên giao và bên nhận tiến hành kiểm tra, chạy thử và bàn giao thiết bị phòng họp không giấy như sau.",
    ),
    Document("Danh mục thiết bị bàn giao", Kind.TABLE, 4, date(2026, 7, 24)),
    Document("Nhật ký vận hành thử tháng 8 năm 2026", Kind.LOG, 10, date(2026, 8, 31)),
    Document(
        "Biên bản họp Tổ giúp việc, lần thứ hai",
        Kind.LETTER,
        3,
        date(2026, 9, 3),
        "08/BB-TGV",
        "Tổ giúp việc họp đánh giá tháng vận hành thử đầu tiên, có mặt 05 trên 05 thành viên; diễn biến như sau.",
    ),
    Document("Phiếu kiểm tra phòng họp trước phiên họp", Kind.CHECKLIST, 10, date(2026, 9, 28)),
    Document("Nhật ký vận hành thử tháng 9 năm 2026", Kind.LOG, 10, date(2026, 9, 30)),
    Document(
        "Báo cáo kết quả vận hành thử",
        Kind.LETTER,
        3,
        date(2026, 10, 1),
        "104/BC-TGV",
        "Tổ giúp việc báo cáo kết quả vận hành thử phòng họp không giấy trong tháng 8 và tháng 9 năm 2026 như sau.",
    ),
)
# With the largest number of each that one room can sensibly hold.
EQUIPMENT = {
    "Màn hình cảm ứng chỗ ngồi 10 inch": 24,
    "Máy tính nhúng chỗ ngồi": 24,
    "Đầu đọc chữ ký số": 24,
    "Bộ nguồn chỗ ngồi 45 W": 24,
    "Khóa cơ cố định thiết bị": 24,
    "Bộ chuyển mạch 24 cổng": 2,
    "Dây mạng bọc kim, cuộn 305 m": 3,
    "Máng nhôm đi dây 40 mm": 30,
    "Ổ điện âm sàn": 14,
    "Màn hình chung 86 inch": 2,
    "Giá treo màn hình": 2,
    "Micro cổ ngỗng": 16,
    "Bộ trộn âm thanh 16 kênh": 1,
    "Loa cột treo tường": 6,
    "Bộ lưu điện 3 kVA": 2,
    "Tủ kỹ thuật 27U": 1,
    "Máy quét hai mặt khổ A4": 1,
    "Biển tên điện tử": 24,
    "Rèm cản sáng": 6,
    "Bàn họp ghép chữ U": 8,
    "Ghế họp có tay vịn": 30,
    "Đèn âm trần 600 x 600": 12,
}
ROOMS = ("phòng 201", "phòng 305", "phòng họp lớn", "phòng 102")
ACTIONS = (
    "Bật nguồn, tự kiểm tra",
    "Nhận tài liệu họp thử",
    "Lật trang, phóng to",
    "Theo dõi trình chiếu",
    "Tách xem riêng, quay lại",
    "Đăng ký phát biểu",
    "Biểu quyết câu hỏi thử",
    "Rút dây mạng 60 giây",
    "Cắm lại dây mạng",
    "Rút nguồn đột ngột",
    "Khởi động lại",
    "Thu hồi tài liệu",
    "Kiểm tra bộ nhớ sau thu hồi",
    "Thay thiết bị dự phòng",
)
OUTCOMES = ("Đạt", "Đạt", "Đạt", "Đạt", "Đạt", "Đạt, chậm", "Làm lại, đạt")
CHECKS = (
    "Nguồn điện, bộ lưu điện báo bình thường",
    "Máy chủ hoạt động, đồng hồ đúng giờ",
    "Tất cả chỗ ngồi báo sẵn sàng",
    "Màn hình chung hiện đúng tên phiên họp",
    "Âm thanh: thử từng micro",
    "Ánh sáng, rèm che",
    "Biển tên đúng sơ đồ chỗ ngồi",
    "Tài liệu đã phát đủ tới các chỗ ngồi",
    "Thiết bị dự phòng đã cắm sạc",
    "Bảng hướng dẫn một trang tại chỗ ngồi",
    "Tài liệu giấy dự phòng còn niêm phong",
    "Lối thoát nạn, bình chữa cháy",
    "Nước uống, bút, giấy nháp",
    "Sổ ghi sự cố, số điện thoại trực",
)
QUESTIONS = (
    "Có cần thay tài liệu họp bằng giấy bằng tài liệu điện tử không?",
    "Tài liệu gửi trước phiên họp 03 ngày làm việc có phù hợp không?",
    "Biểu quyết bằng thiết bị tại chỗ ngồi có thuận tiện không?",
    "Thu hồi tài liệu tự động khi bế mạc có cần thiết không?",
    "Có nên chạy song song tài liệu giấy trong tháng đầu không?",
)
ANSWERS = ("Đồng ý", "Không đồng ý", "Ý kiến khác")
SECTIONS = ("hình sự", "dân sự, hành chính", "thi hành án", "văn phòng")
REMARKS = (
    "Đồng ý, đề nghị làm sớm.",
    "Cần hướng dẫn kỹ cho người lớn tuổi.",
    "Đề nghị giữ bản giấy trong tháng đầu.",
    "Nên tăng cỡ chữ trên màn hình.",
    "Nhất trí, không có ý kiến thêm.",
    "Đề nghị quy định rõ việc thu hồi tài liệu.",
    "Cần thêm ổ điện ở dãy ngoài.",
    "Nên có buổi thực hành trước khi dùng.",
    "Ghi chú cá nhân phải được giữ riêng.",
)


def page_count() -> int:
    """Count the pages of the whole dossier."""
    return COVER_PAGES + CONTENTS_PAGES + sum(document.pages for document in DOCUMENTS)


def contents() -> list[tuple[Document, int, int]]:
    """List the documents with their first and last folio, in order."""
    first = COVER_PAGES + CONTENTS_PAGES + 1
    starts = itertools.accumulate((document.pages for document in DOCUMENTS), initial=first)
    return [(document, start, start + document.pages - 1) for document, start in zip(DOCUMENTS, starts, strict=False)]
