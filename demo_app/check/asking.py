"""Asks an app: sends requests to it over HTTP and HTTPS, and notes what of the answers stays from run to run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

import requests

from ..cookies import SetCookie
from ..cookies.line import ATTRIBUTES
from ..cookies.sources import set_cookies
from ..serving import serve
from .step import Step, hide

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# The values of cookies are others in every run; what stays is their form.
_FORMS = (
    ("", r""),
    ("s%3A<id>.<signature>", r"s(?:%3A|:)[^.]+\.[\w%+/-]{40,}"),  # express-session
    ("<data>.<time>.<signature>", r"\.?[\w-]+\.[\w-]{6}\.[\w-]{27,}"),  # itsdangerous, for Flask and Starlette
    ("<value>", r".*"),
)

# What these say is a date, a number or a word of their standard. In all else an app may repeat what it was sent.
_SETTINGS = {name.lower() for name in ATTRIBUTES} - {"domain", "path"}


class Answer(NamedTuple):
    """What an app answered to a step."""

    #: As it was written, such as ``"POST /login user=ada&password=$SHOP_PASSWORD"``.
    step: str
    #: ``"http"`` or ``"https"``.
    scheme: str
    status: int
    #: The ``Set-Cookie`` lines, in them the form of each value, how far away each date is, and ``$NAME`` where they
    #: repeat a variable of the steps.
    set_cookie: list[str]


def ask(app: WSGIApplication, steps: Sequence[str]) -> list[Answer]:
    """Send requests to the app, all of them over HTTP and then all of them over HTTPS.

    :param steps: As :class:`~demo_app.check.step.Step` takes them.
    :raises CheckError: naming a step that is no request, or that needs a variable which is not set.
    """
    read = [Step(step) for step in steps]
    variables = {name: value for step in read for name, value in step.variables.items()}
    answers = []
    for scheme in ("http", "https"):
        with serve(app, https=scheme == "https") as server, requests.Session() as client:
            client.verify = server.ca_path or True
            for step in read:
                url = f"{server.url}{step.path}"
                answer = client.request(step.method, url, **step.body, allow_redirects=False, timeout=60)
                lines = sorted(_lasting(line, answer, variables) for line in set_cookies(answer))
                answers.append(Answer(step.written, scheme, answer.status_code, lines))
    return answers


def steps_of(answers: Sequence[Answer]) -> list[str]:
    """The steps that led to these answers."""
    return [answer.step for answer in answers if answer.scheme == "http"]


def _lasting(cookie: SetCookie, answer: requests.Response, variables: Mapping[str, str]) -> str:
    """The line without what is another in every run, and without what is in no file."""
    form = next(form for form, pattern in _FORMS if re.fullmatch(pattern, cookie.value))
    lasting = [f"{hide(cookie.name, variables)}={form}"]
    for name, value in cookie.parts:
        if name.lower() == "expires":
            value = f"<{_how_far(value, answer.headers['Date'])}>"
        part = f"{name}={value}" if value else name
        lasting.append(part if name.lower() in _SETTINGS else hide(part, variables))
    return "; ".join(lasting)


def _how_far(date: str, now: str) -> str:
    """How far away a date is. Some apps write what is none, such as ``0``; browsers then go by the other attributes."""
    try:
        then = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return "no date"
    if then.tzinfo is None:
        then = then.replace(tzinfo=timezone.utc)  # whatever zone stands there (RFC 6265bis, section 5.1.1)
    left = then - parsedate_to_datetime(now)
    minutes = timedelta(minutes=round(left / timedelta(minutes=1)))
    return str(minutes).removesuffix(", 0:00:00") if minutes > timedelta(0) else "past"
