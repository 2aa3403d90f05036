"""One driver at a time, and a dead one is out of the way at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from alignenv.errors import StudyError
from alignenv.reward_design.study import Study, list_studies
from alignenv.reward_design.study.lease import Lease, holder

HOLD = """
import sys, time
from pathlib import Path
from alignenv.reward_design.study.lease import Lease
lease = Lease(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def driver(study, folder):
    """Another process that holds the study's lock."""
    study.close()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_driver_is_told_who_the_first_is(driver, folder, settings):
    with pytest.raises(StudyError, match=f"Another driver .* process {driver.pid} on ") as caught:
        Study.resume(folder, settings)
    assert f"kill {driver.pid}" in caught.value.cure
    assert caught.value.exit_code == 3
    (row,) = list_studies(folder)
    assert row.state == "running"
    assert str(driver.pid) in row.note


def test_a_killed_driver_is_replaced_at_once(driver, folder, settings):
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    assert list_studies(folder)[0].state == "interrupted"
    with Study.resume(folder, settings) as study:
        assert study.left_by is not None
        assert study.left_by.pid == driver.pid
        assert len(study.sessions()) == 2
        assert holder(folder).pid == os.getpid()
    assert holder(folder) is None


def test_two_drivers_in_one_process_are_refused_as_well(study, folder, settings):
    with pytest.raises(StudyError, match=f"process {os.getpid()}"):
        Study.resume(folder, settings)


def test_of_many_starts_at_once_one_wins(tmp_path, settings):
    outcomes: list[object] = []
    barrier = threading.Barrier(6)

    def start() -> None:
        barrier.wait()
        try:
            outcomes.append(Study.create(tmp_path / "study", settings))
        except StudyError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [one for one in outcomes if isinstance(one, Study)]
    assert len(outcomes) == 6
    winner.record_result("a", {})
    winner.close()


def test_looking_at_a_study_never_makes_a_driver_fail(tmp_path):
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            holder(tmp_path)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(50):
            Lease(tmp_path).release()
    finally:
        stop.set()
        thread.join()


def test_a_garbled_lock_file_is_no_obstacle(tmp_path):
    for text in ("{", "[1]", "[]", '{"pid": "x"}', "\udcff"):
        (tmp_path / "driver.lock").write_bytes(text.encode("utf-8", "surrogateescape"))
        lease = Lease(tmp_path)
        assert lease.left_by is None
        lease.release()
