"""Pictures without a screen: what is drawn, by which backend, and what is said where none is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from alignenv.envs.control import painter
from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.errors import MachineError

BY_ID = [pytest.param(row, id=row.name) for row in CONTROL_ROWS]
DRAW = (
    "import alignenv, gymnasium as gym\n"
    "env = gym.make('AlignEnv-Push-v0', render_mode='rgb_array'); env.reset(seed=0)\n"
    "picture = env.render(); print(picture.shape, picture.std() > 10)\n"
)


@pytest.mark.parametrize("row", BY_ID)
def test_pictures_show_the_state(row: Row) -> None:
    batch = make_batch(EnvRef(id=row.id), 2)
    batch.reset([0, 1])
    first, other = batch.render(0), batch.render(1)
    assert first.shape == (320, 320, 3)
    assert first.dtype == np.uint8
    assert first.std() > 5
    np.testing.assert_array_equal(batch.render(0), first)
    stream = np.random.default_rng(0)
    for _ in range(8):
        batch.step(stream.uniform(0.2, 1, (2, *batch.action_space.shape)), autoreset=False)
    assert (batch.render(0) != first).any()
    assert (batch.render(1) != other).any()
    batch.close()


def test_the_goal_is_in_the_picture() -> None:
    batch = make_batch(EnvRef(id="AlignEnv-Push-v0"), 1)
    batch.reset([0])
    picture = batch.render().astype(int)
    goal = batch.task.card.state.view(batch.start)["goal_pos"][0]
    green = (picture[..., 1] > picture[..., 0] + 30) & (picture[..., 1] > picture[..., 2] + 30)
    rows, columns = np.nonzero(green)
    assert green.sum() > 20
    assert np.sign(columns.mean() - 160) == np.sign(goal[0])
    assert np.sign(160 - rows.mean()) == np.sign(goal[1])
    batch.close()


def draw(**variables: str) -> subprocess.CompletedProcess[str]:
    """A fresh process that draws; OpenGL is bound to one backend for the life of a process."""
    kept = {k: v for k, v in os.environ.items() if k not in ("MUJOCO_GL", "PYOPENGL_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-c", DRAW], env={**kept, **variables}, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", ["", "egl", "osmesa"])
def test_each_backend_draws_or_says_what_to_install(name: str) -> None:
    run = draw(**({"MUJOCO_GL": name} if name else {}))
    if run.returncode == 0:
        assert run.stdout.strip() == "(320, 320, 3) True"
    else:
        assert name, "without MUJOCO_GL this machine draws nothing"
        assert "MachineError" in run.stderr
        assert "MUJOCO_GL" in run.stderr.splitlines()[-1]


def test_where_nothing_draws_the_error_names_every_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)

    def fail(name: str) -> None:
        raise ImportError(f"no library for {name}")

    monkeypatch.setattr(painter, "import_module", fail)
    with pytest.raises(MachineError, match=r"egl: no library.*osmesa: no library.*libegl1"):
        painter.open_context()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"MUJOCO_GL": "osmesa", "DISPLAY": ":0"}, ("osmesa",)),
        ({"MUJOCO_GL": "", "DISPLAY": ""}, ("egl", "osmesa")),
        ({"MUJOCO_GL": "", "DISPLAY": ":0"}, ("egl", "osmesa", "glfw")),
    ],
)
def test_mujoco_gl_chooses_the_backend(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: tuple[str, ...]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert painter.backends() == expected


def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "disabled")
    with pytest.raises(MachineError, match="disabled"):
        painter.backends()


def test_importing_alignenv_does_not_import_mujoco() -> None:
    code = (
        "import sys, alignenv; from alignenv.task import known_task_ids; known_task_ids();"
        "print([m for m in sys.modules if m.startswith(('mujoco', 'alignenv.envs.control.'))])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(eval(run.stdout))  # noqa: S307
    assert loaded == {"alignenv.envs.control.rows", "alignenv.envs.control.world"}


def test_models_are_package_data() -> None:
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    assert '"alignenv.envs.control" = ["models/*.xml"' in text
