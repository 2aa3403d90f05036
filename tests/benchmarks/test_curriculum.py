"""A curriculum cuts every training into the same pieces and leaves the task itself for the end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.agents.presets import load_preset
from alignenv.benchmarks.curriculum import Piece, Stage, check_stages, cut
from alignenv.benchmarks.jobs import TrainJob
from alignenv.benchmarks.protocol import TrainPayload
from alignenv.benchmarks.settings import load_settings
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError, UnknownName
from alignenv.task import find_task
from alignenv.types import Candidate

TASK = "AlignEnv-DoorKey-8x8-v0"
ROLLOUT = 64
SMALL = Stage(context={"size": 5}, share=0.3)


def pieces(stages: list[Stage], begin: int, end: int, full: int) -> list[Piece]:
    return cut(
        stages,
        begin,
        end,
        full=full,
        whole=lambda steps: max(1, round(steps / ROLLOUT)) * ROLLOUT,
        seed=lambda i: 100 + i,
    )


def test_without_stages_a_training_is_one_piece() -> None:
    assert pieces([], 64, 640, 640) == [Piece(seed=100, steps=576, context={})]


def test_stages_come_first_and_the_task_last() -> None:
    stages = [SMALL, Stage(context={"size": 6}, share=0.2)]
    assert [(p.steps, p.context) for p in pieces(stages, 0, 640, 640)] == [
        (192, {"size": 5}),
        (128, {"size": 6}),
        (320, {}),
    ]


@given(
    st.lists(st.floats(0.01, 0.3), max_size=3),
    st.integers(1, 40),
    st.integers(0, 40),
)
def test_a_pause_changes_nothing_but_seeds(shares: list[float], n: int, pause: int) -> None:
    stages = [Stage(context={"size": 5 + i}, share=share) for i, share in enumerate(shares)]
    full, rung = n * ROLLOUT, min(n, pause) * ROLLOUT
    whole = pieces(stages, 0, full, full)
    parts = [*pieces(stages, 0, rung, full), *pieces(stages, rung, full, full)]

    def contexts(found: list[Piece]) -> list[str]:
        return [str(piece.context) for piece in found for _ in range(piece.steps // ROLLOUT)]

    assert contexts(parts) == contexts(whole)
    assert sum(piece.steps for piece in whole) == full


def test_stages_have_to_fit_the_task() -> None:
    task = find_task(TASK)
    check_stages([SMALL], task)
    with pytest.raises(ConfigError, match="all env steps"):
        check_stages([SMALL, SMALL, SMALL, SMALL], task)
    with pytest.raises(UnknownName, match="siz"):
        check_stages([Stage(context={"siz": 5}, share=0.1)], task)
    with pytest.raises(ConfigError, match="size"):
        check_stages([Stage(context={"size": 99}, share=0.1)], task)


def test_all_arms_are_trained_in_the_same_stages_for_equal_env_steps(
    make_search: Any, report_trainees: Any
) -> None:
    staged = {"curriculum": (SMALL,)}
    sparse, human = (t.train for t in report_trainees(make_search(staged, env=TASK)))
    assert sparse.contexts == human.contexts == ({"size": 5}, {}, {})
    assert [n for _, n in sparse.segments] == [n for _, n in human.segments]
    plain = report_trainees(make_search(env=TASK))[0].train
    assert plain.contexts == ()
    assert sum(n for _, n in plain.segments) == sum(n for _, n in sparse.segments)


def test_a_candidate_begins_in_the_first_stage(make_search: Any) -> None:
    candidate = Candidate(id="g00c00", source="", coder="scripted", generation=0)
    trainee = make_search({"curriculum": (SMALL,)}, env=TASK)._trainee(candidate, 0)
    assert trainee.train.contexts[0] == {"size": 5}


def test_a_curriculum_is_a_setting() -> None:
    text = "protocol.curriculum=[{context={size=5}, share=0.3}]"
    settings = load_settings(None, {"env": TASK}, [text])
    assert settings.protocol.curriculum == (SMALL,)
    with pytest.raises(ConfigError, match=r"protocol\.curriculum"):
        load_settings(None, {"env": TASK}, ["protocol.curriculum=[{share=0.3}]"])


class Notes:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.arrays: dict[str, np.ndarray] = {}

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def send_arrays(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = arrays


def train(contexts: tuple[dict[str, float], ...]) -> tuple[list[float | None], dict[str, Any]]:
    """Grid sizes asked for at the start of each segment, and the result."""
    preset = load_preset(TASK, "grid", {"n_envs": 2, "n_steps": 8, "batch_size": 16})
    payload = TrainPayload(
        env=EnvRef(id=TASK).to_json(),
        source=None,
        layer="replace",
        preset=preset.model_dump(mode="json"),
        segments=((0, 16), (1, 16)),
        contexts=contexts,
    ).model_dump(mode="json")
    job, channel = TrainJob(), Notes()
    sizes: list[float | None] = []
    training = job.prepare(payload, {})
    batch = training.env._batch
    reset = batch.reset

    def noting(*arguments: Any, **named: Any) -> None:
        reset(*arguments, **named)
        contexts = named.get("contexts")
        sizes.append(None if contexts is None else float(contexts[0, 0]))

    batch.reset = noting  # type: ignore[method-assign]
    job.run(training, payload, channel)  # type: ignore[arg-type]
    return sizes, channel.sent[-1]


def test_a_worker_trains_each_segment_in_its_context() -> None:
    sizes, result = train(({"size": 5}, {}))
    assert sizes == [5, 8]
    assert result["env_steps"] == 32
    assert train(())[0] == [None, None]
