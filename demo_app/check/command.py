"""The command: ``python3 -m demo_app.check my_package:app``.

What it needs is imported when the app is there: one that patches sockets, as with gevent, has to come first.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .app import CheckError, find
from .step import Step

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .asking import Asked, Settings

_EPILOG = """\
a step:
  METHOD /path [body] [as CLIENT] [with Header: value] [expect 302 /path] [expect "text"] [take NAME pattern]

  'POST /login user=ada&password=$SHOP_PASSWORD expect 302 /'
  'POST /api/login {"user": "ada", "password": "$SHOP_PASSWORD"}'
  'GET /api/me with Authorization: Bearer $TOKEN'

$NAME or ${NAME} is taken from the environment when it is sent, and written as $NAME; $$ is a dollar.
The exit status is 0 if all is as recorded, 1 if it is not, 2 if it cannot be checked.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Record or compare, and return the exit status."""
    given = _parser().parse_args(arguments)
    recording = [f"--{name}" for name in ("step", "ignore", "pattern", "scheme", "host") if getattr(given, name)]
    if recording and not given.record:
        print(f"{recording[0]} goes with --record. To compare, the app is asked as it was recorded.", file=sys.stderr)
        return 2
    if given.record and (given.format or given.all):
        print("--format and --all go with comparing. --record has nothing to compare with.", file=sys.stderr)
        return 2
    if given.format and given.explain:
        print("--explain is for people, and --format for programs.", file=sys.stderr)
        return 2
    sys.path.insert(0, "")
    try:
        app = find(given.app)
        return _record(app, given) if given.record else _compare(app, given)
    except CheckError as error:
        from .report import harmless, one_line

        print(harmless("\n".join(map(one_line, str(error).splitlines()))), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m demo_app.check",
        description="Hold the cookies of an app of yours against a baseline.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "app",
        help="my_package:app, my_package:create_app(), the settings of a Django project, or https://staging.example",
    )
    parser.add_argument("--baseline", metavar="FILE", help="default: session-cookie.json")
    parser.add_argument("--record", action="store_true", help="write the baseline, instead of comparing with it")
    parser.add_argument("--all", action="store_true", help="show every finding, not only what has changed")
    parser.add_argument("--explain", action="store_true", help="say what browsers and the audit make of each cookie")
    parser.add_argument("--format", choices=("json", "junit", "github"), help="for a program, not for people")
    more = parser.add_argument_group("with --record (what is not given is as it was recorded)")
    more.add_argument("--step", action="append", help="a request, as below; default: 'GET /'")
    more.add_argument("--scheme", choices=("http", "https"), help="ask over one scheme; default: over both")
    more.add_argument("--host", help="the name that the app answers to; default: 127.0.0.1")
    more.add_argument("--ignore", action="append", metavar="NAME", help="a cookie to leave out; * is any letters")
    more.add_argument(
        "--pattern",
        action="append",
        metavar="NAME=REGEX",
        help="what the value of a cookie has to match, in place of its form",
    )
    return parser


def _record(app: WSGIApplication | str, given: argparse.Namespace) -> int:
    from .asking import AS_USUAL, ask, schemes
    from .baseline import BASELINE, Baseline, load, save
    from .report import place, refusals

    file = given.baseline or BASELINE
    old = Baseline(AS_USUAL, []) if given.step or not Path(file).exists() else load(file)
    steps = given.step or old.steps or ["GET /"]
    settings = _settings(given, old.settings)
    settings = settings._replace(schemes=schemes(app, settings))
    asked = ask(app, steps, settings)
    for number, one in enumerate(asked):
        if one.trouble:
            raise CheckError(
                f"Nothing is recorded. Step {number % len(steps) + 1}, {place(one.answer)}: {one.trouble}\n"
                f"If it is meant to be so, write 'expect {one.answer.status}' behind the step.{_hint(asked, settings)}"
            )
    save(Baseline(settings, [one.answer for one in asked]), file)
    print(f"{len(asked)} answers recorded in {file}.")
    for number, step in enumerate(steps, 1):
        for field in Step(step).exposed:
            _print(
                f"The {field} of step {number} can be read in {file}. Put it into a variable of the "
                f"environment, and write $NAME in its place (in single quotes, or the shell fills it in)."
            )
    for warning in dict.fromkeys(refusals([one.answer for one in asked])):
        _print(warning)
    if given.explain:
        _explain(asked)
    return 0


def _hint(asked: Sequence[Asked], settings: Settings) -> str:
    """What may be the reason: a cookie for a host that the app is not asked under."""
    lines = [line for one in asked for line in one.lines]
    domain = next((domain for line in lines if (domain := line.attributes.get("Domain"))), None)
    if domain is None or settings.host:
        return ""
    return f"\nA cookie has Domain={domain}, and another host cannot set it: add --host {domain.lstrip('.')}."


def _settings(given: argparse.Namespace, old: Settings) -> Settings:
    """What is given, and otherwise what was recorded."""
    new: dict[str, Any] = {}
    if given.scheme:
        new["schemes"] = (given.scheme,)
    if given.host:
        new["host"] = given.host
    if given.ignore:
        new["ignore"] = tuple(given.ignore)
    if given.pattern:
        new["patterns"] = tuple(map(_pattern, given.pattern))
    return old._replace(**new)


def _pattern(written: str) -> tuple[str, str]:
    name, equals, pattern = written.partition("=")
    try:
        re.compile(pattern)
    except re.error as error:
        raise CheckError(f"--pattern {written!r}: {pattern!r} is no regular expression: {error}.") from None
    if not (name and equals):
        raise CheckError(f"--pattern {written!r} is a name and a regular expression, such as 'visitor=[0-9a-f]{{8}}'.")
    return name, pattern


def _compare(app: WSGIApplication | str, given: argparse.Namespace) -> int:
    from .baseline import BASELINE, load
    from .changes import compare
    from .report import FORMATS, text

    file = given.baseline or BASELINE
    compared = compare(app, load(file))
    if given.format:
        if printed := FORMATS[given.format](compared, file):
            print(printed)
    else:
        print(text(compared, file, again(given.app, given.baseline), everything=given.all))
    if given.explain:
        _explain(compared.asked)
    return 1 if compared.changes else 0


def again(app: str, baseline: str | None) -> str:
    """The command that records a baseline anew."""
    place = ["--baseline", baseline] if baseline else []
    return shlex.join(["python3", "-m", "demo_app.check", app, *place, "--record"])


def _explain(asked: Sequence[Asked]) -> None:
    from .explaining import explain

    print()
    for line in explain(asked):
        print(line)


def _print(text: str) -> None:
    from .report import harmless, one_line

    print(harmless(one_line(text)))
