"""Asks an app: sends requests to it over HTTP and HTTPS, and notes what of the answers stays from run to run."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from ..cookies import SetCookie
from ..cookies.sources import set_cookies
from ..serving import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

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
    cookie = SetCookie(line)
    form = next(form for form, pattern in _FORMS if re.fullmatch(pattern, cookie.value))
    lasting = [f"{cookie.name}={form}"]
    for name, value in cookie.parts:
        if name.lower() == "expires":
            left = parsedate_to_datetime(value) - parsedate_to_datetime(answer.headers["Date"])
            minutes = timedelta(minutes=round(left / timedelta(minutes=1)))
            value = f"<{str(minutes).removesuffix(', 0:00:00') if minutes > timedelta(0) else 'past'}>"
        lasting.append(f"{name}={value}" if value else name)
    return "; ".join(lasting)
