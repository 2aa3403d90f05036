"""Policies on disk: named arrays and the preset, in one `.npz` without pickles."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alignenv.agents.presets import Preset
from alignenv.agents.weights import Arrays
from alignenv.errors import ConfigError

_PRESET = "preset.json"


class SavedPolicy(NamedTuple):
    """Arrays of a policy and the settings it was trained with."""

    arrays: Arrays
    preset: Preset


def save_policy(path: Path, arrays: Arrays, preset: Preset) -> None:
    """Write a policy file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(
            file, allow_pickle=False, **{_PRESET: np.array(preset.model_dump_json())}, **arrays
        )
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def load_policy(path: Path) -> SavedPolicy:
    """Read a policy file.

    Raises:
        ConfigError: The file is missing or is not a policy file.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        preset = Preset.model_validate_json(str(arrays.pop(_PRESET)))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigError(
            f"{path} is not a policy file: {error}.",
            cure="Pass a policy.npz written by `alignenv train --out` or `alignenv evolve`.",
        ) from error
    return SavedPolicy(arrays, preset)
