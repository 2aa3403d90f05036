"""Files that a person writes while a search waits, and the search shows agents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

WrittenComments = Annotated[
    Path | None,
    Option(
        "--comments",
        help="eureka, text2reward: file of a person's words about the agent that is shown; the "
        "search waits for them.",
    ),
]
Ranking = Annotated[
    Path | None,
    Option(help="icpl: file of a person's rankings; the search shows the agents and waits."),
]
Choices = Annotated[
    Path | None,
    Option(help="revolve: file of a person's choices between two agents, rated by Elo."),
]
