"""Compiled code that writes state records of layouts with missions."""

from __future__ import annotations

from alignenv.envs.compiled.jit import njit
from alignenv.envs.grid.cells import (
    BALL,
    BOX,
    CAN_PICK_UP,
    COLOR,
    DOOR,
    KEY,
    KIND,
    LOCKED,
    NOTHING,
    OPEN,
    STATE,
    Cells,
)
from alignenv.envs.grid.charts import (
    GATE_KEY,
    N_COMMON_WALKS,
    N_WALKS,
    THROUGH_ALL,
    TO_AIM,
    TO_BALL,
    TO_BOX,
    TO_TRAP,
    TO_WANTED,
    WALK_AIM,
    WALK_KEY,
    WALK_WANTED,
    Charts,
)
from alignenv.envs.grid.charts_mission import (
    find_named,
    fits_lock,
    trace_maze,
    update_mission_walk,
)
from alignenv.envs.grid.dynamics import DONE
from alignenv.envs.grid.features import FEATURE_COLUMNS
from alignenv.envs.grid.layouts.things import is_near
from alignenv.envs.grid.record import Recorder, copy_facts, note_facts
from alignenv.envs.grid.rules import MAZE
from alignenv.envs.grid.world import (
    AHEAD,
    NOWHERE,
    Agent,
    Floats,
    Geometry,
    Mission,
    x_of,
    y_of,
)


def _column(feature: str) -> int:
    return int(FEATURE_COLUMNS[feature].start)


CARRYING_BOX = _column("carrying_box")
BOX_POS = _column("box_pos")
PATH_TO_BOX = _column("path_to_box")
CARRYING_BALL = _column("carrying_ball")
BALL_POS = _column("ball_pos")
PATH_TO_BALL = _column("path_to_ball")
CARRYING_THING = _column("carrying_thing")
CARRYING_WANTED = _column("carrying_wanted")
WANTED_POS = _column("wanted_pos")
PATH_TO_WANTED = _column("path_to_wanted")
WALK_TO_WANTED = _column("walk_to_wanted")
WALK_THROUGH_ALL = _column("walk_through_all")
FACING_WANTED = _column("facing_wanted")
FACING_THING = _column("facing_thing")
WANTED_KIND = _column("wanted_kind")
WANTED_COLOR = _column("wanted_color")
OTHER_KIND = _column("other_kind")
OTHER_COLOR = _column("other_color")
AIM_POS = _column("aim_pos")
PATH_TO_AIM = _column("path_to_aim")
WALK_TO_AIM = _column("walk_to_aim")
AIM_OPEN = _column("aim_open")
AIM_LOCKED = _column("aim_locked")
BESIDE_AIM = _column("beside_aim")
NEAR_AIM = _column("near_aim")
WALK_TO_KEY = _column("walk_to_key")
SAID_DONE = _column("said_done")
TRAP_POS = _column("trap_pos")
PATH_TO_TRAP = _column("path_to_trap")
TRAP_OPEN = _column("trap_open")
HIT = _column("hit")
BALL_AHEAD = _column("ball_ahead")
DOORS_LEFT = _column("doors_left")
GATE_POS = _column("gate_pos")
GATE_LOCKED = _column("gate_locked")
PATH_TO_GATE = _column("path_to_gate")
CARRYING_GATE_KEY = _column("carrying_gate_key")
GATE_KEY_POS = _column("gate_key_pos")
GATE_KEY_IN_BOX = _column("gate_key_in_box")
PATH_TO_GATE_KEY = _column("path_to_gate_key")
BLOCKER_POS = _column("blocker_pos")
PATH_TO_BLOCKER = _column("path_to_blocker")


@njit
def record_mission(
    n: int,
    mission: Mission,
    recorder: Recorder,
    cells: Cells,
    agent: Agent,
    charts: Charts,
    geometry: Geometry,
) -> None:
    """Fill the tracked columns of one environment's record in `start`."""
    facts = recorder.facts
    note_facts(n, recorder, cells, agent, charts, geometry)
    find_named(cells, agent, mission, charts.things[n], geometry)
    if recorder.maze and geometry.rule == MAZE:
        note_maze(facts, n, cells, agent, mission, charts, geometry)
    for walk in range(N_COMMON_WALKS, N_WALKS):
        if recorder.walks >> walk & 1:
            update_mission_walk(walk, n, cells, agent, mission, charts)
    note_hand(facts, n, cells, agent, mission, charts)
    note_wanted(facts, n, cells, agent, mission, charts)
    note_aim(facts, n, cells, agent, mission, charts)
    copy_facts(recorder.start[n], recorder)


@njit
def note_place(facts: Floats, column: int, place: int) -> None:
    """x, y of a place; -1, -1 for none."""
    facts[column] = facts[column + 1] = -1.0
    if place != NOWHERE:
        facts[column] = x_of(place)
        facts[column + 1] = y_of(place)


@njit
def note_hand(
    facts: Floats, n: int, cells: Cells, agent: Agent, mission: Mission, charts: Charts
) -> None:
    """What is in hand and in front, and the first ball and box."""
    here, things, held = agent.position, charts.things[n], KIND[agent.carried]
    front = cells[here + AHEAD[agent.direction]]
    facts[CARRYING_THING] = agent.carried != NOTHING
    facts[CARRYING_BOX] = held == BOX
    facts[CARRYING_BALL] = held == BALL
    facts[FACING_THING] = CAN_PICK_UP[front]
    facts[BALL_AHEAD] = KIND[front] == BALL
    facts[PATH_TO_BOX] = 0 if held == BOX else charts.walks[n, TO_BOX, here]
    facts[PATH_TO_BALL] = 0 if held == BALL else charts.walks[n, TO_BALL, here]
    facts[WALK_TO_KEY] = 0 if held == KEY else charts.walks[n, WALK_KEY, here]
    facts[SAID_DONE] = mission.last == DONE
    facts[HIT] = mission.hit
    note_place(facts, BOX_POS, here if held == BOX else things.box)
    note_place(facts, BALL_POS, here if held == BALL else things.ball)


@njit
def note_wanted(
    facts: Floats, n: int, cells: Cells, agent: Agent, mission: Mission, charts: Charts
) -> None:
    """The thing that the mission names first."""
    here = agent.position
    has_it = mission.wanted != NOTHING and agent.carried == mission.wanted
    front = here + AHEAD[agent.direction]
    facts[CARRYING_WANTED] = has_it
    facts[PATH_TO_WANTED] = 0 if has_it else charts.walks[n, TO_WANTED, here]
    facts[WALK_TO_WANTED] = 0 if has_it else charts.walks[n, WALK_WANTED, here]
    facts[WALK_THROUGH_ALL] = 0 if has_it else charts.walks[n, THROUGH_ALL, here]
    facts[FACING_WANTED] = mission.wanted != NOTHING and cells[front] == mission.wanted
    facts[WANTED_KIND], facts[WANTED_COLOR] = KIND[mission.wanted], COLOR[mission.wanted]
    facts[OTHER_KIND], facts[OTHER_COLOR] = KIND[mission.other], COLOR[mission.other]
    note_place(facts, WANTED_POS, here if has_it else mission.first)
    lies_near = mission.first != NOWHERE and is_near(mission.first, mission.aim)
    facts[NEAR_AIM] = not has_it and lies_near


@njit
def note_aim(
    facts: Floats, n: int, cells: Cells, agent: Agent, mission: Mission, charts: Charts
) -> None:
    """The places that matter."""
    here = agent.position
    aim, trap = cells[mission.aim], cells[mission.trap]
    across = abs(x_of(mission.aim) - x_of(here)) + abs(y_of(mission.aim) - y_of(here))
    facts[BESIDE_AIM] = across == 1
    facts[AIM_OPEN] = KIND[aim] == DOOR and STATE[aim] == OPEN
    facts[AIM_LOCKED] = KIND[aim] == DOOR and STATE[aim] == LOCKED
    facts[TRAP_OPEN] = KIND[trap] == DOOR and STATE[trap] == OPEN
    facts[PATH_TO_AIM] = charts.walks[n, TO_AIM, here]
    facts[WALK_TO_AIM] = charts.walks[n, WALK_AIM, here]
    facts[PATH_TO_TRAP] = charts.walks[n, TO_TRAP, here]
    note_place(facts, AIM_POS, mission.aim)
    note_place(facts, TRAP_POS, mission.trap)


@njit
def note_maze(
    facts: Floats,
    n: int,
    cells: Cells,
    agent: Agent,
    mission: Mission,
    charts: Charts,
    geometry: Geometry,
) -> None:
    """What lies between the agent and the wanted thing."""
    blocker, n_doors = trace_maze(n, cells, agent, mission, charts, geometry)
    update_mission_walk(GATE_KEY, n, cells, agent, mission, charts)
    gate, key = mission.second, mission.third
    steps = charts.walks[n, THROUGH_ALL]
    has_key = gate != NOWHERE and fits_lock(agent.carried, cells[gate])
    facts[DOORS_LEFT] = n_doors
    facts[GATE_LOCKED] = gate != NOWHERE and STATE[cells[gate]] == LOCKED
    facts[CARRYING_GATE_KEY] = has_key
    facts[GATE_KEY_IN_BOX] = not has_key and key != NOWHERE and KIND[cells[key]] == BOX
    facts[PATH_TO_GATE_KEY] = 0 if has_key else charts.walks[n, GATE_KEY, agent.position]
    facts[PATH_TO_GATE] = facts[PATH_TO_BLOCKER] = -1
    if gate != NOWHERE:
        facts[PATH_TO_GATE] = steps[agent.position] - steps[gate]
    if blocker != NOWHERE:
        facts[PATH_TO_BLOCKER] = steps[agent.position] - steps[blocker]
    note_place(facts, GATE_POS, gate)
    note_place(facts, GATE_KEY_POS, agent.position if has_key else key)
    note_place(facts, BLOCKER_POS, blocker)
