"""The drawings of a report say what the figures say."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from alignenv.benchmarks.animation import HOLD_MS, MAX_FRAMES, MAX_SIDE, animation_uri, still_uri
from alignenv.benchmarks.figures import Line, line_figure, mean_line
from alignenv.benchmarks.report_figures import MAX_COMPONENTS, component_figure, figures
from alignenv.benchmarks.report_lineage import FAILED_MARK, lay_out
from alignenv.types import Candidate, CurvePoint, Evaluation, Score, Trial


def opened(uri: str) -> Image.Image:
    kind, _, data = uri.partition(",")
    assert kind == "data:image/webp;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def frames(n: int, side: int = 40) -> list[np.ndarray]:
    pictures = [np.zeros((side, side, 3), dtype=np.uint8) for _ in range(n)]
    for i, picture in enumerate(pictures):
        picture[:, : 1 + i % side] = (250, 120, 0)
    return pictures


@pytest.mark.parametrize("n", [1, 7, 400])
def test_long_episodes_are_thinned_and_last_as_long(n):
    image = opened(animation_uri(frames(n), fps=10.0))
    shown = getattr(image, "n_frames", 1)
    assert shown == min(n, MAX_FRAMES)
    durations = []
    for index in range(shown if shown > 1 else 0):
        image.seek(index)
        image.load()
        durations.append(image.info["duration"])
    if durations:
        assert sum(durations[:-1]) == pytest.approx(100 * n, rel=0.15)
        assert durations[-1] >= HOLD_MS


def test_large_pictures_are_scaled_down():
    assert max(opened(still_uri(frames(1, side=900)[0])).size) == MAX_SIDE


def test_the_band_spans_the_seeds_as_far_as_all_of_them_reach():
    short = (np.array([0.0, 10.0]), np.array([0.0, 1.0]))
    long = (np.array([0.0, 5.0, 20.0]), np.array([1.0, 1.0, 1.0]))
    line = mean_line("x", 0, 0, [short, long])
    assert line.x.tolist() == [0.0, 5.0, 10.0]
    assert line.y.tolist() == [0.5, 0.75, 1.0]
    assert line.low is not None
    assert line.high is not None
    assert line.low.tolist() == [0.0, 0.5, 1.0]
    assert line.high.tolist() == [1.0, 1.0, 1.0]


def test_a_figure_follows_the_page_and_holds_no_foreign_text():
    line = Line(label="<b>$x$</b>", color=3, x=np.array([1.0]), y=np.array([0.5]), ends=True)
    svg = line_figure([line], name="Training", y_label="training success", is_rate=True)
    assert svg == line_figure([line], name="Training", y_label="training success", is_rate=True)
    assert svg.startswith('<svg viewBox="0 0 ')
    assert "var(--c3)" in svg
    assert "var(--ink)" in svg
    assert "<b>" not in svg
    assert not re.search(r"#0[123][0-9a-f]{2}0[123]", svg)
    assert "date" not in svg.lower()
    assert "100%" in svg


def test_figures_without_data_are_left_out(make):
    data = make()
    assert len(figures(data)) == 3
    assert figures(make(arms=(), trials=(), best=None)) == []


def test_a_crowd_of_components_is_cut_and_the_first_stay():
    names = {f"part{i}": float(i) for i in range(20)}
    points = (
        CurvePoint(env_steps=10, success=None, designed_return=None, length=None, components=names),
    )
    score = Score(success=0, success_greedy=0, milestones=0, mean_length=1, n_episodes=1)
    evaluation = Evaluation(score=score, env_steps=10, curve=points)
    candidate = Candidate(id="a", source="", coder="c", generation=0)
    figure = component_figure(Trial(candidate=candidate, evaluation=evaluation))
    assert [line.label for line in figure.legend] == [f"part{i}" for i in range(MAX_COMPONENTS)]


def test_the_lineage_leads_from_the_first_ancestor_to_the_winner(make):
    data = make()
    lineage = lay_out(data.trials, data.best)
    assert len(lineage.nodes) == 16
    assert len(lineage.edges) == 8
    assert [edge.is_best for edge in lineage.edges] == [False] * 7 + [True]
    nodes = {node.id: node for node in lineage.nodes}
    assert nodes["g01c05"].is_best
    assert nodes["g01c05"].mark == "100"
    assert (nodes["g00c06"].kind, nodes["g00c06"].mark) == ("failed", FAILED_MARK)
    assert nodes["g00c00"].kind == "stopped"
    assert nodes["g01c05"].y > nodes["g00c05"].y
    assert nodes["g01c05"].x == nodes["g00c05"].x
    assert all(0 < node.x < lineage.width and 0 < node.y < lineage.height for node in lineage.nodes)


def test_strange_families_can_be_drawn(make):
    score = Score(success=1.0, success_greedy=1, milestones=1, mean_length=1, n_episodes=1)
    own_parent = Candidate(id="a", source="", coder="c", generation=4, parents=("a", "gone"))
    trial = Trial(candidate=own_parent, evaluation=Evaluation(score=score, env_steps=1))
    assert len(lay_out([trial], "a").nodes) == 1
    assert lay_out([], None).nodes == ()
