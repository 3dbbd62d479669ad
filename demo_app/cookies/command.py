"""The cookie doctor as a command: ``python3 run.py why`` and ``python3 -m demo_app.cookies``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from . import curl, har
from .context import Context
from .doctor import CLIENTS, Comparisons, Diagnoses, diagnose
from .recording import TROUBLE, Recording
from .sources import answers

_EPILOG = """\
examples:
  why "id=1; SameSite=None" https://shop.example/
  why "id=1; Path=/" http://localhost:5000/ --request fetch --page http://localhost:3000/
  curl -sv https://shop.example/ 2>&1 | why -
  why --har shop.har

The exit status is 0 if all is well, 1 if a cookie is refused or held back or there is none, 2 if nothing can be said.
"""

#: What each setting of :class:`Context` says, as an option.
SETTINGS = {
    "request": "how the next request comes about: visit (the default), link, form, frame, image or fetch",
    "page": "the address of the page that it comes from; null if its origin is opaque",
    "within": "if that page is in a frame, a page around it; again for each, the outermost first",
    "to": "where it goes; by default, to the address that set the cookie",
    "redirects": "an address that is asked before that, and leads on; again for each",
    "set_by": "how the request came about that was answered with the cookie; or script",
    "third_party_cookies": "the browser gives third parties no cookies",
    "credentials": "what fetch was told: same-origin (the default), include or omit",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong."""
        raise ValueError(f"{message[:1].upper()}{message[1:]}. See --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # the terminal may lack a letter
    try:
        text, status = _answer(_parser().parse_args(arguments))
        print(text, flush=True)
        return status
    except ModuleNotFoundError as error:
        trouble = f"{error}. The doctor needs it: pip install publicsuffixlist"
    except BrokenPipeError:  # as with "| head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError) as error:
        trouble = str(error)
    except KeyboardInterrupt:
        return 130
    print("why:", printable(trouble).replace("\n", " "), file=sys.stderr)
    return 2


def _parser() -> _Parser:
    parser = _Parser(
        prog="why",
        description="Say what a browser does with a cookie, and by which rule.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "line", nargs="?", help="the value of a Set-Cookie header; or -: what curl -v prints, on standard input"
    )
    parser.add_argument("url", nargs="?", help="the address that was answered with it")
    parser.add_argument("--har", metavar="FILE", help="in place of a line, a recording of a browser's network tab")
    parser.add_argument("--cookie", metavar="NAME", help="with --har: all that happens to the cookies of this name")
    parser.add_argument(
        "--values", action="store_true", help="show the Cookie header of the next request, values and all"
    )
    parser.add_argument("--client", default="chromium", help="whose answer: chromium (the default), firefox or both")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    for field in fields(Context):
        flag, about = field.name.replace("_", "-"), SETTINGS[field.name]
        if field.name == "third_party_cookies":
            parser.add_argument(f"--no-{flag}", dest=field.name, action="store_false", default=None, help=about)
        elif isinstance(field.default, tuple):
            parser.add_argument(f"--{flag}", action="append", metavar="URL", help=about)
        else:
            parser.add_argument(f"--{flag}", metavar=field.name.upper(), help=about)
    return parser


def _answer(given: argparse.Namespace) -> tuple[str, int]:
    """What to print, and the exit status."""
    settings: dict[str, Any] = {
        field.name: tuple(value) if isinstance(value, list) else value
        for field in fields(Context)
        if (value := getattr(given, field.name)) not in (None, field.default)
    }
    if given.har is None and given.cookie is not None:
        raise ValueError("--cookie goes with --har.")
    if given.har is not None and (settings or given.values or given.line is not None):
        raise ValueError("--har has everything in its file: nothing but --cookie, --client and --json goes with it.")
    if given.har is not None:
        return _of_recording(given)
    if given.line is None:
        raise ValueError("There is no line. See --help.")
    return _of_lines(given, Context(**settings))


def _of_recording(given: argparse.Namespace) -> tuple[str, int]:
    if given.client == "both":
        raise ValueError("A recording is of one browser: --client chromium or --client firefox.")
    recording = Recording(har.read(Path(given.har).read_bytes()), given.client)
    found = recording if given.cookie is None else recording.story(given.cookie)
    events = [event for event in recording.events if given.cookie in (None, event.name)]
    if given.json:
        text = json.dumps({"events": [_plain(event) for event in events], "notes": recording.notes}, indent=2)
    else:
        text = printable(str(found))
    return text, int(any(event.what in TROUBLE for event in events))


def _of_lines(given: argparse.Namespace, context: Context) -> tuple[str, int]:
    is_curl = given.line == "-"
    if is_curl:
        received = curl.read(sys.stdin.buffer.read().decode(errors="replace"), given.url)
    else:
        received = answers(given.line, given.url)
    clients = CLIENTS if given.client == "both" else (given.client,)
    found = [diagnose(received, context, client) for client in clients]
    if given.json:
        wholes = [_whole(one, given.values) for one in found]
        text = json.dumps(wholes[0] if len(found) == 1 else dict(zip(clients, wholes, strict=True)), indent=2)
    else:
        shown = found[0] if len(found) == 1 else Comparisons(*found)
        headers = [f"Cookie: {cookie}" for cookie in dict.fromkeys(one.cookie for one in found) if given.values]
        text = printable("\n".join((str(shown if is_curl else shown[0][1]), *headers)))
    return text, int(not all(one and all(diagnosis.is_well for _, diagnosis in one) for one in found))


def _whole(found: Diagnoses, with_values: bool) -> dict[str, Any]:
    """One browser's answer, as JSON knows it."""
    whole = {"cookies": [{"name": name, **_plain(one)} for name, one in found], "none": _plain(found.none)}
    return whole | ({"cookie": found.cookie} if with_values else {})


def _plain(found: Any) -> Any:
    """A named tuple, and what is in it, as JSON knows it."""
    if isinstance(found, timedelta):
        return round(found.total_seconds())
    if hasattr(found, "_asdict"):
        return {name: _plain(value) for name, value in found._asdict().items()}
    return [_plain(one) for one in found] if isinstance(found, tuple) else found


def printable(text: str) -> str:
    """Text without what a terminal would obey, such as ESC, or what turns its direction."""
    return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)
