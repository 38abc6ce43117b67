"""Real agents at a real mosquitto: what happens in a room, with the server's twin on the other side."""

from __future__ import annotations

import contextlib
import json
import signal
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from tests.support import pdfs
from tests.support.broker import BrokerSite, free_ports
from tests.support.meeting_log import named
from tests.support.poll import until
from tests.support.site_twin import AgentProcess, SiteTwin
from wire.errors import BadChunk
from wire.manifest import Manifest


def reads(agent: AgentProcess, paper: str) -> bytes:
    status, body = agent.call("GET", f"/api/papers/{paper}/1/pages/1?width=400")
    assert status == 200, body
    return body


def recall_confirmed(agent: AgentProcess) -> bool:
    return bool((agent.sections["recalled"] or {}).get("confirmed"))


def test_two_seats_read_a_paper_follow_and_are_recalled(broker: BrokerSite, tmp_path: Path) -> None:
    with (
        SiteTwin(broker) as site,
        site.agent(tmp_path / "A1", seat="A1") as chair,
        site.agent(tmp_path / "A3", seat="A3") as lan,
    ):
        for agent in (chair, lan):
            agent.reaches("waiting")
        with site.lock:
            meeting = site.twin.prepare_meeting()
            plain = pdfs.text_pdf(["Báo cáo công tác"], pages=5)
            paper = site.twin.publish(meeting, "report", plain, pages=5).manifest
        for agent, who in ((chair, "chair"), (lan, "lan")):
            agent.reaches("welcome")
            assert agent.sections["papers"] == []
            agent.sign_in(who)
            agent.has(str(paper.key))
            assert reads(agent, paper.paper)[:4] == b"RIFF"
        act = {"act": "a-aaaaaaaaaaaaaaaa", "kind": "meeting_open", "data": {}}
        assert chair.post("/api/act", act) == (202, {"act": "a-aaaaaaaaaaaaaaaa"})
        until(lambda: lan.sections["meeting"]["phase"] == "open", what="the other seat follows")
        assert lan.sections["seq"] == meeting.log.state.seq
        with site.lock:
            site.twin.close(meeting)
        until(lambda: len(meeting.receipts) == 2, what="both receipts are there")
        for agent in (chair, lan):
            until(partial(recall_confirmed, agent), what="the recall is confirmed")
            status, body = agent.call("GET", f"/api/papers/{paper.paper}/1/pages/1?width=400")
            assert status == 423
            assert json.loads(body)["error"]["code"] == "seat-sign-in-first"
            assert not list((agent.data_dir / "meetings").glob("*/*"))
            assert not list((agent.data_dir / "papers").glob("*"))
        for receipt in meeting.receipts.values():
            assert [held.pages for held in receipt.papers] == [5]


def test_a_seat_killed_in_the_middle_of_a_paper_fetches_almost_nothing_again(
    broker: BrokerSite, tmp_path: Path
) -> None:
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="A1") as agent:
        agent.reaches("waiting")
        device = next(iter(site.twin.devices.values()))
        with site.lock:
            meeting = site.twin.prepare_meeting()
            made = site.twin.publish(meeting, "big", pdfs.large_pdf(24 << 20), pages=4)
        paper, chunks = made.manifest.key, made.manifest.layout.chunks
        until(lambda: len(device.have.get(paper) or ()) > chunks // 4, timeout_s=30, what="a quarter has come")
        agent.kill()
        with site.lock:
            device.have.clear()
            device.session = b""
        written = _whole_chunks(agent.data_dir / "papers" / f"{paper}.ct", made.manifest)
        assert chunks // 4 <= written < chunks, "killed in the middle"
        agent.start()
        until(lambda: paper in device.have, what="it reports")
        with site.lock:
            first = len(device.have[paper])
        assert first >= written - chunks * 5 // 100
        until(lambda: device.have[paper].full, timeout_s=60, what="the rest has come")
        agent.sign_in("lan")
        agent.has(str(paper))
        assert reads(agent, paper.paper)[:4] == b"RIFF"


def test_D3_reading_goes_on_without_broker_and_server_and_through_a_kill(broker: BrokerSite, tmp_path: Path) -> None:
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="A1", grace_s=2) as agent:
        agent.reaches("waiting")
        with site.lock:
            meeting = site.twin.prepare_meeting()
            paper = site.twin.publish(meeting, "report", pdfs.text_pdf(pages=5), pages=5).manifest
        agent.reaches("welcome")
        agent.sign_in("chair")
        agent.has(str(paper.key))
        broker.process.stop(signal.SIGKILL)
        until(lambda: agent.sections["link"]["state"] == "offline", what="the seat says that it is alone")
        assert reads(agent, paper.paper)
        act = "a-bbbbbbbbbbbbbbbb"
        assert agent.post("/api/act", {"act": act, "kind": "meeting_open", "data": {}})[0] == 202
        agent.kill()
        agent.start()
        agent.reaches("signed_in")
        assert reads(agent, paper.paper)
        assert agent.sections["acts"] == [{"act": act, "kind": "meeting_open", "state": "queued", "code": ""}]
        broker.process.start()
        until(lambda: meeting.log.state.phase == "open", timeout_s=30, what="the act is done")
        until(lambda: agent.sections["seq"] == meeting.log.state.seq, what="the seat has caught up")
        assert [done.act for done in site.twin.performed].count(act) == 1


def test_P7_a_seat_that_was_off_destroys_before_it_shows_anything(broker: BrokerSite, tmp_path: Path) -> None:
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="A1") as agent:
        agent.reaches("waiting")
        with site.lock:
            meeting = site.twin.prepare_meeting()
            site.twin.add(meeting, "meeting_opened")
            paper = site.twin.publish(meeting, "report", pdfs.text_pdf(pages=5), pages=5).manifest
        device = next(iter(site.twin.devices.values()))
        until(lambda: paper.key in device.have and device.have[paper.key].full, what="the paper is there")
        agent.kill()
        with site.lock:
            site.twin.close(meeting)
        assert list((agent.data_dir / "meetings").glob("*/box"))
        agent.start()
        agent.reaches("recalled")
        until(lambda: meeting.receipts, what="the receipt is there")
        assert not list((agent.data_dir / "meetings").glob("*/*"))
        assert agent.sections["recalled"]["pages"] == 5


def test_a_revoked_seat_is_cut_off_and_keeps_nothing(broker: BrokerSite, tmp_path: Path) -> None:
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="A1") as agent:
        agent.reaches("waiting")
        with site.lock:
            meeting = site.twin.prepare_meeting()
            paper = site.twin.publish(meeting, "report", pdfs.text_pdf(pages=5), pages=5).manifest
        agent.reaches("welcome")
        agent.sign_in("lan")
        agent.has(str(paper.key))
        device = next(iter(site.twin.devices))
        site.verdicts[device] = "device-revoked"
        del broker.members[device]  # type: ignore[arg-type]  # a device's id is a string
        broker.revoked[device] = broker.new_revoked(broker.certificates[device])  # type: ignore[index]
        assert broker.warden.enforce(cut_off=[device])  # type: ignore[list-item]
        agent.reaches("revoked", timeout_s=60)
        assert agent.call("GET", f"/api/papers/{paper.paper}/1/pages/1")[0] == 423
        left = [each.relative_to(agent.data_dir).as_posix() for each in agent.data_dir.rglob("*") if each.is_file()]
        assert sorted(left) == [
            "identity/ca.pem", "identity/device.key", "identity/site.json", "identity/wiped.json",
        ]  # fmt: skip
        assert not (agent.run_dir / "store.key").exists()


def test_a_device_that_is_not_approved_shows_its_code_and_then_works(broker: BrokerSite, tmp_path: Path) -> None:
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="") as agent:
        agent.reaches("enrolling")
        until(lambda: site.asked, what="it has asked")
        asked = site.asked[0]
        assert agent.sections["seat"]["code"] == asked.code
        assert agent.sections["seat"]["qr"]["size"] == 29
        site.approve(asked.device, seat="A1", spki=asked.spki)
        agent.reaches("waiting")
        assert agent.sections["seat"]["label"] == "A1"


def test_nothing_readable_is_on_the_disk_or_in_the_log_of_an_agent(broker: BrokerSite, tmp_path: Path) -> None:
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="A1", log_level="DEBUG") as agent:
        agent.reaches("waiting")
        with site.lock:
            site.twin.passwords[named("u", "lan")] = "mat-khau-rat-rieng"
            meeting = site.twin.prepare_meeting()
            site.twin.passwords[named("u", "lan")] = "mat-khau-rat-rieng"
            made = site.twin.publish(meeting, "report", pdfs.text_pdf(["Rat rieng tu"], pages=5), pages=5)
        agent.reaches("welcome")
        status, _ = agent.post("/api/sign-in", {"person": named("u", "lan"), "password": "mat-khau-rat-rieng"})
        assert status == 200
        agent.has(str(made.manifest.key))
        assert reads(agent, made.manifest.paper)
        seen = b"".join(each.read_bytes() for each in agent.data_dir.rglob("*") if each.is_file())
        log = agent.log().encode()
        store_key = next(iter(site.twin.devices.values())).store_key
        for secret in (b"%PDF", b"mat-khau", "Họp giao ban".encode(), store_key, made.key.reveal(), b"Rat rieng"):
            assert secret not in seen
            assert secret not in log


def test_T14_another_program_of_the_terminal_sees_nothing_and_the_screen_goes_on_after_a_restart(
    broker: BrokerSite, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    with SiteTwin(broker) as site, site.agent(tmp_path / "A1", seat="A1", log_level="DEBUG", page_port=port) as agent:
        agent.reaches("waiting")
        with site.lock:
            meeting = site.twin.prepare_meeting()
            paper = site.twin.publish(meeting, "report", pdfs.text_pdf(pages=5), pages=5).manifest
        agent.reaches("welcome")
        agent.sign_in("lan")
        agent.has(str(paper.key))
        stranger = urllib.request.build_opener()
        for path in ("/api/seat", "/api/live", f"/api/papers/{paper.paper}/1/pages/1"):
            with pytest.raises(urllib.error.HTTPError, match="401") as refused:
                stranger.open(agent.url + path, timeout=10)
            assert json.load(refused.value)["error"]["code"] == "seat-kiosk-only"
        address = agent.address
        agent.kill()
        agent.start()
        assert agent.address == address
        status, shown = agent._ask("GET", "/api/seat")  # noqa: SLF001 - with the cookie from before, and no other
        assert status == 200
        assert json.loads(shown)["seat"]["state"] in {"confirming", "signed_in"}
        secret = address.partition("#kiosk=")[2]
        assert secret not in agent.log()
        assert agent.arguments
        assert not any(secret in each for each in agent.arguments)


def _whole_chunks(file: Path, manifest: Manifest) -> int:
    data = file.read_bytes()
    count = 0
    for number in range(manifest.layout.chunks):
        offset, length = manifest.layout.chunk(number)
        with contextlib.suppress(BadChunk):
            manifest.check_chunk(number, data[offset : offset + length])
            count += 1
    return count
