"""A cookie doctor: what a browser would do with a cookie, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NamedTuple, TypeAlias, overload

from . import absent, rules
from .clients import find_browser
from .context import Context
from .jar import Finding, Jar, Taken
from .limits import TOO_MANY
from .line import SetCookie
from .sources import Answer, AnyResponse, answers
from .table import Table, Tabular


class Diagnosis(NamedTuple):
    """What a browser would do with a cookie."""

    #: Whether the browser keeps it.
    stored: Finding
    #: Whether a script on the page that the next request leads to, which it names, sees it in ``document.cookie``.
    shown: Finding
    #: Whether the next request carries it.
    sent: Finding
    #: How long it is kept; ``None`` for a browser session, and where it is not stored.
    lifetime: timedelta | None
    #: The parts of the line that a browser ignores, with the nearest right ones.
    ignored: tuple[rules.Reason, ...]
    #: Whether somebody wants it to be gone: it deletes a cookie, or a line behind it deletes or replaces it.
    is_over: bool
    #: Where Safari may do something else.
    unchecked: tuple[rules.Reason, ...]
    #: The browser that does all this, as people call it.
    browser: str

    @property
    def is_well(self) -> bool:
        """Whether it is stored and goes along, or is not meant to."""
        return self.is_over or (self.stored.answer and self.sent.answer)

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Question, answer, rule and reason."""
        questions = ("stored?", "shown to scripts?", "sent back?")
        rows = [
            (question, "yes" if found.answer else "NO", found.rule, found.text)
            for question, found in zip(questions, (self.stored, self.shown, self.sent), strict=True)
        ]
        rows += [("ignored", "", reason.rule, reason.because) for reason in self.ignored]
        return rows + [("Safari", "", reason.rule, reason.because) for reason in self.unchecked]

    def _table(self) -> Table:
        return Table(("question", self.browser, "rule", "because"), self.rows())


class Diagnoses(Tabular, list[tuple[str, Diagnosis]]):
    """What a browser would do with each cookie of some answers, by name; of several answers, also by address."""

    def __init__(self, found: Iterable[tuple[str, Diagnosis]], cookie: str, none: Iterable[rules.Reason]) -> None:
        super().__init__(found)
        #: The ``Cookie`` header of the next request; empty if it has none.
        self.cookie = cookie
        #: Why the answers set no cookie, or what the reason may be; empty if they do.
        self.none = tuple(none)

    def _table(self) -> Table:
        if not self:
            return Table(("the server sent none; why that may be", "shown in"), [reason[:2] for reason in self.none])
        return Table(("cookie", "question", self[0][1].browser, "rule", "because"), _beside(self))


@dataclass(frozen=True, repr=False)
class Comparison(Tabular):
    """What each of two browsers would do with a cookie."""

    chromium: Diagnosis
    firefox: Diagnosis

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Question, two answers, rule and reason; where they have different reasons, a row for each."""
        for (question, one, *reason), (_, two, *other) in zip(self.chromium.rows(), self.firefox.rows(), strict=True):
            if reason == other:
                yield question, one, two, *reason
            else:
                yield question, one, "", *reason
                yield "", "", two, *other

    def _table(self) -> Table:
        return Table(("question", self.chromium.browser, self.firefox.browser, "rule", "because"), self.rows())


class Comparisons(Tabular, list[tuple[str, Comparison]]):
    """What each of two browsers would do with each cookie of some answers, by name."""

    def __init__(self, chromium: Diagnoses, firefox: Diagnoses) -> None:
        super().__init__((name, Comparison(one, two)) for (name, one), (_, two) in zip(chromium, firefox, strict=True))
        self.chromium, self.firefox = chromium, firefox

    def _table(self) -> Table:
        if not self:
            return self.chromium._table()
        first = self[0][1]
        head = ("cookie", "question", first.chromium.browser, first.firefox.browser, "rule", "because")
        return Table(head, _beside(self))


def _beside(found: Iterable[tuple[str, Diagnosis | Comparison]]) -> Iterator[tuple[str, ...]]:
    """The rows of several cookies, the name of each beside its first one."""
    for name, one in found:
        yield from ((name if number == 0 else "", *row) for number, row in enumerate(one.rows()))


#: Whose answer :func:`why` gives.
Client = Literal["chromium", "firefox"]
CLIENTS: tuple[Client, ...] = ("chromium", "firefox")

#: What has one answer, and what has an answer for each of its cookies.
OneLine: TypeAlias = SetCookie | str | Mapping[str, object]
Lines: TypeAlias = AnyResponse | list[Any] | tuple[Any, ...] | None


@overload
def why(source: OneLine, url: str | None = None, context: Context = ..., client: Client = ...) -> Diagnosis: ...


@overload
def why(source: OneLine, url: str | None = None, context: Context = ..., *, client: Literal["both"]) -> Comparison: ...


@overload
def why(source: Lines, url: str | None = None, context: Context = ..., client: Client = ...) -> Diagnoses: ...


@overload
def why(source: Lines, url: str | None = None, context: Context = ..., *, client: Literal["both"]) -> Comparisons: ...


def why(
    source: object, url: str | None = None, context: Context = Context(), client: str = "chromium"
) -> Diagnosis | Diagnoses | Comparison | Comparisons:
    """What a browser that has no cookies yet would do with a ``Set-Cookie`` line, or with those of a response.

    By the rules of RFC 6265bis, and as the browser fills their gaps: ``tests/browser`` asks a real Chromium and a real
    Firefox ESR about each case. Of Safari nothing is said: nobody has asked it.
    Where the Public Suffix List decides, and the installed one is more than a year old, the answer says so.

    :param source: The value of the header, or what is copied of it (see :func:`~demo_app.cookies.sources.read_line`);
        a response of requests, httpx or Flask's test client, with the redirects before it; or a list of lines.
        ``None``, or a response without such a header: the answer is what the reason may be.
    :param url: The address that was answered with it. A response knows it itself.
    :param client: Whose answer: ``"chromium"``, ``"firefox"``; or ``"both"``, one beside the other.
    :raises ValueError: if the line is no text that can be sent, or the address is not one of HTTP or HTTPS, or the
        client is another one.
    """
    received = answers(source, url)
    is_one = isinstance(source, (SetCookie, str, Mapping))
    if client == "both":
        both = Comparisons(*(diagnose(received, context, each) for each in CLIENTS))
        return both[0][1] if is_one else both
    found = diagnose(received, context, client)
    return found[0][1] if is_one else found


def diagnose(received: Sequence[Answer], context: Context, client: str = "chromium") -> Diagnoses:
    """What becomes of the cookies of answers, each of which has led to the next one."""
    jar, browser = Jar(client), find_browser(client, context.third_party_cookies).name
    if not any(answer.lines for answer in received):
        return Diagnoses((), "", absent.reasons(received[-1] if received else None))
    taken: list[tuple[str, Taken]] = []
    for number, answer in enumerate(received):
        before = [one.url for one in received[:number]]
        taken += [(answer.url, jar.take(line, answer.url, context, redirects=before)) for line in answer.lines]
    to = context.to or received[-1].url
    carried = jar.sent(to, context)
    sent, shown = dict(carried), dict(jar.shown(to, context))
    gone = {kept: reason for _, one in taken for kept, reason in one.gone}
    is_one_address = len({url for url, _ in taken}) == 1
    found = []
    for url, one in taken:
        name = one.cookie.name if is_one_address else f"{one.cookie.name} of {url.partition('?')[0]}"
        if one.kept in sent:
            findings = _placed(shown[one.kept], to), sent[one.kept]
        else:
            nothing = Finding(False, *gone[one.kept]) if one.kept else Finding(False, "It is not stored.", "")
            findings = nothing, nothing
        is_over = one.deletes or (one.kept in gone and gone[one.kept] != TOO_MANY)
        unchecked = tuple(rules.unchecked(one.cookie, one.answered, carried.asking))
        whole = Diagnosis(one.stored, *findings, one.lifetime, one.ignored, is_over, unchecked, browser)
        found.append((name, whole))
    return Diagnoses(found, carried.text, ())


def _placed(shown: Finding, to: str) -> Finding:
    """The finding, with the page that it speaks of; what no page sees needs none."""
    answer, because, rule, word = shown
    return shown if because == rules.HIDDEN.because else Finding(answer, f"At {to}: {because}", rule, word)
