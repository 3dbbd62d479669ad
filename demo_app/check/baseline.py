"""The file of a baseline: how an app is asked, and what it answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from .app import CheckError
from .asking import Answer, Settings

#: The file of a baseline that has no name of its own.
BASELINE = "session-cookie.json"


class Baseline(NamedTuple):
    """What was recorded."""

    settings: Settings
    answers: list[Answer]

    @property
    def steps(self) -> list[str]:
        """The steps that led to the answers."""
        return [answer.step for answer in self.answers if answer.scheme == self.answers[0].scheme]


def load(file: str | Path) -> Baseline:
    """Read a baseline.

    :raises CheckError: if there is none, or something else is in the file.
    """
    try:
        read = json.loads(Path(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckError(f"There is no {file}. Record it: add --record, and a --step for each request.") from None
    except (ValueError, OSError, RecursionError) as error:
        raise CheckError(f"{file} is no baseline: {error}. Record it anew with --record.") from None
    if isinstance(read, list):
        steps = [f" --step {step!r}" for step in dict.fromkeys(map(_step_of, read)) if step]
        raise CheckError(
            f"{file} was recorded by an earlier version of this check, which noted less. "
            f"Record it anew: --record{''.join(steps)}"
        )
    try:
        settings = Settings(**{name: _frozen(value) for name, value in read["settings"].items()})
        answers = [Answer(**{name: _frozen(value) for name, value in answer.items()}) for answer in read["answers"]]
        if not answers or not all(isinstance(answer.step, str) for answer in answers):
            raise ValueError("it has no answers")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckError(f"{file} is no baseline: {error}. Record it anew with --record.") from None
    return Baseline(settings, answers)


def save(baseline: Baseline, file: str | Path) -> None:
    """Write a baseline, an answer to a line, so that the difference between two versions can be read."""
    settings = {name: value for name, value in baseline.settings._asdict().items() if value}
    answers = ",\n".join(_line(answer._asdict()) for answer in baseline.answers)
    text = f'{{\n"settings": {json.dumps(settings, ensure_ascii=False)},\n"answers": [\n{answers}\n]\n}}\n'
    Path(file).write_text(text, encoding="utf-8")


def _line(fields: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _step_of(answer: Any) -> str:
    return str(answer.get("step", "")) if isinstance(answer, dict) else ""
