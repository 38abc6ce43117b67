"""The system administrator: accounts.

Usage: `Administrator(screen, room.console_url).adds(person, password="…")`.
"""

from __future__ import annotations

from playwright.sync_api import expect

from deploy.demo import people
from tests.browser.pages_console import ConsolePerson


class Administrator(ConsolePerson):
    """At the console of the accounts."""

    def looks_at_accounts(self) -> None:
        """All of them."""
        self.page.get_by_role("link", name="Tài khoản", exact=True).click()
        expect(self.page.get_by_role("table")).to_be_visible()

    def starts_account(self, person: people.Person, *, password: str) -> None:
        """Fills in the form."""
        self.presses("Thêm tài khoản")
        form = self.page.get_by_role("dialog")
        form.get_by_label("Họ và tên").fill(person.name)
        form.get_by_label("Tên đăng nhập").fill(person.username)
        form.get_by_label("Chức vụ").fill(person.position)
        form.get_by_label("Đơn vị").select_option(label=person.unit)
        form.get_by_label("Mật khẩu ban đầu").fill(password)

    def makes_account(self, person: people.Person) -> None:
        """Sends the form; the account is in the list."""
        self.answers("Tạo tài khoản")
        self.sees(f"Đã tạo tài khoản cho {person.name}.")
        expect(self.page.get_by_role("row", name=person.name)).to_be_visible()

    def wants_to_disable(self, person: people.Person) -> None:
        """A question says what will happen."""
        self.presses(f"Khóa tài khoản {person.name}")
        expect(self.page.get_by_role("dialog").get_by_text("bị đăng xuất ngay ở mọi nơi")).to_be_visible()

    def disables(self, person: people.Person) -> None:
        """Answers it; the list says so."""
        self.answers("Khóa tài khoản")
        expect(self.page.get_by_role("row", name=person.name)).to_contain_text("Đã khóa")

    def enables(self, person: people.Person) -> None:
        """At once."""
        self.presses(f"Mở lại tài khoản {person.name}")
        expect(self.page.get_by_role("row", name=person.name)).to_contain_text("Đang dùng")

    def leaves_the_desk(self) -> None:
        """For longer than the idle lock allows."""
        self.page.clock.fast_forward("16:00")

    def unlocks(self) -> None:
        """With the password."""
        lock = self.page.get_by_role("dialog")
        lock.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD.reveal().decode())
        lock.get_by_role("button", name="Mở khóa").click()
        expect(lock).to_have_count(0)
