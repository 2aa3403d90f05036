"""A critic of several voices: rules and language models, each heard by its record.

A voice's weight is one over its Brier score so far, shrunk towards that of a coin until there are
outcomes. Only rules that saw something go wrong can send a program back; a model's word changes
the probability and adds to the findings, and rejects nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from alignenv.critique import SUCCESS, Case, Finding, Judgement, Verdict
from alignenv.reward_design.critic.rules import RulesCritic

COIN, SHRINKAGE, FLOOR = 0.25, 4.0, 0.02
"""Brier score of always saying one half, how many outcomes it counts for, and the least score."""
DOUBTED = 0.25
"""Probability below which a program is sent back for a doubt as well, and rejected if it stays."""
RULES = "rules"


def is_rejected(judgement: Judgement) -> bool:
    """Whether a program that is sent back should not be trained.

    That is so when its probability is below `DOUBTED`, or the rules' own: what was seen to go wrong
    no opinion saves.
    """
    least = min(judgement.p_success, judgement.voices.get(RULES, 1.0))
    return judgement.send_back and least < DOUBTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one voice says: a probability, and findings without evidence of their own."""

    p_success: float
    findings: tuple[Finding, ...] = ()


class Voice(Protocol):
    """Somebody who is asked about programs after the rules have looked at them."""

    name: str

    def opinions(
        self, cases: Sequence[Case], judgements: Sequence[Judgement]
    ) -> Sequence[Opinion | None]:
        """One opinion per case; None where the answer held no probability."""
        ...


class Panel:
    """The rules, and other voices beside them.

    Args:
        voices: Who is asked besides the rules.
    """

    def __init__(self, voices: Sequence[Voice] = ()) -> None:
        self.name = "+".join([RULES, *(voice.name for voice in voices)])
        self._rules, self._voices = RulesCritic(), tuple(voices)
        self._errors: dict[str, list[float]] = {}

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """Rules first; then every voice on what has a value to train on."""
        ruled = list(self._rules.judge(cases))
        heard = [i for i, case in enumerate(cases) if case.failure is None]
        said: dict[int, dict[str, Opinion]] = {i: {} for i in heard}
        for voice in self._voices:
            asked = voice.opinions([cases[i] for i in heard], [ruled[i] for i in heard])
            for i, opinion in zip(heard, asked, strict=True):
                if opinion is not None:
                    said[i][voice.name] = opinion
        return [self._joined(j, said.get(i, {})) for i, j in enumerate(ruled)]

    def tell(self, verdicts: Sequence[Verdict]) -> None:
        """Keep each voice's squared errors."""
        for verdict in verdicts:
            outcome = float(verdict.success >= SUCCESS)
            for name, p in verdict.judgement.voices.items():
                self._errors.setdefault(name, []).append((p - outcome) ** 2)

    def weight(self, name: str) -> float:
        """Weight of a voice, before all are scaled to a sum of 1."""
        errors = self._errors.get(name, [])
        brier = (sum(errors) + COIN * SHRINKAGE) / (len(errors) + SHRINKAGE)
        return 1.0 / max(brier, FLOOR)

    def _joined(self, ruled: Judgement, said: Mapping[str, Opinion]) -> Judgement:
        voices = {RULES: ruled.p_success, **{n: o.p_success for n, o in said.items()}}
        weights = {name: self.weight(name) for name in voices}
        p = sum(weights[n] * voices[n] for n in voices) / sum(weights.values())
        p = round(p, 4)
        seen = any(f.severity != "unseen" and f.evidence for f in ruled.findings)
        findings = (*ruled.findings, *(f for opinion in said.values() for f in opinion.findings))
        return replace(
            ruled,
            p_success=p,
            findings=findings,
            send_back=ruled.send_back or (seen and p < DOUBTED),
            voices=voices,
        )
