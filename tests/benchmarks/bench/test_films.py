"""Films: whom they show, what they say, and that nothing moves unasked."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from alignenv.benchmarks.animation import encode_animation
from alignenv.benchmarks.bench.collect import collect
from alignenv.benchmarks.bench.films import Film, Shot, _last_picture, caption, scenes
from alignenv.benchmarks.bench.page import render_page
from alignenv.benchmarks.bench.tables import make_tables

RATES = {
    "human": lambda task, i: 0.9,
    "hackable": lambda task, i: 0.2,
    "eureka[symbolic]": lambda task, i: 0.3 + 0.1 * i,
}


def test_fixed_rewards_and_the_best_winner_are_shown(suite, store, write_records) -> None:
    assert scenes(collect(suite, store)) == []
    write_records(suite, store, RATES)
    found = scenes(collect(suite, store))
    assert [scene.row for scene in found] == ["human", "hackable", "eureka[symbolic]"] * 2
    assert [scene.record["seed"] for scene in found[:3]] == [0, 0, 2], "the last search is best"
    assert found[0].source == found[0].record["settings"]["source"]
    assert found[2].source == "def potential(state):\n    return 0.0\n"
    assert len({scene.key for scene in found}) == 6


def test_a_caption_says_how_it_ended_and_where_the_agent_differs(
    suite, store, write_records
) -> None:
    write_records(suite, store, RATES)
    scene = scenes(collect(suite, store))[0]
    shot = Shot(success=True, length=1, seed=7, score=0.9)
    told = caption(scene, shot)
    assert "seed 7: the agent succeeds, in 1 step." in told
    assert "in 90.0 % of the record's episodes" in told
    assert "otherwise" not in told
    other = caption(scene, replace(shot, success=False, score=0.5))
    assert "does not succeed" in other
    assert "came out otherwise: 50.0 %" in other


def test_the_still_is_the_last_picture() -> None:
    frames = [np.full((20, 30, 3), shade, dtype=np.uint8) for shade in (0, 120, 240)]
    with Image.open(io.BytesIO(_last_picture(encode_animation(frames, 8.0)))) as image:
        assert image.size == (30, 20)
        assert np.asarray(image).mean() == pytest.approx(240, abs=4)


def test_films_move_on_request_and_are_told_in_words(suite, store) -> None:
    film = Film(
        id="film-1", task="DoorKey", title="human<b>", caption="It succeeds.",
        moving="data:image/webp;base64,AA==", still="data:image/webp;base64,BB==",
    )  # fmt: skip
    tables = make_tables(suite, store)
    html = render_page(tables, [film, replace(film, id="film-2")])
    section = re.search(r'<section id="films">.*?</section>', html, re.DOTALL)[0]
    assert section.count('<input type="checkbox" id="film-') == 2
    assert "checked" not in section
    assert section.count('<label for="film-1">') == 1
    assert "human&lt;b&gt; on DoorKey, last picture. It succeeds." in section
    assert ".films .film .moving { display: none; }" in html
    assert "script" not in section
    assert 'href="#films"' in html
    assert "films" not in re.search(r"<nav.*?</nav>", render_page(tables), re.DOTALL)[0]
