"""A clean interpreter: its environment is an allow-list, its module path is handed over."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alignenv.reward_design.sandbox.template import TemplateSpec
from alignenv.reward_design.sandbox.worker import FOLDER_VARIABLES

PASSED_ON = (
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "LD_LIBRARY_PATH",
    "MUJOCO_GL",
    "NUMBA_CACHE_DIR",
)
"""All that the template's environment takes over from the pool's."""

_FIXED = {
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NUMBA_DISABLE_INTEL_SVML": "1",
    "CUDA_VISIBLE_DEVICES": "",
    **dict.fromkeys(
        (f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")),
        "1",
    ),
}
# Not -I: it would ignore PYTHONHASHSEED. The environment is ours and sys.path is handed over.
_PYTHON = (sys.executable, "-s", "-P", "-B", "-c")
_BOOT = (
    "import json, sys; spec = json.loads(sys.argv[1]); sys.path[:] = spec['sys_path']; "
    "from alignenv.reward_design.sandbox.template import main; main(spec)"
)


def clean_environment(folder: Path) -> dict[str, str]:
    """The environment of templates and workers: an allow-list, so no key can be in it."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return kept | _FIXED | dict.fromkeys(FOLDER_VARIABLES, str(folder))


def own_sys_path() -> tuple[str, ...]:
    """This process's module path with absolute entries."""
    return tuple(str(Path(entry).absolute()) for entry in sys.path)


def start_python(spec: TemplateSpec, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a template or a single worker in a session of its own.

    Args:
        spec: What it is told; its handles are all that it inherits.
        folder: Its working folder and home.
        log: Where it prints to.

    Raises:
        OSError: The system refused.
    """
    with log.open("ab") as stream:
        return subprocess.Popen(
            [*_PYTHON, _BOOT, spec.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=clean_environment(folder),
            cwd=folder,
            pass_fds=spec.handles,
            start_new_session=True,
        )
