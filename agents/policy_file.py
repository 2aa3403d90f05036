"""Policies on disk: named arrays and the preset, in one `.npz` without pickles."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alignenv.agents.presets import Preset, read_preset
from alignenv.agents.weights import Arrays
from alignenv.errors import ConfigError
from alignenv.files import write_atomically

_PRESET = "preset.json"


class SavedPolicy(NamedTuple):
    """Arrays of a policy and the settings it was trained with."""

    arrays: Arrays
    preset: Preset


def save_policy(path: Path, arrays: Arrays, preset: Preset) -> None:
    """Write a policy file at once or not at all.

    Raises:
        MachineError: The disk is full or the folder cannot be written.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{_PRESET: np.array(preset.model_dump_json())}, **arrays)
    write_atomically(path, buffer.getvalue())


def load_policy(path: Path) -> SavedPolicy:
    """Read a policy file.

    Raises:
        ConfigError: The file is missing or is not a policy file.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        preset = read_preset(json.loads(str(arrays.pop(_PRESET))))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigError(
            f"{path} is not a policy file: {error}.",
            cure="Pass a policy.npz written by `alignenv train --out` or `alignenv evolve`.",
        ) from error
    return SavedPolicy(arrays, preset)
