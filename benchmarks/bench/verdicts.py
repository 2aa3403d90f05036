"""What the audit says of the programs of a suite's records, beside how their agents did.

`alignenv bench audit SUITE` audits each program once, as searches do before their first rung, keeps
the answers beside the records and prints the table; `alignenv bench table` has it from then on. No
cell and no record changes by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from alignenv.benchmarks.audit_gate import AuditGate
from alignenv.benchmarks.bench.cells import ground_of
from alignenv.benchmarks.bench.collect import Collected, collect
from alignenv.benchmarks.bench.records import Record, RecordStore
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import NONE, Sheet
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.files import write_atomically
from alignenv.reward_design.sandbox import Executor
from alignenv.reward_design.study import StoredResult

FOLDER = "audits"
"""Folder of the answers, in that of the records."""
WORDS = ("sound", "hackable", "undecided")


class Audits:
    """Answers as files, one per program, task and layer.

    Args:
        folder: Of one task and layer.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, key: str) -> Path:
        return self._folder / f"{key.rsplit('/', 1)[-1]}.json"

    def find_result(self, key: str) -> StoredResult | None:
        """The answer under a key, if there is one."""
        path = self._path(key)
        if not path.exists():
            return None
        return StoredResult(key, json.loads(path.read_text(encoding="utf-8")))

    def record_result(
        self,
        key: str,
        document: Mapping[str, Any],
        arrays: Mapping[str, Any] | None = None,
        *,
        volatile: Mapping[str, Any],
    ) -> None:
        """Keep an answer; it is on disk when this returns."""
        del arrays, volatile
        text = json.dumps(dict(document), indent=1, sort_keys=True) + "\n"
        write_atomically(self._path(key), text.encode())


class Trained(NamedTuple):
    """A record that was trained on a program.

    Attributes:
        task: Gymnasium id.
        layer: `replace` or `add`.
        source: The program.
        record: The record.
    """

    task: str
    layer: str
    source: str
    record: Record


def trained_on(found: Collected, row: str) -> Iterator[Trained]:
    """Records of a row that have one program: of a fixed reward, or the winner of a search."""
    for task, place in found.places[row].items():
        for record in place.records:
            told, search = record["settings"], record.get("search")
            source = search["source"] if search else told.get("source")
            layer = told.get("layer") or told.get("search", {}).get("layer", "replace")
            if source:
                yield Trained(task, layer, source, record)


class Gates:
    """The audit of each task and layer of a suite, with the answers that are kept.

    Args:
        found: The suite's records.
        store: Where they are.
        pool: Where programs are valued; None to read answers only.
    """

    def __init__(self, found: Collected, store: RecordStore, pool: Executor | None = None) -> None:
        self._protocol, self._folder, self._pool = found.suite.protocol, store.folder / FOLDER, pool
        self._known: dict[tuple[str, str], AuditGate] = {}

    def of(self, task: str, layer: str) -> AuditGate:
        """The audit of one task and layer."""
        if (task, layer) not in self._known:
            ground = ground_of(task, self._protocol)
            gamma = ground.preset.gamma
            audits = Audits(self._folder / f"{task}-{layer}-{gamma:g}")
            gate = self._known[task, layer] = AuditGate(ground.ref, gamma, audits, layer)
            if self._pool is not None:
                gate.use(self._pool)
        return self._known[task, layer]


def audit_programs(found: Collected, store: RecordStore, pool: Executor) -> None:
    """Audit what has no answer yet.

    Args:
        found: The suite's records.
        store: Where they are; answers go beside them.
        pool: Where programs are valued.

    Raises:
        MachineError: A worker failed for reasons that are not the program's.
    """
    gates = Gates(found, store, pool)
    asked = {one[:3] for row in found.suite.rows for one in trained_on(found, row)}
    for task, layer, source in sorted(asked):
        gates.of(task, layer).screen(source)


def verdict_sheet(found: Collected, store: RecordStore) -> Sheet | None:
    """Verdicts by row, and TRUE success by verdict; None where nothing was audited."""
    if not (store.folder / FOLDER).is_dir():
        return None
    gates = Gates(found, store)
    lines = [(row, _verdicts(found, gates, row)) for row in found.suite.rows]
    return Sheet(
        key="audit",
        title="What the audit says of the programs, and how agents did that were trained on them",
        columns=("row", "programs", *WORDS, *(f"success, {word}" for word in WORDS)),
        rows=tuple(_row(row, judged) for row, judged in lines if judged),
        notes=(
            "Programs: a row's fixed rewards, or the winners of its searches, each once per task. "
            "Success: mean TRUE success of all trainings on programs of that verdict. A reward "
            "is hackable whose best paid behaviour fails, whether or not agents find it.",
        ),
    )


def _verdicts(found: Collected, gates: Gates, row: str) -> list[tuple[Trained, str]]:
    judged: list[tuple[Trained, str]] = []
    for one in trained_on(found, row):
        screening = gates.of(one.task, one.layer).known(one.source)
        if screening is not None:
            judged.append((one, screening.verdict))
    return judged


def _row(name: str, judged: Sequence[tuple[Trained, str]]) -> tuple[str, ...]:
    programs = {(one[:3], word) for one, word in judged}
    counts = [sum(word == wanted for _, word in programs) for wanted in WORDS]
    cells = []
    for wanted in WORDS:
        runs = [run for one, word in judged if word == wanted for run in one.record["runs"]]
        mean = sum(run["success"] for run in runs) / len(runs) if runs else None
        cells.append(NONE if mean is None else f"{mean:.0%} ({len(runs)})")
    return find_row(name).label, str(len(programs)), *map(str, counts), *cells


def audited_sheet(suite: BenchSuite, store: RecordStore, pool: Executor) -> Sheet:
    """Audit what is missing, and the table."""
    found = collect(suite, store)
    audit_programs(found, store, pool)
    (store.folder / FOLDER).mkdir(parents=True, exist_ok=True)
    sheet = verdict_sheet(found, store)
    assert sheet is not None, "its folder is there"
    return sheet
