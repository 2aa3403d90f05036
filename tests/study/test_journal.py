"""The journal of a study keeps the promises of every journal, across kills."""

from __future__ import annotations

import pytest

from alignenv.errors import StudyError
from alignenv.reward_design.llm.journal import MemoryJournal, read_recording, write_recording
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message, Spend
from alignenv.reward_design.study import Study, StudyReader

WORST = Spend(calls=1, tokens=1000, micro_usd=500, estimated=True)
COST = Spend(calls=1, tokens=120, micro_usd=60)


def a_request(slot: int = 0) -> ChatRequest:
    messages = (Message("system", "Write a reward."), Message("user", "Reach \ud800 the door."))
    return ChatRequest(model="tiny", messages=messages, slot=slot)


def a_reply(text: str = "def reward(prev, action, state):\n    return 1.0, {}") -> ChatReply:
    return ChatReply(text=text, finish_reason="length", prompt_tokens=100, completion_tokens=20)


@pytest.fixture(params=["memory", "study"])
def journal(request):
    return (
        MemoryJournal() if request.param == "memory" else request.getfixturevalue("study").journal
    )


def test_a_reply_is_found_once_recorded(journal):
    request = a_request()
    assert journal.find_reply(request.id) is None
    attempt = journal.reserve(request, WORST)
    assert (attempt, journal.totals()) == (1, WORST)
    journal.record(request.id, attempt, a_reply("\x00 \ud800 </script>"), COST)
    assert journal.find_reply(request.id) == a_reply("\x00 \ud800 </script>")
    assert journal.totals() == COST


def test_failed_attempts_count_and_are_numbered(journal):
    request = a_request()
    journal.drop(request.id, journal.reserve(request, WORST), "HTTP 500", Spend(calls=1))
    assert journal.reserve(request, WORST) == 2
    assert journal.find_reply(request.id) is None
    journal.record(request.id, 2, a_reply(), COST)
    assert journal.totals() == COST + Spend(calls=1)
    assert journal.recording() == [(request, a_reply())]


def test_an_attempt_in_flight_at_a_kill_is_counted_beside_its_repetition(study, folder, settings):
    request = a_request()
    study.journal.reserve(request, WORST)
    study.close()
    with Study.resume(folder, settings) as again:
        assert again.journal.find_reply(request.id) is None
        assert again.journal.reserve(request, WORST) == 2
        again.journal.record(request.id, 2, a_reply(), COST)
        assert again.journal.totals() == WORST + COST


def test_retries_are_not_canonical(tmp_path, settings):
    exports = []
    for name, failures in (("smooth", 0), ("bumpy", 2)):
        with Study.create(tmp_path / name, settings) as study:
            for _ in range(failures):
                number = study.journal.reserve(a_request(), WORST)
                study.journal.drop(a_request().id, number, "HTTP 429", Spend(calls=1))
            number = study.journal.reserve(a_request(), WORST)
            study.journal.record(a_request().id, number, a_reply(), COST)
            if failures:
                study.journal.reserve(a_request(9), WORST)
            exports.append(study.export(canonical=True))
            assert (b"HTTP 429" in study.export()) == bool(failures)
    assert exports[0] == exports[1]


def test_a_second_reply_to_a_request_is_refused(study):
    request = a_request()
    study.journal.record(request.id, study.journal.reserve(request, WORST), a_reply(), COST)
    with pytest.raises(StudyError, match="another reply"):
        study.journal.record(request.id, 1, a_reply("other"), COST)
    assert study.journal.find_reply(request.id) == a_reply()


def test_replies_leave_as_a_recording(study, folder, tmp_path):
    pairs = []
    for slot in (1, 0):
        request = a_request(slot)
        pairs.append((request, a_reply(f"reply {slot}")))
        study.journal.record(
            request.id, study.journal.reserve(request, WORST), a_reply(f"reply {slot}"), COST
        )
    with StudyReader.open(folder) as reader:
        write_recording(tmp_path / "replies.jsonl", reader.journal.recording())
    assert read_recording(tmp_path / "replies.jsonl") == pairs
