"""Is the machine fit? Isolation, versions, disk and a few seconds of real training."""

from __future__ import annotations

import platform
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from alignenv.benchmarks.training import TrainRequest, train_reward
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import EnvRef
from alignenv.errors import AlignEnvError
from alignenv.reward_design.sandbox import Check, sandbox_checks

PREFLIGHT_ENV = "AlignEnv-Empty-8x8-v0"
PREFLIGHT_STEPS = 40_000
PREFLIGHT_SUCCESS = 0.8
LIBRARIES = ("torch", "stable-baselines3", "gymnasium", "minigrid", "numba", "numpy", "mujoco")
MIN_FREE_MB = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `alignenv doctor` found.

    Attributes:
        checks: One per fact.
        tier: Isolation observed by the self-test inside a worker.
        isolation: The same in one line.
    """

    checks: tuple[Check, ...]
    tier: str
    isolation: str

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The document of `alignenv doctor --json`."""
        checks = [asdict(check) for check in self.checks]
        return {"ok": self.ok, "tier": self.tier, "checks": checks}


class _Remember(SilentView):
    """Keeps the isolation line that a run begins with."""

    isolation = ""

    def begin(self, title: str, isolation: str, env_steps: int) -> None:
        del title, env_steps
        self.isolation = isolation


def examine() -> Health:
    """Run every check; takes some ten seconds."""
    view = _Remember()
    preflight = _preflight(view)
    isolation = view.isolation
    tier = isolation.removeprefix("isolation: ").split(" ")[0] or "none"
    checks = (_python(), *_libraries(), _disk(), *sandbox_checks(), preflight)
    return Health(checks=checks, tier=tier, isolation=isolation)


def _python() -> Check:
    return Check(name="python", ok=True, detail=platform.python_version(), cure="")


def _libraries() -> list[Check]:
    return [Check(name=name, ok=True, detail=metadata.version(name), cure="") for name in LIBRARIES]


def _disk() -> Check:
    free = shutil.disk_usage(tempfile.gettempdir()).free // 2**20
    return Check(
        name="disk",
        ok=free >= MIN_FREE_MB,
        detail=f"{free} MiB free for temporary files",
        cure=f"Free {MIN_FREE_MB} MiB, or set TMPDIR to a folder with room.",
    )


def _preflight(view: _Remember) -> Check:
    """Train a reward that is known to work, through the same path as any candidate."""
    request = TrainRequest(
        ref=EnvRef(id=PREFLIGHT_ENV),
        reward="human",
        seeds=1,
        preset={"total_timesteps": PREFLIGHT_STEPS},
    )
    try:
        arm, _ = train_reward(request, view, n_workers=1, isolation="auto")
    except AlignEnvError as error:
        return Check(name="training", ok=False, detail=error.message, cure=error.cure)
    failure = arm.outcomes[0].failure
    detail = failure.message if failure else f"TRUE success {arm.success:.0%} on {PREFLIGHT_ENV}"
    return Check(
        name="training",
        ok=arm.success >= PREFLIGHT_SUCCESS,
        detail=detail,
        cure="The known-good reward did not train: reinstall, then report with this output.",
    )
