"""Speaking, messages, leading and votes at a seat, in a real browser against a twin of the agent."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from edge import acts
from tests.browser import seat_sections as having
from tests.browser.seat_opened import seat
from tests.support.poll import until


def test_the_chair_moves_on_recesses_and_closes_after_asking(browser: Browser) -> None:
    with seat(browser, role="chair") as (twin, person):
        person.taps("Sang nội dung 5")
        until(lambda: twin.acts)
        assert twin.acts[0]["kind"] == "item_start"
        person.taps("Tạm nghỉ")
        person.sees("Cho cuộc họp tạm nghỉ?")
        person.page.get_by_role("dialog").get_by_role("button", name="Tạm nghỉ").tap()
        until(lambda: len(twin.acts) == 2)
        twin.change(by=1, meeting=having.meeting("recess"))
        person.sees("Cuộc họp đang tạm nghỉ")
        person.taps("Họp tiếp")
        twin.change(by=1, meeting=having.meeting())
        person.taps("Bế mạc")
        person.sees("Còn 4 nội dung trong chương trình chưa thực hiện.")
        person.taps("Quay lại")
        person.taps("Bế mạc")
        person.page.get_by_role("dialog").get_by_role("button", name="Bế mạc").tap()
        until(lambda: twin.acts[-1]["kind"] == "meeting_close")
        assert [act["kind"] for act in twin.acts] == ["item_start", "meeting_recess", "meeting_resume", "meeting_close"]


def test_S1_asking_for_the_floor_takes_two_touches_and_one_takes_it_back(browser: Browser) -> None:
    with seat(browser, speaking=having.speaking()) as (twin, person):
        person.taps("Phát biểu")
        person.taps("Đăng ký phát biểu")
        until(lambda: twin.acts)
        assert (twin.acts[0]["kind"], twin.acts[0]["data"]) == (
            "speech_ask",
            {"item": "i-dddddddddddddddd", "kind": "speech"},
        )
        mine = having.speech(1, person=having.ME)
        twin.change(speaking=having.speaking(mine), acts=[])
        person.sees("Thứ 1 trong 1 lượt đang chờ")
        person.taps("Rút đăng ký")
        until(lambda: len(twin.acts) == 2)
        assert (twin.acts[1]["kind"], twin.acts[1]["data"]) == ("speech_cancel", {"speech": mine["speech"]})


def test_S2_who_is_called_cannot_miss_it_and_ends_their_own_turn(browser: Browser) -> None:
    called = having.speech(1, "called", person=having.ME)
    with seat(browser, speaking=having.speaking(called)) as (twin, person):
        person.sees("Đồng chí được mời phát biểu")
        twin.change(speaking=having.speaking(having.speech(1, "speaking", person=having.ME)))
        expect(person.page.get_by_role("timer")).to_contain_text("Còn")
        person.taps("Kết thúc phát biểu")
        until(lambda: twin.acts)
        assert twin.acts[0]["kind"] == "speech_stop"


def test_S4_who_got_no_turn_writes_and_what_was_typed_stays(browser: Browser) -> None:
    refused = having.speech(1, "refused", person=having.ME, reason="Hết thời gian của nội dung")
    with seat(browser, speaking=having.speaking(refused)) as (twin, person):
        person.taps("Phát biểu")
        person.sees("Hết thời gian của nội dung")
        person.taps("Gửi bằng văn bản")
        field = person.page.get_by_label("Bài phát biểu")
        field.fill("Kính thưa các đồng chí (demo)")
        person.presses("Escape")
        person.taps("Gửi bằng văn bản")
        expect(field).to_have_value("Kính thưa các đồng chí (demo)")
        person.taps("Gửi")
        until(lambda: twin.acts)
        assert twin.acts[0]["data"]["text"] == "Kính thưa các đồng chí (demo)"


def test_F2_a_message_stays_until_it_is_read_also_without_a_connection(browser: Browser) -> None:
    first, second = having.notice(1), having.notice(2, "Mời họp tổ sau giờ nghỉ (demo)")
    with seat(browser, notices=[first, second]) as (twin, person):
        person.sees("Mời đồng chí ký biên bản (demo)")
        twin.change(link=having.offline())
        person.sees("Mất kết nối với máy chủ")
        person.taps("Đã đọc")
        until(lambda: twin.acts)
        assert (twin.acts[0]["kind"], twin.acts[0]["data"]) == ("notice_read", {"notice": first["notice"]})
        twin.change(notices=[second], acts=[])
        person.sees("Mời họp tổ sau giờ nghỉ (demo)")
        expect(person.page.get_by_text("Mời đồng chí ký biên bản (demo)")).to_have_count(0)


def test_W121_the_chair_opens_a_vote_on_the_item_at_hand_in_two_touches(browser: Browser) -> None:
    with seat(browser, role="chair", votes=[having.vote(state="withdrawn")]) as (twin, person):
        person.taps("Việc khác")
        person.taps("Mở biểu quyết")
        until(lambda: any(body.get("kind") == "vote_begin" for body in twin.acts))
        (asked,) = (body for body in twin.acts if body.get("kind") == "vote_begin")
        acts.check("vote_begin", asked["data"])
        assert (asked["data"]["kind"], asked["data"]["seen"]) == ("open", 1)
    with seat(browser) as (_, person):
        expect(person.page.get_by_role("button", name="Tài liệu", exact=True)).to_be_visible()
        expect(person.page.get_by_role("button", name="Việc khác")).to_have_count(0)
