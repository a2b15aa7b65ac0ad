"""The icons, drawn by ourselves: a footbridge, with a badge that says how accounts fare."""

from __future__ import annotations

from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from passerelle.desktop.tray.look import Look

SIZES: Final = (22, 32, 48)
"""In pixels; panels take the one that fits best."""
_FINENESS: Final = 8
"""Drawn so much larger, then made smaller, which smooths edges."""
_GRID: Final = 22

_BLUE, _GREY, _WHITE = (38, 110, 180, 255), (140, 140, 140, 255), (255, 255, 255, 255)
_BADGES: Final = {
    Look.WORKING: (46, 160, 67, 255),
    Look.OFFLINE: (110, 110, 110, 255),
    Look.ATTENTION: (224, 96, 0, 255),
}


@cache
def icon(look: Look, size: int) -> Image.Image:
    """The picture of that many pixels, with transparency."""
    scale = size * _FINENESS / _GRID
    picture = Image.new("RGBA", (size * _FINENESS, size * _FINENESS), (0, 0, 0, 0))
    pen = _Pen(ImageDraw.Draw(picture), scale)
    _draw_bridge(pen, _GREY if look is Look.OFFLINE else _BLUE)
    if look in _BADGES:
        pen.circle((16, 6), 6, _BADGES[look])
        _draw_sign(pen, look)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def pixmap(look: Look, size: int) -> tuple[int, int, bytes]:
    """The picture as a StatusNotifierItem has it: width, height, and ARGB in network byte order."""
    red, green, blue, alpha = icon(look, size).split()
    return size, size, Image.merge("RGBA", (alpha, red, green, blue)).tobytes()


_Colour = tuple[int, int, int, int]


class _Pen:
    """Draws on a grid of 22 by 22."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self._draw = draw
        self._scale = scale

    def line(self, points: tuple[tuple[float, float], ...], colour: _Colour, width: float) -> None:
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * self._scale), joint="curve")

    def circle(self, centre: tuple[float, float], radius: float, colour: _Colour) -> None:
        x, y = centre
        self._draw.ellipse(
            [value * self._scale for value in (x - radius, y - radius, x + radius, y + radius)], fill=colour
        )

    def arc(self, box: tuple[float, float, float, float], colour: _Colour, width: float) -> None:
        self._draw.arc([value * self._scale for value in box], 180, 360, fill=colour, width=round(width * self._scale))


def _draw_bridge(pen: _Pen, colour: _Colour) -> None:
    pen.line(((0, 17), (22, 17)), colour, 2.4)
    pen.arc((2, 4, 20, 30), colour, 2.4)
    for x in (7, 11, 15):
        pen.line(((x, 6), (x, 17)), colour, 1.2)


def _draw_sign(pen: _Pen, look: Look) -> None:
    if look is Look.ATTENTION:
        pen.line(((16, 2.2), (16, 6.8)), _WHITE, 1.8)
        pen.circle((16, 9), 1.1, _WHITE)
    elif look is Look.OFFLINE:
        pen.line(((13.4, 3.4), (18.6, 8.6)), _WHITE, 1.6)
        pen.line(((18.6, 3.4), (13.4, 8.6)), _WHITE, 1.6)
    else:
        pen.line(((12.6, 4.6), (19, 4.6), (17, 2.6)), _WHITE, 1.3)
        pen.line(((19.4, 7.6), (13, 7.6), (15, 9.6)), _WHITE, 1.3)
