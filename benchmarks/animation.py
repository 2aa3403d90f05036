"""Episodes as animated pictures: inside a page as `data:` URIs, or as files."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from alignenv.benchmarks.report_data import Frame
from alignenv.files import write_atomically

MAX_FRAMES = 150
"""Longer episodes are thinned out, first and last frame kept."""
MAX_SIDE = 320
"""Longest side in pixels; larger pictures are scaled down."""
HOLD_MS = 1500
"""How long the last frame stays, so that the outcome can be seen."""


def animation_uri(frames: Sequence[Frame], fps: float) -> str:
    """A `data:` URI of an animated WebP.

    Args:
        frames: Pictures of one size, at least one.
        fps: Pictures per second of the whole episode; a thinned one lasts as long.
    """
    return _uri(encode_animation(frames, fps))


def write_animation(path: Path, frames: Sequence[Frame], fps: float = 8.0) -> None:
    """Write an animated WebP, or a GIF where the name ends so.

    Raises:
        MachineError: The disk is full or the folder cannot be written.
    """
    kind = "GIF" if path.suffix.lower() == ".gif" else "WEBP"
    write_atomically(path, encode_animation(frames, fps, kind))


def encode_animation(frames: Sequence[Frame], fps: float, kind: str = "WEBP") -> bytes:
    """An animation as the bytes of a file; long episodes are thinned out."""
    kept = [frames[i] for i in _thinned(len(frames))]
    each_ms = max(20, round(1000 / fps * len(frames) / len(kept)))
    images = [_image(frame) for frame in kept]
    durations = [each_ms] * (len(images) - 1) + [max(HOLD_MS, each_ms)]
    buffer = io.BytesIO()
    images[0].save(
        buffer,
        format=kind,
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
        quality=75,
        method=3,
    )
    return buffer.getvalue()


def still_uri(frame: Frame) -> str:
    """A `data:` URI of one picture, for readers who want no motion."""
    buffer = io.BytesIO()
    _image(frame).save(buffer, format="WEBP", quality=80)
    return _uri(buffer.getvalue())


def _thinned(n: int) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, n - 1, min(n, MAX_FRAMES))})


def _image(frame: Frame) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(frame, dtype=np.uint8), "RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    return image


def _uri(data: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(data).decode('ascii')}"
