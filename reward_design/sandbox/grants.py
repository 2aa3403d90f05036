"""Which paths a worker needs: the interpreter, installed packages, system libraries, its folder."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import Any

from alignenv.reward_design.sandbox.landlock import Grants

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib32",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/share",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/glvnd",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/group",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/random")
# Of its own /proc folder: never `environ`, `mem` or `maps`.
_OWN_PROC = ("cgroup", "stat", "statm", "status")
_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
_LIBRARY_PATHS = "LD_LIBRARY_PATH"


def shared_grants(reads: Iterable[str]) -> Grants:
    """What every worker of a template gets; call it after the template's imports.

    Args:
        reads: Further files and folders, such as the data of an env's package.
    """
    installed = _installation_folders()
    opened, listed = set(installed), set()
    for entry in map(Path, sys.path):
        if entry.is_dir() and not _is_below(entry, installed):
            # A project's folder tends to hold keys (.env, .git): its modules only.
            listed.add(entry)
            opened.update(_importable(entry))
        else:
            opened.add(entry)
    opened.update(_imported_folders(opened))
    opened.update(Path(path) for path in (*_SYSTEM, *reads, *_library_folders()))
    return Grants(
        read=tuple(sorted(opened)),
        listed=tuple(sorted(listed)),
        run=(Path(sys.executable).resolve(), *map(Path, _LOADERS)),
        devices=tuple(map(Path, _DEVICES)),
    )


def own_grants(shared: Grants, folder: Path) -> Grants:
    """The shared grants with what belongs to the calling worker alone."""
    own_proc = Path("/proc") / str(os.getpid())
    return Grants(
        read=(*shared.read, *(own_proc / name for name in _OWN_PROC)),
        listed=(*shared.listed, own_proc / "fd", own_proc / "task"),
        run=shared.run,
        devices=shared.devices,
        change=(folder,),
    )


def _installation_folders() -> set[Path]:
    paths = sysconfig.get_paths()
    folders = {Path(paths[k]) for k in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {Path(prefix, "lib") for prefix in (sys.prefix, sys.base_prefix)}
    folders |= {Path(prefix, "share") for prefix in (sys.prefix, sys.base_prefix)}
    return folders | {Path(sys.prefix, "pyvenv.cfg"), Path(sys.executable)}


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _importable(folder: Path) -> Iterator[Path]:
    suffixes = (*all_suffixes(), ".dist-info", ".egg-info")
    try:
        items = list(folder.iterdir())
    except OSError:
        return  # closed to this user, so to Python's own import as well
    for item in items:
        if item.name.endswith(suffixes) or _is_package(item):
            yield item


def _is_package(folder: Path) -> bool:
    try:
        return (folder / "__init__.py").is_file()
    except OSError:
        return False


def _imported_folders(opened: Iterable[Path]) -> set[Path]:
    """Folders of imported packages that lie elsewhere: editable installs, targets of links."""
    known, found = tuple(opened), set()
    for module in tuple(sys.modules.values()):
        for folder in _package_folders(vars(module)):
            if folder.is_dir() and not _is_below(folder, known):
                found.add(folder)
    return found


def _package_folders(names: Mapping[str, Any]) -> Iterator[Path]:
    """Where a package says that it lies and where it truly does; nothing for a plain module."""
    # By the dictionary: some modules (torch's) make up any attribute that is asked for.
    folders = [Path(folder) for folder in names.get("__path__", ())]
    for folder in folders:
        yield from (folder, folder.resolve())
    if folders and (written := names.get("__file__")):
        yield Path(written).resolve().parent


def _library_folders() -> list[str]:
    cache = os.environ.get("NUMBA_CACHE_DIR", "")
    folders = [cache, *os.environ.get(_LIBRARY_PATHS, "").split(":")]
    return [folder for folder in folders if Path(folder).is_absolute()]
