"""The answers of an app as they were recorded, and what has become of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..cookies import SetCookie
from .asking import Answer, ask, steps_of
from .step import CheckError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: The file of a baseline that has no name of its own.
BASELINE = "session-cookie.json"


class Finding(NamedTuple):
    """One thing about an answer, as it was and as it is; ``None`` where there is no such thing."""

    answer: Answer
    #: The cookie that it is about; empty for the status.
    cookie: str
    #: ``"status"``, ``"value"``, or the name of an attribute.
    what: str
    recorded: str | None
    now: str | None

    @property
    def verdict(self) -> str:
        if self.recorded == self.now:
            return "same"
        return "NEW" if self.recorded is None else "GONE" if self.now is None else "CHANGED"


def differences(app: WSGIApplication, baseline: str | Path = BASELINE) -> list[Finding]:
    """What is not as it was recorded. In a test::

        def test_the_session_cookie_is_as_it_was():
            assert not differences(app, "session-cookie.json")

    :raises CheckError: if there is no baseline, or something else is in the file.
    """
    return [finding for findings in compare(app, load(baseline)) for finding in findings if finding.verdict != "same"]


def compare(app: WSGIApplication, recorded: Sequence[Answer]) -> list[list[Finding]]:
    """Ask the app again; what is found about each answer."""
    now = ask(app, steps_of(recorded))
    return [[*_findings(old, new)] for old, new in zip(recorded, now, strict=True)]


def _findings(old: Answer, new: Answer) -> Iterator[Finding]:
    before, after = _parts(old), _parts(new)
    for place in dict.fromkeys((*before, *after)):
        yield Finding(new, *place, before.get(place), after.get(place))


def _parts(answer: Answer) -> dict[tuple[str, str], str]:
    """The status, and the value and attributes of each cookie."""
    parts = {("", "status"): str(answer.status)}
    for line in answer.set_cookie:
        cookie = SetCookie(line)
        name = cookie.name
        while (name, "value") in parts:
            name += "'"  # another cookie of this name, for another path
        parts[name, "value"] = cookie.value
        parts |= {(name, attribute): value or "yes" for attribute, value in cookie.attributes.items()}
    return parts


def load(baseline: str | Path) -> list[Answer]:
    """Read a baseline.

    :raises CheckError: if there is none, or something else is in the file.
    """
    try:
        return [Answer(**answer) for answer in json.loads(Path(baseline).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        raise CheckError(f"There is no {baseline}. Record it: add --record, and a --step for each request.") from None
    except (ValueError, TypeError) as error:
        raise CheckError(f"{baseline} is no baseline: {error}. Record it anew with --record.") from None


def record(answers: Sequence[Answer], baseline: str | Path) -> None:
    """Write a baseline, an answer to a line, so that the difference between two versions can be read."""
    lines = [json.dumps(answer._asdict(), ensure_ascii=False) for answer in answers]
    Path(baseline).write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
