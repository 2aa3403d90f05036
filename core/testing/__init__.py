"""What a part has to keep to, as tests to inherit: one contract for each role.

Contracts are imported when they are asked for: workers load modules of this package without pytest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alignenv.testing.analysts import AnalystContract
    from alignenv.testing.archives import ArchiveContract
    from alignenv.testing.coders import CoderContract
    from alignenv.testing.critics import CriticContract
    from alignenv.testing.designers import DesignerContract
    from alignenv.testing.envs import EnvContract
    from alignenv.testing.executor import ExecutorContract
    from alignenv.testing.llm import JournalContract, LLMContract
    from alignenv.testing.store import StoreContract

__all__ = [
    "AnalystContract",
    "ArchiveContract",
    "CoderContract",
    "CriticContract",
    "DesignerContract",
    "EnvContract",
    "ExecutorContract",
    "JournalContract",
    "LLMContract",
    "StoreContract",
]

_PLACES = {
    "AnalystContract": "analysts",
    "ArchiveContract": "archives",
    "CoderContract": "coders",
    "CriticContract": "critics",
    "DesignerContract": "designers",
    "EnvContract": "envs",
    "ExecutorContract": "executor",
    "JournalContract": "llm",
    "LLMContract": "llm",
    "StoreContract": "store",
}


def __getattr__(name: str) -> Any:
    """A contract by its name.

    Raises:
        AttributeError: There is none of that name.
    """
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
