"""Reads the reference rewards that ship with a family, one file each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from alignenv.task import RewardSource


@cache
def read_rewards(package: str, folder: str) -> dict[str, RewardSource]:
    """Reward programs of a folder, by name.

    A file `human.py` gives the reward of that name, and `hackable_near.py` gives `hackable:near`.
    The comment that opens the file is its note.

    Args:
        package: Package that ships the files, such as `alignenv.envs.form`.
        folder: Folder in it, such as `rewards`.
    """
    place = files(package).joinpath(*folder.split("/"))
    found = {}
    for file in sorted(place.iterdir(), key=lambda file: file.name):
        stem, dot, suffix = file.name.partition(".")
        if dot + suffix == ".py":
            source = file.read_text(encoding="utf-8")
            name = stem.replace("_", ":", 1)
            kind = name.partition(":")[0]
            found[name] = RewardSource(source=source, kind=kind, note=_opening_comment(source))
    return found


def _opening_comment(source: str) -> str:
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    return " ".join(lines)
