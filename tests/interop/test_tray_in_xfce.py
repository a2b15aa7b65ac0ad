"""The icon in a real panel: that of Xfce, on a screen that nobody sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MISSING = [name for name in ("dbus-run-session", "Xvfb", "xfce4-panel") if shutil.which(name) is None]
SCRIPT = """
import os, sys, threading, time
from datetime import UTC, datetime
from pathlib import Path
from PIL import ImageGrab
from passerelle.daemon.board import Board
from passerelle.daemon.control.doors import open_door
from passerelle.daemon.control.messages import State
from passerelle.daemon.control.server import ControlServer
from passerelle.desktop.tray.running import show_tray

ORANGE = (224, 96, 0)  # the badge of an account that needs its user

def is_orange():
    screen = ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB")
    return sum(count for count, colour in screen.getcolors(screen.width * screen.height) if colour == ORANGE) > 10

def awaited(wanted):
    deadline = time.monotonic() + 40
    while is_orange() is not wanted:
        if time.monotonic() > deadline:
            return "never"
        time.sleep(0.2)
    return "orange" if wanted else "not orange"

board, data = Board(), Path(sys.argv[1])
board.arrange(["anna"])
board.update("anna", state=State.IN_STEP, skipped=1)
server = ControlServer(open_door(data), board, None)
threading.Thread(target=show_tray, args=(data, print, print), daemon=True).start()
print(awaited(True))
board.update("anna", skipped=0)
print(awaited(False), flush=True)
os._exit(0)  # the icon goes on for ever
"""
SESSION = """
exec 3>display
Xvfb -displayfd 3 -screen 0 800x200x24 -nolisten tcp >/dev/null 2>&1 & xvfb=$!
trap 'kill $panel $xvfb' EXIT
until [ -s display ]; do sleep 0.05; done
export DISPLAY=:$(cat display)
xfce4-panel --disable-wm-check >panel.log 2>&1 & panel=$!
"$@"
"""


@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian: dbus, xvfb, xfce4-panel)")
def test_a_panel_shows_the_icon_and_changes_it_when_an_account_needs_its_user_and_when_it_is_settled(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    environment = {name: value for name, value in environment.items() if not name.startswith("XDG_CONFIG")}
    command = ["dbus-run-session", "--", "bash", "-c", SESSION, "session", sys.executable, "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    words = done.stdout.splitlines()
    assert words[-2:] == ["orange", "not orange"], done.stdout + done.stderr
