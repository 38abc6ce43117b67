"""The administrator at work, and away from the desk.

Usage: `keep(room, browser, look=examine)`.
"""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from deploy.demo import people
from tests.browser.main_job.cast import Look
from tests.browser.pages_admin import Administrator
from tests.browser.screen import DESK, Screen
from tests.support.room_process import RunningRoom

NEWCOMER = people.Person("daibieu9", "Nguyễn Thị Hoa Mai (demo)", "Kiểm sát viên")


def keep(room: RunningRoom, browser: Browser, *, look: Look) -> Administrator:
    """An account is made, disabled, enabled (I5); after a long break nothing shows without the password (I4)."""
    administrator = Administrator(Screen(browser, "administrator", size=DESK), room.console_url)
    administrator.page.clock.install()
    administrator.arrives()
    administrator.signs_in(people.ADMIN)
    administrator.looks_at_accounts()
    look(administrator.screen, "admin-accounts")
    administrator.starts_account(NEWCOMER, password="mat-khau-1")
    look(administrator.screen, "admin-new-account")
    administrator.makes_account(NEWCOMER)
    administrator.wants_to_disable(NEWCOMER)
    look(administrator.screen, "admin-disabling")
    administrator.disables(NEWCOMER)
    look(administrator.screen, "admin-disabled")
    administrator.enables(NEWCOMER)
    administrator.leaves_the_desk()
    administrator.sees("Màn hình đang khóa")
    look(administrator.screen, "console-locked")
    expect(administrator.page.get_by_role("table")).to_have_count(0)
    administrator.unlocks()
    expect(administrator.page.get_by_role("table")).to_be_visible()
    return administrator
