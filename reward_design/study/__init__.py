"""Studies: the durable, resumable record of a search."""

from alignenv.reward_design.study.overview import OutcomeRow, Overview, list_studies
from alignenv.reward_design.study.reader import StoredResult, StudyReader
from alignenv.reward_design.study.settings import StudySettings
from alignenv.reward_design.study.study import Study

__all__ = [
    "OutcomeRow",
    "Overview",
    "StoredResult",
    "Study",
    "StudyReader",
    "StudySettings",
    "list_studies",
]
