"""How compiled code reaches the arrays of a core: one table of addresses instead of arguments.

Handing an array to compiled code costs about 0.1 us, and each slice of an array that numba counts
references to costs an atomic operation. A core has thirty arrays, so it lists them once, group by
group, and every kernel call hands over the table alone. Whoever builds a table keeps its arrays
alive and in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import intrinsic, types

Table = npt.NDArray[np.int64]
"""Addresses of arrays and whole numbers, in the order of the groups that were packed."""


def pack(groups: Iterable[tuple[Any, ...]]) -> Table:
    """Table of the fields of named tuples: addresses of arrays, and whole numbers as they are."""
    fields = [field for group in groups for field in group]
    return np.array(
        [f.ctypes.data if isinstance(f, np.ndarray) else int(f) for f in fields], dtype=np.int64
    )


@intrinsic
def pointer(_context: Any, address: Any) -> Any:
    """Address of an array as the pointer that `carray` takes."""

    def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], target.get_value_type(signature.return_type))

    return types.voidptr(address), generate


@intrinsic
def store_word(_context: Any, address: Any, _word: Any) -> Any:
    """Write four bytes, at an address that need not be a multiple of four."""

    def generate(target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer_type = target.get_value_type(types.uint32).as_pointer()
        store = builder.store(arguments[1], builder.inttoptr(arguments[0], pointer_type))
        store.align = 1
        return target.get_dummy_value()

    return types.void(address, types.uint32), generate
