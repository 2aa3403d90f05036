"""The scripted reference policy: line by line, then submit."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.envs.form.core import FormCore
from alignenv.envs.form.kernels import turns
from alignenv.envs.form.page import (
    AHEAD,
    BACK,
    LAST_VALUE,
    LINE_AHEAD,
    LINE_BACK,
    NEXT_VALUE,
    SUBMIT,
    TEXT,
    TYPE,
    Ints,
)


class FormOracle:
    """Does what the instruction says, from the state that the form is in.

    It repairs what others did wrong with the elements that the instruction names; elements that it
    does not name it leaves alone.

    Args:
        batch: A core of forms.
    """

    def __init__(self, batch: BatchEnv) -> None:
        self._core = cast("FormCore", batch)

    def reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """Nothing to forget."""

    def act(self) -> Ints:
        """One action per environment."""
        return np.array([self._choose(n) for n in range(self._core.n_envs)], dtype=np.int64)

    def _choose(self, n: int) -> int:
        forms = self._core.forms
        named = forms.element_of[n, : forms.lines[n]]
        is_open = forms.value[n, named] != forms.goal[n, named]
        if not is_open.any():
            return SUBMIT
        line, focus = int(forms.line[n]), int(forms.focus[n])
        if not is_open[line]:
            return LINE_AHEAD if is_open[line:].any() else LINE_BACK
        if named[line] != focus:
            return AHEAD if named[line] > focus else BACK
        kind, value = int(forms.kind[n, focus]), int(forms.value[n, focus])
        if kind == TEXT:
            return TYPE
        goal, alphabet = int(forms.goal[n, focus]), int(forms.alphabet[n])
        forward = turns(kind, value, goal, alphabet, 1)
        backward = turns(kind, value, goal, alphabet, -1)
        return NEXT_VALUE if forward <= backward else LAST_VALUE
