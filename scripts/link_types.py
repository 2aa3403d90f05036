"""Link the package map as plain folders under `.typing/`, where type checkers can follow it."""

import shutil
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    out = ROOT / ".typing"
    shutil.rmtree(out, ignore_errors=True)
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders: dict[str, str] = config["tool"]["setuptools"]["package-dir"]
    for package, folder in sorted(folders.items()):
        target = out.joinpath(*package.split("."))
        if "." in package:
            target.symlink_to(ROOT / folder, target_is_directory=True)
            continue
        target.mkdir(parents=True)
        for entry in (ROOT / folder).iterdir():
            if entry.name != "__pycache__":
                (target / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())


if __name__ == "__main__":
    main()
