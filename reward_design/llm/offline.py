"""Models without a server: replayed, scripted, and a person who pastes replies."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from alignenv.errors import ConfigError
from alignenv.files import write_atomically
from alignenv.reward_design.llm.budget import estimate_tokens, prompt_tokens
from alignenv.reward_design.llm.errors import NoReply
from alignenv.reward_design.llm.journal import read_recording
from alignenv.reward_design.llm.types import ChatReply, ChatRequest

SEPARATOR = "====="
"""Line between the replies of a scripted text file."""

END_OF_REPLY = "."
"""Line that ends a reply pasted into a terminal."""


class ReplayChat:
    """Serves recorded replies by the content of the request, without a key or a network.

    Args:
        path: A journal file, as `FileJournal` and `alignenv study export --replay` write it.
        model: Whose replies; may be left out where the file holds those of one model.

    Raises:
        ConfigError: The file holds no reply of the model, or of several where none is named.
        StudyError: The file cannot be read.
    """

    parallel = 1

    def __init__(self, path: Path, model: str = "") -> None:
        recording = read_recording(path)
        models = sorted({request.model for request, _ in recording})
        if model in models:
            recording = [(asked, reply) for asked, reply in recording if asked.model == model]
        elif model or len(models) != 1:
            raise ConfigError(
                f"{path} holds replies of {len(models)} models ({', '.join(models) or 'none'}).",
                cure="Name the one to replay, replay:FILE#MODEL, or give a recording of one.",
            )
        self.name = recording[0][0].model
        self.template = recording[0][0]
        self._path = path
        self._replies = {request.id: reply for request, reply in recording}

    def complete(self, request: ChatRequest) -> ChatReply:
        """The recorded reply.

        Raises:
            NoReply: This very request was not recorded.
        """
        if request.id not in self._replies:
            raise NoReply(
                f"{self._path} has no reply to request {request.slot} ({request.id}).",
                cure="Replay with the task, seed and settings of the recording, or record again.",
            )
        return self._replies[request.id]


def with_model(spec: str) -> str:
    """The spec of a coder, critic or analyst, with the model's name where it replays a file.

    Raises:
        ConfigError: A file to replay holds replies of several models, or none.
        StudyError: It cannot be read.
    """
    kind, _, argument = spec.partition(":")
    file, _, model = argument.partition("#")
    if kind.strip() != "replay" or model or not file.strip():
        return spec
    return f"replay:{file.strip()}#{ReplayChat(Path(file.strip())).name}"


class ScriptedChat:
    """Answers request number k of a search with reply number k of a list.

    Args:
        replies: Replies in order.
        name: Name of the model in requests.
    """

    parallel = 1

    def __init__(self, replies: Sequence[ChatReply], *, name: str = "scripted") -> None:
        self.name = name
        self._replies = tuple(replies)

    @classmethod
    def from_file(cls, path: Path) -> ScriptedChat:
        """Read a JSON list (`.json`) of texts or `{"text", "finish_reason"}`, or a text file.

        A text file holds replies separated by lines of five equals signs.

        Raises:
            ConfigError: The file cannot be read or has another form.
        """
        text = read_text(path)
        if path.suffix != ".json":
            return cls([ChatReply(text=block) for block in _split(text)])
        try:
            lines = _SCRIPT.validate_json(text)
        except ValidationError as error:
            raise ConfigError(
                f"{path} is not a script: {error.errors()[0]['msg']}.",
                cure='Write a JSON list of texts or of {"text": ..., "finish_reason": ...}.',
            ) from error
        parsed = [_Line(text=line) if isinstance(line, str) else line for line in lines]
        return cls([ChatReply(text=x.text, finish_reason=x.finish_reason) for x in parsed])

    def complete(self, request: ChatRequest) -> ChatReply:
        """The reply at the request's position.

        Raises:
            NoReply: The script is shorter than the search.
        """
        if request.slot >= len(self._replies):
            raise NoReply(
                f"The script has {len(self._replies)} replies; request {request.slot} came.",
                cure="Add replies to the script, or search for fewer generations.",
            )
        reply = self._replies[request.slot]
        return _counted(request, reply.text, reply.finish_reason)


class ManualChat:
    """Asks a person: the prompt is shown, the reply is pasted.

    With a folder, every prompt becomes a file and the reply is read from the file beside it; a
    missing one stops the search until it is there. Without, the terminal is used.

    Args:
        folder: Where prompts and replies lie, or None for the terminal.
        screen: Where prompts are shown; standard error by default.
        keyboard: Where replies are read; standard input by default.
    """

    name = "manual"
    parallel = 1

    def __init__(
        self,
        folder: Path | None = None,
        *,
        screen: TextIO | None = None,
        keyboard: TextIO | None = None,
    ) -> None:
        self._folder = folder
        self._screen, self._keyboard = screen or sys.stderr, keyboard or sys.stdin

    def complete(self, request: ChatRequest) -> ChatReply:
        """Show the prompt, take the reply.

        Raises:
            NoReply: There is no reply yet.
        """
        text = self._by_terminal(request) if self._folder is None else self._by_file(request)
        return _counted(request, text, "stop")

    def _by_terminal(self, request: ChatRequest) -> str:
        self._screen.write(
            f"{_as_text(request)}\n\n"
            f"--- Paste the reply to request {request.slot}; "
            f"end with a line of one full stop or with the end of input. ---\n"
        )
        self._screen.flush()
        lines = []
        for line in self._keyboard:
            if line.rstrip("\r\n") == END_OF_REPLY:
                break
            lines.append(line)
        if not lines:
            raise NoReply("Nothing was pasted.", cure="Run the command again and paste a reply.")
        return "".join(lines)

    def _by_file(self, request: ChatRequest) -> str:
        assert self._folder is not None, "only called with a folder"
        stem = f"{request.slot:03d}-{request.id[:8]}"
        prompt = self._folder / f"{stem}.prompt.md"
        reply = self._folder / f"{stem}.reply.md"
        if reply.exists():
            return read_text(reply)
        write_atomically(prompt, _as_text(request).encode())
        raise NoReply(f"{prompt} waits for an answer.", cure=f"Write {reply}, then resume.")


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    finish_reason: str = "stop"


_SCRIPT = TypeAdapter(list[str | _Line])


def read_text(path: Path) -> str:
    """A UTF-8 file.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"Cannot read {path}: {error}.", cure="Check the path.") from error


def _split(text: str) -> list[str]:
    """Blocks between separator lines; a last empty block is dropped."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.rstrip() == SEPARATOR:
            blocks.append([])
        else:
            blocks[-1].append(line)
    if not any(line.strip() for line in blocks[-1]):
        blocks.pop()
    return ["\n".join(block) for block in blocks]


def _as_text(request: ChatRequest) -> str:
    return "\n\n".join(f"# {m.role}\n\n{m.content}" for m in request.messages)


def _counted(request: ChatRequest, text: str, finish_reason: str) -> ChatReply:
    return ChatReply(
        text=text,
        finish_reason=finish_reason,
        prompt_tokens=prompt_tokens(request),
        completion_tokens=estimate_tokens(text),
        estimated=True,
    )
