"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

TaskFile = Annotated[str | None, Option(help="TASK.toml or module:object of your own env.")]
Workers = Annotated[int | None, Option(min=1, help="Default: one per core.")]
BaseUrl = Annotated[str | None, Option(help="Any OpenAI-compatible server.")]
Algorithm = Annotated[str | None, Option(help="PPO (the default), DQN or SAC.")]
Tensorboard = Annotated[Path | None, Option(help="Write TensorBoard scalars into this folder.")]

_isolation = Option(help="auto, or kernel to refuse less.")
Isolation = Annotated[str, _isolation]
IsolationSetting = Annotated[str | None, _isolation]
"""Isolation where a configuration file may name it."""
