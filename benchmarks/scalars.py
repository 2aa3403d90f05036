"""TensorBoard scalars of trainings, written by the parent from what its workers say.

Workers are sandboxed and cannot write files; their messages are numbers, checked before use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from alignenv.benchmarks.evaluator import Outcome
from alignenv.errors import ConfigError
from alignenv.types import CurvePoint

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

_POINT = TypeAdapter(CurvePoint)
_LOSSES = TypeAdapter(dict[str, float])


class ScalarLog:
    """One run folder per training, with Stable-Baselines3's tags where it has one.

    `rollout/ep_rew_mean` is the return of the reward that is trained on, `rollout/success_rate`
    success while training, `train/...` the losses of the last update, `components/NAME` the mean
    sum of a component over an episode, `evaluation/...` TRUE success of the final policy.

    Args:
        folder: Where the run folders are made.

    Raises:
        ConfigError: The package `tensorboard` is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._make, self._folder = _writer_class(), folder
        self._writers: dict[str, SummaryWriter] = {}

    def heard(self, key: str, message: Mapping[str, Any]) -> None:
        """Write what one message of a training's worker tells.

        Args:
            key: The training, such as "0/seed2".
            message: As the worker sent it.
        """
        told = {name: value for name, value in message.items() if name != "kind"}
        if message.get("kind") == "point":
            self._write_point(key, _POINT.validate_python(told))
        elif message.get("kind") == "losses":
            losses = _LOSSES.validate_python(told["losses"])
            scalars = {f"train/{name}": value for name, value in losses.items()}
            self._write(key, scalars, int(told["env_steps"]))

    def scored(self, key: str, outcome: Outcome) -> None:
        """Write TRUE success of a training's final policy; nothing where it failed."""
        if outcome.score is not None:
            figures = {
                "evaluation/success": outcome.score.success,
                "evaluation/success_greedy": outcome.score.success_greedy,
            }
            self._write(key, figures, outcome.env_steps)

    def close(self) -> None:
        """Finish all files."""
        for writer in self._writers.values():
            writer.close()

    def _write_point(self, key: str, point: CurvePoint) -> None:
        figures = {
            "rollout/ep_rew_mean": point.designed_return,
            "rollout/ep_len_mean": point.length,
            "rollout/success_rate": point.success,
            **{f"components/{name}": value for name, value in point.components.items()},
        }
        known = {tag: value for tag, value in figures.items() if value is not None}
        self._write(key, known, point.env_steps)

    def _write(self, key: str, scalars: Mapping[str, float], env_steps: int) -> None:
        run = key.rpartition("/")[2]
        if run not in self._writers:
            self._writers[run] = self._make(str(self._folder / run))
        for tag, value in scalars.items():
            self._writers[run].add_scalar(tag, value, env_steps)


def _writer_class() -> type[SummaryWriter]:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ConfigError(
            f"TensorBoard files need the package tensorboard: {error}.",
            cure="Install it by `pip install alignenv[tensorboard]`, or leave out --tensorboard.",
        ) from error
    return SummaryWriter


@contextmanager
def open_scalars(folder: Path | None, path: Sequence[str]) -> Iterator[ScalarLog | None]:
    """The log of one command's trainings; None where no folder is given.

    Args:
        folder: As the user gave it.
        path: Folders below it, such as task, reward and algorithm.

    Raises:
        ConfigError: The package `tensorboard` is missing, or the folder has such scalars already.
    """
    if folder is None:
        yield None
        return
    runs = folder.joinpath(*path)
    if any(runs.glob("*/events.out.tfevents.*")):
        raise ConfigError(
            f"{runs} has scalars of such trainings already.",
            cure="Name another folder, or delete that one.",
        )
    log = ScalarLog(runs)
    try:
        yield log
    finally:
        log.close()
