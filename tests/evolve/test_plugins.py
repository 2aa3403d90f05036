"""Another package's designer, coder, critic and analyst, found by their entry points and used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks.settings import validate_settings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.errors import ConfigError, UnknownName
from alignenv.registry import Registry
from alignenv.reward_design.analysts.specs import make_analyst
from alignenv.reward_design.coders.specs import make_coder
from alignenv.reward_design.critic.specs import make_critic
from alignenv.reward_design.designers.catalogue import about, known_designers, plan_designer
from alignenv.testing.coders import example_card

MODULE = "roles_of_another_package"
SOURCE = '''
from alignenv.analysis import Analysis
from alignenv.critique import Judgement
from alignenv.reward_design.designers.best_of_n import BestOfN
from alignenv.types import Draft

class OneByOne(BestOfN):
    """Proposes one program at a time."""

    def propose(self, n):
        return self.write(1)

class Constant:
    def __init__(self, settings):
        self.name, self.value = "another", settings.argument

    def write(self, brief, n):
        pays = f"{self.value} + {brief.slot}.0"
        return [Draft(source=f"def reward(prev, action, state):\\n    return {pays}, {{}}\\n")] * n

class Sceptic:
    def __init__(self, settings):
        self.name = "another"

    def judge(self, cases):
        return [Judgement(p_success=0.25) for _ in cases]

class Onlooker:
    def __init__(self, settings):
        self.name = "another"

    def analyse(self, card, trials):
        return [Analysis(text="Another package looked at it.") for _ in trials]
'''
ROLES = {"designer": "OneByOne", "coder": "Constant", "critic": "Sceptic", "analyst": "Onlooker"}
CARD = example_card()
MAKERS: dict[str, Callable[[str], Any]] = {
    "designer": lambda spec: plan_designer(spec).build(make_coder("symbolic", CARD), CARD, 0),
    "coder": lambda spec: make_coder(spec, CARD),
    "critic": lambda spec: make_critic(spec, CARD),
    "analyst": lambda spec: make_analyst(spec, CARD),
}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a package of these entry points, as an installer leaves it."""

    def write(points: str) -> None:
        info = tmp_path / "another-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(points)
        (tmp_path / f"{MODULE}.py").write_text(SOURCE)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, MODULE, raising=False)

    return write


@pytest.fixture
def _another(install: Callable[[str], None]) -> None:
    points = (f"[alignenv.{role}s]\nanother = {MODULE}:{name}\n" for role, name in ROLES.items())
    install("\n".join(points))


@pytest.mark.usefixtures("_another")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_found_by_its_name(role: str) -> None:
    made = MAKERS[role]("another")
    assert type(made).__name__ == ROLES[role]
    assert type(made).__module__ == MODULE
    with pytest.raises(UnknownName, match="Did you mean 'another'"):
        MAKERS[role]("anothe")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_does_not_import_says_so(role: str, install: Callable[[str], None]) -> None:
    install(f"[alignenv.{role}s]\nbroken = no_such_package:Thing\n")
    assert "broken" in set(Registry(role))
    with pytest.raises(ConfigError, match=f"{role} 'broken' did not import: .*no_such_package"):
        MAKERS[role]("broken")


@pytest.mark.usefixtures("_another")
def test_a_search_with_all_roles_of_another_package(tmp_path: Path) -> None:
    assert "another" in known_designers()
    assert about("another") == "Proposes one program at a time."
    settings = validate_settings(
        {
            "env": "AlignEnv-Empty-5x5-v0",
            "designer": "another",
            "coder": "another:0.5",
            "critic": "another",
            "analyst": "another",
            "preset": {"n_envs": 8, "n_steps": 32, "batch_size": 256, "n_epochs": 1},
            "protocol": {
                "generations": 2, "candidates": 2, "env_steps": 256, "rung": 1,
                "select_episodes": 4, "report_seeds": 1, "report_episodes": 100,
            },
        }
    )  # fmt: skip
    files = evolve_to_files(settings, tmp_path / "s", SilentView())
    assert files.document["designer"] == "another[another:0.5]"
    trials = files.finding.trials
    assert [trial.candidate.id for trial in trials] == ["g00c00", "g01c00"]
    assert [trial.candidate.coder for trial in trials] == ["another", "another"]
    assert all("0.5 + " in trial.candidate.source for trial in trials)
    looked = [trial.analysis.text for trial in trials if trial.analysis]
    assert looked == ["Another package looked at it."] * 2
    assert [j.p_success for j in files.finding.judgements.values()] == [0.25, 0.25]
