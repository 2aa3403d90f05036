"""All randomness comes from one root seed, split by purpose.

`child_seed(7, "train", "c003")` and `child_seed(7, "report", "human", 2)` never meet: each path is
hashed into its own domain, so seeds used for selection cannot be the seeds of a report.
"""

from __future__ import annotations

import hashlib

import numpy as np

from alignenv.errors import ConfigError

DOMAINS = ("search", "train", "select", "report_train", "report", "audit", "preflight", "evidence")
"""First element of every seed path: what the seed is for."""

_SPAN = 1 << 27


def child_seed(root: int, domain: str, *path: str | int) -> int:
    """Seed for one purpose, in a range that no other domain shares.

    Args:
        root: Seed of the study or run, >= 0.
        domain: One of `DOMAINS`.
        path: What within the domain, such as a candidate id and a replicate.

    Returns:
        An integer in `[k * 2**27, (k + 1) * 2**27)` with `k` the domain's index, so that it fits
        a signed 32-bit integer and domains are disjoint by construction.

    Raises:
        ConfigError: The domain is unknown or the root is negative.
    """
    if domain not in DOMAINS or root < 0:
        raise ConfigError(
            f"No seed domain {domain!r} under root {root}.",
            cure=f"Use a root >= 0 and one of {', '.join(DOMAINS)}.",
        )
    text = "/".join([str(root), domain, *map(str, path)])
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return DOMAINS.index(domain) * _SPAN + digest % _SPAN


def episode_seeds(root: int, domain: str, n: int, *path: str | int) -> list[int]:
    """`n` distinct seeds for `n` episodes, one explicit `reset(seed=...)` each."""
    start = child_seed(root, domain, *path)
    low = DOMAINS.index(domain) * _SPAN
    return [low + (start - low + i) % _SPAN for i in range(n)]


def generator(root: int, domain: str, *path: str | int) -> np.random.Generator:
    """Generator seeded by `child_seed`; the one way to make randomness in alignenv."""
    return np.random.default_rng(child_seed(root, domain, *path))
