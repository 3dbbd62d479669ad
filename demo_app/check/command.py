"""The command: ``python3 -m demo_app.check my_package:app``."""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..cookies import SetCookie, why
from ..cookies.table import Table
from .asking import Answer, ask, steps_of
from .baseline import BASELINE, compare, load, record
from .step import CheckError, Step

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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
        return cast("WSGIApplication", app())
    if not callable(app) or (inspect.isfunction(app) and len(inspect.signature(app).parameters) != 2):
        raise CheckError(f"{place} is no WSGI app. If it is a function that makes one, write {place}().")
    return cast("WSGIApplication", app)


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
    parser = argparse.ArgumentParser(
        prog="python3 -m demo_app.check", description="Hold the cookies of an app of yours against a baseline."
    )
    parser.add_argument("app", help="where the app is: my_package:app, or my_package:create_app()")
    parser.add_argument("--baseline", default=BASELINE, metavar="FILE", help=f"default: {BASELINE}")
    parser.add_argument("--record", action="store_true", help="write the baseline, instead of comparing with it")
    parser.add_argument(
        "--step",
        action="append",
        help="with --record: a request, such as 'POST /login user=ada&password=$SHOP_PASSWORD'. $NAME or ${NAME} is "
        "taken from the environment when it is sent, and written as $NAME; $$ is a dollar. "
        "Default: the steps recorded, or 'GET /'",
    )
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
    for number, step in enumerate(steps_of(answers), 1):
        for field in Step(step).exposed:
            print(
                f"The {field} of step {number} can be read in {given.baseline}. Put it into a variable of the "
                f"environment, and write $NAME in its place (in single quotes, or the shell fills it in)."
            )
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
