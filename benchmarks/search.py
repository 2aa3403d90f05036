"""`alignenv evolve` from settings to files: study, workers, designer, comparison, report."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Any, NamedTuple

from alignenv.agents.presets import Preset, require_segments
from alignenv.benchmarks.analyst_jobs import Analysing, Paymaster
from alignenv.benchmarks.arms import Arm
from alignenv.benchmarks.audit_gate import AuditGate
from alignenv.benchmarks.choosing import Choice, finished
from alignenv.benchmarks.critic_desk import CriticDesk
from alignenv.benchmarks.dry_runs import offer_runs
from alignenv.benchmarks.evaluator import Evaluator, Outcome
from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.outlay import outlay_line
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.timing import Clock
from alignenv.benchmarks.twins import Twins
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.watching import Theatre
from alignenv.benchmarks.workers import open_pool, preset_of
from alignenv.critique import Judgement
from alignenv.envs.make import EnvRef
from alignenv.errors import BudgetExceeded
from alignenv.reward_design.analysts.specs import LOOK_AT_NOTHING, make_analyst
from alignenv.reward_design.coders.specs import make_coder
from alignenv.reward_design.critic.rounds import CriticisedCoder
from alignenv.reward_design.critic.specs import NO_CRITIC, make_critic
from alignenv.reward_design.designers.catalogue import NO_CODER, DesignerPlan, plan_designer
from alignenv.reward_design.llm.offline import with_model
from alignenv.reward_design.prompts.render import task_prompt
from alignenv.reward_design.sandbox import Executor
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


class Readers(NamedTuple):
    """Who looks at candidates before they are trained; None for those that were not asked for."""

    desk: CriticDesk | None
    gate: AuditGate | None
    twins: Twins | None

    def use(self, pool: Executor) -> None:
        """Value programs with these workers."""
        if self.gate is not None:
            self.gate.use(pool)
        if self.twins is not None:
            self.twins.use(pool)
        if self.desk is not None:
            self.desk.use(pool, self.gate)


def run_search(
    settings: SearchSettings, study: Study, view: RunView, *, n_workers: int | None = None
) -> Finding:
    """Run a search, or the part of it that the study does not hold yet; a cap ends it early.

    Raises:
        BudgetExceeded: A cap was reached before any candidate was trained.
        MachineError: Isolation, disk or workers failed.
    """
    clock = Clock()
    ref, task, preset = resolve(settings)
    plan = _plan(settings, task)
    readers = make_readers(settings, ref, preset, study)
    designer = make_designer(settings, plan, task, study, readers.desk)
    paymaster = Paymaster(None, study)
    analysing = make_analysing(settings, plan, ref, paymaster, study)
    with ExitStack() as stack:
        with clock.time("start of workers"):
            opened = open_pool(ref, n_workers=n_workers, isolation=settings.isolation)
            pool = stack.enter_context(opened)
            isolation = pool.describe()
        paymaster.use(pool)
        readers.use(pool)
        offer_runs(designer, ref, pool, study)
        search = Search(
            ref=ref,
            designer=designer,
            protocol=settings.protocol,
            preset=preset,
            seed=settings.seed,
            evaluator=Evaluator(pool, study, view),
            study=study,
            view=view,
            analysing=analysing,
            **readers._asdict(),
            theatre=Theatre.of(designer, ref, preset, settings.seed, study, pool),
        )
        view.begin(f"{task.id} by {plan.row}", isolation, search.most_env_steps)
        _tell_outlay(settings, plan, task, view)
        with clock.time("search"):
            choice, stopped = _searched(search)
        with clock.time("final comparison"):
            arms = search.report(choice.best)
        tier = weakest((pool.tier, *(trial.own.tier for trial in search.found if trial.own)))
    return Finding(
        settings=settings,
        method=plan.row,
        task=task,
        ref=ref,
        preset=preset,
        trials=tuple(search.found),
        best=choice.best,
        arms=arms,
        isolation=isolation,
        tier=tier,
        seconds=clock.seconds,
        cost=cost(study, search, choice, arms),
        facts=facts(designer, *readers, choice=choice),
        judgements={} if readers.desk is None else readers.desk.judgements(),
        stopped=stopped,
    )


def _tell_outlay(settings: SearchSettings, plan: DesignerPlan, task: Task, view: RunView) -> None:
    """Say what paid models may be asked at most, where any are."""
    if told := outlay_line(settings, plan, task.card):
        view.note(told)


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
    plan, protocol = _plan(settings, task), settings.protocol
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


def resolve(settings: SearchSettings) -> tuple[EnvRef, Task, Preset]:
    """The env with the observation that its preset trains on.

    Raises:
        UnknownName: No such env.
        ConfigError: The task file or a training setting is not usable, or the protocol trains in
            segments, which the algorithm cannot.
    """
    ref = EnvRef(
        id=settings.env,
        task_text=settings.task,
        task_object=settings.task_object,
        split=settings.split,
    )
    task, preset = preset_of(ref, settings.preset)
    if settings.protocol.has_segments:
        require_segments(preset, "A search with a rung or a curriculum")
    return replace(ref, obs=preset.obs), task, preset


def facts(
    designer: Designer,
    desk: CriticDesk | None,
    gate: AuditGate | None = None,
    twins: Twins | None = None,
    *,
    choice: Choice,
) -> dict[str, Any]:
    """Figures of the designer's own, and of critic, audit, dedup and second trainings if any."""
    found = dict(designer.facts()) if isinstance(designer, HasFacts) else {}
    if desk is not None:
        found["critic"] = desk.facts()
    if gate is not None:
        found["audit"] = gate.facts()
    if twins is not None:
        found["dedup"] = twins.facts()
    if choice.confirmed:
        found["confirmed"] = choice.rates
    return found


def make_readers(settings: SearchSettings, ref: EnvRef, preset: Preset, study: Study) -> Readers:
    """All who read candidates, recording through the study.

    Raises:
        UnknownName: No such critic.
        ConfigError: The critic lacks a key, a file or a price.
    """
    return Readers(
        desk=make_desk(settings, ref, preset, study),
        gate=make_gate(settings.protocol, ref, preset, study),
        twins=make_twins(settings.protocol, ref, preset, study),
    )


def make_gate(protocol: Protocol, ref: EnvRef, preset: Preset, study: Study) -> AuditGate | None:
    """The audit before the first rung, recording through the study; None where it is off."""
    return AuditGate(ref, preset.gamma, study, protocol.layer) if protocol.audit else None


def make_twins(protocol: Protocol, ref: EnvRef, preset: Preset, study: Study) -> Twins | None:
    """Finds candidates that pay the same, recording through the study; None where it is off."""
    return Twins(ref, preset.gamma, study) if protocol.dedup == "behaviour" else None


def make_desk(
    settings: SearchSettings, ref: EnvRef, preset: Preset, study: Study
) -> CriticDesk | None:
    """The critic at its desk, recording through the study; None for no critic.

    Raises:
        UnknownName: No such critic.
        ConfigError: It lacks a key, a file or a price.
    """
    critic = make_critic(
        settings.critic,
        ref.resolve().card,
        journal=study.journal,
        budget=settings.budget,
        price=settings.critic_price,
        base_url=settings.critic_base_url or settings.base_url,
    )
    return None if critic is None else CriticDesk(critic, ref, preset.gamma, study)


def _critic_record(settings: SearchSettings) -> dict[str, Any]:
    if settings.critic == NO_CRITIC:
        return {}
    url = settings.critic_base_url or settings.base_url
    return {"critic_rounds": settings.critic_rounds, "critic_base_url": url}


def make_designer(
    settings: SearchSettings,
    plan: DesignerPlan,
    task: Task,
    study: Study,
    desk: CriticDesk | None = None,
) -> Designer:
    """The designer with its coder, recording through the study, read by the critic if any.

    Raises:
        UnknownName: No such coder.
        ConfigError: The coder lacks a key, a file or a price.
    """
    if plan.coder == NO_CODER:
        return plan.build(None, task.card, settings.seed)
    coder = make_coder(
        plan.coder,
        task.card,
        journal=study.journal,
        budget=settings.budget,
        price=settings.price,
        base_url=settings.base_url,
    )
    if desk is not None:
        form = getattr(plan.factory, "trained_form", str)
        coder = CriticisedCoder.around(coder, desk, settings.critic_rounds, form)
    return plan.build(coder, task.card, settings.seed)


def make_analysing(
    settings: SearchSettings, plan: DesignerPlan, ref: EnvRef, paymaster: Paymaster, study: Study
) -> Analysing:
    """The analyst with what it needs, recording through the study.

    Raises:
        UnknownName: No such analyst.
        ConfigError: It lacks a key, a file or a price.
    """
    spec, card = plan.analyst_of(settings.analyst), ref.resolve().card
    analyst = make_analyst(
        spec,
        card,
        journal=study.journal,
        budget=settings.budget,
        price=settings.analyst_price or (settings.price if spec == plan.coder else ""),
        base_url=settings.analyst_base_url or settings.base_url,
    )
    return Analysing(analyst, card, ref, None if spec in LOOK_AT_NOTHING else paymaster)


def _plan(settings: SearchSettings, task: Task) -> DesignerPlan:
    return plan_designer(settings.designer, settings.coder, settings.designer_options, task.rewards)


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
