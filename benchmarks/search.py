"""`alignenv evolve` from settings to files: study, workers, designer, comparison, report."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from alignenv.agents.presets import Preset
from alignenv.benchmarks.arms import Arm
from alignenv.benchmarks.assembly import Assembly, Readers, plan_of, resolve
from alignenv.benchmarks.choosing import Choice, finished
from alignenv.benchmarks.evaluator import Outcome
from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.outlay import outlay_line
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.timing import Clock
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.workers import open_pool
from alignenv.critique import Judgement
from alignenv.envs.make import EnvRef
from alignenv.errors import BudgetExceeded
from alignenv.reward_design.critic.specs import NO_CRITIC
from alignenv.reward_design.llm.offline import with_model
from alignenv.reward_design.prompts.render import task_prompt
from alignenv.reward_design.sandbox.tiers import weakest
from alignenv.reward_design.study import Study, StudySettings
from alignenv.task import Task
from alignenv.types import Designer, Evaluation, HasFacts, Trial

VERSIONS = ("alignenv", "gymnasium", "minigrid", "numba", "numpy", "stable-baselines3", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a finished search found, and everything a report says about it.

    Attributes:
        method: How tables name it: `designer[coder]`.
        trials: Every candidate with its outcome, in id order.
        best: The selected trial; None when no candidate could be trained.
        arms: Final comparison by name: `sparse`, `human`, `best`.
        isolation: What the workers' self-test observed.
        facts: Figures of the designer's own, such as questions to a person, and the critic's.
        seconds: Wall seconds by part of the run.
        judgements: What the critic said before training, by candidate id.
        stopped: The cap that ended the search before it was over; None where none did.
    """

    settings: SearchSettings
    method: str
    task: Task
    ref: EnvRef
    preset: Preset
    trials: tuple[Trial, ...]
    best: Trial | None
    arms: dict[str, Arm]
    isolation: str
    tier: str
    seconds: dict[str, float]
    cost: dict[str, Any]
    facts: dict[str, Any]
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    stopped: BudgetExceeded | None = None


def run_search(
    settings: SearchSettings, study: Study, view: RunView, *, n_workers: int | None = None
) -> Finding:
    """Run a search, or the part of it that the study does not hold yet; a cap ends it early.

    Raises:
        BudgetExceeded: A cap was reached before any candidate was trained.
        MachineError: Isolation, disk or workers failed.
    """
    clock = Clock()
    parts = Assembly.of(settings, study)
    place = parts.place
    with ExitStack() as stack:
        with clock.time("start of workers"):
            opened = open_pool(place.ref, n_workers=n_workers, isolation=settings.isolation)
            pool = stack.enter_context(opened)
            isolation = pool.describe()
        search = parts.search(pool, view)
        view.begin(f"{place.task.id} by {parts.plan.row}", isolation, search.most_env_steps)
        if told := outlay_line(settings, parts.plan, place.task.card):
            view.note(told)
        with clock.time("search"):
            choice, stopped = _searched(search)
        with clock.time("final comparison"):
            arms = search.report(choice.best)
        tier = weakest((pool.tier, *(trial.own.tier for trial in search.found if trial.own)))
    desk = parts.readers.desk
    return Finding(
        settings=settings,
        method=parts.plan.row,
        task=place.task,
        ref=place.ref,
        preset=place.preset,
        trials=tuple(search.found),
        best=choice.best,
        arms=arms,
        isolation=isolation,
        tier=tier,
        seconds=clock.seconds,
        cost=cost(study, search, choice, arms),
        facts=facts(parts.designer, parts.readers, choice),
        judgements={} if desk is None else desk.judgements(),
        stopped=stopped,
    )


def _searched(search: Search) -> tuple[Choice, BudgetExceeded | None]:
    """What a search ends with, and the cap that ended it, if any candidate was trained by then."""
    stopped = None
    try:
        search.find()
    except BudgetExceeded as cap:
        if not finished(search.found):
            raise
        search.stop(cap)
        stopped = cap
    return search.choose(search.found), stopped


def study_settings(settings: SearchSettings) -> StudySettings:
    """What decides the outcome of the search, for its record."""
    _, task, preset = resolve(settings)
    plan, protocol = plan_of(settings, task), settings.protocol
    return StudySettings(
        env_id=task.id,
        task=task_prompt(task.card),
        seed=settings.seed,
        designer=plan.name,
        designer_options=plan.record,
        coder=with_model(plan.coder),
        analyst=with_model(plan.analyst_of(settings.analyst)),
        critic="" if settings.critic == NO_CRITIC else with_model(settings.critic),
        generations=protocol.generations,
        candidates=protocol.candidates,
        protocol={
            **protocol.model_dump(mode="json"),
            "preset": preset.model_dump(mode="json"),
            "task_file": settings.task or settings.task_object,
            "base_url": settings.base_url,
            "split": settings.split,
            "analyst_base_url": settings.analyst_base_url or settings.base_url,
            **_critic_record(settings),
        },
        versions={name: metadata.version(name) for name in VERSIONS},
    )


def facts(designer: Designer, readers: Readers, choice: Choice) -> dict[str, Any]:
    """Figures of the designer's own, and of critic, audit, dedup and second trainings if any."""
    found = dict(designer.facts()) if isinstance(designer, HasFacts) else {}
    if readers.desk is not None:
        found["critic"] = readers.desk.facts()
    if readers.gate is not None:
        found["audit"] = readers.gate.facts()
    if readers.twins is not None:
        found["dedup"] = readers.twins.facts()
    if choice.confirmed:
        found["confirmed"] = choice.rates
    return found


def _critic_record(settings: SearchSettings) -> dict[str, Any]:
    if settings.critic == NO_CRITIC:
        return {}
    url = settings.critic_base_url or settings.base_url
    return {"critic_rounds": settings.critic_rounds, "critic_base_url": url}


def cost(
    study: Study, search: Search, choice: Choice, arms: Mapping[str, Arm] | None = None
) -> dict[str, Any]:
    """Calls, tokens, money, env steps and processor time of a search and its final comparison.

    Trainings that failed count as far as they told how far they came.
    """
    spend = study.journal.totals()
    own = [trial.own for trial in search.found if trial.own is not None]
    compared = [outcome for arm in (arms or {}).values() for outcome in arm.outcomes]
    parts: list[Evaluation | Outcome] = [*own, *search.lost, *choice.confirmed.values(), *compared]
    return {
        "calls": spend.calls,
        "tokens": spend.tokens,
        "usd": spend.usd,
        "env_steps": sum(part.env_steps for part in parts),
        "cpu_s": round(sum(part.cpu_s for part in parts), 3),
    }
