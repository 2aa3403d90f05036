"""A study from its start to its conclusion."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from alignenv.errors import ConfigError, StudyError, UnknownName
from alignenv.reward_design.study import Study, StudyReader, StudySettings, list_studies
from alignenv.testing.store import StoreContract, a_candidate, a_trial
from alignenv.types import Failure, FailureKind, Trial


class TestSqliteStore(StoreContract):
    def open_store(self, folder: Path) -> Study:
        settings = StudySettings(env_id="X-v0", seed=1, generations=1, candidates=1)
        path = folder / "study"
        return Study.resume(path, settings) if path.exists() else Study.create(path, settings)


def test_a_study_is_read_while_it_is_written(study, folder):
    study.record_candidate(a_candidate())
    with StudyReader.open(folder) as reader:
        assert reader.settings == study.settings
        assert reader.candidates() == (a_candidate(),)
        study.record_trial(a_trial())
        assert reader.trials() == (a_trial(),)
        with pytest.raises(StudyError, match="for reading only"):
            reader.journal.drop("r", 1, "no", None)


def test_the_conclusion_marks_it_as_finished(study, folder):
    (row,) = list_studies(folder)
    assert (row.state, row.best_success) == ("running", None)
    study.record_candidate(a_candidate())
    study.record_trial(a_trial(success=0.75))
    assert study.summary() is None
    study.finish({"best": "g00c00"}, volatile={"calls": 3})
    assert study.summary() == {"best": "g00c00"}
    study.close()
    (row,) = list_studies(folder.parent)
    assert (row.state, row.best_success, row.candidates) == ("finished", 0.75, 1)
    assert row.method == "eureka[symbolic]"


def test_resume_names_the_settings_that_differ(study, folder, settings):
    study.close()
    now = settings.model_copy(update={"seed": 8, "versions": {"alignenv": "0.2.0"}})
    with pytest.raises(
        StudyError, match=r"seed was 7 and is now 8; versions\.alignenv was '0.1.0'"
    ):
        Study.resume(folder, now)
    with Study.resume(folder, settings) as again:
        assert [holder.pid for holder in again.sessions()] == [os.getpid()] * 2
        assert again.left_by is None


def test_a_start_refuses_a_folder_that_is_in_use(study, folder, settings, tmp_path):
    with pytest.raises(StudyError, match="holds a study already"):
        Study.create(folder, settings)
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(StudyError, match=r"is not empty: it holds study, thesis\.tex"):
        Study.create(tmp_path, settings)


def test_a_start_that_was_interrupted_can_be_repeated(folder, settings):
    folder.mkdir()
    (folder / "driver.lock").touch()
    (folder / ".study.db.tmp").write_bytes(b"half")
    (folder / ".study.db.tmp-journal").write_bytes(b"half")
    with pytest.raises(StudyError, match="holds no study"):
        Study.resume(folder, settings)
    with Study.create(folder, settings) as study:
        assert study.settings == settings
    assert not list(folder.glob(".*"))


def test_a_closed_study_takes_no_records(study):
    study.close()
    study.close()
    with pytest.raises(StudyError, match="closed before recording result a"):
        study.record_result("a", {})


def test_unknown_candidates_have_a_near_miss(study):
    study.record_candidate(a_candidate(1))
    with pytest.raises(UnknownName, match="Did you mean 'g00c01'"):
        study.candidate("g0c01")


def test_only_json_is_a_setting():
    with pytest.raises(ValueError, match="protocol"):
        StudySettings(env_id="X", seed=0, generations=1, candidates=1, protocol={"f": print})
    with pytest.raises(ValueError, match="seed"):
        StudySettings(env_id="X", seed=-1, generations=1, candidates=1)


def test_numbers_of_numpy_are_numbers(study):
    study.record_result("a", {"x": np.float32(0.5), "n": np.int64(3), "b": np.bool_(True)})
    assert study.find_result("a").document == {"x": 0.5, "n": 3, "b": True}
    with pytest.raises(ConfigError, match="ndarray is not one"):
        study.record_result("b", {"x": np.zeros(2)})


def test_the_order_of_components_survives(study):
    study.record_result("a", {"zeta": 1, "alpha": 2})
    assert list(study.find_result("a").document) == ["zeta", "alpha"]


def test_what_a_clock_measured_is_not_canonical(study):
    evaluated, failed = a_trial(0), a_candidate(1)
    message = "stopped after 61.2 s"
    late = Failure(kind=FailureKind.TIMEOUT, code="W002", message=message)
    study.record_candidate(evaluated.candidate)
    study.record_trial(evaluated)
    study.record_candidate(failed)
    study.record_trial(Trial(candidate=failed, failure=late))
    canonical, full = study.export(canonical=True).decode(), study.export().decode()
    for word in ("cpu_s", "tier", message, '"pid"', '"time"'):
        assert word in full
        assert word not in canonical
    assert study.trials()[1].failure == late
    assert json.loads(canonical)["trials"][1]["document"]["failure"]["code"] == "W002"


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("openai:gpt-5", "gpt-5"),
        ("anthropic:claude", "claude"),
        ("replay:some/file.jsonl#gpt-5", "gpt-5"),
        ("replay:some/file.jsonl", "replay:some/file.jsonl"),
        ("scripted:replies.json", "scripted"),
        ("manual:folder", "manual"),
        ("symbolic", "symbolic"),
        ("rules:blind", "rules:blind"),
        ("theirs:x", "theirs:x"),
        ("", ""),
    ],
)
def test_a_canonical_export_names_who_answered(folder, settings, spec, name):
    protocol = {**settings.protocol, "base_url": "http://here/v1", "critic_base_url": None}
    told = settings.model_copy(update={"coder": spec, "critic": spec, "protocol": protocol})
    with Study.create(folder, told) as study:
        canonical, full = (json.loads(study.export(canonical=c))["settings"] for c in (True, False))
    assert (canonical["coder"], canonical["critic"], canonical["analyst"]) == (name, name, "rules")
    assert canonical["protocol"] == settings.protocol
    assert full == told.model_dump(mode="json")


def test_exports_are_json_for_every_reader(study):
    study.record_result("a", {"x": float("nan"), "y": [float("-inf")]})
    document = json.loads(study.export(), parse_constant=pytest.fail)
    assert document["results"][0]["document"] == {"x": "NaN", "y": ["-Infinity"]}
    assert document["summary"] is None
    assert np.isnan(study.find_result("a").document["x"])


def test_equal_content_is_one_file_with_common_rights(study, folder):
    for number in range(3):
        study.record_candidate(a_candidate(number))
    (program,) = [f for f in (folder / "files").rglob("*") if f.is_file()]
    assert program.read_text() == a_candidate().source
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(program.stat().st_mode) == 0o666 & ~umask


def test_importing_the_package_does_not_import_the_database():
    code = (
        "import sys, alignenv, alignenv.reward_design, alignenv.cli.study\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "import alignenv.reward_design.study\n"
        "assert 'sqlalchemy' in sys.modules\n"
        "assert not {'torch', 'numba', 'openai'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_stop_and_what_it_left_are_no_part_of_the_conclusion(folder, settings):
    with Study.create(folder, settings) as study:
        before = study.export(canonical=True)
        study.record_provisional("report/g00c00/0", {"x": 1}, {"w": np.ones(2)})
        study.stop({"stopped": "calls"})
        assert study.stopped() == {"stopped": "calls"}
        assert study.export(canonical=True) == before
        assert study.find_result("report/g00c00/0") is None
    with Study.resume(folder, settings) as study:
        assert study.stopped() is None, "this driver was not stopped"
        assert study.find_provisional("report/g00c00/0").arrays["w"].tolist() == [1, 1]
        assert json.loads(study.export())["stops"][0]["volatile"] == {"stopped": "calls"}
    assert list_studies(folder)[0].state == "interrupted"
