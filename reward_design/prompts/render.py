"""Builds prompts from the templates in this folder, the task card and what training showed.

Nothing else enters a prompt: no source of an environment, no judge, no reference reward. Text
that programs or models produced is quoted, stripped and capped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from alignenv import program
from alignenv.analysis import Analysis
from alignenv.reward_design.analysts.taxonomy import TAXONOMY
from alignenv.reward_design.analysts.text import told
from alignenv.reward_design.feedback import N_POINTS, reflect
from alignenv.reward_design.opinions import Opinion
from alignenv.reward_design.prompts.examples import as_types, nearest
from alignenv.reward_design.text import plain, quoted
from alignenv.task import TaskCard
from alignenv.types import Evaluation, Failure, FailureKind

MAX_REFUSED = 4
"""Failures shown beside a reflection."""

_WHAT = {
    FailureKind.NO_CODE: "held no program",
    FailureKind.CUT_OFF: "was cut off before the program was complete",
    FailureKind.PARSE: "is not valid Python",
    FailureKind.RULE: "is outside the language",
    FailureKind.COMPILE: "did not compile",
    FailureKind.VALUE: "gave no usable number for a transition",
    FailureKind.TIMEOUT: "took too long",
    FailureKind.MEMORY: "needed too much memory",
    FailureKind.CRASH: "ended its training with a crash",
    FailureKind.REJECTED: "was rejected by the critic and not trained",
    FailureKind.HACKABLE: "pays most for what was not meant, an audit found, and was not trained",
    FailureKind.INFRASTRUCTURE: "could not be trained for reasons that are not its own",
}


def system_prompt() -> str:
    """Role, language and form of the answer."""
    return _render("system.md", language=program.summary().strip())


def task_prompt(card: TaskCard) -> str:
    """The card."""
    return _render("task.md", card=card)


def reflection_prompt(
    evaluation: Evaluation,
    refused: list[Failure],
    comment: str = "",
    analysis: Analysis | None = None,
) -> str:
    """How training went, and which other programs of the last round failed.

    Args:
        evaluation: Of the program shown before.
        refused: Failures of the last generation; equal ones are shown once.
        comment: What a person who watched the agent says; empty for nothing.
        analysis: What an analyst says of it.
    """
    return _render(
        "reflection.md",
        **_figures(evaluation, analysis),
        refused=_distinct(refused),
        comment=comment,
    )


def again_prompt(
    evaluation: Evaluation | None, refused: Sequence[Failure], comment: str = ""
) -> str:
    """The wish for a better program, after success and length alone, or after nothing.

    Args:
        evaluation: Of the program shown before; None to show nothing of it.
        refused: Failures of the last generation; equal ones are shown once.
        comment: What a person who watched the agent says; empty for nothing.
    """
    return _render("again.md", evaluation=evaluation, refused=_distinct(refused), comment=comment)


def mutation_prompt(
    evaluation: Evaluation,
    refused: Sequence[Failure],
    analysis: Analysis | None = None,
    opinion: Opinion | None = None,
) -> str:
    """How training went, and the wish for the same program with one change.

    Args:
        evaluation: Of the program shown before.
        refused: Failures of the last generation; equal ones are shown once.
        analysis: What an analyst says of it.
        opinion: Of people who saw its agent, told in place of success; None to tell success.
    """
    figures = _figures(evaluation, analysis, opinion)
    return _render("mutation.md", **figures, refused=_distinct(refused))


def another_prompt(
    evaluation: Evaluation, analysis: Analysis | None = None, opinion: Opinion | None = None
) -> str:
    """How training on the first of two programs went; the second one follows."""
    return _render("another.md", **_figures(evaluation, analysis, opinion))


def crossover_prompt(
    evaluation: Evaluation, analysis: Analysis | None = None, opinion: Opinion | None = None
) -> str:
    """How training on the second of two programs went, and the wish to combine both."""
    return _render("crossover.md", **_figures(evaluation, analysis, opinion))


def text2reward_prompts(card: TaskCard, n_examples: int) -> tuple[str, str]:
    """System and task of Text2Reward: the card as Python types, after its nearest examples."""
    return (
        _render("text2reward_system.md", language=program.summary().strip()),
        _render(
            "text2reward_task.md",
            card=card,
            types=as_types(card.state, card.action),
            examples=nearest(card, n_examples),
        ),
    )


def text2reward_feedback_prompt(comments: Sequence[str]) -> str:
    """What a person says of the agent, and what they said before; the last one is the newest."""
    return _render("text2reward_feedback.md", comment=comments[-1], earlier=comments[:-1])


def preference_prompts(
    best: Evaluation,
    worst: Evaluation,
    refused: Sequence[Failure] = (),
    *,
    n_programs: int,
    is_kept: bool,
) -> tuple[str, str]:
    """What is said after the program whose agent was liked best, and after the one liked least.

    Args:
        best: Training of the former; only the series over its training are read.
        worst: Training of the latter.
        refused: Failures of the last generation; equal ones are shown once.
        n_programs: Programs whose agents were compared.
        is_kept: Whether the best one is from an earlier generation.
    """
    facts = {"n_programs": n_programs, "is_kept": is_kept}
    return (
        _render("icpl_best.md", **_figures(best), **facts),
        _render("icpl_worst.md", **_figures(worst), refused=_distinct(refused)),
    )


def amc_designer_prompt() -> str:
    """Role of Auto MC-Reward's designer."""
    return _render("amc_designer.md", language=program.summary().strip())


def amc_next_prompt(analysis: str, refused: Sequence[Failure] = ()) -> str:
    """What the analyst says, and which other programs of the last round failed."""
    return _render("amc_next.md", analysis=analysis, refused=_distinct(refused))


def amc_rewrite_prompt(criticism: str) -> str:
    """What the critic says, for the designer."""
    return _render("amc_rewrite.md", criticism=criticism)


def amc_critic_prompts(card: TaskCard, source: str) -> tuple[str, str]:
    """Role of the critic, and the program to judge."""
    return _render("amc_critic_system.md"), _render("amc_critic.md", card=card, source=source)


def critic_findings_prompt(findings: str) -> str:
    """What a critic found in a program that it sends back."""
    return _render("critic_findings.md", findings=findings)


def critic_rubric_prompts(card: TaskCard) -> tuple[str, str]:
    """The wish for a rubric, from the task alone: system and user."""
    return _render("critic_rubric_system.md"), _render("critic_rubric.md", card=card)


def critic_judge_prompts(
    card: TaskCard, rubric: str, source: str, evidence: str
) -> tuple[str, str]:
    """The wish for a judgement: system and user.

    Args:
        card: The task.
        rubric: What the critic's model wrote before it saw a program.
        source: The program.
        evidence: What was measured on recorded episodes, as lines.
    """
    shown = _render("critic_judge.md", card=card, rubric=rubric, source=source, evidence=evidence)
    return _render("critic_judge_system.md"), shown


def analyst_prompts(
    card: TaskCard,
    source: str,
    evaluation: Evaluation,
    seen: str,
    episodes: Sequence[Mapping[str, object]],
) -> tuple[str, str]:
    """Role of the analyst, and the training that it looks at.

    Args:
        card: The task.
        source: The program.
        evaluation: Its training.
        seen: What was seen in its episodes.
        episodes: Failed episodes as `length` and `steps`, a text.
    """
    facts = {"card": card, "source": source, "seen": seen, "episodes": episodes}
    shown = _render("analyst.md", **_figures(evaluation), **facts)
    return _render("analyst_system.md", taxonomy=TAXONOMY), shown


def diagnosis_prompt(
    evaluation: Evaluation,
    refused: Sequence[Failure],
    findings: Sequence[object],
    *,
    taxonomy: Sequence[object] = (),
) -> str:
    """How training went, and what went wrong by name.

    Args:
        evaluation: Of the program shown before.
        refused: Failures of the last generation; equal ones are shown once.
        findings: What was found, each an `ailment` with its `evidence`.
        taxonomy: All that may go wrong, told in place of what was found; empty for the findings.
    """
    return _render(
        "diagnosis.md",
        **_figures(evaluation),
        refused=_distinct(refused),
        findings=findings,
        taxonomy=taxonomy,
        is_static=bool(taxonomy),
    )


def repair_prompt(failure: Failure, *, has_program: bool) -> str:
    """Why a program could not be used.

    Args:
        failure: The reason, in the words for the coder.
        has_program: Whether the program is shown before this prompt.
    """
    return _render("repair.md", failure=failure, what=_WHAT[failure.kind], has_program=has_program)


def _figures(
    evaluation: Evaluation, analysis: Analysis | None = None, opinion: Opinion | None = None
) -> dict[str, object]:
    """What `figures.md` shows of a training."""
    return {
        "evaluation": evaluation,
        "opinion": opinion,
        "series": reflect(evaluation),
        "n_points": N_POINTS,
        "analysis": told(analysis, with_gap=True),
    }


def _distinct(failures: Sequence[Failure]) -> list[Failure]:
    """The first failures, equal ones once."""
    return list({failure.message: failure for failure in failures}.values())[:MAX_REFUSED]


@cache
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FunctionLoader(_load),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": plain, "quoted": quoted}
    return environment


def _load(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _render(name: str, **values: object) -> str:
    return _environment().get_template(name).render(**values).strip() + "\n"
