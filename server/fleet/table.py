"""All terminals as a table for spreadsheets: what IT keeps a list of (D4).

Usage: ``csv_of(rows_of(fleet.devices()))``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from server.spreadsheets import Row

HEAD: Final = (
    "Phòng", "Chỗ ngồi", "Số hiệu", "Mã thiết bị", "Trạng thái", "Kết nối", "Liên lạc lần cuối", "Phiên bản",
    "Ảnh hệ thống", "Nửa đang chạy", "Chứng thư số đến", "Đĩa còn (MB)", "Bộ nhớ còn (MB)", "Nhiệt độ (°C)", "Điện yếu",
    "Lệch giờ (ms)", "Bật từ (giây)", "Địa chỉ mạng (MAC)", "Bật từ xa được", "Bảo trì",
)  # fmt: skip
_STATES: Final = {"pending": "chờ duyệt", "approved": "đã duyệt", "refused": "bị từ chối", "revoked": "đã thu hồi"}


def rows_of(devices: Iterable[dict[str, Any]]) -> Sequence[Row]:
    """The head, then a row a terminal by room and seat; ``devices`` as GET /api/devices, what is not known is empty."""
    found = sorted(devices, key=lambda each: (each["room_name"], each["seat_label"], each["id"]))
    return [HEAD, *(_row(each) for each in found)]


def _row(device: dict[str, Any]) -> Row:
    machine = device["machine"] or {}
    low, card = machine.get("under_voltage"), device["card"] or {}
    return [
        device["room_name"],
        device["seat_label"],
        device["serial"],
        device["id"],
        _STATES[device["state"]],
        "có" if device["online"] else "không",
        device["last_seen_at"] or "",
        device["agent"],
        machine.get("image", ""),
        machine.get("slot", ""),
        device["certificate_until"] or "",
        _number(device["disk_free_mb"]),
        _number(machine.get("memory_free_mb")),
        _number(machine.get("temperature_c")),
        "" if low is None else "có" if low else "không",
        _number(machine.get("clock_off_ms")),
        _number(machine.get("booted_s")),
        card.get("mac", ""),
        "" if not card else "có" if card["wakes"] else "không",
        (device["maintenance"] or {}).get("reason", ""),
    ]


def _number(value: int | None) -> int | str:
    return "" if value is None else value
