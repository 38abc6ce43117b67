"""The pages of the office that are looked at: whose, where, and what is pressed there first.

Rules: a scene is of one house – the one with forty-five long names, one on its first day, one whose people hold tokens;
``states``: it is taken while its answers are held, when they fail, and without a connection, too.

Usage: ``long_names(things)``, ``first_day(things)``, ``signed(things)``.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playwright.sync_api import Page, Route

import web

Things = dict[str, str]
Do = Callable[[Page], object]
_ROSTERS = itertools.count()
_REASON = "Kiểm tra theo Kế hoạch số 12/KH-VKS về việc bảo đảm an toàn tài liệu họp"


def _nothing(_page: Page) -> None:
    """The page as it is."""


@dataclass(frozen=True)
class Scene:
    """See the module; ``who`` empty: nobody has signed in, in a window of its own; ``paper``: as it is printed."""

    name: str
    who: str
    path: str
    do: Do = _nothing
    states: bool = True
    paper: bool = False


def called(key: str) -> re.Pattern[str]:
    """What a text of the catalogues reads in whichever language, whatever stands in its places."""
    found = []
    for language in ("vi", "en"):
        text: Any = web.catalogue(language)
        for part in key.split("."):
            text = text[part]
        found.append(".*".join(re.escape(each) for each in re.split(r"\{.*\}", text)))
    return re.compile(rf"^\s*({'|'.join(found)})")


def press(key: str) -> Do:
    """The first button of the page with these words."""
    return lambda page: page.locator("main").get_by_role("button", name=called(key)).first.click()


def _choose(key: str) -> Do:
    """One of a few that stand side by side."""
    return lambda page: page.locator("main label").filter(has_text=called(key)).first.click()


def _answer(key: str) -> Do:
    """A button of the dialog."""
    return lambda page: page.get_by_role("dialog").get_by_role("button", name=called(key)).last.click()


def _refused(status: int, code: str, **data: object) -> Do:
    """What a sign-in is answered with."""
    told = web.error_text(code, data)

    def do(page: Page) -> None:
        def answered(route: Route) -> None:
            if status == 0:
                return route.abort()
            return route.fulfill(
                status=status, json={"error": {"code": code, "vi": told.vi, "en": told.en, "data": data}}
            )

        page.route("**/api/sign-in", answered)
        _signs_in(page)
        page.get_by_role("alert").first.wait_for()
        page.unroute("**/api/sign-in", answered)

    return do


def _signs_in(page: Page) -> None:
    page.locator("input[autocomplete=username]").fill("thuky")
    page.locator("input[type=password]").fill("mật khẩu nào đó")
    page.keyboard.press("Enter")


def _empty_sign_in(page: Page) -> None:
    page.locator("button[type=submit]").click()


def _code(page: Page) -> None:
    """A password that wants a code with it, and a wrong code."""
    page.route(
        "**/api/sign-in",
        lambda route: route.fulfill(status=401, json={"error": {"code": "second-factor-needed", "data": {}}}),
    )
    _signs_in(page)
    page.locator("input[autocomplete=one-time-code]").wait_for()
    page.unroute("**/api/sign-in")


def _by_token(page: Page) -> None:
    page.get_by_role("button", name=called("console.sign_in.by_token")).click()
    page.get_by_role("button", name=called("token.again")).wait_for()


def _roster(page: Page) -> None:
    """Two thousand people with thirty-seven wrong rows, of every kind; other people each time."""
    page.locator("input[type=file]").set_input_files(
        {"name": "danh-sach-can-bo-toan-nganh.csv", "mimeType": "text/csv", "buffer": roster(next(_ROSTERS))}
    )
    page.get_by_role("table").wait_for()


def roster(nth: int = 0) -> bytes:
    """Such a list, as a spreadsheet saves it; the ``nth`` has its own user names."""
    wrong = (
        ["", "sai01", "", "P1", ""],
        ["Lê Hoàng Đình Phương Nghĩa (demo)", "có dấu cách", "Kiểm sát viên", "P1", ""],
        ["Lê Hoàng Đình Phương Nghĩa (demo)", "sai05", "Kiểm sát viên", "Phòng 99", ""],
        ["Tôn Nữ Thị Ngọc Quỳnh Uyên (demo)", "sai22", "Kiểm sát viên", "P1", "Giám đốc"],
        ["=HYPERLINK(1)", "sai15", "", "P1", ""],
        ["Tôn Nữ Thị Ngọc Quỳnh Uyên (demo)", "thuky", "Kiểm sát viên", "P1", ""],
        ["Vũ Minh Khánh Sơn (demo)", "sai26", "", "P1", "Quản trị hệ thống"],
    )
    name = unicodedata.normalize("NFD", "Công Tằng Tôn Nữ Thị Ngọc Quỳnh")
    rows = [
        [f"{name} {n} (demo)", f"nguoi{nth}{n:04}", "Kiểm sát viên trung cấp", ("P1", "P8", "P9")[n % 3], ""]
        for n in range(1963)
    ]
    for n in range(37):
        cells = list(wrong[n % len(wrong)])
        if cells[1].startswith("sai"):
            cells[1] = f"sai{n:02}"
        rows.insert(n * 53, cells)
    target = io.StringIO()
    csv.writer(target).writerows([["Họ và tên", "Tên đăng nhập", "Chức vụ", "Đơn vị", "Vai trò"], *rows])
    return target.getvalue().encode("utf-8-sig")


def _takes_roster(page: Page) -> None:
    _roster(page)
    press("roster.take")(page)
    _answer("roster.take")(page)
    page.locator("code").first.wait_for(timeout=60_000)


def _series(page: Page) -> None:
    """A weekly series, its days seen first."""
    _choose("outlines.rules.weekly")(page)
    page.locator("main").get_by_label(called("console.form.title")).fill("Giao ban công tác tuần (demo)")
    page.locator("main").get_by_label(called("console.form.kind")).fill("Giao ban")
    page.locator("main").get_by_label(called("console.form.room")).select_option(index=1)
    press("outlines.series.see")(page)
    page.get_by_role("dialog").locator("li").first.wait_for()


def _series_interrupted(page: Page) -> None:
    _series(page)
    page.route("**/api/series", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    _answer("outlines.series.yes")(page)
    page.get_by_role("dialog").get_by_role("alert").wait_for()
    page.unroute("**/api/series")


def _series_made(page: Page) -> None:
    _series(page)
    _answer("outlines.series.yes")(page)
    page.get_by_role("dialog").wait_for(state="detached")


def _from_type(page: Page) -> None:
    _choose("outlines.froms.type")(page)
    page.locator("main").get_by_label(called("outlines.which.type")).select_option(index=1)
    page.locator("main fieldset").first.wait_for()


def _looks(meeting: str) -> Do:
    """The auditor looks at who opened what, for a reason."""

    def do(page: Page) -> None:
        form = page.locator("main form")
        form.get_by_label(called("readings.look.meeting")).select_option(meeting)
        form.get_by_label(called("readings.look.reason")).fill(_REASON)
        form.get_by_role("button", name=called("readings.look.show")).click()
        page.get_by_role("region", name=called("readings.look.table")).scroll_into_view_if_needed()

    return do


def _gives_password(page: Page) -> None:
    press("roster.give_one")(page)
    _answer("roster.give")(page)
    page.get_by_role("dialog").locator("code").wait_for()


def _asks_to_put_up(page: Page) -> None:
    press("letters.edit_one")(page)
    press("letters.put_up")(page)
    page.get_by_role("dialog").wait_for()


def _looks_at_ballot(page: Page) -> None:
    page.locator("main .answers button").first.click()
    page.locator("main textarea").first.fill("Đề nghị công bố tiêu chuẩn và quá trình công tác.")
    page.locator("main textarea").last.fill("Nhất trí.")
    press("slipsecret.look")(page)
    page.locator("main dl dd").first.wait_for()


def _opens_ballots(page: Page) -> None:
    page.locator("main details summary").first.click()


def _makes_secret(page: Page) -> None:
    page.get_by_label(called("slipsecret.kind")).select_option("secret")


def outside() -> list[Scene]:
    """The page that everybody sees first, with each of its refusals."""
    return [
        Scene("sign-in", "", "/", states=False),
        Scene("sign-in-empty", "", "/", _empty_sign_in, states=False),
        Scene("sign-in-wrong", "", "/", _refused(401, "bad-credentials", tries_left=2), states=False),
        Scene("sign-in-wait", "", "/", _refused(429, "too-many-tries", wait_s=47), states=False),
        Scene("sign-in-wait-here", "", "/", _refused(429, "too-many-tries-here", wait_s=180), states=False),
        Scene("sign-in-disabled", "", "/", _refused(403, "account-disabled"), states=False),
        Scene("sign-in-internal", "", "/", _refused(500, "internal-error", reference="5f3a91c2"), states=False),
        Scene("sign-in-offline", "", "/", _refused(0, ""), states=False),
        Scene("sign-in-code", "", "/", _code, states=False),
        Scene("sign-in-token", "", "/", _by_token, states=False),
    ]


def long_names(of: Things) -> list[Scene]:
    """Every page of the work between two meetings, with long names."""
    held, coming, draft = (f"/meetings/{of[name]}" for name in ("held", "coming", "draft"))
    return [
        Scene("home-member", "daibieu", "/"),
        Scene("home-secretary", "thuky", "/"),
        Scene("home-chair", "chutri", "/"),
        Scene("home-new", "khach", "/", states=False),
        Scene("reports", "thuky", "/reports"),
        Scene("readings", "thuky", f"{coming}/papers"),
        Scene("readings-look", "kiemtoan", f"{coming}/log"),
        Scene("hand-over", "hethong", f"/people/hand-over/{of['leaver']}"),
        Scene("hand-overs", "hethong", "/people/hand-overs"),
        Scene("hand-over-protocol", "hethong", f"/people/hand-overs/{of['handover']}"),
        Scene("faults", "daibieu", "/feedback"),
        Scene("faults-desk", "kythuat", "/feedback/desk"),
        Scene("before", "daibieu", f"{coming}/before"),
        Scene("before-chair", "chutri", f"{coming}/before"),
        Scene("remarks-outside", "truongphong", f"/remarks/{of['coming']}"),
        Scene("units", "hethong", "/people/units"),
        Scene("people", "hethong", "/people"),
        Scene("roster", "hethong", "/people/list", states=False),
        Scene("own-sign-ins", "daibieu", "/sign-ins"),
        Scene("review", "anninh", "/people/review"),
        Scene("outlines", "hethong", "/meeting-outlines"),
        Scene("new-meeting", "thuky", "/meetings/new"),
        Scene("request-hand-in", "daibieu", f"/requests/{of['draft']}/{of['request']}"),
        Scene("requests-board", "thuky", f"{draft}/requests"),
        Scene("tasks", "truongphong", "/tasks"),
        Scene("task", "truongphong", f"/tasks/{of['task1']}"),
        Scene("task-figures", "thuky", "/tasks/figures"),
        Scene("tasks-of-meeting", "thuky", f"{held}/tasks"),
        Scene("consultations", "thuky", "/consultations"),
        Scene("slip-answer", "daibieu", f"/consultations/{of['open_slip']}"),
        Scene("slip-leads", "thuky", f"/consultations/{of['open_slip']}"),
        Scene("slip-results", "chutri", f"/consultations/{of['closed_slip']}"),
        Scene("slip-draft", "thuky", f"/consultations/{of['draft_slip']}"),
        Scene("secret-answer", "daibieu", f"/consultations/{of['secret_open']}"),
        Scene("secret-check", "chutri", f"/consultations/{of['secret_open']}", _looks_at_ballot, states=False),
        Scene("secret-leads", "thuky", f"/consultations/{of['secret_open']}", states=False),
        Scene("secret-results", "chutri", f"/consultations/{of['secret_closed']}", _opens_ballots, states=False),
        Scene("secret-few", "thuky", f"/consultations/{of['secret_few']}", states=False),
        Scene("secret-draft", "thuky", f"/consultations/{of['draft_slip']}", _makes_secret, states=False),
        Scene("calendar", "daibieu", "/calendar"),
        Scene("search", "daibieu", "/search/quy%20ch%E1%BA%BF"),
        Scene("search-begin", "daibieu", "/search", states=False),
        Scene("letters", "thuky", f"{held}/letters"),
        Scene("letter-draft", "thuky", f"{held}/letters", press("letters.edit_one")),
        Scene("invitation-answer", "daibieu", f"{coming}/invitation"),
        Scene("invitation-counts", "thuky", f"{coming}/invitation"),
        Scene("register", "vanthu", "/register"),
        Scene("archive", "thuky", "/register/archive"),
        Scene("minutes-editor", "thuky", f"{held}/minutes"),
        Scene("minutes-member", "daibieu", f"{held}/minutes"),
        Scene("agency", "hethong", "/agency"),
        Scene("second-factor", "daibieu", "/second-factor"),
        Scene("first-password", "moivao", "/", states=False),
        Scene("password-given", "anninh", "/people", _gives_password, states=False),
        Scene("readings-looked", "kiemtoan", "/record", _looks(of["coming"]), states=False),
        Scene("calendar-week", "daibieu", f"/calendar/week/{of['day']}"),
        Scene("search-none", "daibieu", "/search/x%C3%A2y%20d%E1%BB%B1ng%20c%E1%BA%A7u", states=False),
        Scene("type-new", "hethong", "/meeting-outlines", press("outlines.new_type"), states=False),
        Scene("type-edit", "hethong", "/meeting-outlines", press("outlines.edit_one"), states=False),
        Scene("templates", "thuky", "/meeting-outlines"),
        Scene("new-from-type", "thuky", "/meetings/new", _from_type, states=False),
        Scene("series", "thuky", "/meetings/new", _series, states=False),
        Scene("series-interrupted", "thuky", "/meetings/new", _series_interrupted, states=False),
        Scene("series-made", "thuky", "/meetings/new", _series_made, states=False),
        Scene("letter-put-up", "thuky", f"{held}/letters", _asks_to_put_up, states=False),
        Scene("invitation-put-up", "thuky", f"{draft}/letters", _asks_to_put_up, states=False),
        Scene("meeting-draft", "thuky", f"{draft}/info"),
        Scene("meeting-members", "thuky", f"{coming}/members", states=False),
        Scene("meeting-agenda", "thuky", f"{held}/agenda", states=False),
        Scene("meeting-papers", "thuky", f"{coming}/papers", states=False),
        Scene("meeting-attendance", "thuky", f"{held}/attendance", states=False),
        Scene("meeting-chair", "chutri", f"{held}/signing", states=False),
        Scene("help", "truongphong", "/help", states=False),
        Scene("roster-looked", "hethong", "/people/list", _roster, states=False),
        Scene("roster-taken", "hethong", "/people/list", _takes_roster, states=False),
    ]


def first_day(_of: Things) -> list[Scene]:
    """Every list of a house in which there is nothing yet."""
    pages = (
        ("home-member", "daibieu", "/"),
        ("home-secretary", "thuky", "/"),
        ("home-it", "kythuat", "/"),
        ("home-clerk", "vanthu", "/"),
        ("home-admin", "hethong", "/"),
        ("home-security", "anninh", "/"),
        ("home-auditor", "kiemtoan", "/"),
        ("calendar", "daibieu", "/calendar"),
        ("tasks", "thuky", "/tasks"),
        ("task-figures", "thuky", "/tasks/figures"),
        ("consultations", "thuky", "/consultations"),
        ("consultations-member", "daibieu", "/consultations"),
        ("reports", "kiemtoan", "/reports"),
        ("reports-secretary", "thuky", "/reports/2026"),
        ("register", "vanthu", "/register"),
        ("units", "hethong", "/people/units"),
        ("review", "anninh", "/people/review"),
        ("hand-overs", "hethong", "/people/hand-overs"),
        ("outlines", "hethong", "/meeting-outlines"),
        ("templates", "thuky", "/meeting-outlines"),
        ("new-meeting", "thuky", "/meetings/new"),
        ("rooms", "kythuat", "/rooms"),
        ("devices", "kythuat", "/devices"),
        ("enrol-list", "kythuat", "/devices/list"),
        ("book", "kythuat", "/devices/book"),
        ("faults", "daibieu", "/feedback"),
        ("faults-desk", "kythuat", "/feedback/desk"),
        ("trust", "anninh", "/trust"),
        ("certificates-of", "anninh", "/trust/certificates"),
        ("pictures-of", "anninh", "/trust/pictures"),
        ("certificates", "daibieu", "/certificates"),
        ("sign-ins", "daibieu", "/sign-ins"),
        ("agency", "hethong", "/agency"),
        ("record", "kiemtoan", "/record"),
        ("entries", "kiemtoan", "/record/log"),
        ("search", "daibieu", "/search/quy"),
    )
    made = [Scene(f"first-{name}", who, path, states=False) for name, who, path in pages]
    return [*outside(), *made]


def signed(of: Things) -> list[Scene]:
    """Minutes on their way to be signed, with both signers and the clerk, frozen, numbered."""
    signing, frozen, revoked, moved = (f"/meetings/{of[state]}" for state in ("signing", "frozen", "revoked", "moved"))
    told = [
        Scene("told-home-member", "daibieu", "/"),
        Scene("told-home-secretary", "thuky", "/"),
        Scene("revoked-letter", "thuky", f"{revoked}/letters"),
        Scene("revoked-answers", "thuky", f"{revoked}/invitation"),
        Scene("revoked-member", "daibieu", f"{revoked}/invitation"),
        Scene("moved-members", "thuky", f"{moved}/members"),
        Scene("moved-letter", "thuky", f"{moved}/letters"),
        Scene("moved-answers", "thuky", f"{moved}/invitation"),
        Scene("moved-member", "daibieu", f"{moved}/invitation"),
    ]
    return [
        *(replace(each, states=False) for each in told),
        Scene(
            "minutes-put-up", "thuky", f"/meetings/{of['drafting']}/minutes", press("minutes.sign.put_up"), states=False
        ),
        Scene("minutes-signing", "chutri", f"{signing}/minutes", states=False),
        Scene("minutes-signing-secretary", "thuky", f"{signing}/minutes", states=False),
        Scene("minutes-round", "chutri", f"{signing}/signing/{of['signing-round']}", states=False),
        Scene("minutes-frozen", "thuky", f"{frozen}/minutes", states=False),
        Scene("minutes-frozen-member", "daibieu", f"{frozen}/minutes", states=False),
        Scene("minutes-frozen-signing", "chutri", f"{frozen}/signing", states=False),
        Scene("signed-register", "vanthu", "/register", states=False),
    ]
