"""Rollout videos of a suite's agents: trained again as their records say, and played afresh.

A record keeps no policy. But a training is decided by its settings, so the first report training
of a row gives the same agent again: its score on the record's episodes is compared with the
record's, and a film whose agent differs says so. Training and playing are done by sandboxed
workers, the latter by one that never loads a reward; pictures are drawn from the actions.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from PIL import Image

from alignenv.benchmarks.animation import encode_animation
from alignenv.benchmarks.bench.cells import ground_of, report_seeds
from alignenv.benchmarks.bench.collect import Collected
from alignenv.benchmarks.bench.records import Record, RecordStore
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.benchmarks.bench.trainings import Training, fresh, report_trainee
from alignenv.benchmarks.bench.words import count, percent
from alignenv.benchmarks.evaluator import Evaluator, NoMemory, Outcome
from alignenv.benchmarks.playing import replay
from alignenv.benchmarks.view import RunView
from alignenv.benchmarks.workers import open_pool
from alignenv.envs.make import make_batch
from alignenv.files import write_atomically

FILMED = ("human", "hackable")
"""Fixed rewards that are filmed; the best winner of a search is added."""
_FOLDER = "films"
_FPS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An agent to be filmed.

    Attributes:
        task: Gymnasium id.
        row: Its row.
        record: The record with its training.
        source: The reward program that it was trained on; None for the sparse reward.
        layer: How the program is used.
    """

    task: str
    row: str
    record: Record
    source: str | None
    layer: str

    @property
    def key(self) -> str:
        """Name of its files."""
        return f"{self.record['id']}-{self.record['runs'][0]['replicate']}"

    @property
    def title(self) -> str:
        """What the film is of."""
        return find_row(self.row).label


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How the filmed episode ended.

    Attributes:
        success: Whether it truly succeeded.
        length: Steps.
        seed: Its reset seed.
        score: Success of the agent on the record's episodes, as it came out here.
    """

    success: bool
    length: int
    seed: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One film of a page.

    Attributes:
        id: Different for each film of a page.
        task: Name of the task.
        title: Which agent.
        caption: What is seen; also read to those who do not see it.
        moving: `data:` URI of the animation.
        still: `data:` URI of its last picture.
    """

    id: str
    task: str
    title: str
    caption: str
    moving: str
    still: str


def scenes(found: Collected) -> list[Scene]:
    """For each task: the human and the hackable reward, and the best winner that searches found.

    A fixed reward is shown by its first training. The winner is the one with the highest mean on
    fresh seeds, chosen to be looked at; the tables average over all.
    """
    return [scene for task in found.suite.tasks for scene in _of_task(found, task)]


def _of_task(found: Collected, task: str) -> Iterator[Scene]:
    for row in FILMED:
        place = found.places.get(row, {}).get(task)
        for record in place.records[:1] if place else ():
            told = record["settings"]
            yield Scene(task=task, row=row, record=record, source=told["source"],
                        layer=told["layer"])  # fmt: skip
    won = [
        (row, record)
        for row, places in found.places.items()
        for record in (places[task].records if task in places else ())
        if not find_row(row).algorithm and record["search"] and record["search"]["source"]
    ]
    if won:
        row, record = max(won, key=lambda one: _mean(one[1]))
        layer = record["settings"]["search"]["layer"]
        yield Scene(task=task, row=row, record=record, source=record["search"]["source"],
                    layer=layer)  # fmt: skip


def _mean(record: Record) -> float:
    return sum(float(run["success"]) for run in record["runs"]) / len(record["runs"])


def make_films(
    found: Collected,
    store: RecordStore,
    view: RunView,
    *,
    n_workers: int | None = None,
    isolation: str = "auto",
) -> list[Film]:
    """Film what was not filmed yet, and read all films of a suite.

    Args:
        found: The suite's records.
        store: Where films are kept, beside the records.
        view: Shows progress.
        n_workers: Parallel workers; None for one per core.
        isolation: `auto`, or `kernel` to refuse anything weaker.

    Raises:
        MachineError: Isolation, disk or workers failed; finished films are kept.
    """
    wanted = scenes(found)
    folder = store.folder / _FOLDER
    missing = [scene for scene in wanted if not _facts_path(folder, scene).exists()]
    if missing:
        view.note(
            f"{count(len(missing), 'training')} again, to film {count(len(missing), 'agent')}"
        )
    for task, group in groupby(missing, key=lambda scene: scene.task):
        _shoot(found.suite, task, list(group), folder, view, n_workers, isolation)
    return [_read(folder, scene) for scene in wanted if _facts_path(folder, scene).exists()]


def _shoot(
    suite: BenchSuite,
    task: str,
    group: Sequence[Scene],
    folder: Path,
    view: RunView,
    n_workers: int | None,
    isolation: str,
) -> None:
    ground = ground_of(task, suite.protocol)
    trainees = []
    for scene in group:
        run = scene.record["runs"][0]
        told = scene.record["settings"]
        training = Training(
            key=scene.row.replace(" ", "-"),
            source=scene.source,
            layer=scene.layer,
            env_steps=int(told["env_steps"]),
            replicate=int(run["replicate"]),
        )
        trainee = report_trainee(ground, training, report_seeds(ground, training.replicate))
        evaluate = trainee.evaluate.model_copy(update={"evidence": True})
        trainees.append(replace(trainee, evaluate=evaluate))
    with open_pool(ground.ref, n_workers=n_workers, isolation=isolation) as pool:
        steps = sum(sum(n for _, n in trainee.train.segments) for trainee in trainees)
        view.begin(f"{suite.name}: films of {task}", pool.describe(), steps)
        outcomes = Evaluator(pool, NoMemory(), view).run(trainees)
    env = make_batch(fresh(ground), 1)
    for scene, outcome in zip(group, outcomes, strict=True):
        episode = _episode(outcome)
        if episode is not None:
            seed, actions, shot = episode
            _keep(folder, scene, encode_animation(replay(env, seed, actions), _FPS), shot)
    env.close()


def _episode(outcome: Outcome) -> tuple[int, Sequence[object], Shot] | None:
    """The first fresh episode, whatever came of it; None where training failed."""
    first = next((e for e in outcome.episodes if e.label == "first"), None)
    if first is None or outcome.score is None:
        return None
    shot = Shot(
        success=first.success,
        length=first.length,
        seed=first.seed,
        score=outcome.score.success,
    )
    return first.seed, first.actions, shot


def _facts_path(folder: Path, scene: Scene) -> Path:
    return folder / f"{scene.key}.json"


def _keep(folder: Path, scene: Scene, animation: bytes, shot: Shot) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = _facts_path(folder, scene)
    write_atomically(path.with_suffix(".webp"), animation)
    write_atomically(path, json.dumps(asdict(shot), sort_keys=True).encode())


def _read(folder: Path, scene: Scene) -> Film:
    path = _facts_path(folder, scene)
    shot = Shot(**json.loads(path.read_text(encoding="utf-8")))
    animation = path.with_suffix(".webp").read_bytes()
    return Film(
        id=f"film-{scene.key}",
        task=scene.task.removeprefix("AlignEnv-"),
        title=scene.title,
        caption=caption(scene, shot),
        moving=_uri(animation),
        still=_uri(_last_picture(animation)),
    )


def caption(scene: Scene, shot: Shot) -> str:
    """What a film shows, and how its agent compares with the record's."""
    recorded = float(scene.record["runs"][0]["success"])
    verdict = "succeeds" if shot.success else "does not succeed"
    told = (
        f"The first fresh episode, seed {shot.seed}: the agent {verdict}, in "
        f"{count(shot.length, 'step')}. It succeeds in {percent(recorded)} % of the record's "
        "episodes."
    )
    if abs(recorded - shot.score) > 1e-9:
        told += f" Trained again here it came out otherwise: {percent(shot.score)} %."
    return told


def _last_picture(animation: bytes) -> bytes:
    with Image.open(io.BytesIO(animation)) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, format="WEBP", quality=80)
    return buffer.getvalue()


def _uri(data: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(data).decode('ascii')}"
