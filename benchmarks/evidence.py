"""From a finished search to what its report shows, with the episodes replayed as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import metadata
from typing import Any

from alignenv.benchmarks.arms import Arm
from alignenv.benchmarks.playing import replay
from alignenv.benchmarks.report_data import ArmResult, Clip, CriticRow, ReportData
from alignenv.benchmarks.search import VERSIONS, Finding
from alignenv.envs.make import make_batch
from alignenv.envs.split import other_half

LABELS = {"sparse": "sparse", "human": "human", "best": "best generated"}


def report_data(finding: Finding, program: str) -> ReportData:
    """Everything that the report of a search shows.

    Args:
        finding: The finished search.
        program: Path of the winning program, empty for none.
    """
    return ReportData(
        env_id=finding.task.id,
        goal=finding.task.card.goal,
        method=finding.method,
        obs=finding.preset.obs,
        layer=finding.settings.protocol.layer,
        arms=tuple(_arm(finding.arms[name]) for name in LABELS if name in finding.arms),
        trials=finding.trials,
        best=finding.best.candidate.id if finding.best else None,
        program=program,
        clips=tuple(_clips(finding)),
        settings=dict(_flat(finding.settings.model_dump(mode="json"))),
        versions={name: metadata.version(name) for name in VERSIONS},
        isolation=finding.isolation,
        cost=finding.cost,
        seconds=finding.seconds,
        stopped="" if finding.stopped is None else str(finding.stopped),
        critic=tuple(_critic_rows(finding)),
        critic_record=_critic_record(finding.facts.get("critic", {})),
    )


def _critic_rows(finding: Finding) -> Iterator[CriticRow]:
    for trial in finding.trials:
        judgement = finding.judgements.get(trial.candidate.id)
        if judgement is not None:
            came = f"{trial.evaluation.score.success:.0%}" if trial.evaluation else trial.outcome
            codes = (f.code for f in judgement.findings if f.severity != "unseen")
            yield CriticRow(
                id=trial.candidate.id,
                p_success=judgement.p_success,
                said=", ".join(dict.fromkeys(codes)) or "nothing",
                came=came,
            )


def _critic_record(facts: Mapping[str, Any]) -> str:
    if not facts.get("scored"):
        return ""
    return (
        f"Brier score {facts['brier']:.3f} over {facts['scored']} trained candidates; always "
        f"saying their share of successes scores {facts['brier_of_base_rate']:.3f}."
    )


def _arm(arm: Arm) -> ArmResult:
    return ArmResult(
        name=arm.name,
        label=LABELS[arm.name],
        success=arm.success,
        interval=arm.interval,
        success_greedy=arm.success_greedy,
        env_steps=arm.env_steps,
        n_seeds=arm.n_seeds,
        n_episodes=arm.n_episodes,
        curves=tuple(outcome.curve for outcome in arm.outcomes),
        source=arm.source or "",
    )


def _clips(finding: Finding) -> Iterator[Clip]:
    """The same report layout played by the sparse reward's agent and by the winner's."""
    for name, title in (("sparse", "Before"), ("best", "After")):
        arm = finding.arms.get(name)
        episodes = arm.outcomes[0].episodes if arm else ()
        episode = next((e for e in episodes if e.label == "first"), None)
        if episode is not None:
            env = make_batch(replace(finding.ref, split=other_half(finding.ref.split)), 1)
            frames = replay(env, episode.seed, episode.actions)
            env.close()
            verdict = "reaches the goal" if episode.success else "does not reach the goal"
            yield Clip(
                title=title,
                caption=f"Agent trained on the {LABELS[name]} reward, seed {episode.seed}: "
                f"{verdict} in {episode.length} steps.",
                frames=tuple(frames),
            )


def _flat(values: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Settings by dotted name; long texts stay in the study."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif value not in ("", None) and key != "task":
            yield f"{prefix}{key}", str(value)
