"""A window that shows pictures of one env, for `render_mode="human"`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pygame


class Window:
    """Opens at the first picture and keeps to the env's frame rate.

    Args:
        title: Text of the title bar.
        fps: Most pictures per second.
    """

    def __init__(self, title: str, fps: int) -> None:
        self._title, self._fps = title, fps
        self._clock = pygame.time.Clock()
        self._surface: pygame.Surface | None = None

    def show(self, picture: npt.NDArray[np.uint8]) -> None:
        """Show one picture, `(height, width, 3)`; waits until the last one had its time."""
        height, width, _ = picture.shape
        if self._surface is None:
            pygame.display.init()
            pygame.display.set_caption(self._title)
            self._surface = pygame.display.set_mode((width, height))
        frame = pygame.surfarray.make_surface(picture.transpose(1, 0, 2))
        self._surface.blit(frame, (0, 0))
        pygame.event.pump()
        self._clock.tick(self._fps)
        pygame.display.flip()

    def close(self) -> None:
        """Close the window; safe to call twice."""
        if self._surface is not None:
            pygame.display.quit()
            self._surface = None
