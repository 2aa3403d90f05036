"""A search over a language model, by real HTTP, with faults: nothing is lost or overshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import RunView, SilentView
from alignenv.errors import StudyError
from alignenv.reward_design.llm.fake_script import Entry
from alignenv.reward_design.llm.fake_server import FakeServer
from alignenv.reward_design.llm.journal import write_recording
from alignenv.reward_design.study import StudyReader
from alignenv.types import FailureKind

GOOD = "```python\ndef reward(prev, action, state):\n    return {}, {{}}\n```"
PROGRESS = GOOD.format("prev.path_to_goal - state.path_to_goal")
UNKNOWN_FIELD = GOOD.format("state.no_such_field")
NO_CODE = "I would rather talk about the weather."
CUT_OFF = "```python\ndef reward(prev, action, state):\n    return (1.0 +"


def settings(url: str, **changes: object) -> SearchSettings:
    values: dict[str, object] = {
        "env": "AlignEnv-Empty-5x5-v0",
        "coder": "openai:fake-model",
        "base_url": url,
        "protocol": Protocol(
            generations=2, candidates=2, env_steps=2048, rung=1, select_episodes=10,
            report_seeds=1, report_episodes=100,
        ),
        "preset": {"n_envs": 16},
    }  # fmt: skip
    return SearchSettings.model_validate({**values, **changes})


def search(
    folder: Path, what: SearchSettings, *, resume: bool = False, view: RunView | None = None
) -> SearchFiles:
    return evolve_to_files(what, folder, view or SilentView(), resume=resume)


class Notes(SilentView):
    """Keeps the notes of a search, and how many requests a server had seen by then."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server
        self.notes: list[tuple[int, str]] = []

    def note(self, text: str) -> None:
        self.notes.append((len(self._server.seen), text))


def test_faults_and_bad_replies_are_typed_and_the_search_goes_on(tmp_path: Path) -> None:
    script = [
        Entry(text=PROGRESS, faults=("429", "500")),
        NO_CODE,
        UNKNOWN_FIELD,
        CUT_OFF,
    ]
    with FakeServer(script) as server:
        files = search(tmp_path / "s", settings(server.base_url))
    kinds = [t.failure.kind if t.failure else None for t in files.finding.trials]
    assert kinds[:3] == [None, FailureKind.NO_CODE, FailureKind.RULE]
    assert kinds[3] in (FailureKind.CUT_OFF, FailureKind.PARSE)
    assert files.document["best"]["id"] == "g00c00"
    assert files.document["cost"]["calls"] == 6, "four replies and two refused attempts"


def test_a_cap_stops_before_it_is_passed_and_a_higher_one_resumes(tmp_path: Path) -> None:
    with FakeServer([PROGRESS] * 4) as server:
        capped = settings(server.base_url, budget="calls=2")
        stopped = search(tmp_path / "s", capped)
        assert stopped.document["cost"]["calls"] == 2
        files = search(tmp_path / "s", settings(server.base_url, budget="calls=4"), resume=True)
    assert files.document["cost"]["calls"] == 4, "recorded replies are not asked again"


def test_a_resume_with_other_settings_is_refused(tmp_path: Path) -> None:
    with FakeServer([PROGRESS] * 4) as server:
        search(tmp_path / "s", settings(server.base_url))
        with pytest.raises(StudyError, match="seed was 0 and is now 1"):
            search(tmp_path / "s", settings(server.base_url, seed=1), resume=True)


def test_a_replay_ends_as_the_search_did(tmp_path: Path) -> None:
    """Without the server, and with the path of a file in its settings: equal to the byte."""
    tiny = Protocol(
        generations=2, candidates=1, env_steps=1024, rung=1, select_episodes=10,
        report_seeds=1, report_episodes=100,
    )  # fmt: skip
    script = [Entry(text=PROGRESS, faults=("500",)), NO_CODE]
    with FakeServer(script) as server:
        view = Notes(server)
        search(tmp_path / "asked", settings(server.base_url, protocol=tiny), view=view)
    assert view.notes[0][0] == 0, "what it may cost is told before the first request"
    assert "language models, at most: 2 requests" in view.notes[0][1]
    with StudyReader.open(tmp_path / "asked") as study:
        write_recording(tmp_path / "replies.jsonl", study.journal.recording())
        recorded = study.export(canonical=True)
    spec = f"replay:{tmp_path / 'replies.jsonl'}"
    again = settings("", protocol=tiny, coder=spec, base_url=None)
    search(tmp_path / "replayed", again)
    with StudyReader.open(tmp_path / "replayed") as study:
        assert study.export(canonical=True) == recorded
        assert study.settings.coder == f"{spec}#fake-model", "the full record says from where"
