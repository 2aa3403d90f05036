"""Rules about what a component means: state that is misread, and signs that are the wrong way."""

from __future__ import annotations

from collections.abc import Iterator

from alignenv.analysis import FailureMode, NamedFailure
from alignenv.reward_design.analysts.case import Case, Part
from alignenv.reward_design.reading import ACTION, Misreading

_ALWAYS = 0.8
_SHARE = 0.25
_ONCE = 2


def named(
    mode: FailureMode,
    confidence: float,
    evidence: str,
    part: Part | None = None,
    *,
    field: str = "",
    steps: tuple[int, int] | None = None,
) -> NamedFailure:
    """A failure, perhaps of one component."""
    return NamedFailure(
        mode=mode,
        confidence=confidence,
        evidence=evidence,
        component=part.name if part else "",
        field=field,
        steps=steps,
    )


def misread_state(case: Case) -> Iterator[NamedFailure]:
    """Fields that are misread, sure where what is paid for them depends on it."""
    yield from impossible_values(case)
    for misread in case.reading.misreadings():
        if not _is_about_missing(case, misread) or not case.was_missing(misread.field):
            continue
        part = _misled(case, misread.field)
        confidence = 0.9 if part else 0.3
        yield _misreading(misread, confidence, part)


def impossible_values(case: Case) -> Iterator[NamedFailure]:
    """Fields that are compared with values that they never have."""
    for misread in case.reading.misreadings():
        if not _is_about_missing(case, misread):
            yield _misreading(misread, 0.9, _reader(case, misread.field))


def _is_about_missing(case: Case, misread: Misreading) -> bool:
    return "means none" in misread.what and case.card.state[misread.field].missing is not None


def _misreading(misread: Misreading, confidence: float, part: Part | None) -> NamedFailure:
    seen = f"line {misread.line}: {misread.field}: {misread.what}"
    return named(FailureMode.MISREAD_STATE, confidence, seen, part, field=misread.field)


def _reader(case: Case, field: str) -> Part | None:
    """The first component that reads a field."""
    reads = case.reading.components
    return next((p for p in case.parts if field in reads.get(p.name, ())), None)


def _misled(case: Case, field: str) -> Part | None:
    """A component that reads a field and pays for failure, or charges for success."""
    earned = sum(max(0.0, p.failed.total) for p in case.parts if p.failed is not None)
    for part in case.parts:
        if field not in case.reading.components.get(part.name, ()):
            continue
        if part.failed is None:
            continue
        charges = part.success is not None and part.success.total < -case.significant
        pays = part.failed.total > max(case.significant, _SHARE * earned)
        if charges or (pays and (case.is_hacked or part.success is None)):
            return part
    return None


def wrong_sign(case: Case) -> Iterator[NamedFailure]:
    """Components that charge for success, or pay for an end without it.

    What is written as a charge, for more than the last step, is a cost and no sign turned round.
    """
    for part in case.parts:
        if part.failed is None or case.failed is None:
            continue
        if part.success is not None and _charges_success(case, part):
            seen = (
                f"a success is charged {part.success.total:.3g}, a failure gets "
                f"{part.failed.total:.3g}"
            )
            yield named(FailureMode.WRONG_SIGN, 0.85, seen, part)
        elif (
            part.failed.end > case.significant
            and (part.success is None or part.success.end <= 0.0)
            and part.failed.n_paid <= _ONCE
            and case.failed.length < case.card.horizon
        ):
            seen = f"it pays {part.failed.end:.3g} for the step that ended a failed episode"
            last = case.failed.length
            yield named(FailureMode.WRONG_SIGN, 0.8, seen, part, steps=(last, last))


def _charges_success(case: Case, part: Part) -> bool:
    """Whether a success is charged by a component, more than a failure, and for no mere cost."""
    failed, success = part.failed, part.success
    if failed is None or success is None or case.failed is None:
        return False
    reads = case.reading.components.get(part.name, frozenset())
    is_cost = failed.n_charged > _ALWAYS * case.failed.length or not reads - {ACTION}
    is_cost |= case.reading.charges(part.name) and success.end > 0.5 * success.total
    return success.total < -case.significant and failed.total > success.total and not is_cost
