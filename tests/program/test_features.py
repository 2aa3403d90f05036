"""What language models write, piece by piece: accepted, compiled, and equal to Python."""

from __future__ import annotations

import pytest
from alignenv.program import parse_program
from alignenv.task import ActionSpec
from alignenv.testing.programs import assert_agree, assert_like_python, edge_transitions

# Bodies of `reward(prev, action, state)`; the last line is the returned expression.
SCALARS = {
    "powers": "state.speed ** 2 + state.speed ** 3 - 2 ** state.level + 0.9 ** abs(state.dist)",
    "division": "state.dist / 4 + state.dist // 3 + state.dist % 3 + 7 // 2 - 7 % 4",
    "negative modulo": "(-state.dist) % 3 + (-state.dist) // 3 + divmod(state.level, 2)[1]",
    "chains": "1.0 if 0 <= state.dist < 5 <= 7 else -1.0",
    "booleans": "float(state.flag and not prev.flag) + (state.flag or prev.done) * 2",
    "flags add": "state.flag + state.done - prev.flag + (state.flag - prev.flag)",
    "flags differ": "1.0 if state.flag != prev.flag else 0.0",
    "or gives a value": "(state.speed or 1.0) + (state.dist and 2.0)",
    "bit operators": "float((state.dist > 1) & (state.speed < 0) | state.flag ^ state.done)",
    "conversions": "int(state.speed) + float(state.level) + bool(state.dist) + round(state.speed)",
    "rounding": "round(state.speed, 1) + np.round(state.speed) + math.floor(state.speed)",
    "extremes": "min(state.dist, 3) + max(state.dist, 3, state.speed) + min([1, state.level])",
    "infinity": "min(np.inf, state.dist) + max(float('-inf'), state.speed)",
    "constants": "math.pi + math.e + np.pi + math.tau",
    "in a tuple": "1.0 if action in (0, 3) else 0.5 if action in [1] else 0.0",
    "in a set": "1.0 if int(action) in {0, 3} else 0.0",
    "in a range": "1.0 if action in range(2, 5) else 0.0",
    "hyperbolic": "math.tanh(state.speed) + np.sinh(state.speed) + np.cosh(state.speed)",
    "exponentials": "math.exp(-abs(state.dist)) + np.expm1(state.speed) + np.log1p(abs(state.dist))",
    "logarithms": "math.log(1 + abs(state.dist)) + math.log10(2 + state.level) + np.log2(3)",
    "logarithm to a base": "math.log(8, 2) + math.log(3 + state.dist, 10)",
    "trigonometry": "math.sin(state.speed) + np.cos(state.speed) + np.arctan2(state.speed, 2)",
    "hypotenuse": "math.hypot(state.pos[0], state.pos[1]) + np.hypot(state.speed, 1.0)",
    "signs": "np.sign(state.speed) + math.copysign(1.0, state.dist) + abs(-state.speed)",
    "closeness": "float(math.isclose(state.dist, 3)) + np.isclose(state.dist, prev.dist)",
    "clipping": "np.clip(state.dist, 0, 5) + float(np.clip(state.speed, -1.0, None))",
    "where": "np.where(state.flag, state.dist, -1.0) + np.where(state.dist > 2, 1.0, 0.0)",
    "finite": "1.0 if np.isfinite(state.dist) and not math.isnan(state.dist) else 0.0",
    "numpy comparisons": "float(np.logical_and(state.flag, state.dist > 2)) + np.logical_not(state.done)",
    "isinstance": "1.0 if isinstance(action, (int, np.integer)) else 2.0",
    "none": "1.0 if state.dist is not None else 2.0",
    "identity of a flag": "1.0 if state.flag is True else 2.0",
    "nested choice": "2.0 if state.flag else (1.0 if state.done else 0.0 if prev.flag else -1.0)",
    "sigmoid": "1.0 / (1.0 + math.exp(-2.0 * state.speed))",
    "percentages": "max(0.0, 1.0 - max(state.dist, 0.0) / 20.0) ** 0.5",
    "nan is replaced": "np.nan_to_num(state.speed) + np.maximum(state.dist, 0.0)",
}
VECTORS = {
    "distance": "np.linalg.norm(state.pos - state.goal)",
    "distance of order 1": "np.linalg.norm(state.pos - state.goal, ord=1)",
    "distance of order inf": "np.linalg.norm(state.pos - state.goal, np.inf)",
    "distance by hand": "np.sqrt(np.sum((state.pos - state.goal) ** 2))",
    "distance by math": "math.dist(state.pos, state.goal)",
    "manhattan": "np.abs(state.pos - state.goal).sum()",
    "dot": "np.dot(state.pos, state.goal) + state.vel @ prev.vel",
    "equal": "1.0 if np.array_equal(state.pos, state.goal) else 0.0",
    "equal by all": "1.0 if np.all(state.pos == state.goal) else 0.0",
    "equal by method": "1.0 if (state.pos == state.goal).all() else 0.0",
    "equal as tuples": "1.0 if tuple(state.pos) == tuple(state.goal) else 0.0",
    "equal as lists": "1.0 if list(state.pos) == list(prev.pos) else 0.0",
    "close": "1.0 if np.allclose(state.pos, state.goal, atol=0.5) else 0.0",
    "any and all": "float(np.any(state.vel > 1)) + float(np.all(np.abs(state.vel) < 1))",
    "methods": "state.vel.sum() + state.vel.mean() + state.vel.max() - state.vel.min()",
    "spread": "np.std(state.vel) + np.var(state.vel) + np.median(state.vel) + np.ptp(state.vel)",
    "argmax": "float(np.argmax(state.vel)) + state.vel.argmin()",
    "slices": "np.sum(state.vel[:2]) + state.vel[-1] + state.vel[1:].sum() + state.vel[::2].max()",
    "length": "len(state.vel) + state.vel.size + state.vel.shape[0] + state.vel.ndim",
    "elementwise": "np.sum(np.maximum(state.vel, 0.0) * np.tanh(prev.vel) - np.square(state.vel))",
    "broadcast": "np.sum(state.vel * 2.0 + 1) + np.sum(np.array([1, 2, 3]) - state.vel)",
    "cross": "np.cross(state.vel, prev.vel)[2] + np.outer(state.pos, state.goal)[1, 0]",
    "concatenate": "np.linalg.norm(np.concatenate([state.pos, state.vel]))",
    "hstack": "np.hstack((state.pos, state.goal)).sum() + np.append(state.vel, 1.0).sum()",
    "stack": "np.stack([state.pos, state.goal]).min() + np.vstack([state.vel, prev.vel])[1, 2]",
    "norm by axis": "np.linalg.norm(np.array([state.pos, state.goal]), axis=1).max()",
    "sum by axis": "np.sum(np.array([state.pos, state.goal]), axis=0)[1]",
    "mean by axis": "np.array([state.vel, prev.vel]).mean(axis=0).sum()",
    "asarray": "np.linalg.norm(np.asarray(state.pos, dtype=float) - np.array(prev.pos))",
    "astype": "state.pos.astype(int).sum() + (state.vel > 0).astype(float).sum()",
    "tolist": "sum(state.vel.tolist()) + max(state.pos.tolist())",
    "zeros": "np.sum(np.zeros(3) + np.ones(3) * state.vel - np.full(3, 0.5))",
    "zeros like": "np.sum(np.zeros_like(state.vel) + np.ones_like(state.vel))",
    "sort": "np.sort(state.vel)[0] + sorted(state.vel)[-1] + sorted(state.vel, reverse=True)[0]",
    "generator": "sum(abs(v) for v in state.vel) + max(v for v in state.vel)",
    "generator with filter": "sum(v for v in state.vel if v > 0) + sum(1 for v in state.vel if v < 0)",
    "any of": "float(any(v > 1 for v in state.vel)) + all(v < 1 for v in state.vel)",
    "zip": "sum((a - b) ** 2 for a, b in zip(state.vel, prev.vel))",
    "list comprehension": "sum([abs(a - b) for a, b in zip(state.pos, state.goal)])",
    "max with default": "max([v for v in state.vel if v > 1], default=0.0)",
    "filtered length": "len([v for v in state.vel if v > 0])",
    "enumerate": "sum(i * v for i, v in enumerate(state.vel)) + sum(i for i, _ in enumerate([1], 5))",
    "map": "sum(map(abs, state.vel))",
    "interp": "np.interp(state.dist, [0.0, 2.0, 6.0], [1.0, 0.5, 0.0])",
    "cosine": "np.dot(state.pos, state.goal) / (np.linalg.norm(state.pos) * np.linalg.norm(state.goal) + 1e-8)",
    "cumsum": "np.cumsum(state.vel)[-1] + np.diff(state.vel).sum() + np.prod(state.vel)",
    "weighted": "np.average(state.vel, weights=[1, 2, 3]) + np.dot([0.1, 0.2, 0.3], state.vel)",
    "matrix": "(np.diag([1.0, 2.0]) @ state.pos).sum() + np.eye(2)[0, 0]",
    "reshape": "state.view.reshape(-1)[3] + state.view.flatten()[5] + state.view.T[0, 1]",
    "truth of an element": "1.0 if state.vel[0] else 0.0",
    "boolean mask": "np.count_nonzero(state.vel > 0) + np.sum(state.vel > 0)",
}
GRIDS = {
    "contains": "1.0 if np.any(state.view == 8) else 0.0",
    "contains by in": "1.0 if 8 in state.view else 0.0",
    "count": "np.sum(state.view == 9) + np.count_nonzero(state.view == 3) + (state.view > 5).sum()",
    "mean": "np.mean(state.view) + state.view.max() - np.min(state.view)",
    "mask arithmetic": "np.sum((state.view == 9) * 0.5 + (state.view == 8) * 2.0)",
    "mask logic": "float(np.any((state.view == 8) | (state.view == 9)))",
    "difference": "np.sum(state.view != prev.view) + np.abs(state.view - prev.view).sum()",
    "cell": "state.view[6, 3] + state.view[5][3] + state.view[-1, -1]",
    "row": "state.view[5].sum() + np.any(state.view[3] == 9) + state.view[:, 3].max()",
    "block": "np.sum(state.view[4:, 2:5] == 9)",
    "moving cell": "state.view[int(state.level), int(prev.level)]",
    "moving row": "state.view[int(state.level)].sum()",
    "generator": "sum(1 for row in state.view for cell in row if cell == 9)",
    "weighted": "sum(1.0 / (1 + r + c) for r in range(7) for c in range(7) if state.view[r, c] == 9)",
    "any generator": "float(any(cell == 8 for row in state.view for cell in row))",
    "isin": "np.isin(state.view, [8, 9]).sum()",
    "where": "np.where(state.view == 9, -1.0, 0.0).sum()",
    "unknown cells": "1.0 - np.mean(state.view == 0)",
    "equal grids": "float(np.array_equal(state.view, prev.view))",
}
BODIES = {
    "unpacking": "ax, ay = state.pos\ngx, gy = state.goal\nreturn abs(ax - gx) + abs(ay - gy)",
    "swap": "a, b = state.dist, state.speed\na, b = b, a\nreturn a - 2 * b",
    "nested unpacking": "(a, b), c = state.pos, 1.0\nreturn a + b + c",
    "augmented": "r = 0.0\nr += state.dist\nr -= 1\nr *= 2\nr /= 3\nreturn r",
    "name of the function": "reward = 1.0\nif state.flag:\n    reward += 2\nreturn reward",
    "early return": "if state.done:\n    return -1.0\nif state.flag:\n    return 1.0\nreturn 0.0",
    "elif": (
        "if state.level == 0:\n    x = 1.0\nelif state.level == 1:\n    x = state.dist\n"
        "else:\n    x = -1.0\nreturn x"
    ),
    "stages": (
        "stage = 2 if state.flag else (1 if state.done else 0)\n"
        "return [0.0, 1.0, 3.0][stage] + (10, 20, 30)[stage]"
    ),
    "stages by name": (
        "phase = 'reach' if state.dist > 1 else 'push'\nif phase == 'reach':\n    return 1.0\n"
        "return {'reach': 5.0, 'push': 2.0}[phase]"
    ),
    "table by key": "return {0: 0.0, 1: 0.5, 2: 1.0, 3: 2.0}[int(state.level)]",
    "table with default": "return {0: 1.0, 3: 2.0}.get(int(action), 0.0)",
    "directions": (
        "dirs = [(1, 0), (0, 1), (-1, 0), (0, -1)]\ndx, dy = dirs[int(state.level)]\n"
        "return dx * state.pos[0] + 2 * dy"
    ),
    "directions as arrays": (
        "dirs = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])\n"
        "return np.linalg.norm(state.pos + dirs[int(state.level)] - state.goal)"
    ),
    "for range": "x = 0\nfor i in range(3):\n    x += i * state.vel[i]\nreturn x",
    "for array": "x = 0.0\nfor v in state.vel:\n    x += abs(v)\nreturn x",
    "for with break": (
        "best = 0.0\nfor v in state.vel:\n    if v < 0:\n        break\n    best = max(best, v)\n"
        "return best"
    ),
    "for with continue": (
        "x = 0.0\nfor r in range(7):\n    for c in range(7):\n        if state.view[r, c] != 9:\n"
        "            continue\n        x += 1.0 / (1 + abs(r - 6) + abs(c - 3))\nreturn x"
    ),
    "nearest cell": (
        "best = np.inf\nfor r in range(7):\n    for c in range(7):\n        if state.view[r, c] == 8:\n"
        "            best = min(best, abs(r - 6) + abs(c - 3))\n"
        "return -best if best < 100 else -20.0"
    ),
    "return inside loops": (
        "for r in range(7):\n    for c in range(7):\n        if state.view[r][c] == 8:\n"
        "            return r * 10 + c\nreturn -1.0"
    ),
    "break two loops by a flag": (
        "found = False\nfor row in state.view:\n    for cell in row:\n        if cell == 8:\n"
        "            found = True\n            break\n    if found:\n        break\n"
        "return 1.0 if found else 0.0"
    ),
    "last value": (
        "last = 0.0\nprevious = 0.0\nfor i in range(7):\n    previous = last\n"
        "    last = state.view[i, i]\nreturn last - 2 * previous"
    ),
    "swap in a loop": (
        "a, b = 0.0, 1.0\nfor i in range(30):\n    a, b = b, a + 0.5 * b\n    if b > 3:\n"
        "        b = b - state.dist\nreturn a - b"
    ),
    "loop over a moving range": (
        "n = 0.0\nfor i in range(int(state.level)):\n    for j in range(i, 3):\n        n += i + j\n"
        "return n"
    ),
    "loop backwards": "x = 0.0\nfor i in range(6, -1, -1):\n    x = 0.5 * x + state.view[i, 0]\nreturn x",
    "list": "xs = []\nfor v in state.vel:\n    xs.append(v * v)\nreturn sum(xs) + len(xs) + xs[0]",
    "list that may grow": (
        "xs = [1.0]\nif state.flag:\n    xs.append(state.dist)\nif state.done:\n    xs.append(2.0)\n"
        "return sum(xs) + len(xs) + max(xs)"
    ),
    "list item": "xs = [0.0] * 3\nxs[1] = state.dist\nxs[-1] += 2\nreturn sum(xs)",
    "list item at run time": "xs = [0.0, 1.0, 2.0, 3.0]\nxs[int(state.level)] = 9.0\nreturn xs[0] + 2 * xs[2]",
    "array item": "xs = np.zeros(3)\nxs[0] = state.dist\nxs[1:] = 2.0\nreturn xs.sum()",
    "array item at run time": "xs = np.zeros(4)\nxs[int(state.level)] += 1.0\nreturn xs[0] + 2 * xs[1]",
    "array in place": "d = np.array(state.pos)\nd -= state.goal\nd *= 2\nreturn d.sum()",
    "masked set": "v = np.array(state.vel)\nv[v < 0] = 0.0\nreturn v.sum()",
    "alias of a list": "a = [1.0]\nb = a\nb.append(state.dist)\nreturn sum(a) + len(b)",
    "alias in a branch": (
        "a = [1.0]\nb = [2.0]\nif state.flag:\n    a.append(3.0)\nb.append(sum(a))\nreturn sum(b)"
    ),
    "dict changed in branches": (
        "d = {'a': 1.0}\nif state.flag:\n    d['a'] += 1\nelse:\n    d['a'] = state.dist\n"
        "return d['a']"
    ),
    "helper": "def f(x, k=2.0):\n    return x * k\nreturn f(state.dist) + f(state.speed, k=3) + f(1, 1)",
    "helper with returns": (
        "def f(d):\n    if d < 0:\n        return 0.0\n    if d > 10:\n        return 1.0\n"
        "    return d / 10\nreturn f(state.dist) - f(prev.dist)"
    ),
    "helper of a record": "def d(s):\n    return np.linalg.norm(s.pos - s.goal)\nreturn d(prev) - d(state)",
    "helper with a loop": (
        "def near(view, kind):\n    for r in range(7):\n        for c in range(7):\n"
        "            if view[r, c] == kind:\n                return 1.0 / (1 + r + c)\n    return 0.0\n"
        "return near(state.view, 8) - near(prev.view, 9)"
    ),
    "helper that fills a dict": (
        "parts = {}\ndef put(name, value):\n    parts[name] = value\n    return value\n"
        "return put('a', state.dist) + put('b', 2.0) + sum(parts.values())"
    ),
    "helper returning a tuple": "def f(x):\n    return x, x * 2\na, b = f(state.dist)\nreturn a + b",
    "closure": "k = 3.0\ndef f(x):\n    return k * x\nk = 4.0\nreturn f(state.dist)",
    "lambda": "clip = lambda x, lo=0.0, hi=1.0: max(lo, min(hi, x))\nreturn clip(state.dist / 5)",
    "functions in a tuple": "return sum(f(state.speed) for f in (abs, math.cos, lambda x: x + 1))",
    "alias of a function": "norm = np.linalg.norm\nreturn norm(state.pos) + norm(state.vel)",
    "weights": (
        "w = {'a': 1.0, 'b': 0.5}\nr = {'a': state.dist, 'b': state.speed}\n"
        "return sum(w[k] * r[k] for k in r)"
    ),
    "weights by items": "w = {'a': 1.0, 'b': 0.5}\ntotal = 0.0\nfor k, v in w.items():\n    total += v * state.dist\nreturn total",
    "dict comprehension": (
        "r = {k: v * 2 for k, v in zip(('a', 'b'), (state.dist, 1.0))}\nreturn r['a'] + r['b']"
    ),
    "isfinite guard": "x = state.dist / 3\nif not np.isfinite(x):\n    x = 0.0\nreturn x",
    "guarded division": "return state.dist / state.speed if state.speed != 0 else 0.0",
    "guard by and": "return 1.0 if state.speed != 0 and 1 / state.speed > 2 else 0.0",
    "guard by a chain": "return 1.0 if 0 < abs(state.speed) < 1 / max(abs(state.speed), 1e-3) else 0.0",
    "none as a mark": "x = None\nif x is None:\n    x = state.dist\nreturn x",
    "assigned in all branches": "if state.flag:\n    x = 1.0\nelse:\n    x = 2.0\nreturn x",
    "shadowed input": "state_dist = state.dist\nprev = state_dist - 1\nreturn prev",
    "long sum": "return (state.dist\n        + state.speed\n        - 0.5 * state.level)",
    "annotated": "x: float = state.dist\ny: 'np.ndarray' = state.pos\nreturn x + y[0]",
    "pass": "if state.flag:\n    pass\nelse:\n    return 1.0\nreturn 2.0",
    "min over a list of tuples": "pts = [(0, 0), (3, 4)]\nreturn min(abs(state.pos[0] - x) + abs(state.pos[1] - y) for x, y in pts)",
    "chosen row": (
        "need = ((3, 6), (1, 2), (0, 0), (9, 9))\nhave = (state.dist, state.speed)\n"
        "return sum(min(h, n) for h, n in zip(have, need[int(state.level)]))"
    ),
}


def _check(source: str, spec, action: ActionSpec) -> None:
    program = parse_program(source, spec, action)
    assert program.why_not == ""
    inputs = edge_transitions(spec, action, 24)
    assert_agree(program, inputs)
    assert assert_like_python(program, inputs) > 0


@pytest.mark.parametrize("name", [*SCALARS, *VECTORS, *GRIDS])
def test_expressions_are_those_of_python(name, spec):
    expression = {**SCALARS, **VECTORS, **GRIDS}[name]
    _check(f"def reward(prev, action, state):\n    return {expression}\n", spec, ActionSpec(n=7))


@pytest.mark.parametrize("name", BODIES)
def test_bodies_are_those_of_python(name, spec):
    lines = "\n".join(f"    {line}" for line in BODIES[name].split("\n"))
    _check(f"def reward(prev, action, state):\n{lines}\n", spec, ActionSpec(n=7))
