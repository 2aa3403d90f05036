"""What happened, in words: an optional channel for agents and people that read."""

from __future__ import annotations

from alignenv.envs.craft.cells import ITEMS
from alignenv.envs.craft.recipes import RECIPES
from alignenv.spec import Records, StateSpec

_FLAGS = {
    "placed_stone": "placed a stone",
    "hit": "hit an animal",
    "bumped": "bumped into something",
    "dead": "stepped into lava and died",
}


def tell(spec: StateSpec, record: Records) -> str:
    """One sentence about the last transition.

    Args:
        spec: Of the record.
        record: State record after it, `(spec.size,)`, with the events' fields filled.

    Returns:
        Such as "You collected wood.", or "Nothing happened.".
    """
    facts = spec.as_dict(record)
    parts = []
    if collected := facts.get("collected"):
        parts.append(f"collected {ITEMS[int(collected) - 1]}")  # type: ignore[arg-type]
    if crafted := facts.get("crafted"):
        name = RECIPES[int(crafted) - 1].name  # type: ignore[arg-type]
        article = "an" if name[0] in "aeiou" else "a"
        parts.append(f"made {name}" if name == "planks" else f"made {article} {name}")
    parts += [words for name, words in _FLAGS.items() if facts.get(name)]
    return f"You {' and '.join(parts)}." if parts else "Nothing happened."
