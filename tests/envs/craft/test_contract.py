"""Every craft task keeps the contract of a batched core."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alignenv.batch import BatchEnv
from alignenv.envs.craft.family import build_batch, build_task
from alignenv.envs.craft.rows import CRAFT_ROWS
from alignenv.testing.envs import EnvContract

ROWS = {row.name: row for row in CRAFT_ROWS}


class _Craft(EnvContract):
    name, obs, horizon = "", "symbolic", 0

    def make_batch(self, n_envs: int) -> BatchEnv:
        row = ROWS[self.name]
        row = replace(row, horizon=self.horizon or row.horizon)
        return build_batch(row, build_task(row), n_envs, obs=self.obs, truth=False)


class TestTree(_Craft):
    name = "CraftTree-v0"


class TestTreeHard(_Craft):
    name = "CraftTree-Hard-v0"


class TestAnimal(_Craft):
    name = "CraftAnimal-v0"


class TestPickaxe(_Craft):
    name = "CraftPickaxe-v0"


class TestStone(_Craft):
    name = "CraftStone-v0"


class TestIron(_Craft):
    name = "CraftIron-v0"


class TestCave(_Craft):
    name = "CraftCave-v0"


class TestDiamond(_Craft):
    name = "CraftDiamond-v0"


class TestImagesOfShortEpisodes(_Craft):
    name, obs, horizon = "CraftTree-Hard-v0", "image", 40


class TestShortEpisodesAmongAnimals(_Craft):
    name, horizon = "CraftAnimal-v0", 30


def test_every_row_is_under_contract() -> None:
    tested = {case.name for case in _Craft.__subclasses__()}
    assert tested == set(ROWS)


@pytest.mark.parametrize("row", CRAFT_ROWS, ids=lambda row: row.name)
def test_horizons_leave_time(row: object) -> None:
    assert 100 <= row.horizon <= 500  # type: ignore[attr-defined]
