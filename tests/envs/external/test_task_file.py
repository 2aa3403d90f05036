"""Tasks written as TOML."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from alignenv.envs.external import InfoValue, ObsSlice, load_task
from alignenv.envs.make import EnvRef
from alignenv.envs.taskfile import parse_task_text, read_task_file
from alignenv.envs.taskfile_build import build_external
from alignenv.errors import ConfigError, UnknownName

CAR = "MountainCarContinuous-v0"
EXAMPLE = Path(__file__).parents[3] / "examples" / "mountain_car.toml"
MINIMAL = """
goal = "Reach the flag."
success = "position >= 0.45"
[state]
position = { obs = 0 }
"""


def build(text: str, env_id: str = CAR) -> object:
    return build_external(parse_task_text(text), env_id)


def test_the_example_is_a_task() -> None:
    task = load_task(EXAMPLE, CAR)
    card = task.card
    assert (card.id, card.horizon, card.action.kind) == (CAR, 999, "vec1")
    assert [field.name for field in card.state] == ["position", "velocity"]
    assert card.state["position"].low == pytest.approx(-1.2)
    assert card.state["position"].high == pytest.approx(0.6)
    assert task.rewards["human"].kind == "human"
    assert task.training == {"total_timesteps": 60000}
    assert task.judged_on == {"position"}
    records = np.array([[0.45, 0.0], [0.0, 0.0], [-1.0, 0.0]])
    assert task.judge(records).tolist() == [True, False, False]
    assert task.progress(records) == pytest.approx([1.0, 0.5 / 0.95, 0.0])


def test_a_behaviour_in_words_is_judged_by_its_expression() -> None:
    task = load_task(EXAMPLE.with_name("new_behaviour.toml"), "CartPole-v1")
    assert task.card.horizon == 200
    assert task.rewards == {}
    standing, fallen, off_track, left = (
        (1.5, 0, 0, 0),
        (1.5, 0, 0.3, 0),
        (2.4, 0, 0, 0),
        (-1.5,) * 4,
    )
    judged = task.judge(np.array([standing, fallen, off_track, left], dtype=np.float64))
    assert judged.tolist() == [True, False, False, False]


def test_a_minimal_file_takes_the_rest_from_the_env() -> None:
    task = build(MINIMAL)
    assert task.card.horizon == 999
    assert "Box" in task.card.observes
    assert task.progress(np.array([[0.5], [0.0]])).tolist() == [1.0, 0.0]
    assert task.rewards == {}


def test_fields_from_slices_infos_and_functions() -> None:
    task = build("""
goal = "Succeed."
success = { info = "is_success" }
horizon = 50
[state]
both = { obs = [0, 2], unit = "m" }
went_left = { obs = 0, kind = "bool" }
sine = { function = "math:sin", low = -1, high = 1 }
""")
    assert task.card.horizon == 50
    assert [(f.name, f.kind) for f in task.card.state] == [
        ("both", "vec2"),
        ("went_left", "bool"),
        ("sine", "float"),
        ("reported_success", "bool"),
    ]
    assert task.readers["both"] == ObsSlice(0, 2)
    assert task.readers["reported_success"] == InfoValue("is_success")
    assert task.judge(np.array([[0, 0, 0, 0, 1.0], [0, 0, 0, 0, 0.0]])).tolist() == [True, False]


def test_an_info_field_of_ones_own_is_the_success() -> None:
    task = build("""
goal = "Succeed."
success = { info = "is_success" }
[state]
there = { info = "is_success", kind = "bool" }
""")
    assert [field.name for field in task.card.state] == ["there"]


def test_the_text_for_workers_is_complete_in_itself() -> None:
    text = read_task_file(EXAMPLE)
    assert "mountain_car/human.py" not in text
    ref = EnvRef(id=CAR, task_text=text)
    again = EnvRef.from_json(json.loads(json.dumps(ref.to_json())))
    assert again == ref
    assert again.resolve().card == load_task(EXAMPLE, CAR).card
    assert parse_task_text(text).model_dump_json(exclude_defaults=True) == text


def test_reads_are_absolute_for_workers(tmp_path: Path) -> None:
    file = tmp_path / "task.toml"
    file.write_text('reads = ["data"]\n' + MINIMAL)
    assert load_task(file, CAR).reads == (str(tmp_path / "data"),)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("goal = ", "gaol = "), "gaol: Extra inputs are not permitted"),
        (('goal = "Reach the flag."', ""), "goal: Field required"),
        (('"position >= 0.45"', '"speed >= 0.45"'), "success = 'speed >= 0.45' names 'speed'"),
        (("obs = 0", "obs = 7"), "state.position.obs is 7, but the observation has 2 numbers"),
        (("obs = 0", "obs = [1, 1]"), "start < stop"),
        (("obs = 0", "obs = -1"), "index >= 0"),
        (("obs = 0", "obs = [0, 2], kind = 'int'"), "holds 1 numbers"),
        (("obs = 0", "obs = 0, kind = 'real'"), "kind 'real'"),
        (("obs = 0", "key = 'a', obs = 0"), "state.position.key is 'a'"),
        (("obs = 0", "unit = 'm'"), "exactly one of obs, info, function"),
        (("obs = 0", "function = 'no.such:thing'"), "Field function 'no.such:thing'"),
        (("obs = 0", "function = 'nothing'"), "state.position.function"),
        (("position = {", "lambda = {"), "names 'position'"),
        (("goal", 'milestones = "1 +"\ngoal'), "milestones = '1 \\+' is not an expression"),
        (("goal", "horizon = 0\ngoal"), "horizon: Input should be greater than 0"),
        (("goal", 'rewards = { best = "b.py" }\ngoal'), "rewards.best"),
        (("goal", 'rewards = { human = "b.py" }\ngoal'), "rewards.human"),
        (("[state]", "[state"), "not TOML"),
    ],
)
def test_a_malformed_file_is_refused_by_key(change: tuple[str, str], match: str) -> None:
    assert change[0] in MINIMAL
    with pytest.raises(ConfigError, match=match):
        build(MINIMAL.replace(*change, 1))


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_task(tmp_path / "nowhere.toml", CAR)
    file = tmp_path / "task.toml"
    file.write_text(MINIMAL + '[rewards]\nhuman = "gone.py"\n')
    with pytest.raises(ConfigError, match=r"rewards\.human.*gone\.py"):
        load_task(file, CAR)


def test_an_unknown_env_gets_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'MountainCarContinuous-v0'"):
        build(MINIMAL, "MountainCarContinous-v0")
    with pytest.raises(ConfigError, match="no_such_package"):
        build(MINIMAL, "no_such_package:Env-v0")


def test_spaces_a_program_cannot_read_are_refused() -> None:
    with pytest.raises(ConfigError, match="cannot index"):
        build(MINIMAL, "Blackjack-v1")
