"""`make demo`: brings the room up, furnishes it the first time, says where to look, and stays until Ctrl-C.

Rules: everything lies in one folder (``var/demo``, or ``PHONGHOP_DEMO_DIR``); a second run goes on where the first
stopped, also in the middle of the furnishing; whatever ends the demo, its programs end with it.

Usage: ``python -m deploy.demo``; ``python -m deploy.demo --clean`` removes the folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from deploy.demo import ports
from deploy.demo.addresses import Addresses, table
from deploy.demo.configuration import Ports
from deploy.demo.console import Console
from deploy.demo.errors import AlreadyRunning, CommandFailed, DemoError, NotReady, TokensMissing
from deploy.demo.folder import Folder
from deploy.demo.furnishing import furnish, papers_meanwhile
from deploy.demo.hints import look, next_step
from deploy.demo.papers import DemoPaperError
from deploy.demo.people import TERMINALS
from deploy.demo.processes import end_left_behind
from deploy.demo.room import Room
from deploy.demo.stopping import Stopped, stopping, wait_for_signal
from deploy.demo.tokens.authority import PIN
from deploy.demo.tokens.enrolling import enrol
from deploy.demo.tokens.panel import Panel
from deploy.demo.tokens.place import bank_place, remove_left_behind
from deploy.demo.tokens.stand import Stand
from deploy.render import RenderError

_ROOT: Final = Path(__file__).resolve().parents[2]
_ADDRESSES: Final = "addresses"
_PORT_TRIES: Final = 3
#: The chair and the secretary share it in the demo; everybody has one of their own in a house.
DESK_PC: Final = "Máy của chủ trì, thư ký"


def main(words: list[str]) -> int:
    """Run or remove the demo room; 0 when it ended as asked, 1 with a message otherwise."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description="Phòng họp mẫu · the demo room")
    parser.add_argument("--clean", action="store_true", help="xóa phòng họp mẫu · remove the demo room")
    wanted = parser.parse_args(words)
    console = Console.on(sys.stdout)
    root = Path(os.environ.get("PHONGHOP_DEMO_DIR") or _ROOT / "var" / "demo")
    try:
        return clean(root, console) if wanted.clean else run(root, console)
    except (DemoError, DemoPaperError, RenderError, OSError) as error:
        console.fault(str(error))
        return 1


def clean(root: Path, console: Console) -> int:
    """Remove the folder; raises AlreadyRunning while the room runs."""
    if not root.exists():
        console.say(f"Không có gì để xóa · nothing to remove: {root}")
        return 0
    with Folder.at(root).held() as folder:
        end_left_behind(folder.made("run"))
        remove_left_behind(folder)
        folder.remove()
    console.say(f"Đã xóa · removed: {root}")
    return 0


def run(root: Path, console: Console) -> int:
    """Run the room until a signal; one that runs already is shown instead."""
    folder = Folder.at(root)
    try:
        with folder.held():
            return _hold(folder, console)
    except AlreadyRunning as error:
        known = folder.notes(_ADDRESSES)
        console.fault(str(error))
        if known is not None:
            console.say(str(known["table"]))
        return 0


def _hold(folder: Folder, console: Console) -> int:
    """Run until a signal; when a port was taken between its choice and the start, with other ports."""
    for left in reversed(range(_PORT_TRIES)):
        try:
            return _hold_once(folder, console)
        except NotReady as failed:
            if not (failed.port_taken and left):
                raise
            console.step("Cổng vừa bị chương trình khác dùng, chọn cổng khác · a port was just taken, choosing others")
    return 1


def _hold_once(folder: Folder, console: Console) -> int:
    with ExitStack() as running:
        # First of all, for they take their turn of ports themselves; ended last, when no terminal holds a token.
        stand, why = _open_stand(folder, running)
        with ExitStack() as choosing:
            choosing.enter_context(ports.turn())
            room = Room(
                folder,
                Ports.choose(seats=len(TERMINALS)),
                listener=console,
                report=console.fault,
                readers=() if stand is None else tuple(stand.reader(index) for index in range(len(TERMINALS))),
                bridge_reader="" if stand is None else stand.reader(len(TERMINALS)),
                reader_environment={} if stand is None else stand.environment,
            )
            return _hold_room(room, console, Tokens(stand, why, running), listening=choosing.close)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The readers, or why there are none; ``running`` ends what is started beside the room."""

    stand: Stand | None
    why: str
    running: ExitStack


def _open_stand(folder: Folder, running: ExitStack) -> tuple[Stand | None, str]:
    try:
        place = running.enter_context(bank_place(folder))
        stand = Stand.open(folder.made("tokens"), place, seats=len(TERMINALS) + 1)
    except TokensMissing as missing:
        return None, str(missing)
    return running.enter_context(stand), ""


def _serve_tokens(room: Room, display: str, tokens: Tokens, *, console: Console) -> Addresses:
    """Enrol the tokens and open their panel; what goes wrong there leaves the room with its passwords."""
    addresses = Addresses(room.ports, display, room.kiosks(), no_tokens=tokens.why)
    if tokens.stand is None:
        return addresses
    try:
        console.step("USB token mẫu · software tokens")
        enrol(room, tokens.stand)
        labels = (*(f"Chỗ {seat}" for seat in TERMINALS), DESK_PC)
        panel = tokens.running.enter_context(Panel(tokens.stand, labels=labels, port=room.ports.panel))
    except (CommandFailed, OSError) as failed:
        return replace(addresses, no_tokens=str(failed))
    return replace(addresses, panel=panel.address, pin=PIN, bridge=room.bridge_address())


def _hold_room(room: Room, console: Console, tokens: Tokens, *, listening: Callable[[], None]) -> int:
    began = 0.0
    with stopping(hurry=room.programs.kill_all):
        with room:
            try:
                console.muted = True
                _bring_up(room, console, tokens, listening=listening)
                console.muted = False
                wait_for_signal()
            except Stopped:
                began = time.monotonic()
                console.step("Đang dừng; Ctrl-C lần nữa để dừng ngay · stopping; Ctrl-C again stops at once")
        console.done("Đã dừng phòng họp mẫu · the demo room has stopped", began)
    return 0


def _bring_up(room: Room, console: Console, tokens: Tokens, *, listening: Callable[[], None]) -> None:
    began = time.monotonic()
    with papers_meanwhile(room) as papers_made:
        console.step("Khóa, chứng thư số, cơ sở dữ liệu · keys, certificates, database")
        room.configuration.write_server()
        if not room.has_past:
            console.step("Những việc đã qua trong đơn vị mẫu · what happened in the demo's house before")
            room.make_past()
        console.step(
            "Khởi động máy chủ chuyển tin, máy chủ, proxy, thiết bị · starting broker, server, proxy, terminals"
        )
        room.start()
        listening()
        console.done("Các chương trình đang chạy · the programs run", began)
        display = furnish(room, console, papers_made=papers_made)
    addresses = _serve_tokens(room, display, tokens, console=console)
    room.folder.note(_ADDRESSES, {"table": table(addresses)})
    console.say(table(addresses, bold=console.bold))
    console.say(f"  {console.bold(next_step(look(room.ports.http)))}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
