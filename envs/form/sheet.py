"""The observation `page`: every element of a form as one row of numbers.

A row has the kind of the element (4 flags), whether there is one, its value, whether it is
focused, and of the line that names it: whether there is one, its place in the instruction, the
value it asks for, and whether it is being read. Rows below the page are zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import kernel
from alignenv.envs.form.page import NONSENSE, Forms

PAGE_FEATURES = 11


@kernel
def draw_sheet(forms: Forms, chosen: npt.NDArray[np.bool_], seen: npt.NDArray[np.float32]) -> None:
    """Write the pages of the chosen environments, `(N, M, PAGE_FEATURES)`."""
    for n in range(chosen.size):
        if not chosen[n]:
            continue
        seen[n, :, :] = 0.0
        for element in range(forms.size[n]):
            row, line = seen[n, element], forms.line_of[n, element]
            row[forms.kind[n, element]] = 1.0
            row[4] = 1.0
            row[5] = forms.value[n, element] / NONSENSE
            row[6] = element == forms.focus[n]
            if line >= 0:
                row[7] = 1.0
                row[8] = (line + 1) / forms.lines[n]
                row[9] = forms.goal[n, element] / NONSENSE
                row[10] = line == forms.line[n]
