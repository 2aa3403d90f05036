"""The one way this package compiles: numba with a cache folder of its own.

numba does not notice that a function called from another file has changed, so the folder's name
carries a hash of every environment source. Nothing else here imports numba, which reads its
configuration from the process environment at import: kernels take what they need from here.

Cache files are pickles: the folder is private to the user, and a process that cannot write to it
compiles in memory and loads nothing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def cache_key(sources: Path = Path(__file__).parents[1]) -> str:
    """Hash of all sources in a folder and of what their machine code depends on, 20 characters.

    numba itself tells entries of different CPU models apart.
    """
    digest = hashlib.sha256()
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}\n".encode())
    digest.update(f"{sys.version}\n{platform.machine()}\n".encode())
    for path in sorted(sources.rglob("*.py")):
        digest.update(path.relative_to(sources).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def user_cache() -> Path:
    """The user's cache folder by the customs of the platform."""
    if root := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
        return Path(root)
    home = Path.home()
    return home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"


def open_cache(folder: Path) -> Path | None:
    """The folder, made if need be and proved writable; None where it cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def _configure() -> Path | None:
    """Choose the folder, then put it where numba looks, whether it is imported yet or not."""
    os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    try:
        wanted = Path(chosen) if chosen else user_cache() / "alignenv" / "numba" / cache_key()
    except RuntimeError:  # a user without a home folder
        return None
    folder = open_cache(wanted)
    if folder is not None:
        os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.reload_config()
    return folder


CACHE_FOLDER: Path | None = _configure()
"""Where machine code is kept between processes; None when it is not kept."""


import numba  # noqa: E402 - the configuration above must come first

carray: Any = numba.carray  # type: ignore[attr-defined]  # numba does not list its exports
types: Any = numba.types


class _Part(numba.core.registry.CPUDispatcher):
    """Compiled code without a way in from Python: called from there, the Python source runs."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.py_func(*args, **kwargs)


def kernel(function: Kernel) -> Kernel:
    """Compile on first call, and keep the machine code where `CACHE_FOLDER` says.

    No bounds checks, no fastmath, no threads: results are the same bits everywhere, and a forked
    worker inherits what its parent compiled.
    """
    return cast("Kernel", _compile(function))


def njit(function: Kernel) -> Kernel:
    """Compile a function that only kernels call; called from Python, it stays Python.

    To leave out what Python needs to call it saves a third of the time to compile.
    """
    compiled = _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    compiled.__class__ = _Part
    return cast("Kernel", compiled)


def inlined(function: Kernel) -> Kernel:
    """Like `njit`, for code that is hot and small: a call would cost as much as its body."""
    compiled = _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
    compiled.__class__ = _Part
    return cast("Kernel", compiled)


def _compile(function: Callable[..., Any], **options: bool) -> Any:
    decorate: Any = numba.njit
    compiled = decorate(cache=CACHE_FOLDER is not None, error_model="numpy", **options)(function)
    if CACHE_FOLDER is not None:
        save = compiled._cache.save_overload

        def save_if_allowed(*overload: Any) -> None:
            with suppress(OSError):  # a sandboxed worker may read the folder and not write it
                save(*overload)

        compiled._cache.save_overload = save_if_allowed
    return compiled


def intrinsic(function: Callable[..., Any]) -> Any:
    """An operation that numba lacks, given as the code it generates."""
    return numba.extending.intrinsic(function)
