"""The desktop of the Windows that Wine is, on a screen that nobody sees: pictures of it, and a mouse."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct
from PIL import Image, ImageChops, ImageGrab

from tests.interop.outlook.wine import python
from tests.support.waiting import eventually

WIDTH, HEIGHT = 1024, 600
PATIENCE_S: Final = 90.0
_ICON: Final = (WIDTH - 22, HEIGHT - 20, WIDTH, HEIGHT)
"""Where the taskbar shows the first icon."""
_EXPLORER: Final = r"Software\Wine\Explorer"
_KEEP: Final = "import ctypes; ctypes.windll.user32.GetDesktopWindow(); input()"
"""A program that has a desktop and goes on: Wine ends a desktop with its last program."""
_AWAY: Final = (10, 10)
_BLACK: Final = (0, 0, 0)
_CLEARLY: Final = 60
_REST: Final = 5
"""So many equal pictures, one after the other, mean that nothing goes on."""
_PAPER: Final = 200
"""What is darker is writing."""
_GAP: Final = 3
"""So many empty rows of pixels are between two lines of a menu."""

Box = tuple[int, int, int, int]


class Menu(Struct, frozen=True):
    """A menu on the screen: where it is, and the middle of each line that says something, from above."""

    box: Box
    lines: tuple[int, ...]

    def at(self, line: int) -> tuple[int, int]:
        """Where a line is clicked."""
        return (self.box[0] + self.box[2]) // 2, self.lines[line]


class Screen:
    """One screen; the pictures that were looked at are kept in a directory."""

    def __init__(self, name: str, pictures: Path) -> None:
        self.name = name
        self._pictures = pictures

    def picture(self, keep: str = "") -> Image.Image:
        """What is on it, perhaps kept under a name."""
        found = ImageGrab.grab(xdisplay=self.name).convert("RGB")
        if keep:
            found.save(self._pictures / f"{keep}.png")
        return found

    def still(self) -> Image.Image:
        """What is on it once it has come to rest."""
        seen: list[bytes] = []

        def look() -> Image.Image | None:
            picture = self.picture()
            seen.append(picture.tobytes())
            return picture if len(seen) >= _REST and len({*seen[-_REST:]}) == 1 else None

        return eventually(look, "a screen at rest", patience_s=PATIENCE_S) or self.picture()

    def icon(self) -> str:
        """What the icon looks like: none, blue, grey, green or orange."""
        pixels = _cut(self.still().crop(_ICON).tobytes(), 3)
        if all(min(pixel) >= _PAPER for pixel in pixels):
            return "none"
        for name, (much, little) in {"orange": (0, 2), "green": (1, 2), "blue": (2, 0)}.items():
            if sum(pixel[much] - pixel[little] > _CLEARLY for pixel in pixels) >= 5:
                return name
        return "grey"

    def has_taskbar(self) -> None:
        """Wait until there is one."""
        eventually(lambda: self.picture().getpixel(_AWAY) != _BLACK, "a desktop", patience_s=PATIENCE_S)
        self.shows("none")

    def shows(self, icon: str, *, patience_s: float = PATIENCE_S) -> None:
        """Wait until the icon looks so."""
        eventually(lambda: self.icon() == icon, f"the icon is {icon}, and not {self.icon()}", patience_s=patience_s)

    def tip(self, keep: str) -> Box:
        """Where the words beside the icon stand; they are looked at, and gone again."""
        before = self.still()
        self._mouse("mousemove", *_middle(_ICON))
        found = self._news(before, keep)
        self._mouse("mousemove", *_AWAY)
        eventually(lambda: _difference(before, self.picture()) is None, "the tip goes")
        return found

    def balloon(self, keep: str) -> None:
        """Wait for a balloon above the taskbar."""
        found = self.picture().getpixel(_AWAY)
        above = (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT - 20)

        def look() -> bool:
            picture = self.picture(keep).crop(above)
            return any(colour != found for _, colour in picture.getcolors(picture.width * picture.height) or ())

        eventually(look, "a balloon", patience_s=PATIENCE_S)

    def opened(self, keep: str, button: int = 1) -> Menu:
        """The menu after a click on the icon."""
        before = self.still()
        self._mouse("mousemove", *_middle(_ICON), "click", button, "mousemove", *_AWAY)
        return self._menu(self._news(before, keep), keep)

    def opened_below(self, menu: Menu, line: int, keep: str) -> Menu:
        """The menu that opens beside a line of another, to the left of it."""
        left = (0, 0, menu.box[0], HEIGHT)
        before = self.still().crop(left)
        self._mouse("mousemove", *menu.at(line))
        return self._menu(self._news(before, keep, left), keep)

    def choose(self, menu: Menu, line: int) -> None:
        """Click on a line."""
        self._mouse("mousemove", *menu.at(line), "click", 1, "mousemove", *_AWAY)

    def _news(self, before: Image.Image, keep: str, within: Box = (0, 0, WIDTH, HEIGHT)) -> Box:
        """Where the screen came to differ, once it has come to rest."""

        what = f"something new on the screen: {keep}"
        found = eventually(lambda: _difference(before, self.still().crop(within)), what, patience_s=PATIENCE_S)
        self.picture(keep)
        assert found is not None
        return found

    def _menu(self, box: Box, keep: str) -> Menu:
        picture = Image.open(self._pictures / f"{keep}.png")
        return Menu(box, tuple(_lines(picture.crop(box), box[1])))

    def _mouse(self, *words: str | int) -> None:
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, check=True, timeout=PATIENCE_S, env={"DISPLAY": self.name, "PATH": "/usr/bin:/bin"})


@contextmanager
def screen(pictures: Path) -> Iterator[Screen]:
    """A screen; programs that are started with its name have Windows' desktop on it."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            shown = Screen(f":{server.stdout.readline().strip()}", pictures)
            yield shown
        finally:
            server.terminate()


@contextmanager
def desktop(shown: Screen) -> Iterator[None]:
    """Windows' own desktop with its taskbar, on a screen, and each program's windows on it."""
    _put(rf"{_EXPLORER}\Desktops", "shell", f"{WIDTH}x{HEIGHT}")
    _put(_EXPLORER, "Desktop", "shell")
    try:
        with python("-c", _KEEP, stdin=subprocess.PIPE, display=shown.name):
            shown.has_taskbar()
            try:
                yield
            finally:
                shown.picture("last")
    finally:
        _put(_EXPLORER, "Desktop", None)


def _put(key: str, name: str, value: str | None) -> None:
    code = "from passerelle.peers.outlook.registry import system_registry as registry"
    with python("-c", f"{code}; registry().put({key!r}, {name!r}, {value!r})") as process:
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said


def _middle(box: Box) -> tuple[int, int]:
    return (box[0] + box[2]) // 2, (box[1] + box[3]) // 2


def _difference(one: Image.Image, other: Image.Image) -> Box | None:
    return ImageChops.difference(one, other).getbbox()


def _cut(values: bytes, size: int) -> list[bytes]:
    return [values[at : at + size] for at in range(0, len(values), size)]


def _lines(menu: Image.Image, top: int) -> Iterator[int]:
    """The middles of the lines of writing; lines that separate are drawn across."""
    grey = menu.convert("L").crop((12, 3, menu.width - 20, menu.height - 3))
    rows = _cut(grey.tobytes(), grey.width)
    written = [y for y, row in enumerate(rows) if min(row) < _PAPER < max(row)]
    start = before = -_GAP
    for y in [*written, grey.height + _GAP]:
        if y - before > _GAP:
            if start >= 0:
                yield top + 3 + (start + before) // 2
            start = y
        before = y
