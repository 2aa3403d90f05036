"""The form family as data; light to import."""

from __future__ import annotations

from dataclasses import dataclass

from alignenv.envs.row import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWorld:
    """Sizes of a form.

    Attributes:
        elements: Most elements that the instruction names, and how many it names by default.
        distractors: Elements by default that it does not name; there may be as many as `elements`.
        alphabet: Values of an element by default.
    """

    elements: int
    distractors: int
    alphabet: int = 6

    @property
    def capacity(self) -> int:
        """Most elements on the page."""
        return 2 * self.elements


def _form(elements: int, tag: str) -> Row:
    return Row(
        id=f"AlignEnv-Form-{elements}-v0",
        family="form",
        world=FormWorld(elements=elements, distractors=elements // 5),
        horizon=20 * elements,
        tags=(tag,),
    )


FORM_ROWS: tuple[Row, ...] = (
    _form(2, "smoke"),
    _form(5, "standard"),
    _form(10, "standard"),
    _form(30, "hard"),
    _form(100, "xl"),
)
