"""`alignenv evolve`: search for a reward, prove it on fresh seeds, write it down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from alignenv.cli.options import BaseUrl, IsolationSetting, TaskFile, Workers
from alignenv.cli.output import (
    AsJson,
    Quiet,
    error_console,
    open_view,
    print_json,
    result_console,
)
from alignenv.cli.persons import Choices, Ranking, WrittenComments

if TYPE_CHECKING:
    from alignenv.benchmarks.settings import SearchSettings

Option = typer.Option

Split = Annotated[
    str | None,
    Option(help="Search on this half of the layouts, train or test; report on the other."),
]
DesignerName = Annotated[
    str | None,
    Option(
        help="eureka, revolve, map-elites, mcts, text2reward, icpl, auto-mc-reward, taxonomy; "
        "best-of-n, random, symbolic, hill-climb, human, fixed:FILE; or MODULE:CLASS. "
        "`--designer NAME --help` explains one of them, `alignenv designers list` all.",
        is_eager=True,  # so that a help option that follows it knows the name
    ),
]
Faithful = Annotated[
    bool | None,
    Option(
        "--faithful",
        help="eureka, text2reward, auto-mc-reward, icpl, revolve: as published where ours "
        "differs; see `designers show`.",
    ),
]
CoderSpec = Annotated[
    str | None,
    Option(help="symbolic, openai:MODEL, anthropic:MODEL, replay:FILE, scripted:FILE or manual."),
]
AnalystSpec = Annotated[
    str | None,
    Option(
        help="rules (the default), rules:blind, none, taxonomy, coder; or a model of its own: "
        "openai:MODEL, anthropic:MODEL, replay:FILE, scripted:FILE or manual."
    ),
]
CriticSpec = Annotated[
    str | None,
    Option(
        help="Reads programs before they are trained: none (the default), rules, openai:MODEL, "
        "anthropic:MODEL, replay:FILE or scripted:FILE."
    ),
]

Audit = Annotated[
    bool | None,
    Option("--audit", help="Do not train what the audit finds hackable; see `alignenv audit`."),
]

Dedup = Annotated[
    str | None,
    Option(help="What makes two programs one: text (the default), or behaviour, trained once."),
]
Reflection = Annotated[
    str | None,
    Option(help="eureka: what is shown of a training: figures (the default), metrics or nothing."),
]


class EvolveCommand(TyperCommand):
    """A command whose help ends with what the designer does that is named before it."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write a paragraph about the designer; nothing where none is named.

        Raises:
            UnknownName: No such designer.
        """
        from alignenv.reward_design.designers.catalogue import about

        if spec := ctx.params.get("designer"):
            formatter.write_paragraph()
            formatter.write_text(f"Designer {spec}:")
            formatter.write_text(about(spec))


def evolve(
    env: Annotated[str, typer.Argument(help="Gymnasium id, such as AlignEnv-DoorKey-8x8-v0.")],
    task: TaskFile = None,
    split: Split = None,
    seed: Annotated[int | None, Option(min=0, help="Root of all randomness.")] = None,
    out: Annotated[Path | None, Option(help="Study folder; default runs/ENV-sSEED.")] = None,
    resume: Annotated[bool, Option("--resume", help="Continue the study in the folder.")] = False,
    designer: DesignerName = None,
    faithful: Faithful = None,
    reflection: Reflection = None,
    comments: WrittenComments = None,
    ranking: Ranking = None,
    choices: Choices = None,
    coder: CoderSpec = None,
    analyst: AnalystSpec = None,
    critic: CriticSpec = None,
    audit: Audit = None,
    dedup: Dedup = None,
    base_url: BaseUrl = None,
    budget: Annotated[str | None, Option(help="Caps: calls=..,tokens=..,usd=..")] = None,
    price: Annotated[str | None, Option(help="in=..,out=.. US dollars per million tokens.")] = None,
    generations: Annotated[int | None, Option(min=1)] = None,
    candidates: Annotated[int | None, Option(min=1, help="Programs per generation.")] = None,
    steps: Annotated[int | None, Option(min=1, help="Env steps of one full training.")] = None,
    layer: Annotated[str | None, Option(help="replace or add.")] = None,
    workers: Workers = None,
    isolation: IsolationSetting = None,
    config: Annotated[Path | None, Option(help="Settings as TOML.")] = None,
    set_: Annotated[list[str] | None, Option("--set", help="Override: key=value.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Evolve a reward program for a sparse task and prove it on seeds that selection never saw."""
    from alignenv.benchmarks.settings import load_settings
    from alignenv.benchmarks.workers import env_ref

    ref = env_ref(env, task)
    roles = {"designer": designer, "coder": coder, "analyst": analyst, "critic": critic}
    models = {"base_url": base_url, "budget": budget, "price": price}
    files = {"comments": comments, "ranking": ranking, "choices": choices}
    options = _under("designer_options", faithful=faithful, reflection=reflection, **files)
    budgets = {"generations": generations, "candidates": candidates, "env_steps": steps}
    protocol = _under("protocol", **budgets, layer=layer, audit=audit, dedup=dedup)
    settings = load_settings(
        config,
        {
            "env": env,
            "task": ref.task_text or None,
            "task_object": ref.task_object or None,
            "split": split,
            "seed": seed,
            **roles,
            **options,
            **protocol,
            **models,
            "isolation": isolation,
        },
        set_ or (),
    )
    folder = out or Path("runs") / f"{env.replace(':', '-')}-s{settings.seed}"
    _search(settings, folder, resume=resume, workers=workers, as_json=as_json, quiet=quiet)


def _under(table: str, **given: object) -> dict[str, object]:
    """Settings of a table by their dotted keys; paths as text."""
    plain = {key: str(value) if isinstance(value, Path) else value for key, value in given.items()}
    return {f"{table}.{key}": value for key, value in plain.items()}


def _search(
    settings: SearchSettings,
    folder: Path,
    *,
    resume: bool,
    workers: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run it and print what was found; exit code 1 where a cap stopped it or none was trained."""
    from alignenv.benchmarks.summary import evolve_to_files

    with open_view(error_console(), quiet=quiet) as view:
        files = evolve_to_files(settings, folder, view, resume=resume, n_workers=workers)
    if as_json:
        print_json(files.document)
    else:
        files.show(result_console())
    if files.program is None or files.finding.stopped is not None:
        raise typer.Exit(1)
