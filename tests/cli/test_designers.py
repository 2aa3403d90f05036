"""`alignenv designers`, and how `evolve` names what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
