"""`alignenv designers`, and how `evolve` names what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from alignenv.reward_design.designers.catalogue import about, known_designers

Run = Callable[..., Any]


def test_list_names_every_designer_and_alias(quick_alignenv: Run) -> None:
    run = quick_alignenv("designers", "list", "--json")
    assert run.code == 0
    names = [row["name"] for row in run.document]
    assert {"eureka", "revolve", "map-elites", "mcts", "text2reward", "icpl"} <= set(names)
    assert {"random", "symbolic", "hill-climb", "human", "best-of-n", "fixed"} <= set(names)
    assert all(len(row["about"]) > 20 for row in run.document)


def test_show_prints_options(quick_alignenv: Run) -> None:
    run = quick_alignenv("designers", "show", "revolve")
    assert run.code == 0
    assert "designer_options.islands" in run.out


@pytest.mark.parametrize("name", known_designers())
def test_every_designer_is_explained_in_three_lines(
    name: str, quick_alignenv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a terminal of 80 columns, at the end of the help of `evolve` and by `designers show`."""
    monkeypatch.setenv("COLUMNS", "80")
    helped = quick_alignenv("evolve", "AlignEnv-Empty-5x5-v0", "--designer", name, "--help")
    last = helped.out.rstrip().rpartition(f"\n\nDesigner {name}:\n")[2].splitlines()
    shown = quick_alignenv("designers", "show", name).out.partition("\n\n")[0].splitlines()
    for lines in (last, shown[1:]):
        assert 1 <= len(lines) <= 3
        assert max(map(len, lines)) <= 80
        assert " ".join(" ".join(lines).split()) == about(name)


def test_help_without_a_designer_explains_none(quick_alignenv: Run) -> None:
    helped = quick_alignenv("evolve", "--help")
    assert helped.code == 0
    assert "Designer " not in helped.out


def test_help_names_a_designer_that_is_not_known(quick_alignenv: Run) -> None:
    run = quick_alignenv("evolve", "--designer", "eurek", "--help")
    assert run.code == 2
    assert "Did you mean 'eureka'" in run.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--designer", "random", "--faithful"), "Option faithful of designer random"),
        (("--set", "designer_options.parents=none"), "Option parents of designer eureka"),
    ],
)
def test_evolve_refuses_before_it_starts(
    quick_alignenv: Run, tmp_path: Any, words: tuple[str, ...], message: str
) -> None:
    run = quick_alignenv("evolve", "AlignEnv-Empty-5x5-v0", *words, "--out", tmp_path / "s")
    assert run.code == 2
    assert message in " ".join(run.err.split())
    assert not (tmp_path / "s").exists()
