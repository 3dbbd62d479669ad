"""Holds the cookies of an app of yours against a baseline.

::

    python3 -m demo_app.check shop:app --record --step "GET /" --step "POST /login user=ada&password=lovelace"
    python3 -m demo_app.check shop:app

The first command serves the app over HTTP and over HTTPS, sends the requests with a client that keeps cookies, and
writes every ``Set-Cookie`` line into ``session-cookie.json``. The second one repeats that, and ends with 1 if a status,
a cookie or one of its attributes is another than in the file.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

try:
    import requests
    import trustme  # noqa: F401 - else HTTPS would be refused in the middle of the check
except ModuleNotFoundError as error:
    if __name__ != "__main__":
        raise
    sys.exit(f"{error}. The check needs two packages besides Flask: pip install requests trustme")

from .lesson import set_cookies, why
from .lesson.headers import SetCookie
from .lesson.table import Table
from .server import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BASELINE = "session-cookie.json"

# The values of cookies are others in every run; what stays is their form.
_FORMS = (
    ("", r""),
    ("s%3A<id>.<signature>", r"s(?:%3A|:)[^.]+\.[\w%+/-]{40,}"),  # express-session
    ("<data>.<time>.<signature>", r"\.?[\w-]+\.[\w-]{6}\.[\w-]{27,}"),  # itsdangerous, for Flask and Starlette
    ("<value>", r".*"),
)


class CheckError(Exception):
    """What cannot be checked, and what to do about it."""


class Answer(NamedTuple):
    """What an app answered to a step."""

    #: Such as ``"POST /login user=ada"``.
    step: str
    #: ``"http"`` or ``"https"``.
    scheme: str
    status: int
    #: The ``Set-Cookie`` lines, in them the form of each value, and how far away each date is.
    set_cookie: list[str]


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


# Asking.


def ask(app: WSGIApplication, steps: Sequence[str]) -> list[Answer]:
    """Send requests to the app, all of them over HTTP and then all of them over HTTPS.

    :param steps: Each a method, a path, and perhaps a body: JSON where it begins with ``{``, a form otherwise.
    :raises CheckError: naming a step that is no request.
    """
    requested = [(step, *_request(step)) for step in steps]
    answers = []
    for scheme in ("http", "https"):
        with serve(app, https=scheme == "https") as server, requests.Session() as client:
            client.verify = server.ca_path or True
            for step, method, path, body in requested:
                answer = client.request(method, f"{server.url}{path}", **body, allow_redirects=False, timeout=60)
                lines = sorted(_lasting(str(line), answer) for line in set_cookies(answer))
                answers.append(Answer(step, scheme, answer.status_code, lines))
    return answers


def steps_of(answers: Sequence[Answer]) -> list[str]:
    """The steps that led to these answers."""
    return [answer.step for answer in answers if answer.scheme == "http"]


def _request(step: str) -> tuple[str, str, dict[str, Any]]:
    found = re.fullmatch(r"([A-Z]+) (/\S*)(?: (.+))?", step)
    if found is None:
        raise CheckError(f"The step {step!r} is no request: it is a method and a path, such as 'POST /login user=ada'.")
    method, path, body = found.groups()
    if body is None:
        return method, path, {}
    if not body.startswith("{"):
        return method, path, {"data": body, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    try:
        return method, path, {"json": json.loads(body)}
    except ValueError as error:
        raise CheckError(f"The step {step!r} has a body that is not valid JSON: {error}.") from None


def _lasting(line: str, answer: requests.Response) -> str:
    """The line without what is another in every run."""
    pair, *attributes = re.split(r";\s*", line)
    name, _, value = pair.partition("=")
    form = next(form for form, pattern in _FORMS if re.fullmatch(pattern, value))
    for number, attribute in enumerate(attributes):
        if attribute.lower().startswith("expires="):
            left = parsedate_to_datetime(attribute[8:]) - parsedate_to_datetime(answer.headers["Date"])
            minutes = timedelta(minutes=round(left / timedelta(minutes=1)))
            lasts = str(minutes).removesuffix(", 0:00:00") if minutes > timedelta(0) else "past"
            attributes[number] = f"{attribute[:8]}<{lasts}>"
    return "; ".join((f"{name}={form}", *attributes))


# The baseline.


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


# The command.


def find(place: str) -> WSGIApplication:
    """The app at ``module:name``, or what ``module:function()`` makes.

    :raises CheckError: naming what is not there.
    """
    module, _, name = place.partition(":")
    if not module or not name:
        raise CheckError(f"{place!r} names no app. Write a module and a name, such as my_package:app.")
    try:
        holder = importlib.import_module(module)
    except ImportError as error:
        is_itself = error.name is not None and f"{module}.".startswith(f"{error.name}.")
        hint = f" Start the command in the folder that {module} is imported from." if is_itself else ""
        raise CheckError(f"{module} cannot be imported: {error}.{hint}") from None
    attribute = name.removesuffix("()")
    if not hasattr(holder, attribute):
        near = difflib.get_close_matches(attribute, vars(holder), 1)
        hint = f" Did you mean {module}:{near[0]}?" if near else ""
        raise CheckError(f"The module {module} has no {attribute!r}.{hint}")
    app = getattr(holder, attribute)
    if name != attribute:
        return app()
    if not callable(app) or (inspect.isfunction(app) and len(inspect.signature(app).parameters) != 2):
        raise CheckError(f"{place} is no WSGI app. If it is a function that makes one, write {place}().")
    return app


def refused(answers: Sequence[Answer]) -> Iterator[str]:
    """Which of these cookies a browser would not store, and why."""
    for answer in answers:
        for line in answer.set_cookie:
            is_deletion = re.search(r"expires=<past>|max-age=(?:0|-\d+)(?:;|$)", line, re.IGNORECASE)
            stored = why(line, f"{answer.scheme}://app.example/").stored
            if not (is_deletion or stored.answer):
                cookie = f"{SetCookie(line).name} over {answer.scheme.upper()}"
                yield f"A browser does not store {cookie}: {stored.because} ({stored.rule})"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m demo_app.check", description=__doc__.partition("\n")[0])
    parser.add_argument("app", help="where the app is: my_package:app, or my_package:create_app()")
    parser.add_argument("--baseline", default=BASELINE, metavar="FILE", help=f"default: {BASELINE}")
    parser.add_argument("--record", action="store_true", help="write the baseline, instead of comparing with it")
    parser.add_argument("--step", action="append", help="with --record: a request; default: those recorded, or 'GET /'")
    given = parser.parse_args(arguments)
    if given.step and not given.record:
        parser.error("--step goes with --record. To compare, the steps of the baseline are repeated.")
    sys.path.insert(0, "")
    try:
        app = find(given.app)
        return _record(app, given) if given.record else _compare(app, given)
    except CheckError as error:
        print(error, file=sys.stderr)
        return 2


def _record(app: WSGIApplication, given: argparse.Namespace) -> int:
    old = load(given.baseline) if Path(given.baseline).exists() and not given.step else []
    answers = ask(app, given.step or steps_of(old) or ["GET /"])
    record(answers, given.baseline)
    print(f"{len(answers)} answers recorded in {given.baseline}.")
    _warn(answers)
    return 0


def _warn(answers: Sequence[Answer]) -> None:
    for warning in dict.fromkeys(refused(answers)):
        print(warning)


def _compare(app: WSGIApplication, given: argparse.Namespace) -> int:
    compared = compare(app, load(given.baseline))
    for findings in compared:
        answer = findings[0].answer
        rows = [(found.verdict, found.cookie, found.what, found.recorded or "", found.now or "") for found in findings]
        print(f"{answer.step} over {answer.scheme.upper()}\n")
        print(Table(("", "cookie", "what", "recorded", "now"), rows), end="\n\n")
    _warn([findings[0].answer for findings in compared])
    changed = sum(found.verdict != "same" for findings in compared for found in findings)
    total = sum(map(len, compared))
    if not changed:
        print(f"All {total} findings are as recorded in {given.baseline}.")
        return 0
    print(f"{changed} of {total} findings are not as recorded in {given.baseline}.")
    print(f"If that is intended: python3 -m demo_app.check {given.app} --record")
    return 1


if __name__ == "__main__":
    sys.exit(main())
