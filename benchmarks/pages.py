"""One documentation page per task: `python -m alignenv.benchmarks.pages docs/tasks`.

Nothing on a page is written by hand: card, fields, rewards and settings are the ones that run.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from PIL import Image

from alignenv.benchmarks.layout_census import count_layouts
from alignenv.benchmarks.measured import COLUMNS, RESULTS
from alignenv.benchmarks.standing import Standing, standing
from alignenv.benchmarks.task_page import Page, family_intro, gather, render_page, templates
from alignenv.envs.grid import symbolic
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.envs.suite import ROWS
from alignenv.errors import AlignEnvError
from alignenv.files import write_atomically


def write_pages(folder: Path, rows: Sequence[Row] = ROWS, results: Path = RESULTS) -> None:
    """Write a page and a picture per task, the index, and the page on observations.

    Args:
        folder: Where to; made when missing. Files of the same name are replaced.
        rows: Tasks of the suite, at least one.
        results: Folder of all results; may not exist.
    """
    (folder / "images").mkdir(parents=True, exist_ok=True)
    pages = [_complete(gather(row.id, results), folder / "images") for row in rows]
    found = templates()
    texts = {
        "index.md": found.get_template("task_index.md.jinja").render(
            families=_by_family(pages), columns=tuple(COLUMNS), standings=_by_standing(pages)
        ),
        "observations.md": found.get_template("observations.md.jinja").render(
            symbolic=inspect.getdoc(symbolic)
        ),
    }
    texts |= {f"{page.task.id}.md": render_page(page, in_site=True) for page in pages}
    for name, text in texts.items():
        write_atomically(folder / name, text.encode())


def _complete(page: Page, images: Path) -> Page:
    """The page with its layouts counted and its picture taken, or the reasons why not."""
    task_id = page.task.id
    try:
        page = replace(page, census=count_layouts(task_id))
    except AlignEnvError as error:
        page = replace(page, no_census=str(error))
    try:
        picture(task_id).save(images / f"{task_id}.png")
    except AlignEnvError as error:
        return replace(page, no_picture=str(error))
    return replace(page, has_picture=True)


def _by_family(pages: Sequence[Page]) -> list[tuple[str, str, list[Page]]]:
    """Name, introduction and pages of each family, in the order of the suite."""
    families = list(dict.fromkeys(page.row.family for page in pages))
    ordered = sorted(pages, key=lambda page: families.index(page.row.family))
    groups = groupby(ordered, key=lambda page: page.row.family)
    return [(family, family_intro(family), list(group)) for family, group in groups]


def _by_standing(pages: Sequence[Page]) -> list[tuple[Standing, list[Page]]]:
    return [(group, [p for p in pages if standing(p.rates) is group]) for group in Standing]


def picture(task_id: str) -> Image.Image:
    """First state of seed 0.

    Raises:
        ConfigError: The env cannot be made here, or draws no pictures.
    """
    batch = make_batch(EnvRef(id=task_id), 1)
    batch.reset([0])
    frame = batch.render()
    batch.close()
    return Image.fromarray(frame)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all pages into the folder given."""
    parser = argparse.ArgumentParser(prog="alignenv.benchmarks.pages", description=__doc__)
    parser.add_argument("folder", type=Path)
    write_pages(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
