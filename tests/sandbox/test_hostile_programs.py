"""The corpus of hostile programs, executed plainly: the sandbox alone keeps the host unharmed."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from alignenv.reward_design.sandbox import Job, Limits, Pool
from alignenv.reward_design.sandbox.limits import MIB

CORPUS = Path(__file__).parents[1] / "data" / "programs" / "hostile.jsonl"
LIMITS = Limits(wall_s=3.0, cpu_s=3.0, stall_s=3.0, memory_bytes=768 * MIB)
TRACES = "alignenv-pwned*"
GOOD = {"source": "def reward(prev, action, state):\n    return float(state.sum())\n"}


@pytest.fixture
def ears() -> Iterator[tuple[socket.socket, socket.socket, socket.socket]]:
    """Listen where hostile programs would connect to: TCP, UDP, abstract unix."""
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind("\0rdl-canary")
        unix.listen()
        for ear in (tcp, udp, unix):
            ear.setblocking(False)
        yield tcp, udp, unix


@pytest.mark.hostile
@pytest.mark.timeout(300)
def test_no_program_reaches_the_host(
    ears: tuple[socket.socket, socket.socket, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    tcp, udp, unix = ears
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    ports = {"@TCP@": str(tcp.getsockname()[1]), "@UDP@": str(udp.getsockname()[1])}
    jobs = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        program = json.loads(line)
        for mark, port in ports.items():
            program["source"] = program["source"].replace(mark, port)
        payload = {"source": program["source"]}
        jobs.append(
            Job(id=program["id"], entry="hostile_jobs:PLAIN", payload=payload, limits=LIMITS)
        )
    traces = set(Path("/tmp").glob(TRACES))
    home = set(Path.home().iterdir())
    with Pool(2, preload=("hostile_jobs",), run_dir=tmp_path) as pool:
        results = pool.map(jobs)
        (healthy,) = pool.map([Job(id="healthy", entry="hostile_jobs:PLAIN", payload=GOOD)])
    assert healthy.ok, healthy
    assert len(results) == len(jobs) > 100
    assert [r.job_id for r in results if r.wall_s > LIMITS.wall_s + 1.0] == []
    assert [r.job_id for r in results if not r.ok and r.failure is None] == []
    assert [r.job_id for r in results if "sk-canary" in str(r.messages) + r.log] == []
    assert set(Path("/tmp").glob(TRACES)) == traces
    assert set(Path.home().iterdir()) == home
    for ear in (tcp, unix):
        with pytest.raises(BlockingIOError, match="temporarily unavailable"):
            ear.accept()
    with pytest.raises(BlockingIOError, match="temporarily unavailable"):
        udp.recv(10)
