"""Talking to language models: requests, recording, budgets, and servers to test against.

Every reply passes a `Recorder`, which writes it down before anyone uses it.
"""

from __future__ import annotations

from typing import Literal

ALLOW_REQUESTS: Literal["anywhere", "loopback"] = "anywhere"
"""Where requests may go. Tests set it to "loopback", so that none leaves the machine."""
