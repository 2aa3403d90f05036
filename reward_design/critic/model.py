"""A language model's opinion of programs, by a rubric that it wrote before it saw any."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from alignenv.critique import Case, Finding, Judgement
from alignenv.reward_design.critic.panel import Opinion
from alignenv.reward_design.critic.words import MOST, for_judge
from alignenv.reward_design.llm.forms import ReplyForm, find_objects
from alignenv.reward_design.prompts import render
from alignenv.reward_design.text import plain
from alignenv.task import TaskCard
from alignenv.types import Talker, Turn

_PROBABILITY = re.compile(r"P\s*\(\s*success\s*\)[^0-9.\n]{0,12}(\d*\.?\d+)\s*(%?)", re.IGNORECASE)


class CriticReply(BaseModel):
    """A judgement as one JSON object.

    Attributes:
        findings: What is wrong and what to write instead, one item each.
        p_success: Probability that an agent trained on the program reaches the goal, 0 to 1.
    """

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})

    findings: list[str]
    p_success: float


FORM = ReplyForm.of("judgement", CriticReply)
"""Form of a judgement."""


class ModelVoice:
    """Asks a language model: once for a rubric, then once per program.

    Args:
        name: Name in records, such as the model's.
        talker: Who is asked; records requests and replies.
        card: The task.
        judge: Who is asked about programs, such as the same model with its replies in a form;
            the talker when left out.
    """

    def __init__(
        self, name: str, talker: Talker, card: TaskCard, judge: Talker | None = None
    ) -> None:
        self.name, self._talker, self._card = name, talker, card
        self._judge = judge or talker

    def opinions(
        self, cases: Sequence[Case], judgements: Sequence[Judgement]
    ) -> Sequence[Opinion | None]:
        """One opinion per case; the rubric's request is served from the record after the first."""
        if not cases:
            return []
        rubric = self._talker.talk([_turns(*render.critic_rubric_prompts(self._card))], 0)[0].text
        found = []
        for case, judgement in zip(cases, judgements, strict=True):
            prompts = render.critic_judge_prompts(
                self._card, rubric, case.source, for_judge(case, judgement)
            )
            answer = self._judge.talk([_turns(*prompts)], 1 + case.number)[0]
            found.append(read_opinion(answer.text))
        return found


def read_opinion(text: str) -> Opinion | None:
    """The opinion in an answer, whatever surrounds it; None where it states no probability.

    It is a JSON object, or lines that begin with `FINDING:` and one of `P(success): 0.5`.
    """
    for found in find_objects(text, {"p_success"}):
        try:
            said = CriticReply.model_validate(found)
        except ValidationError:
            continue
        return _opinion(said.p_success, said.findings)
    return _from_lines(text)


def _from_lines(text: str) -> Opinion | None:
    stated = _PROBABILITY.findall(text.replace("*", "").replace("`", ""))
    if not stated:
        return None
    number, percent = stated[-1]
    lines = (line.strip(" -*`#") for line in text.splitlines())
    said = [
        line[len("FINDING:") :].strip() for line in lines if line.upper().startswith("FINDING:")
    ]
    return _opinion(float(number) / (100.0 if percent else 1.0), said)


def _opinion(p: float, said: Sequence[str]) -> Opinion | None:
    if not 0.0 <= p <= 1.0:
        return None
    findings = tuple(
        Finding(code="opinion", message=plain(line, 500), severity="doubt")
        for line in said[:MOST]
        if line
    )
    return Opinion(p_success=p, findings=findings)


def _turns(system: str, user: str) -> Sequence[Turn]:
    return (Turn("system", system), Turn("user", user))
