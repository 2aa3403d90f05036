"""Records made of the values at which programs break: bounds, missing, zeros, extremes."""

from __future__ import annotations

import numpy as np

from alignenv.spec import Field, Records, StateSpec

_COMMON = (0.0, -0.0, 1.0)
_FLOATS = (-1.0, 0.5, 1e-9, -1e-9, 1e3, -1e3, 1e6)
_WHOLES = (2.0, 3.0, 100.0)


def edge_values(field: Field) -> tuple[float, ...]:
    """Values of one field that deserve a test, each of a kind the field can have.

    Args:
        field: Declared field.

    Returns:
        Bounds, the missing value, both zeros, and values inside or, where there are no bounds,
        far out; without duplicates (-0.0 and 0.0 count as different).
    """
    if field.kind == "bool":
        return (0.0, 1.0)
    is_float = field.kind == "float" or field.kind.startswith("vec")
    inside = (*_COMMON, *(_FLOATS if is_float else _WHOLES))
    kept = [v for v in inside if field.low <= v <= field.high]
    bounds = [v for v in (field.low, field.high) if np.isfinite(v)]
    missing = [] if field.missing is None else [field.missing]
    return tuple({repr(v): float(v) for v in (*bounds, *missing, *kept)}.values())


def edge_records(
    spec: StateSpec, n: int, rng: np.random.Generator, *, share: float = 0.5
) -> Records:
    """Random records with edge values mixed in.

    Args:
        spec: Fields.
        n: How many records.
        rng: Source of randomness.
        share: Probability that an element is an edge value.

    Returns:
        Records of shape `(n, spec.size)`.
    """
    columns = []
    for field in spec:
        shape = (n, field.size)
        edges = rng.choice(np.array(edge_values(field)), shape)
        low, high = max(field.low, -10.0), min(field.high, 10.0)
        plain = rng.uniform(min(low, high), max(low, high), shape)
        if field.kind in ("int", "bool") or field.kind.startswith("grid"):
            plain = np.clip(np.rint(plain), field.low, field.high)
        if field.kind == "bool":
            plain = (plain > 0.5).astype(np.float64)
        columns.append(np.where(rng.random(shape) < share, edges, plain))
    return np.ascontiguousarray(np.concatenate(columns, axis=1))
