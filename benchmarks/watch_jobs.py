"""What a worker does that plays policies for people to watch: it acts, and says how."""

from __future__ import annotations

from typing import Any

from alignenv.benchmarks.jobs import EvaluateJob
from alignenv.reward_design.sandbox import Channel


class PlayJob(EvaluateJob):
    """Plays one policy; entry `alignenv.benchmarks.watch_jobs:PLAY`.

    Told as the evaluation is; sends the actions of each episode as `actions0`, `actions1` and so
    on, and nothing of how well they did.
    """

    def run(self, exam: Any, payload: dict[str, Any], channel: Channel) -> None:
        """Play sampled episodes and send their actions."""
        del payload
        played = self._play(exam, channel, greedy=False)
        channel.send_arrays({f"actions{i}": actions for i, actions in enumerate(played.actions)})
        channel.send({"kind": "result"})


PLAY = PlayJob()
