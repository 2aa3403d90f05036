"""MuJoCo, imported once, with an error that says what to do where it cannot be."""

from __future__ import annotations

from importlib.resources import files

from alignenv.errors import MachineError

try:
    import mujoco
except (ImportError, AttributeError, RuntimeError, OSError) as error:
    raise MachineError(
        f"MuJoCo cannot be imported: {error}.",
        cure="Install `mujoco`; unset MUJOCO_GL, or set it to what this machine has.",
    ) from error

__all__ = ["load_model", "mujoco"]


def load_model(file: str) -> mujoco.MjModel:
    """Compile one of the family's own models, `models/<file>`."""
    path = files("alignenv.envs.control").joinpath("models", file)
    return mujoco.MjModel.from_xml_string(path.read_text(encoding="utf-8"))
