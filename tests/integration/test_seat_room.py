"""Real agents at a real mosquitto: what happens in a room, with the server's twin on the other side."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from tests.support import pdfs
from tests.support.broker import BrokerSite
from tests.support.poll import until
from tests.support.site_twin import AgentProcess, SiteTwin


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
