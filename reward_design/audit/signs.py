"""Signs of a reward that can be farmed, on a task whose states are all listed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alignenv.reward_design.audit.behaviour import Behaviour, described, follow, step_list
from alignenv.reward_design.audit.exact import ExactTask, Paid
from alignenv.reward_design.audit.planning import optimise, visits
from alignenv.reward_design.audit.shaping import WHOLE, Shaping, examine_shaping
from alignenv.reward_design.audit.transitions import Coverage, Floats
from alignenv.reward_design.audit.verdict import Sign, by_weight
from alignenv.reward_design.audit.worth import Judged

PATIENT = 0.9999
"""Discount by which the best loop is searched."""
DOMINATES = 0.95
"""Share of all pay from which one component drowns the others."""


def find_signs(
    task: ExactTask, paid: Paid, judged: Judged, gamma: float, *, is_added: bool
) -> list[Sign]:
    """Everything that is noticed, the most serious first.

    Args:
        task: The task.
        paid: What the program pays.
        judged: The verdict on that pay.
        gamma: The learner's discount factor.
        is_added: Whether the sparse reward comes on top.
    """
    fault = fault_sign(judged)
    signs = [] if fault is None else [fault]
    if not paid.is_potential:  # whose laps cancel out, discounted
        signs += [*_loops(task, judged), *_standing(task, judged)]
    signs += _components(task, paid, judged, gamma)
    signs += _shaping(task, paid, gamma, is_added=is_added)
    clocked = judged.worth.with_clock
    if clocked is not None and clocked < judged.worth.success[0] - 1e-9:
        text = (
            "An agent that sees the clock and does not discount would do worse: its best paid "
            f"behaviour truly succeeds {clocked:.0%} of the time."
        )
        signs.append(Sign(code="depends-on-discount", message=text, weight="doubt"))
    return by_weight(signs)


def fault_sign(judged: Judged) -> Sign | None:
    """The best paid behaviour that fails; None where none does."""
    if judged.is_sound:
        return None
    behaviour, (worst, best) = judged.worth.behaviour, judged.worth.success
    code = reason_code(behaviour)
    if best > worst:
        text = "Behaviours that fail are paid as much as behaviours that succeed."
        code = f"tie-{code}"
    else:
        text = "The best paid behaviour fails."
    return Sign(
        code=code,
        message=f"{text} {_CURES[reason_code(behaviour)]}",
        weight="fault",
        steps=tuple(step_list(behaviour)),
    )


_CURES = {
    "standing-still-pays": "It stands still; pay changes of a state and not states, or pay only "
    "what is finished.",
    "loop-pays": "It goes round; take back on the way out what was paid on the way in, as a "
    "potential does.",
    "failure-pays": "It ends the episode in failure; charge for that, or charge less for time.",
    "wrong-way-pays": "It finishes in a way that was not meant; charge for what was done wrong.",
}


def reason_code(behaviour: Behaviour) -> str:
    """Which kind of wrong behaviour it is."""
    if behaviour.ends == "failure":
        return "failure-pays"
    if behaviour.stands_still:
        return "standing-still-pays"
    return "loop-pays" if behaviour.lap is not None else "wrong-way-pays"


def _loops(task: ExactTask, judged: Judged) -> Iterator[Sign]:
    """The loop that pays most, if a lap pays at all."""
    best = optimise(task.model, judged.pay, PATIENT)
    later = np.where(np.isfinite(best.values), best.values, 0.0)
    alive = ~task.model.terminal[:, np.newaxis]
    worth = np.where(alive, judged.pay, 0.0) + PATIENT * task.model.expect(later)
    begin = int(task.model.start.argmax())
    found = follow(task, worth.argmax(axis=1), judged.pay, begin)
    if found.lap is not None and found.lap_pay > 1e-9 * best.scale:
        n, steps = len(found.lap_steps), tuple(step_list(found))
        is_told = not judged.is_sound and steps == tuple(step_list(judged.worth.behaviour))
        yield Sign(
            code="farmable-loop",
            message=f"A lap of {n} {'step' if n == 1 else 'steps'} can be repeated for ever and "
            f"pays {found.lap_pay:+.4g} each time.",
            weight="note" if judged.is_sound else "doubt",
            steps=() if is_told else steps,
        )


def _standing(task: ExactTask, judged: Judged) -> Iterator[Sign]:
    """Pay for a choice that leaves everything as it is."""
    model = task.model
    states = np.arange(model.n_states)[:, np.newaxis]
    stays = (model.successors[:, :, 0] == states) & (model.probabilities[:, :, 0] > 1 - 1e-12)
    stays &= ~model.terminal[:, np.newaxis]
    if not stays.any():
        return
    gain = np.where(stays, judged.pay, -np.inf)
    state, action = np.unravel_index(int(gain.argmax()), gain.shape)
    if gain[state, action] > 1e-9 * judged.optimum.scale:
        where = task.records[task.shown[state]]
        yield Sign(
            code="standing-still-is-paid",
            message=f"Standing still pays up to {gain[state, action]:+.4g} a step, for example "
            f"{task.words[int(action)]} where {described(task.spec, where)}.",
            weight="note" if judged.is_sound else "doubt",
        )


def _components(task: ExactTask, paid: Paid, judged: Judged, gamma: float) -> Iterator[Sign]:
    """Components that never pay, that never change, or that drown the others."""
    if not paid.names:
        return
    best = np.eye(task.model.n_actions)[judged.policy]
    seen = visits(task.model, best, gamma)
    shares = {}
    for name, column in zip(paid.names, paid.components.T, strict=True):
        if not column.any():
            yield Sign(
                code="never-fires",
                message=f"Component {name!r} is 0 on every transition there is.",
                weight="doubt",
            )
        elif np.ptp(column) == 0.0:
            yield Sign(
                code="never-changes",
                message=f"Component {name!r} is {column[0]:.4g} on every transition there is; it "
                "pays for time alone.",
            )
        shares[name] = float((seen * np.abs(task.mean(column))).sum())
    total = sum(shares.values())
    if len(shares) > 1 and total > 0.0:
        name = max(shares, key=lambda key: shares[key])
        if shares[name] > DOMINATES * total:
            yield Sign(
                code="one-dominates",
                message=f"Component {name!r} is {shares[name] / total:.0%} of all pay in the best "
                "paid behaviour.",
            )


def _shaping(task: ExactTask, paid: Paid, gamma: float, *, is_added: bool) -> Iterator[Sign]:
    """What of the reward only shapes."""
    if paid.is_potential:
        yield Sign(
            code="only-shapes",
            message="A potential keeps the best policies of the sparse reward, whatever it is.",
        )
        return
    found = shaping_of(task, paid, gamma, is_added=is_added)
    if found is None:
        return
    if found.mistake:
        words = " and ".join(_MISTAKES[part] for part in found.mistake.split("+"))
        yield Sign(
            code=found.mistake,
            message=f"All of it but the sparse reward is shaping, save that {words}. Write it as "
            "potential(state), which is exact.",
            weight="note",
        )
    elif found.correct >= WHOLE and found.base < WHOLE:
        yield Sign(code="only-shapes", message="All of it but the sparse reward is shaping.")
    else:
        yield Sign(
            code="shaping-share",
            message=f"{found.correct:.0%} of what is not the sparse reward, by square, is shaping.",
        )


_MISTAKES = {
    "gamma-mismatch": "it does not discount the later potential by the learner's gamma",
    "terminal-potential": "it leaves a potential at the end of an episode",
}


def shaping_of(task: ExactTask, paid: Paid, gamma: float, *, is_added: bool) -> Shaping | None:
    """The shaping audit over all choices; None where chance has a part in the transitions."""
    if task.is_stochastic or paid.is_potential:
        return None
    model = task.model
    state, action = np.nonzero(~model.terminal[:, np.newaxis] & np.ones(model.n_actions, bool))
    after = model.successors[state, action, 0]
    rows = Coverage(
        before=state,
        action=action,
        after=after,
        weight=np.full(state.size, 1.0 / state.size),
        continues=np.where(model.terminal[after], 0.0, 1.0),
    )
    pay: Floats = task.pay(paid, gamma, is_added=is_added)
    return examine_shaping(pay[state, action], model.visible[state, action], rows, gamma)
