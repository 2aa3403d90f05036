"""Pictures of a form: the instruction on the left, the page on the right."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from alignenv.envs.form.page import CHECKBOX, KINDS, Forms, instruction, label, show_value

WIDTH, HEIGHT = 560, 300
_ROWS, _ROW, _TOP, _MIDDLE = 10, 26, 30, 270
_INK, _PAPER, _GREY = (30, 30, 40), (250, 250, 248), (205, 205, 205)
_READ, _FOCUS, _RIGHT = (255, 240, 190), (60, 110, 220), (40, 140, 70)


@cache
def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default()


def paint(forms: Forms, n: int) -> npt.NDArray[np.uint8]:
    """Picture of one form, `(300, 560, 3)`; long ones are scrolled to the focus and the line."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    n_right, n_lines = int(forms.n_right[n]), int(forms.lines[n])
    done = f"  -  {n_right} of {n_lines} right"
    end = "  -  submitted" if forms.submitted[n] else ""
    draw.text((8, 8), "Instruction", _INK, font=_font())
    draw.text((_MIDDLE + 8, 8), f"Form{done}{end}", _INK, font=_font())
    draw.line((_MIDDLE, 0, _MIDDLE, HEIGHT), _GREY)
    _paint_lines(draw, forms, n)
    _paint_page(draw, forms, n)
    return np.asarray(image, dtype=np.uint8)


def _window(size: int, place: int) -> range:
    """The rows that are shown, so that `place` is among them."""
    first = min(max(place - _ROWS // 2, 0), max(size - _ROWS, 0))
    return range(first, min(size, first + _ROWS))


def _paint_lines(draw: ImageDraw.ImageDraw, forms: Forms, n: int) -> None:
    texts, line = instruction(forms, n), int(forms.line[n])
    for row, index in enumerate(_window(len(texts), line)):
        top = _TOP + row * _ROW
        if index == line:
            draw.rectangle((2, top - 2, _MIDDLE - 4, top + _ROW - 6), _READ)
        draw.text((8, top), f"{index + 1}. {texts[index]}", _INK, font=_font())


def _paint_page(draw: ImageDraw.ImageDraw, forms: Forms, n: int) -> None:
    focus = int(forms.focus[n])
    for row, element in enumerate(_window(int(forms.size[n]), focus)):
        kind, value = int(forms.kind[n, element]), int(forms.value[n, element])
        top, left = _TOP + row * _ROW, _MIDDLE + 100
        is_focused = element == focus
        draw.text((_MIDDLE + 8, top), label(kind, element), _INK, font=_font())
        right = left + 14 if kind == CHECKBOX else left + 120
        edge = _FOCUS if is_focused else _GREY
        draw.rectangle(
            (left, top - 2, right, top + 14), "white", edge, width=2 if is_focused else 1
        )
        if kind != CHECKBOX:
            draw.text((left + 6, top), show_value(kind, value), _INK, font=_font())
        elif value:
            draw.line((left + 3, top + 6, left + 6, top + 10, left + 11, top + 2), _RIGHT, width=2)
        draw.text((left + 130, top), KINDS[kind], _GREY, font=_font())
