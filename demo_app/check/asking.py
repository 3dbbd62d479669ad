"""Asks an app: sends the steps to it, and notes what of the answers stays from run to run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from fnmatch import fnmatchcase
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from ..cookies import SetCookie
from ..serving import serve
from .client import Client, Reply, Site
from .line import deletes, lasting
from .page import Page
from .step import Step, hide, variables
from .value import form, identity

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Both schemes, in the order in which an app is asked.
SCHEMES = ("http", "https")

# Of what a page says that is no answer to the step, so much is told.
_EXCERPT = 120

# A value of so many letters is an id and not a word: an answer may repeat it, and no file does.
_ID = 8


class Settings(NamedTuple):
    """How an app is asked, and what is looked at; written into the baseline."""

    #: ``"http"``, ``"https"``, or both. Of a running app, its address decides.
    schemes: tuple[str, ...] = SCHEMES
    #: Who an app takes itself for that is served here; empty: 127.0.0.1. For ``Domain``, and for apps that answer to
    #: their own name alone.
    host: str = ""
    #: Cookies that are not looked at, by name; ``*`` stands for any letters.
    ignore: tuple[str, ...] = ()
    #: For values that have no form: what they have to match, by name of the cookie.
    patterns: tuple[tuple[str, str], ...] = ()


#: Over both schemes, and everything looked at.
AS_USUAL = Settings()


class Answer(NamedTuple):
    """What an app answered to a step."""

    #: As it was written, such as ``"POST /login user=ada&password=$SHOP_PASSWORD"``.
    step: str
    #: ``"http"`` or ``"https"``.
    scheme: str
    status: int
    #: Where it leads.
    location: str = ""
    #: Whether it is a page that asks for a password.
    asks_for_password: bool = False
    #: The ``Set-Cookie`` lines, in them the form of each value, how far away each date is, and ``$NAME`` where they
    #: repeat a variable of the steps.
    set_cookie: tuple[str, ...] = ()
    #: Beside a cookie: what says which caches may keep it.
    vary: str = ""
    cache_control: str = ""


class Asked(NamedTuple):
    """An answer, and what is only known while it is there."""

    answer: Answer
    #: What is wrong with it by itself, such as a log-in that failed; empty if nothing is.
    trouble: str
    #: When it was answered.
    at: datetime
    #: The cookies that its request carried, by name.
    carried: frozenset[str]
    #: The lines as they came, in the order of those recorded.
    lines: tuple[SetCookie, ...]


def ask(app: WSGIApplication | str, steps: Sequence[str], settings: Settings = AS_USUAL) -> list[Asked]:
    """Send the steps to an app, all of them over HTTP and then all of them over HTTPS.

    :param app: A WSGI app, or the address of a running one.
    :param steps: As :class:`~demo_app.check.step.Step` takes them.
    :raises CheckError: naming a step that is no request, or that needs a variable which is not set; or if nobody
        answers.
    """
    read = [Step(step) for step in steps]
    values = variables(read)
    seen: dict[str, set[str]] = defaultdict(set)
    asked: list[Asked] = []
    for scheme in schemes(app, settings):
        with _site(app, scheme, settings.host) as site:
            asked += _Recording(site, settings, dict(values), seen).ask(read)
    return asked


def schemes(app: WSGIApplication | str, settings: Settings) -> tuple[str, ...]:
    """The schemes over which an app is asked."""
    return (app.partition(":")[0],) if isinstance(app, str) else settings.schemes


@contextmanager
def _site(app: WSGIApplication | str, scheme: str, host: str) -> Iterator[Site]:
    if isinstance(app, str):
        yield Site(app, app, app)
        return
    with serve(_named(app, host) if host else app, https=scheme == "https") as server:
        name = f"{scheme}://{host}"
        yield Site(
            server.url, name if host else server.url, name if host else f"{scheme}://app.example", server.ca_path
        )


def _named(app: WSGIApplication, host: str) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        return app({**environ, "HTTP_HOST": host}, start_response)

    return answer


class _Recording:
    """The steps over one scheme, sent by one client or several."""

    def __init__(self, site: Site, settings: Settings, values: dict[str, str], seen: dict[str, set[str]]) -> None:
        self._site, self._settings = site, settings
        self._values = values
        self._hidden = dict(values)
        self._seen = seen  # what each cookie has said until now
        self._patterns = {name: re.compile(pattern) for name, pattern in settings.patterns}

    def ask(self, steps: Sequence[Step]) -> Iterator[Asked]:
        clients: dict[str, Client] = {}
        with ExitStack() as ending:
            for step in steps:
                if step.client not in clients:
                    clients[step.client] = Client(self._site)
                    ending.callback(clients[step.client].close)
                before = clients[step.client].page
                reply = clients[step.client].send(step.filled(self._values))
                trouble = next(self._troubles(step, reply, before), "")
                for name, pattern in step.taken:
                    self._take(name, pattern.search(reply.whole))
                yield self._noted(step, reply, trouble)

    def _take(self, name: str, found: re.Match[str] | None) -> None:
        self._values[name] = value = (found[found.lastindex or 0] or "") if found else ""
        if len(value) >= _ID:
            self._hidden[name] = value

    def _troubles(self, step: Step, reply: Reply, before: Page | None) -> Iterator[str]:
        """What is wrong with an answer, whatever it was before."""
        location = self._hide(reply.location)
        if step.status and reply.status != step.status:
            yield f"status {step.status} is expected, and it is {reply.status}. It says: {self._excerpt(reply)}"
        if step.location and reply.location != step.location:
            yield f"it is expected to lead to {step.location}, and leads {f'to {location}' if location else 'nowhere'}"
        for text in step.texts:
            if text not in reply.text:
                yield f"it is expected to contain {text!r}, and does not. It says: {self._excerpt(reply)}"
        for name, pattern in step.taken:
            if not pattern.search(reply.whole):
                yield (
                    f"{name} cannot be taken: nothing in the answer ({reply.status}) matches {pattern.pattern}. "
                    f"It says: {self._excerpt(reply)}"
                )
        if step.status or step.texts:
            return
        if reply.status >= 400:
            yield f"it was answered with {reply.status}. It says: {self._excerpt(reply)}"
        if step.is_login and step.method != "GET":
            if reply.page and reply.page.asks_for_password:
                yield "the log-in failed: the answer is a page that asks for a password"
            asking = [step.filled(self._values).path]
            asking += [before.url] if before and before.asks_for_password else []
            if reply.location and urlsplit(reply.location).path in [urlsplit(url).path for url in asking]:
                yield f"the log-in failed: it leads back to {location}"

    def _noted(self, step: Step, reply: Reply, trouble: str) -> Asked:
        lines = [(self._line(line, reply), line) for line in reply.set_cookie if not self._is_ignored(line.name)]
        lines.sort(key=lambda pair: pair[0])
        recorded = tuple(line for line, _ in lines)
        answer = Answer(
            step.written,
            self._site.scheme,
            reply.status,
            self._location(reply),
            bool(reply.page and reply.page.asks_for_password),
            recorded,
            _words(reply.headers.get("Vary", "")) if recorded else "",
            _words(reply.headers.get("Cache-Control", "")) if recorded else "",
        )
        return Asked(answer, trouble, reply.at, frozenset(reply.carried), tuple(line for _, line in lines))

    def _line(self, line: SetCookie, reply: Reply) -> str:
        return lasting(line, reply.at, self._relation(line, reply), self._patterns.get(line.name), self._hide)

    def _relation(self, line: SetCookie, reply: Reply) -> str:
        """What the value is to those before it: the one that was sent, one that was seen before, or a new one."""
        said, seen = identity(line.value), self._seen[line.name]
        if said in map(identity, reply.carried.get(line.name, ())):
            return "same"
        if said in seen:
            return "again"
        if not deletes(line, reply.at):
            seen.add(said)
        return "new"

    def _is_ignored(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._settings.ignore)

    def _location(self, reply: Reply) -> str:
        """Where an answer leads, without what is another in every run, and without what is in no file."""
        location = reply.location
        for name, values in {**reply.carried, **{line.name: [line.value] for line in reply.set_cookie}}.items():
            for value in values:
                if len(value) >= _ID:
                    location = location.replace(value, f"<{name}>")
        for own in {self._site.origin, self._site.url}:
            for written in (own, quote(own), quote(own, safe="")):
                location = location.replace(written, "<here>")
        return self._hide(_steady(location))

    def _hide(self, text: str) -> str:
        return hide(text, self._hidden)

    def _excerpt(self, reply: Reply) -> str:
        """The beginning of what an answer says to people."""
        seen = re.sub(r"(?is)<(script|style)\b.*?</\1>|<[^<>]*>", " ", reply.text[:20_000])
        text = " ".join(unescape(seen).split())
        return self._hide(text[:_EXCERPT] + ("…" if len(text) > _EXCERPT else "")) or "(nothing)"


def _steady(location: str) -> str:
    """An address with the form of what is another in every run: long values in its query, and ids in its path."""
    path, mark, query = location.partition("?")
    path = re.sub(r"(?<=/)[^/]{20,}", lambda found: _form_of_id(found[0]), path)
    return path + mark + re.sub(r"(?<==)[^&=]{20,}", lambda found: _form_of_value(found[0]), query)


def _form_of_id(text: str) -> str:
    return found if (found := form(text)).endswith((" hex>", "<uuid>")) else text


def _form_of_value(text: str) -> str:
    return found if (found := form(text)) != "<value>" else text


def _words(header: str) -> str:
    """The words of a header in one order: it has none."""
    return ", ".join(sorted({word.strip().lower() for word in header.split(",") if word.strip()}))
