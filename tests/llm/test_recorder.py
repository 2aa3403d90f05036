"""Nothing is lost, nothing is paid twice, no cap is passed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from alignenv.errors import BudgetExceeded
from alignenv.reward_design.llm import errors
from alignenv.reward_design.llm.budget import Budget, Price, worst_case
from alignenv.reward_design.llm.fake_script import Entry
from alignenv.reward_design.llm.fake_server import FakeServer
from alignenv.reward_design.llm.journal import FileJournal, MemoryJournal
from alignenv.reward_design.llm.openai_chat import OpenAIChat
from alignenv.reward_design.llm.recorder import Recorder, RetryPolicy
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message

PRICE = Price(prompt=1.0, completion=10.0)


def requests(n: int, *, max_tokens: int = 1000) -> list[ChatRequest]:
    messages = (Message("user", "hello"),)
    return [
        ChatRequest(model="fake", messages=messages, slot=i, max_tokens=max_tokens)
        for i in range(n)
    ]


class Model:
    """Answers slot k with "reply k", after the errors listed for it."""

    name = "fake"

    def __init__(self, troubles: dict[int, list[Exception]] | None = None, parallel: int = 8):
        self.parallel = parallel
        self.troubles = troubles or {}
        self.sent: list[int] = []
        self._lock = threading.Lock()

    def complete(self, request: ChatRequest) -> ChatReply:
        with self._lock:
            self.sent.append(request.slot)
            trouble = self.troubles.get(request.slot)
            if trouble:
                raise trouble.pop(0)
        return ChatReply(text=f"reply {request.slot}", prompt_tokens=20, completion_tokens=30)


class WatchedJournal(MemoryJournal):
    """Notes the order of events and the thread that wrote them."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, int]] = []

    def _write(self, event):  # type: ignore[no-untyped-def]
        self.events.append((event["event"], threading.get_ident()))
        super()._write(event)


def test_replies_come_in_the_order_asked() -> None:
    recorder = Recorder(Model(), MemoryJournal())
    assert [r.text for r in recorder.complete(requests(20))] == [f"reply {i}" for i in range(20)]


def test_equal_requests_in_one_call_are_sent_once() -> None:
    model = Model()
    first = requests(1)
    replies = Recorder(model, MemoryJournal()).complete([*first, *first])
    assert [r.text for r in replies] == ["reply 0", "reply 0"]
    assert model.sent == [0]


def test_recorded_replies_are_not_asked_again(tmp_path: Path) -> None:
    Recorder(Model(), FileJournal(tmp_path / "j")).complete(requests(3))
    later = Model()
    replies = Recorder(later, FileJournal(tmp_path / "j")).complete(requests(5))
    assert sorted(later.sent) == [3, 4]
    assert [r.text for r in replies] == [f"reply {i}" for i in range(5)]


def test_intent_is_written_before_sending_and_by_one_thread() -> None:
    journal = WatchedJournal()
    seen_at_send: list[int] = []

    class Checking(Model):
        def complete(self, request: ChatRequest) -> ChatReply:
            seen_at_send.append(journal.totals().calls)
            return super().complete(request)

    Recorder(Checking(parallel=1), journal).complete(requests(3))
    assert seen_at_send == [1, 2, 3]
    assert {thread for _, thread in journal.events} == {threading.get_ident()}
    assert [kind for kind, _ in journal.events] == ["reserve", "reply"] * 3


def test_a_reply_is_on_disk_before_it_is_returned(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "j")
    reply = Recorder(Model(), journal).complete(requests(1))[0]
    assert FileJournal(tmp_path / "j").find_reply(requests(1)[0].id) == reply


def test_in_flight_at_a_kill_is_asked_once_more_and_both_are_counted(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    class Dying(Model):
        def complete(self, request: ChatRequest) -> ChatReply:
            if request.slot == 1:
                raise Killed
            return super().complete(request)

    asked = requests(2)
    with pytest.raises(Killed):
        Recorder(Dying(parallel=1), FileJournal(tmp_path / "j"), price=PRICE).complete(asked)
    journal = FileJournal(tmp_path / "j")
    model = Model()
    Recorder(model, journal, price=PRICE).complete(asked)
    assert model.sent == [1]
    worst = worst_case(asked[1], PRICE)
    assert journal.totals().calls == 3
    assert journal.totals().tokens == 50 + 50 + worst.tokens


def test_a_half_written_line_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "j"
    Recorder(Model(), FileJournal(path)).complete(requests(2))
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last, len(whole)):
        path.write_bytes(whole[:cut])
        journal = FileJournal(path)
        found = [journal.find_reply(r.id) is not None for r in requests(2)]
        assert found.count(True) == 1
    model = Model()
    Recorder(model, FileJournal(path)).complete(requests(2))
    assert len(model.sent) == 1


def test_retries_wait_longer_each_time_and_are_counted() -> None:
    troubles: list[Exception] = [errors.ServerFault("500"), errors.ServerFault("500")]
    journal, waits = MemoryJournal(), []
    recorder = Recorder(Model({0: troubles}), journal, sleep=waits.append)
    assert recorder.complete(requests(1))[0].text == "reply 0"
    assert waits == [1.0, 2.0]
    assert journal.totals().calls == 3
    assert journal.totals().tokens == 50


def test_retry_after_wins_over_the_schedule() -> None:
    policy = RetryPolicy(attempts=3, first_s=1, factor=2, longest_s=30)
    assert policy.delay(1, errors.RateLimited("429", retry_after_s=7.0)) == 7.0
    assert policy.delay(1, errors.RateLimited("429", retry_after_s=0.1)) == 1.0
    assert policy.delay(2, errors.RateLimited("429")) == 2.0
    assert policy.delay(3, errors.RateLimited("429")) is None
    assert policy.delay(1, errors.RateLimited("429", retry_after_s=3600)) is None
    assert policy.delay(1, errors.AccessRefused("401")) is None


def test_retries_are_bounded() -> None:
    model = Model({0: [errors.ServerFault("500") for _ in range(99)]})
    recorder = Recorder(model, MemoryJournal(), sleep=lambda _: None)
    with pytest.raises(errors.ServerFault, match="500"):
        recorder.complete(requests(1))
    assert len(model.sent) == RetryPolicy().attempts


def test_billed_failures_count_at_their_worst() -> None:
    journal = MemoryJournal()
    trouble: list[Exception] = [errors.RequestTimedOut("slow")]
    recorder = Recorder(Model({0: trouble}), journal, price=PRICE, sleep=lambda _: None)
    asked = requests(1)
    recorder.complete(asked)
    worst = worst_case(asked[0], PRICE)
    assert journal.totals().tokens == worst.tokens + 50
    assert journal.totals().micro_usd == worst.micro_usd + 20 + 300
    assert journal.totals().estimated


def test_a_hopeless_error_stops_the_rest_and_loses_nothing() -> None:
    model = Model({2: [errors.AccessRefused("401")]}, parallel=1)
    journal = MemoryJournal()
    with pytest.raises(errors.AccessRefused, match="401"):
        Recorder(model, journal).complete(requests(6))
    assert model.sent == [0, 1, 2]
    assert journal.find_reply(requests(6)[1].id) is not None


def test_one_request_that_cannot_be_answered_does_not_stop_others() -> None:
    model = Model({0: [errors.ContextTooLong("too long")]}, parallel=1)
    journal = MemoryJournal()
    with pytest.raises(errors.ContextTooLong, match="too long"):
        Recorder(model, journal).complete(requests(3))
    assert model.sent == [0, 1, 2]


@pytest.mark.parametrize(
    "budget", [Budget(calls=7), Budget(tokens=8 * 1010 - 1), Budget(usd=8 * 0.01001 - 1e-6)]
)
def test_what_could_pass_a_cap_is_not_sent(budget: Budget) -> None:
    model = Model()
    assert worst_case(requests(1)[0], PRICE).tokens == 1010
    with pytest.raises(BudgetExceeded, match="not sent"):
        Recorder(model, MemoryJournal(), budget=budget, price=PRICE).complete(requests(8))
    assert model.sent == []


def test_spend_is_remembered_by_the_budget(tmp_path: Path) -> None:
    budget = Budget(calls=5)
    Recorder(Model(), FileJournal(tmp_path / "j"), budget=budget).complete(requests(4))
    recorder = Recorder(Model(), FileJournal(tmp_path / "j"), budget=budget)
    with pytest.raises(BudgetExceeded, match="calls=5; 4 is spent"):
        recorder.complete(requests(6))
    assert len(recorder.complete(requests(5))) == 5


def test_retries_cannot_pass_a_cap() -> None:
    model = Model({0: [errors.ServerFault("500") for _ in range(9)]}, parallel=1)
    journal = MemoryJournal()
    recorder = Recorder(model, journal, budget=Budget(calls=3), sleep=lambda _: None)
    with pytest.raises(BudgetExceeded, match="calls=3"):
        recorder.complete(requests(2))
    assert journal.totals().calls == 3
    assert journal.find_reply(requests(2)[1].id) is not None


def test_parallel_requests_over_http_cannot_overshoot() -> None:
    """Eight at once with faults: the server never sees more calls than the cap."""
    script = [Entry(text=f"reply {i}", faults=("500", "429:0")) for i in range(8)]
    journal = MemoryJournal()
    with FakeServer(script) as server:
        model = OpenAIChat("fake", base_url=server.base_url, timeout_s=10)
        recorder = Recorder(model, journal, budget=Budget(calls=13), sleep=lambda _: None)
        with pytest.raises(BudgetExceeded, match="calls=13"):
            recorder.complete(requests(8))
        assert len(server.seen) == journal.totals().calls == 13


def test_faults_over_http_end_in_the_scripted_replies() -> None:
    faults = [(), ("500",), ("429:0.01",), ("drop", "half"), ("garbage",), ("503", "429")]
    script = [Entry(text=f"reply {i}", faults=f) for i, f in enumerate(faults)]
    with FakeServer(script) as server:
        model = OpenAIChat("fake", base_url=server.base_url, timeout_s=10)
        recorder = Recorder(model, MemoryJournal(), retry=RetryPolicy(first_s=0.01))
        replies = recorder.complete(requests(len(script)))
        n_seen = len(server.seen)
    assert [r.text for r in replies] == [e.text for e in script]
    assert n_seen == sum(len(f) + 1 for f in faults)


def test_programming_errors_are_not_swallowed() -> None:
    model = Model({0: [ZeroDivisionError("bug")]})
    with pytest.raises(ZeroDivisionError, match="bug"):
        Recorder(model, MemoryJournal()).complete(requests(1))
