"""Sends requests so that none is lost, none is paid twice, and no cap is passed.

For each request: serve the recorded reply if there is one; otherwise check the budget against the
worst case, write the intent down, send, and write the reply down before anyone uses it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alignenv.errors import AlignEnvError, BudgetExceeded
from alignenv.reward_design.llm.budget import Budget, Price, cost, worst_case
from alignenv.reward_design.llm.errors import RequestError
from alignenv.reward_design.llm.types import ChatModel, ChatReply, ChatRequest, Journal, Spend


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and when a failed attempt is repeated; no jitter, so a schedule can be tested.

    Attributes:
        attempts: Most attempts of one request.
        first_s: Wait before the second attempt.
        factor: Growth of the wait from attempt to attempt.
        longest_s: Longest wait; a server that asks for more is given up.
    """

    attempts: int = 5
    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 60.0

    def delay(self, attempt: int, error: RequestError) -> float | None:
        """Seconds to wait after a failed attempt (1-based), or None to give up."""
        if not error.retryable or attempt >= self.attempts:
            return None
        asked = error.retry_after_s or 0.0
        if asked > self.longest_s:
            return None
        return max(asked, min(self.first_s * self.factor ** (attempt - 1), self.longest_s))


@dataclass(slots=True)
class _Job:
    """One request on its way: `tries` counts attempts of this run, `attempt` of all runs."""

    request: ChatRequest
    worst: Spend
    delay_s: float = 0.0
    tries: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    reply: ChatReply | None
    error: BaseException | None


class Recorder:
    """A model with a memory, a budget and patience.

    The journal is used from the calling thread only; replies come from up to `model.parallel`
    threads.

    Args:
        model: Who answers.
        journal: Where everything is written down.
        budget: Caps over all that the journal holds.
        price: Price of the model; None when unknown (then a money cap is refused earlier).
        retry: What to do about failed attempts.
        sleep: Waits that many seconds; for tests.
    """

    def __init__(
        self,
        model: ChatModel,
        journal: Journal,
        *,
        budget: Budget | None = None,
        price: Price | None = None,
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.model, self.journal, self.price = model, journal, price
        self._budget = budget or Budget()
        self._retry = retry or RetryPolicy()
        self._sleep = sleep

    def complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply per request, in their order.

        Raises:
            BudgetExceeded: What is not recorded yet could pass a cap; then nothing was sent, or,
                if retries used the room up, every reply that came is recorded.
            LLMError: A request got no reply; every reply that came is recorded, so that another
                call asks only for the missing ones.
        """
        missing = {r.id: r for r in requests if self.journal.find_reply(r.id) is None}
        jobs = deque(_Job(r, worst_case(r, self.price)) for r in missing.values())
        self._budget.check(self.journal.totals(), _total(jobs))
        failures = self._work_off(jobs)
        for request in missing.values():
            if request.id in failures:
                raise failures[request.id]
        return [self._recorded(request) for request in requests]

    def _recorded(self, request: ChatRequest) -> ChatReply:
        reply = self.journal.find_reply(request.id)
        assert reply is not None, "every request without a failure is recorded"
        return reply

    def _work_off(self, waiting: deque[_Job]) -> dict[str, AlignEnvError]:
        """Send all jobs; the error of each request that got no reply, by id."""
        failures: dict[str, AlignEnvError] = {}
        outcomes: queue.SimpleQueue[_Outcome] = queue.SimpleQueue()
        n_active = 0
        while waiting or n_active:
            while waiting and n_active < self.model.parallel:
                job = waiting.popleft()
                refusal = self._launch(job, outcomes)
                if refusal is None:
                    n_active += 1
                else:
                    failures[job.request.id] = refusal
                    waiting.clear()
            if n_active:
                outcome = outcomes.get()
                n_active -= 1
                error = self._settle(outcome, waiting)
                if error is not None:
                    failures[outcome.job.request.id] = error
        return failures

    def _launch(self, job: _Job, outcomes: queue.SimpleQueue[_Outcome]) -> BudgetExceeded | None:
        """Reserve and send one attempt, or return why it may not be sent."""
        try:
            self._budget.check(self.journal.totals(), job.worst)
        except BudgetExceeded as refusal:
            return refusal
        job.attempt = self.journal.reserve(job.request, job.worst)
        job.tries += 1
        if self.model.parallel == 1:
            self._attempt(job, outcomes)
        else:
            # A daemon: an interrupted search does not wait for replies that it will not use.
            threading.Thread(target=self._attempt, args=(job, outcomes), daemon=True).start()
        return None

    def _attempt(self, job: _Job, outcomes: queue.SimpleQueue[_Outcome]) -> None:
        try:
            if job.delay_s:
                self._sleep(job.delay_s)
            outcomes.put(_Outcome(job, self.model.complete(job.request), None))
        except Exception as error:
            outcomes.put(_Outcome(job, None, error))

    def _settle(self, outcome: _Outcome, waiting: deque[_Job]) -> RequestError | None:
        """Write an outcome down; queue a retry, or return the final error."""
        job, error = outcome.job, outcome.error
        if outcome.reply is not None:
            spend = cost(outcome.reply, self.price)
            self.journal.record(job.request.id, job.attempt, outcome.reply, spend)
            return None
        if not isinstance(error, RequestError):
            assert error is not None, "an outcome has a reply or an error"
            raise error
        spend = job.worst if error.billed else Spend(calls=1)
        self.journal.drop(job.request.id, job.attempt, error.kind, spend)
        delay_s = self._retry.delay(job.tries, error)
        if delay_s is None:
            if error.stops_all:
                waiting.clear()
            return error
        job.delay_s = delay_s
        waiting.append(job)
        return None


def _total(jobs: deque[_Job]) -> Spend:
    return sum((job.worst for job in jobs), Spend())
