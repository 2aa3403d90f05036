"""The README's table, from the committed result of the demo.

`python -m alignenv.benchmarks.readme_table` writes it between its markers; `--check` fails when it
is not what the result says; `--take runs/demo/result.json` first makes that result the committed
one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alignenv.benchmarks.markers import replaced
from alignenv.files import write_atomically

KEY = "demo-table"
ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "demo.json"
README = ROOT / "README.md"
ROWS = {"sparse": "sparse", "human": "human", "best": "best generated"}
KEPT = ("env", "obs", "designer", "layer", "tier", "generations", "candidates", "arms", "seconds")


def table(result: dict[str, Any]) -> str:
    """Markdown table of the three arms and a line on how they were made."""
    lines = [
        "| reward | TRUE success | 95 % interval | greedy policy | env steps |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, label in ROWS.items():
        arm = result["arms"][name]
        low, high = arm["success_interval"]
        lines.append(
            f"| {label} | {arm['success']:.1%} | {100 * low:.1f} to {100 * high:.1f} % "
            f"| {arm['success_greedy']:.1%} | {arm['env_steps']:,} |"
        )
    arm = result["arms"]["best"]
    seconds = sum(result["seconds"].values())
    lines += [
        "",
        f"`{result['env']}`, observation `{result['obs']}`, PPO, layer `{result['layer']}`, "
        f"designer `{result['designer']}`; {arm['n_seeds']} trainings of each reward, "
        f"{arm['n_episodes']} fresh episodes each, actions sampled. "
        f"{result['generations']} generations of "
        f"{result['candidates'] // result['generations']} programs, {seconds:.0f} s on 2 cores.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the table; 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--take", type=Path)
    given = parser.parse_args(arguments)
    if given.take:
        result = json.loads(given.take.read_text(encoding="utf-8"))
        kept = json.dumps({key: result[key] for key in KEPT}, indent=1, sort_keys=True)
        write_atomically(RESULT, kept.replace(str(given.take.parent), "runs/demo").encode())
    old = README.read_text(encoding="utf-8")
    new = replaced(old, KEY, table(json.loads(RESULT.read_text(encoding="utf-8"))))
    if given.check:
        return int(old != new)
    write_atomically(README, new.encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
