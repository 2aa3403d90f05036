"""Content-addressed files of a study: programs, prompts, replies, policies, episodes.

A file's name is the sha256 of its bytes, so equal content is stored once, nothing is ever
overwritten, and damage shows.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError, StudyError
from alignenv.files import replace_file

Arrays = Mapping[str, npt.NDArray[Any]]


class FileStore:
    """Bytes by hash under one folder.

    Args:
        folder: Where they live, as `ab/cdef...`; made on the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Store bytes, if they are not stored yet, and return their sha256 in hex.

        Raises:
            OSError: The disk is full or the folder cannot be written; nothing was stored.
        """
        digest = hashlib.sha256(data).hexdigest()
        if not self.path(digest).exists():
            replace_file(self.path(digest), data)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that sha256.

        Raises:
            StudyError: The file is missing, cannot be read, or does not hold what was stored.
        """
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _damaged(f"{path} cannot be read: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise _damaged(f"{path} does not hold what was recorded")
        return data

    def sweep(self) -> None:
        """Remove what a killed writer left unfinished; only for the one process that writes."""
        for leftover in self.folder.glob("*/.*.tmp"):
            leftover.unlink()

    def path(self, digest: str) -> Path:
        """Where the file of that sha256 is."""
        return self.folder / digest[:2] / digest[2:]


def _damaged(what: str) -> StudyError:
    return StudyError(
        f"The study folder is damaged: {what}.",
        cure="Restore the folder from a copy, or start a new study in another folder.",
    )


def to_bytes(text: str) -> bytes:
    """UTF-8, also for the lone surrogates that a model may send."""
    return text.encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    """The text that `to_bytes` wrote."""
    return data.decode("utf-8", "surrogatepass")


def pack_arrays(arrays: Arrays) -> bytes:
    """A NumPy `.npz` with no pickles; equal arrays give equal bytes.

    Raises:
        ConfigError: An array holds Python objects.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            array = np.asarray(arrays[name])
            if array.dtype.hasobject:
                raise ConfigError(
                    f"Array {name!r} holds Python objects.", cure="Store numbers, bools or text."
                )
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return buffer.getvalue()


def unpack_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays that `pack_arrays` wrote, by name."""
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            member = io.BytesIO(archive.read(name))
            arrays[name.removesuffix(".npy")] = np.lib.format.read_array(member, allow_pickle=False)
    return arrays
