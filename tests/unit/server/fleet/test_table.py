"""The list of terminals for spreadsheets (D4)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from server.fleet.model import Device, DeviceState, Presence, device_value
from server.fleet.table import HEAD, rows_of
from tests.support.office import START, Office
from wire.ids import DeviceId
from wire.messages import Machine

DEVICE = Device(DeviceId("d-aaaaaaaaaaaaaaaa"), "123456789012", b"", "=1+1", DeviceState.APPROVED, START, START)


def test_D4_what_a_machine_says_stands_in_its_column_and_what_it_does_not_is_empty() -> None:
    machine = Machine(60, temperature_c=51, under_voltage=False, clock_off_ms=-3, slot="B", image="1.2.0")
    kept = {"card": {"mac": "00:1e:06:01:02:03", "wakes": False}, "maintenance": {"reason": "=1+1"}}
    told = device_value(DEVICE, Presence(online=True, disk_free_mb=900, machine=machine)) | kept
    silent = device_value(replace(DEVICE, state=DeviceState.REVOKED), Presence()) | {"card": None, "maintenance": None}
    head, first, second = rows_of([told, silent])
    assert head == HEAD
    row = dict(zip(head, first, strict=True))
    assert (row["Nhiệt độ (°C)"], row["Điện yếu"], row["Lệch giờ (ms)"], row["Nửa đang chạy"]) == (51, "không", -3, "B")
    assert (row["Đĩa còn (MB)"], row["Bộ nhớ còn (MB)"]) == (900, "")
    assert dict(zip(head, second, strict=True))["Trạng thái"] == "đã thu hồi"
    assert (row["Bật từ xa được"], row["Bảo trì"]) == ("không", "=1+1")
    assert second.count("") > 9


def test_D4_the_list_is_downloaded_and_computes_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    answer = office.sign_in("kythuat").get("/api/devices.csv")
    assert answer.raw.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.raw.data.decode("utf-8-sig"))))
    assert rows[0] == list(HEAD)
    assert office.sign_in("thuky").get("/api/devices.csv").code == "not-allowed"
