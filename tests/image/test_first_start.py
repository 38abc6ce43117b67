"""A seat out of the box (D1–D3) does its whole job: the image starts in a computer, shows its code, is admitted, lets a
person with a token in, shows a paper, gives it back, and comes to itself after a hang and after a plug that is pulled.

Rules: the image is the one that ``make image`` builds; server, broker and proxy are real and on this machine; fingers,
keys and tokens are those of the virtual computer. What goes on inside is looked at over a line of this computer alone.
Pictures of its screen stay in ``test-results/image``. The tests are one story, in this order: ``make test-image``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from deploy.demo.tokens.authority import PIN
from server.voting.evidence import check_signature
from tests.image.computer import Computer
from tests.image.conftest import EDITION, PICTURES, SEEN_S, START_S
from tests.image.house import SERIAL, WHO, House
from tests.image.inside import inside
from tests.support.poll import until
from tests.support.token_room import PAPER, TITLE
from tests.support.vote_room import QUESTION
from wire import recount

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(1500),
]

#: Below the bar, and at the head of the paper in front: where words stand. A page that failed says so further down.
BELOW_BAR, IN_PAPER, AGAIN = (0, 70, 1280, 800), (310, 240, 1035, 390), (606, 577, 735, 634)
#: The buttons below a paper, which the list of papers does not have.
TURNING = (305, 725, 1050, 785)
#: So many dark dots are words; a spinner has some hundred, an empty screen is dark all over.
WORDS, EMPTY = 250, 400_000
DARK = 100
#: The one paper in the list, and "again" under a page that failed; looked at in the pictures.
PAPER_AT, AGAIN_AT = (600, 352), (666, 605)
#: In a vote: the first answer, the button that sends it; on the sheet that says what is signed, the keys of the PIN.
IN_FAVOUR_AT, SEND = (195, 490), (790, 700, 1030, 770)
DIGITS_AT = {"0": (873, 609)} | {str(at + 1): (754 + at % 3 * 119, 399 + at // 3 * 70) for at in range(9)}
SIGN, FIELD = (945, 585, 1025, 632), (660, 262, 1040, 308)
WRONG_PIN = "654321"
#: Microseconds since the start of the kernel: of the first program, and of the end of giving the tries back.
_WHEN = (
    "systemctl show -p UserspaceTimestampMonotonic --value; "
    "systemctl show -p ExecMainExitTimestampMonotonic --value phonghop-good"
)
#: Of each file of a paper: its place on the card, when it was written last, how large it is, its name.
_PAPERS = "stat -c '%i %Y %s %n' /var/lib/phonghop-seat/vault/papers/*"
_VAULT = "journalctl -u phonghop-vault -o cat --no-pager"
#: Asks the seat's page what it shows, as the terminal's own browser would.
_ASK = """
import json, urllib.request
home, secret = open("/run/phonghop-seat/kiosk.url").read().strip().split("/#kiosk=")
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
given, kind = json.dumps({"secret": secret}).encode(), {"Content-Type": "application/json"}
browser.open(urllib.request.Request(home + "/api/kiosk", given, kind))
print(browser.open(home + "/api/seat").read().decode())
"""


def shown(seat: Computer) -> dict[str, Any]:
    said = inside(seat, _ASK)
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        return {"seat": {"state": said.strip()[-200:]}}  # the agent is not up yet
    return found


def where(seat: Computer) -> str:
    return str(shown(seat)["seat"]["state"])


def until_where(seat: Computer, state: str) -> None:
    until(lambda: where(seat) == state, timeout_s=SEEN_S, every_s=1, what=f"the seat is {state}")


def shows_words(seat: Computer, name: str, where: tuple[int, int, int, int]) -> bool:
    shown = seat.picture(PICTURES / f"{name}.png").crop(where)
    return WORDS < sum(shown.convert("L").histogram()[:DARK]) < EMPTY


def is_dark(seat: Computer, name: str, where: tuple[int, int, int, int]) -> bool:
    """Whether most of a place is: the button that sends is deep blue as soon as it may be pressed."""
    shown = seat.picture(PICTURES / f"{name}.png").crop(where).convert("L")
    return 2 * sum(shown.histogram()[:DARK]) > shown.width * shown.height


def types_by_touch(seat: Computer, digit: str) -> None:
    """As a finger does: the next one when the field shows this one (QEMU keeps no more than sixteen events)."""

    def field() -> bytes:
        return seat.picture(PICTURES / "typed.png").crop(FIELD).tobytes()

    before = field()
    seat.touch(*DIGITS_AT[digit])
    until(lambda: field() != before, timeout_s=SEEN_S, every_s=0.5, what="the digit is in the field")


def middle(where: tuple[int, int, int, int]) -> tuple[int, int]:
    left, top, right, bottom = where
    return (left + right) // 2, (top + bottom) // 2


def until_page(
    seat: Computer, name: str, *, where: tuple[int, int, int, int] = BELOW_BAR, unlike: str | None = None
) -> None:
    """``unlike``: the picture of what was there before; a browser draws what the agent already says a moment later."""

    def is_there() -> bool:
        return shows_words(seat, name, where) and (unlike is None or below_bar(name) != below_bar(unlike))

    until(is_there, timeout_s=SEEN_S, every_s=2, what=f"words on the screen: {name}")


def below_bar(name: str) -> bytes:
    with Image.open(PICTURES / f"{name}.png") as shown:
        return shown.crop(BELOW_BAR).tobytes()


def tries(seat: Computer) -> str:
    return seat.run("sed -n s/^A_LEFT=//p /boot/state.env").strip()


def test_D1_a_seat_asks_to_be_admitted_and_shows_its_code(seat: Computer, house: House) -> None:
    until(house.devices, timeout_s=START_S, every_s=2, what="a device asks")
    assert [(each["state"], each["serial"]) for each in house.devices()] == [("pending", SERIAL)]
    until_page(seat, "code")
    assert shown(seat)["seat"]["code"] == house.devices()[0]["code"]
    assert EDITION.version in seat.run("cat /etc/os-release")


def test_D1_D2_it_is_admitted_and_takes_its_place(seat: Computer, house: House) -> None:
    house.admit()
    until(house.is_online, timeout_s=SEEN_S, every_s=1, what="the seat is there")
    house.meet()
    until_where(seat, "welcome")
    until(house.delivered, timeout_s=SEEN_S, every_s=2, what="the paper is at the seat")
    until_page(seat, "welcome")


def test_a_slot_that_is_well_gets_its_tries_back(seat: Computer, capsys: pytest.CaptureFixture[str]) -> None:
    until(lambda: tries(seat) == "3", timeout_s=START_S, every_s=2, what="three tries")
    until(lambda: "ro," in seat.run("findmnt -no OPTIONS /boot"), timeout_s=SEEN_S, every_s=1, what="read-only again")
    began, good = (float(word) / 1e6 for word in seat.run(_WHEN).split())
    with capsys.disabled():
        print(f"\nimage: well {good - began:.0f} s after its first program began")  # noqa: T201 - what the run is for


def test_another_seats_disk_beside_its_own_is_not_touched(seat: Computer, beside: Path) -> None:
    own = seat.run("basename $(readlink -f /run/phonghop-boot/disk)").strip()
    assert own == "vdb", "the other disk comes first"
    for place in ("/boot", "/var/lib/phonghop-seat"):
        assert seat.run(f"readlink -f $(findmnt -no SOURCE {place})").strip().startswith(f"/dev/{own}"), place
    assert not any(beside.read_bytes()[1 << 20 : -(1 << 20)]), "nothing was made on it"


def test_nothing_listens_and_no_unit_has_failed(seat: Computer) -> None:
    failed = seat.run("systemctl --failed --no-legend --plain")
    assert failed.strip() == ""
    listening = [line.split()[4] for line in seat.run("ss -Hltun").splitlines()]
    assert [place for place in listening if not place.startswith(("127.", "[::1]")) and not place.endswith(":68")] == []


def test_the_rules_are_read_by_the_tools_themselves(seat: Computer) -> None:
    """And a word that is none of theirs is noticed."""
    for read, rules in (("nft -c -f", "/etc/nftables.conf"), ("usbguard-rule-parser -f", "/etc/usbguard/rules.conf")):
        said = seat.run(f"{read} {rules}; echo $?")
        assert said.split()[-1] == "0", said
        wrong = seat.run(f"(cat {rules}; echo allow nobody-knows) >/run/wrong; {read} /run/wrong; echo $?")
        assert wrong.split()[-1] != "0", wrong


def test_I1_a_wrong_pin_is_refused_and_the_right_one_lets_in(seat: Computer, house: House) -> None:
    seat.port.plug(house.card)
    until(lambda: shown(seat)["usb_token"]["state"] == "ready", timeout_s=SEEN_S, every_s=1, what="the token is read")
    until_page(seat, "pin", unlike="welcome")
    seat.types(f"{WRONG_PIN}\n")
    until(lambda: house.card.pins.pin.left == 2, timeout_s=SEEN_S, every_s=0.5, what="the card has refused")
    until(lambda: shown(seat)["usb_token"]["tries_left"] == 2, timeout_s=SEEN_S, every_s=1, what="it is told")
    assert where(seat) == "welcome"
    until_page(seat, "wrong-pin", unlike="pin")
    seat.types(f"{PIN}\n")
    until_where(seat, "signed_in")
    assert shown(seat)["person"]["name"] == WHO.name


def test_a_paper_is_read_on_the_screen(seat: Computer) -> None:
    def is_in_front() -> bool:
        if (shown(seat)["front"] or {}).get("paper"):
            return True
        # What is on the screen may still be the page before: then nothing lies there, and it is touched once more.
        if shows_words(seat, "signed-in", BELOW_BAR) and below_bar("signed-in") != below_bar("wrong-pin"):
            seat.touch(*PAPER_AT)
        return False

    until(is_in_front, timeout_s=SEEN_S, every_s=5, what="a paper is in front")

    def is_read() -> bool:
        if not shows_words(seat, "paper", TURNING):
            return False
        if shows_words(seat, "paper", IN_PAPER):
            return True
        if shows_words(seat, "paper", AGAIN):
            seat.touch(*AGAIN_AT)  # the seat waits twenty seconds for its renderer; an imitated computer may need more
        return False

    until(is_read, timeout_s=SEEN_S, every_s=3, what="words on the paper")


def test_V7_a_named_vote_is_signed_with_the_token(seat: Computer, house: House) -> None:
    """By hand on the screen: chosen, read once more, signed with the PIN; the bundle holds the signature."""
    vote = house.ask(QUESTION)
    until_page(seat, "vote", unlike="paper")

    def is_chosen() -> bool:
        if is_dark(seat, "chosen", SEND):
            return True
        seat.touch(*IN_FAVOUR_AT)
        return False

    def asks_for_pin() -> bool:
        if is_dark(seat, "sign", SIGN):
            return True
        seat.touch(*middle(SEND))
        return False

    until(is_chosen, timeout_s=SEEN_S, every_s=3, what="an answer is chosen")
    until(asks_for_pin, timeout_s=SEEN_S, every_s=10, what="what will be signed, and the PIN")
    for digit in PIN:
        types_by_touch(seat, digit)

    def is_signed() -> bool:
        if house.has_voted(vote):
            return True
        if is_dark(seat, "signing", SIGN):
            seat.touch(*middle(SIGN))
        return False

    until(is_signed, timeout_s=SEEN_S / 2, every_s=5, what="the server has the signed ballot")
    until_page(seat, "voted", unlike="sign")
    counted = recount.recount(json.dumps(house.counted(vote)).encode(), check=check_signature)
    assert (counted.signatures, counted.cast, dict(counted.counts)) == (1, 1, {"for": 1, "against": 0, "abstain": 0})


def test_a_stick_is_refused(seat: Computer, tmp_path: Path) -> None:
    stick = tmp_path / "stick.img"
    stick.write_bytes(b"\0" * (1 << 20))
    seat.order("blockdev-add", driver="file", filename=str(stick), **{"node-name": "stick"})
    seat.order("device_add", driver="usb-storage", id="stick", drive="stick", bus="usb.0")
    until(lambda: "08:06:50" in seat.run("usbguard list-devices --blocked"), timeout_s=SEEN_S, what="it is refused")
    assert seat.run("ls /sys/block | grep -v -e vd -e loop -e dm-").strip() == ""
    seat.order("device_del", id="stick")


def test_I2_a_token_that_is_pulled_out_locks(seat: Computer, house: House) -> None:
    seat.port.unplug()
    until_where(seat, "locked")
    until_page(seat, "locked", unlike="voted")


def test_a_screen_that_hangs_comes_back_by_itself(seat: Computer) -> None:
    before = seat.run("systemctl show -p MainPID --value phonghop-kiosk").strip()
    stopped = seat.run("pkill -STOP -u phonghop-kiosk chromium; sleep 1; ps -o stat= -u phonghop-kiosk | grep -c ^T")
    assert int(stopped) > 1
    until(
        lambda: seat.run("systemctl show -p MainPID --value phonghop-kiosk").strip() not in {before, "0"},
        timeout_s=SEEN_S,
        every_s=2,
        what="the screen is started anew",
    )
    until_page(seat, "after-a-hang")
    assert where(seat) == "locked", "who was signed in still is, behind the lock"


def test_D3_it_outlives_a_plug_that_is_pulled_and_its_paper_need_not_come_again(seat: Computer, house: House) -> None:
    papers = seat.run(f"sync; {_PAPERS}")
    assert ".ct" in papers
    seat.unplug_power()
    seat.plug_power()
    until(house.is_online, timeout_s=START_S, every_s=2, what="it is back")
    assert house.devices()[0]["state"] == "approved"

    def said() -> list[str]:
        return re.findall("^vault: .*$", seat.run(_VAULT), re.MULTILINE)

    # What was refused before, for a moment, is no matter.
    until(lambda: said()[-1:] == ["vault: opened"], timeout_s=SEEN_S, every_s=1, what="its vault has opened")
    assert not [line for line in said() if line.startswith("vault: made")]
    assert seat.run(_PAPERS) == papers, "the same files, with what was written before"
    until(house.delivered, timeout_s=SEEN_S, every_s=2, what="it says that it has them")
    until_page(seat, "again")
    until(lambda: tries(seat) == "3", timeout_s=START_S, every_s=2, what="three tries again")


def test_a_recall_leaves_nothing(seat: Computer, house: House) -> None:
    assert house.meeting in seat.run("find /var/lib/phonghop-seat/vault")
    names = [name.encode() for name in seat.run("ls /var/lib/phonghop-seat/vault/papers").split()]
    assert any(name.endswith(b".ct") for name in names)
    house.close()
    until(house.recalled, timeout_s=SEEN_S, every_s=1, what="the seat has signed that nothing is left")
    assert ".ct" not in seat.run("find /var/lib/phonghop-seat/vault/papers")
    assert "epoch" not in seat.run("find /var/lib/phonghop-seat/vault/meetings"), "no key is left"
    until_page(seat, "recalled", unlike="again")
    # All that was ever written, places that are free again as well: sealed at all times, so not even a name is there.
    seat.run("sync")
    written = seat.written()
    assert b"device.key" in written
    assert not [words for words in (b"%PDF-", PAPER.encode(), TITLE.encode(), *names) if words in written]
