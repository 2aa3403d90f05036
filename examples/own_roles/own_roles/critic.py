"""A critic: on recorded episodes, what reached the goal has to be paid more than what did not."""

from collections.abc import Sequence

from alignenv.critique import Case, Finding, Judgement
from alignenv.reward_design.coders.specs import CoderSettings


class Payday:
    """Holds each recorded success against the failures that began alike."""

    def __init__(self, settings: CoderSettings) -> None:
        self.name = "payday"

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """The share of failures that earn less than their success is the chance that it works."""
        return [_judged(case) for case in cases]


def _judged(case: Case) -> Judgement:
    if case.payments is None:
        why = case.failure.message if case.failure else "It was not tried."
        return Judgement(
            p_success=0.0, findings=(Finding(code="no-value", message=why),), send_back=True
        )
    earned = {id(r): case.payments.total[r.rows].sum() for r in case.evidence.recordings}
    pairs = [
        (earned[id(success)], earned[id(other)])
        for success in case.evidence.references
        for other in case.evidence.recordings
        if other.layout == success.layout and not other.success and other.branch == 0
    ]
    if not pairs:
        return Judgement(p_success=0.5)
    share = sum(success > failure for success, failure in pairs) / len(pairs)
    if share == 1:
        return Judgement(p_success=1.0)
    told = f"{1 - share:.0%} of recorded failures earn as much as the success beside them."
    return _sent_back(share, "failure-pays", told)


def _sent_back(p_success: float, code: str, message: str) -> Judgement:
    found = Finding(code=code, message=message)
    return Judgement(p_success=p_success, findings=(found,), send_back=True)
