"""One search, end to end: propose, check, train, race, tell; then prove the winner.

Decisions are taken at barriers, in candidate-id order, from the evaluator's figures alone. The
winner is trained again, beside the sparse and the human reward, on seeds that selection never saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alignenv.agents.presets import Preset
from alignenv.benchmarks.analyst_jobs import Analysing
from alignenv.benchmarks.arms import Arm, make_arms
from alignenv.benchmarks.audit_gate import AuditGate, decision
from alignenv.benchmarks.capped import EndingStore
from alignenv.benchmarks.choosing import Choice, confirmed, contenders, select
from alignenv.benchmarks.critic_desk import CriticDesk
from alignenv.benchmarks.curriculum import Piece, check_stages, cut
from alignenv.benchmarks.evaluator import Evaluator, Outcome, Trainee
from alignenv.benchmarks.protocol import EvaluatePayload, Protocol, TrainPayload
from alignenv.benchmarks.race import Race, Rung
from alignenv.benchmarks.trials import check, join, standing, trial_of, twin_of
from alignenv.benchmarks.twins import Twins
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.watching import Theatre
from alignenv.envs.make import EnvRef
from alignenv.envs.split import other_half
from alignenv.errors import BudgetExceeded
from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.designers.preferences import Showable
from alignenv.reward_design.diversity import diversity
from alignenv.reward_design.study import Study
from alignenv.seeding import child_seed, episode_seeds
from alignenv.types import Candidate, Designer, Failure, HasChoice, Trial


class Search:
    """Runs one designer on one task under one protocol.

    Attributes:
        found: Candidates whose outcome is known, in the order asked for; also where a cap stopped
            the search.
        lost: Trainings that failed, which cost as others do.
    """

    def __init__(
        self,
        *,
        ref: EnvRef,
        designer: Designer,
        protocol: Protocol,
        preset: Preset,
        seed: int,
        evaluator: Evaluator,
        study: Study,
        view: RunView,
        analysing: Analysing | None = None,
        desk: CriticDesk | None = None,
        gate: AuditGate | None = None,
        twins: Twins | None = None,
        theatre: Theatre | None = None,
    ) -> None:
        self.found: list[Trial] = []
        self.lost: list[Outcome] = []
        self._is_capped = False
        self._theatre = theatre
        self._analysing, self._desk, self._gate = analysing, desk, gate
        self._twins = twins if getattr(designer, "drops_repeats", True) else None
        self._leaders: dict[str, Trial] = {}
        self._ref, self._task = ref, ref.resolve()
        self._designer, self._protocol, self._preset = designer, protocol, preset
        self._seed, self._evaluator, self._study, self._view = seed, evaluator, study, view
        check_stages(protocol.curriculum, self._task)
        self._full = preset.whole_rollouts(protocol.env_steps or preset.total_timesteps)
        self._race = Race.of(protocol.rungs, preset, self._full)

    @property
    def most_env_steps(self) -> int:
        """Upper bound of what the search and its report train."""
        arms = (3 if "human" in self._task.rewards else 2) * self._protocol.report_seeds
        return self._protocol.most_env_steps(self._preset, self._full) + arms * self._full

    @property
    def _looks_closer(self) -> bool:
        """Whether an analyst wants more of an evaluation than its score."""
        return self._analysing is not None and self._analysing.paymaster is not None

    def find(self) -> list[Trial]:
        """Run every generation; served from the study where it is already done.

        Raises:
            BudgetExceeded: A cap was reached; `found` has what was trained before.
        """
        for generation in range(self._protocol.generations):
            self._view.phase(f"generation {generation + 1} of {self._protocol.generations}")
            candidates = self._designer.ask(self._protocol.candidates)
            for candidate in candidates:
                self._study.record_candidate(candidate)
            judged = self._evaluate(candidates)
            begin = len(self.found)
            self.found += judged
            if self._analysing is not None:
                judged = self._analysing.analysed(judged)
                self.found[begin:] = judged
            for trial in judged:
                self._study.record_trial(trial)
            told = diversity(judged, self._task.card.state)
            self._study.record_decision(f"g{generation:02d}/diversity", told)
            self._tell(generation, judged)
            if self._desk is not None:
                self._desk.tell(judged)
            self._view.judged(judged)
        return self.found

    def stop(self, cap: BudgetExceeded) -> None:
        """End with what was found; a resumed search may still go on and end otherwise."""
        self._is_capped = True
        self._view.note(f"Stopped by cap: {cap.message}")

    def _tell(self, generation: int, judged: Sequence[Trial]) -> None:
        """Tell the designer; a person whom it asks is shown the agents first, and then recorded.

        Raises:
            PersonNeeded: The person has not answered yet; says where the agents can be watched.
        """
        designer, theatre = self._designer, self._theatre
        if theatre is None or not isinstance(designer, Showable):
            designer.tell(judged)
            return
        if (showing := designer.showing(judged)) is None:
            designer.tell(judged)
            return
        page = theatre.show(generation, showing)
        try:
            designer.tell(judged)
        except PersonNeeded as asked:
            cure = f"Open {page} in a browser to watch them. {asked.cure}"
            raise PersonNeeded(asked.message, cure=cure) from asked
        said = {"lines": list(designer.answer())}
        self._study.record_decision(f"g{generation:02d}/preferences", said)

    def _evaluate(self, candidates: Sequence[Candidate]) -> list[Trial]:
        failures = {c.id: failure for c in candidates if (failure := check(c, self._task))}
        sound = [c for c in candidates if c.id not in failures]
        if self._gate is not None:
            failures |= self._refused(self._gate, sound)
            sound = [c for c in sound if c.id not in failures]
        if self._desk is not None:
            failures |= self._rejected(self._desk, sound)
            sound = [c for c in sound if c.id not in failures]
        outcomes, same = self._first_rung(sound)
        stopped = self._run_race([c for c in sound if c.id in outcomes], outcomes)
        self.lost += [outcome for outcome in outcomes.values() if outcome.failure is not None]
        trials = {
            c.id: trial_of(c, failures.get(c.id), outcomes.get(c.id), stopped.get(c.id))
            for c in candidates
            if c.id not in same
        }
        if self._twins is not None:
            self._leaders |= {i: trial for i, trial in trials.items() if i in outcomes}
            self._twins.forget({i for i, one in self._leaders.items() if one.evaluation is None})
        trials |= {c.id: twin_of(c, self._leaders[same[c.id]]) for c in sound if c.id in same}
        return [trials[c.id] for c in candidates]

    def _first_rung(
        self, candidates: Sequence[Candidate]
    ) -> tuple[dict[str, Outcome], dict[str, str]]:
        """Outcomes of those that were trained, and whose outcome each of the others takes."""
        outcomes: dict[str, Outcome] = {}
        same: dict[str, str] = {}
        if self._twins is not None:
            self._twins.meet(candidates)
        waiting = list(candidates)
        while waiting:
            if self._twins is not None:
                same |= self._same(self._twins, waiting)
            fresh = [c for c in waiting if c.id not in same]
            leaders = fresh if self._twins is None else self._twins.leaders(fresh)
            found = self._evaluator.run([self._trainee(c, 0) for c in leaders])
            outcomes |= {c.id: outcome for c, outcome in zip(leaders, found, strict=True)}
            if self._twins is not None:
                self._twins.trained([c.id for c in leaders if outcomes[c.id].score is not None])
            waiting = [c for c in fresh if c.id not in outcomes]
        return outcomes, same

    def _same(self, twins: Twins, candidates: Sequence[Candidate]) -> dict[str, str]:
        """Those that pay as a trained one does, with its id; recorded before it is used."""
        same = {c.id: leader for c in candidates if (leader := twins.of(c)) is not None}
        for candidate_id, leader in same.items():
            self._study.record_decision(f"{candidate_id}/dedup", {"twin": leader})
        return same

    def _refused(self, gate: AuditGate, candidates: Sequence[Candidate]) -> dict[str, Failure]:
        """What the audit keeps from training; what it said of each is recorded first."""
        refused = gate.review(candidates)
        for c in candidates:
            said = decision(gate.screen(c.source), is_refused=c.id in refused)
            self._study.record_decision(f"{c.id}/audit", said)
        return refused

    def _rejected(self, desk: CriticDesk, candidates: Sequence[Candidate]) -> dict[str, Failure]:
        """What the critic keeps from training; what it said of each is recorded first."""
        rejected = desk.review(candidates)
        for c in candidates:
            said = {**desk.record_of(c.id), "rejected": c.id in rejected}
            self._study.record_decision(f"{c.id}/critic", said)
        return rejected

    def _run_race(
        self, candidates: Sequence[Candidate], outcomes: dict[str, Outcome]
    ) -> dict[str, int]:
        """Compare at every rung and train on; by id, the rung at which each was stopped."""
        stopped: dict[str, int] = {}
        for number, rung in enumerate(self._race.rungs):
            kept = self._kept(candidates, outcomes, number, rung)
            stopped |= {c.id: number for c in candidates if c not in kept}
            candidates = kept
            begin, end = self._race.legs[number + 1]
            if end > begin:
                continued = [self._trainee(c, number + 1, outcomes[c.id]) for c in candidates]
                for c, outcome in zip(candidates, self._evaluator.run(continued), strict=True):
                    outcomes[c.id] = join(outcomes[c.id], outcome)
        return stopped

    def _kept(
        self,
        candidates: Sequence[Candidate],
        outcomes: dict[str, Outcome],
        number: int,
        rung: Rung,
    ) -> list[Candidate]:
        """The best share of those still in the race by TRUE success, then milestones, then id."""
        trained = [c for c in candidates if outcomes[c.id].score is not None]
        order = sorted(trained, key=lambda c: (*standing(outcomes[c.id]), c.id))
        kept = {c.id for c in order[: rung.n_kept(len(candidates))]}
        for c in trained:
            self._study.record_decision(f"{c.id}/rung{number}", {"kept": c.id in kept})
        return [c for c in candidates if c.id in kept]

    def _trainee(self, candidate: Candidate, leg: int, before: Outcome | None = None) -> Trainee:
        begin, end = self._race.legs[leg]
        pieces = self._pieces(begin, end, "train", candidate.id, leg)
        return Trainee(
            key=f"{candidate.id}/rung{leg}",
            train=self._train_payload(candidate.source, pieces, begin),
            evaluate=self._selection(evidence=True, analysis=self._looks_closer),
            start=before.arrays if before else None,
        )

    def _selection(self, *, evidence: bool = False, analysis: bool = False) -> EvaluatePayload:
        """What the policies that a search compares are scored on."""
        return EvaluatePayload(
            env=self._ref.to_json(),
            preset=self._preset.model_dump(mode="json"),
            seeds=tuple(episode_seeds(self._seed, "select", self._protocol.select_episodes)),
            action_seed=child_seed(self._seed, "select", "actions"),
            evidence=evidence,
            analysis=analysis,
        )

    def _pieces(self, begin: int, end: int, domain: str, *path: str | int) -> list[Piece]:
        """The segments from one env step to another; domain and path name their seeds."""
        return cut(
            self._protocol.curriculum,
            begin,
            end,
            full=self._full,
            whole=self._preset.whole_rollouts,
            seed=lambda i: child_seed(self._seed, domain, *path, *((i,) if i else ())),
        )

    def _train_payload(
        self, source: str | None, pieces: Sequence[Piece], before: int = 0
    ) -> TrainPayload:
        return TrainPayload(
            env=self._ref.to_json(),
            source=source,
            layer=self._protocol.layer,
            preset=self._preset.model_dump(mode="json"),
            segments=tuple((piece.seed, piece.steps) for piece in pieces),
            contexts=tuple(piece.context for piece in pieces) if self._protocol.curriculum else (),
            steps_before=before,
        )

    def choose(self, trials: Sequence[Trial]) -> Choice:
        """What the designer chose, or else the best on selection seeds, confirmed where asked."""
        chosen = self._designer.choice() if isinstance(self._designer, HasChoice) else None
        if chosen is not None:
            return Choice(best=next((t for t in trials if t.candidate.id == chosen), None))
        leaders = contenders(trials, self._protocol.confirm)
        if not leaders:
            return Choice(best=select(trials))
        self._view.phase(f"second trainings of the best {len(leaders)}")
        outcomes = self._ending().run([self._again(trial.candidate) for trial in leaders])
        ids = [trial.candidate.id for trial in leaders]
        choice = Choice(
            best=confirmed(leaders, outcomes), confirmed=dict(zip(ids, outcomes, strict=True))
        )
        if not self._is_capped:
            self._study.record_decision("confirm", choice.rates)
        return choice

    def _ending(self, best: str = "") -> Evaluator:
        """Trains what the search ends with."""
        return self._evaluator.over(EndingStore(self._study, best, is_capped=self._is_capped))

    def _again(self, candidate: Candidate) -> Trainee:
        """A second training, whole, on a seed of its own."""
        pieces = self._pieces(0, self._full, "train", candidate.id, "again")
        return Trainee(
            key=f"{candidate.id}/again",
            train=self._train_payload(candidate.source, pieces),
            evaluate=self._selection(),
        )

    def report(self, best: Trial | None) -> dict[str, Arm]:
        """Train every arm afresh on report seeds, for equal env steps."""
        self._view.phase("final comparison on fresh seeds")
        sources: dict[str, str | None] = {"sparse": None}
        if "human" in self._task.rewards:
            sources["human"] = self._task.reward("human").source
        if best is not None:
            sources["best"] = best.candidate.source
        trainees = [
            self._report_trainee(arm, source, replicate)
            for arm, source in sources.items()
            for replicate in range(self._protocol.report_seeds)
        ]
        outcomes = self._ending(best.candidate.id if best else "").run(trainees)
        return make_arms(sources, outcomes, self._protocol)

    def _report_trainee(self, arm: str, source: str | None, replicate: int) -> Trainee:
        path = (arm, replicate)
        pieces = [
            piece
            for leg, (begin, end) in enumerate(self._race.legs)
            for piece in self._pieces(begin, end, "report_train", *path, leg)
        ]
        n = self._protocol.report_episodes
        fresh = replace(self._ref, split=other_half(self._ref.split))
        return Trainee(
            key=f"report/{arm}/{replicate}",
            train=self._train_payload(source, pieces),
            evaluate=EvaluatePayload(
                env=fresh.to_json(),
                preset=self._preset.model_dump(mode="json"),
                seeds=tuple(episode_seeds(self._seed, "report", n, replicate)),
                action_seed=child_seed(self._seed, "report", "actions", replicate),
                evidence=replicate == 0,
            ),
        )
