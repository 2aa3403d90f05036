"""A coder: whatever counts down steps or metres pays for coming down."""

from collections.abc import Sequence

from alignenv.reward_design.coders.specs import CoderSettings
from alignenv.seeding import generator
from alignenv.types import Brief, Draft

UNITS = ("steps", "cells", "m")
TERM = """    {name} = 0.0
    if prev.{name} >= 0 and state.{name} >= 0:
        {name} = {weight:.4f} * (prev.{name} - state.{name})
"""


class Nearer:
    """Pays for coming nearer by every distance of the card, with weights drawn at random."""

    def __init__(self, settings: CoderSettings) -> None:
        self.name, self._scale = "nearer", float(settings.argument or 0.1)

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """Equal briefs get equal drafts: all chance comes from the brief's seed."""
        rng = generator(brief.seed, "search", "nearer")
        names = [f.name for f in brief.card.state if f.kind == "float" and f.unit in UNITS]
        parents = tuple(trial.candidate.id for trial in brief.parents[:1])
        drafts = []
        for _ in range(n):
            weights = self._scale * 2.0 ** rng.normal(size=len(names))
            terms = zip(names, weights, strict=True)
            body = "".join(TERM.format(name=name, weight=weight) for name, weight in terms)
            total = " + ".join(["-0.01", *names])
            parts = ", ".join(f'"{name}": {name}' for name in names)
            source = f"def reward(prev, action, state):\n{body}    return {total}, {{{parts}}}\n"
            drafts.append(Draft(source=source, parents=parents))
        return drafts
