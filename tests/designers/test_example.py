"""The designer of the examples does what every designer must."""

from __future__ import annotations

import runpy
from pathlib import Path

from alignenv.task import TaskCard
from alignenv.testing.designers import DesignerContract
from alignenv.types import Coder, Designer

EXAMPLE = Path(__file__).parents[2] / "examples" / "06_own_designer.py"
PATIENT = runpy.run_path(str(EXAMPLE), run_name="example")["Patient"]


class TestPatient(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        designer: Designer = PATIENT(coder=coder, card=card, seed=seed)
        return designer
