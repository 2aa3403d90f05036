"""The example's roles, of another package: found by entry points, used, and kept to contracts."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from alignenv import testing
from alignenv.analysis import Analyst
from alignenv.archive import Archive, Fitness
from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.critique import Critic
from alignenv.errors import ConfigError, UnknownName
from alignenv.registry import Registry
from alignenv.reward_design.analysts.specs import make_analyst
from alignenv.reward_design.archive import make_archive
from alignenv.reward_design.coders.specs import make_coder
from alignenv.reward_design.critic.specs import make_critic
from alignenv.reward_design.designers.catalogue import about, known_designers, plan_designer
from alignenv.task import TaskCard
from alignenv.testing import (
    AnalystContract,
    ArchiveContract,
    CoderContract,
    CriticContract,
    DesignerContract,
)
from alignenv.testing.coders import example_card
from alignenv.types import Coder, Designer

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_roles"
PROJECT = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
POINTS: dict[str, dict[str, str]] = PROJECT["project"]["entry-points"]
CARD = example_card()
MAKERS: dict[str, Callable[[str], Any]] = {
    "designer": lambda spec: plan_designer(spec).build(make_coder("symbolic", CARD), CARD, 0),
    "coder": lambda spec: make_coder(spec, CARD),
    "critic": lambda spec: make_critic(spec, CARD),
    "analyst": lambda spec: make_analyst(spec, CARD),
    "archive": lambda spec: make_archive(spec, 2),
}
NAMES = {role: next(iter(POINTS[f"alignenv.{role}s"])) for role in MAKERS}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a package of these entry points, as an installer leaves it."""

    def write(points: str) -> None:
        info = tmp_path / "another-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.syspath_prepend(EXAMPLE)

    return write


@pytest.fixture
def _another(install: Callable[[str], None]) -> None:
    lines = (f"[{group}]\n{n} = {at}\n" for group, them in POINTS.items() for n, at in them.items())
    install("\n".join(lines))


@pytest.mark.usefixtures("_another")
@pytest.mark.parametrize("role", MAKERS)
def test_a_role_is_found_by_its_name(role: str) -> None:
    made = MAKERS[role](NAMES[role])
    kind = type(made)
    assert f"{kind.__module__}:{kind.__name__}" == POINTS[f"alignenv.{role}s"][NAMES[role]]
    with pytest.raises(UnknownName, match=f"Did you mean '{NAMES[role]}'"):
        MAKERS[role](NAMES[role][:-1])


@pytest.mark.parametrize("role", MAKERS)
def test_a_role_that_does_not_import_says_so(role: str, install: Callable[[str], None]) -> None:
    install(f"[alignenv.{role}s]\nbroken = no_such_package:Thing\n")
    assert "broken" in set(Registry(role))
    with pytest.raises(ConfigError, match=f"{role} 'broken' did not import: .*no_such_package"):
        MAKERS[role]("broken")


@pytest.mark.usefixtures("_another")
def test_a_search_with_all_roles_of_another_package(tmp_path: Path) -> None:
    assert "half-and-half" in known_designers()
    assert about("half-and-half").startswith("Changes the best program")
    files = evolve_to_files(settings("half-and-half"), tmp_path / "s", SilentView())
    assert files.document["designer"] == "half-and-half[nearer:0.2]"
    trials = files.finding.trials
    assert [trial.candidate.id for trial in trials] == ["g00c00", "g00c01", "g01c00", "g01c01"]
    assert [bool(trial.candidate.parents) for trial in trials] == [False, False, True, False]
    assert {trial.candidate.coder for trial in trials} == {"nearer"}
    assert all("prev.path_to_goal" in trial.candidate.source for trial in trials)
    assert [j.p_success for j in files.finding.judgements.values()] == [1.0] * 4
    looked = [trial.analysis.text for trial in trials if trial.analysis]
    assert all(text.startswith("Action ") for text in looked)


@pytest.mark.usefixtures("_another")
@pytest.mark.whole
def test_an_archive_of_another_package_is_what_parents_come_from(tmp_path: Path) -> None:
    what = settings("eureka", archive="newest")
    trials = evolve_to_files(what, tmp_path / "s", SilentView()).finding.trials
    assert [trial.candidate.generation for trial in trials] == [0, 0, 1, 1]
    assert {parent for t in trials[2:] for parent in t.candidate.parents} <= {"g00c00", "g00c01"}


def settings(designer: str, **options: str) -> SearchSettings:
    return validate_settings(
        {
            "env": "AlignEnv-Empty-5x5-v0",
            "designer": designer,
            "designer_options": options,
            "coder": "nearer:0.2",
            "critic": "payday",
            "analyst": "metronome",
            "preset": {"n_envs": 8, "n_steps": 32, "batch_size": 256, "n_epochs": 1},
            "protocol": {
                "generations": 2, "candidates": 2, "env_steps": 256, "rung": 1,
                "select_episodes": 4, "report_seeds": 1, "report_episodes": 100,
            },
        }
    )  # fmt: skip


def made(role: str, *arguments: Any) -> Any:
    """A role of the example, built from the place that its entry point names."""
    module, _, name = POINTS[f"alignenv.{role}s"][NAMES[role]].partition(":")
    return getattr(importlib.import_module(module), name)(*arguments)


@pytest.mark.usefixtures("_another")
class TestDesigner(DesignerContract):
    def make_designer(self, coder: Coder, card: TaskCard, seed: int) -> Designer:
        return cast("Designer", made("designer", coder, card, seed))


@pytest.mark.usefixtures("_another")
class TestCoder(CoderContract):
    def make_coder(self) -> Coder:
        return cast("Coder", make_coder("nearer", CARD))


@pytest.mark.usefixtures("_another")
class TestCritic(CriticContract):
    def make_critic(self) -> Critic:
        return cast("Critic", make_critic("payday", CARD))


@pytest.mark.usefixtures("_another")
class TestAnalyst(AnalystContract):
    def make_analyst(self) -> Analyst:
        return make_analyst("metronome", CARD)


@pytest.mark.usefixtures("_another")
class TestArchive(ArchiveContract):
    def make_archive(self, size: int | None, fitness: Fitness) -> Archive:
        return cast("Archive", made("archive", size, fitness))


def test_every_contract_is_found_by_its_name() -> None:
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'Contract'"):
        testing.Contract  # noqa: B018


def test_contracts_are_imported_when_they_are_asked_for() -> None:
    code = "import sys, alignenv.testing.executor_jobs; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_role_is_short() -> None:
    for file in (EXAMPLE / "own_roles").glob("*.py"):
        assert file.read_text(encoding="utf-8").count("\n") <= 45, file
