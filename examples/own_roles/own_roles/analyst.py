"""An analyst: does the agent fail by doing one thing for ever?"""

from collections import Counter
from collections.abc import Sequence

from alignenv.analysis import Analysis
from alignenv.reward_design.coders.specs import CoderSettings
from alignenv.task import TaskCard
from alignenv.types import Episode, Trial


class Metronome:
    """Says which action fills a failed episode, where one fills nine tenths of it."""

    def __init__(self, settings: CoderSettings) -> None:
        self.name = "metronome"

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """An analysis of each trial whose agent has such an episode, and None of the others."""
        return [_analysis(trial) for trial in trials]


def _analysis(trial: Trial) -> Analysis | None:
    episodes = trial.evaluation.episodes if trial.evaluation else ()
    for episode in episodes:
        if not episode.success and episode.label != "reference" and (told := _told(episode)):
            return Analysis(text=told, proposal="Charge for steps that change nothing.")
    return None


def _told(episode: Episode) -> str:
    action, n = Counter(map(str, episode.actions)).most_common(1)[0]
    told = f"Action {action} fills {n} of {episode.length} steps of a failed episode."
    return told if n > 0.9 * episode.length else ""
