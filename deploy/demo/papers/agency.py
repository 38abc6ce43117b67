"""The demo agency: who it is, and who signs for it. Invented, and marked as such wherever it is printed."""

from __future__ import annotations

PROVINCE = ("VIỆN KIỂM SÁT NHÂN DÂN", "TỈNH A")
PARENT = PROVINCE
AGENCY = ("VIỆN KIỂM SÁT NHÂN DÂN", "KHU VỰC 1")
SUPREME = ("VIỆN KIỂM SÁT NHÂN DÂN", "TỐI CAO")
SIGNER = "Nguyễn Văn An (demo)"
SECOND_SIGNER = "Trần Thị Bình (demo)"
SCAN_SIGNER = "Lê Văn Châu (demo)"
CLERK = "Hoàng Thị Mai Phương (demo)"
REMOTE_SIGNER = "Người ký minh họa (demo)"
