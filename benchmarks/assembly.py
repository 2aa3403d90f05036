"""A search put together from its settings: who writes, who reads, who analyses, who trains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from alignenv.agents.presets import Preset, require_segments
from alignenv.benchmarks.analyst_jobs import Analysing, Paymaster
from alignenv.benchmarks.audit_gate import AuditGate
from alignenv.benchmarks.critic_desk import CriticDesk
from alignenv.benchmarks.dry_runs import offer_runs
from alignenv.benchmarks.evaluator import Evaluator
from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.twins import Twins
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.watching import Theatre
from alignenv.benchmarks.workers import preset_of
from alignenv.envs.make import EnvRef
from alignenv.reward_design.analysts.specs import LOOK_AT_NOTHING, make_analyst
from alignenv.reward_design.coders.specs import make_coder
from alignenv.reward_design.critic.rounds import CriticisedCoder
from alignenv.reward_design.critic.specs import make_critic
from alignenv.reward_design.designers.catalogue import NO_CODER, DesignerPlan, plan_designer
from alignenv.reward_design.sandbox import Executor, Pool
from alignenv.reward_design.study import Study
from alignenv.task import Task
from alignenv.types import Designer


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


class Place(NamedTuple):
    """Where a search trains: the env as agents see it, its task, the training settings."""

    ref: EnvRef
    task: Task
    preset: Preset


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """All of a search that can be made, and refused, before workers are started."""

    settings: SearchSettings
    study: Study
    place: Place
    plan: DesignerPlan
    designer: Designer
    readers: Readers
    analysing: Analysing

    @classmethod
    def of(
        cls,
        settings: SearchSettings,
        study: Study,
        place: Place | None = None,
        designer: Designer | None = None,
    ) -> Self:
        """The parts that settings name, recording through the study.

        Args:
            settings: What is searched for, and how.
            study: Where everything is recorded.
            place: Where it trains; None for what the settings say.
            designer: Who proposes; None for whom the settings name.

        Raises:
            UnknownName: No such env, designer, coder, critic or analyst.
            ConfigError: A part lacks a key, a file or a price, or a setting is not usable.
        """
        ref, task, preset = place = place or resolve(settings)
        plan = plan_of(settings, task)
        readers = _readers(settings, ref, preset, study)
        return cls(
            settings=settings,
            study=study,
            place=place,
            plan=plan,
            designer=designer or _designer(settings, plan, task, study, readers.desk),
            readers=readers,
            analysing=_analysing(settings, plan, ref, study),
        )

    def search(self, pool: Pool, view: RunView, *, trainings: RunView | None = None) -> Search:
        """The search, with workers.

        Args:
            pool: Workers; nothing else of it may be in flight.
            view: Shows the search.
            trainings: Shows its trainings; None for `view`.
        """
        ref, _, preset = self.place
        seed, study = self.settings.seed, self.study
        self.readers.use(pool)
        if self.analysing.paymaster is not None:
            self.analysing.paymaster.use(pool)
        offer_runs(self.designer, ref, pool, study)
        return Search(
            ref=ref,
            designer=self.designer,
            protocol=self.settings.protocol,
            preset=preset,
            seed=seed,
            evaluator=Evaluator(pool, study, trainings or view),
            study=study,
            view=view,
            analysing=self.analysing,
            **self.readers._asdict(),
            theatre=Theatre.of(self.designer, ref, preset, seed, study, pool),
        )


def resolve(settings: SearchSettings) -> Place:
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
    return Place(replace(ref, obs=preset.obs), task, preset)


def plan_of(settings: SearchSettings, task: Task) -> DesignerPlan:
    """The designer that settings name, not built yet.

    Raises:
        UnknownName: No such designer.
        ConfigError: An option of it is not usable.
    """
    return plan_designer(settings.designer, settings.coder, settings.designer_options, task.rewards)


def _readers(settings: SearchSettings, ref: EnvRef, preset: Preset, study: Study) -> Readers:
    protocol, gamma = settings.protocol, preset.gamma
    return Readers(
        desk=_desk(settings, ref, preset, study),
        gate=AuditGate(ref, gamma, study, protocol.layer) if protocol.audit else None,
        twins=Twins(ref, gamma, study) if protocol.dedup == "behaviour" else None,
    )


def _desk(settings: SearchSettings, ref: EnvRef, preset: Preset, study: Study) -> CriticDesk | None:
    """The critic at its desk, recording through the study; None for no critic."""
    critic = make_critic(
        settings.critic,
        ref.resolve().card,
        journal=study.journal,
        budget=settings.budget,
        price=settings.critic_price,
        base_url=settings.critic_base_url or settings.base_url,
    )
    return None if critic is None else CriticDesk(critic, ref, preset.gamma, study)


def _designer(
    settings: SearchSettings,
    plan: DesignerPlan,
    task: Task,
    study: Study,
    desk: CriticDesk | None,
) -> Designer:
    """The designer with its coder, recording through the study, read by the critic if any."""
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


def _analysing(
    settings: SearchSettings, plan: DesignerPlan, ref: EnvRef, study: Study
) -> Analysing:
    spec, card = plan.analyst_of(settings.analyst), ref.resolve().card
    analyst = make_analyst(
        spec,
        card,
        journal=study.journal,
        budget=settings.budget,
        price=settings.analyst_price or (settings.price if spec == plan.coder else ""),
        base_url=settings.analyst_base_url or settings.base_url,
    )
    paymaster = None if spec in LOOK_AT_NOTHING else Paymaster(None, study)
    return Analysing(analyst, card, ref, paymaster)
