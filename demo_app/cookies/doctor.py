"""A cookie doctor: what a browser would do with a cookie, and by which rule."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from . import rules
from .address import HALF, Address
from .context import Context, address
from .line import SetCookie
from .suffixes import remark_on_age
from .table import Table
from .words import ignored_words


class Finding(NamedTuple):
    """The answer to one question."""

    answer: bool
    because: str
    #: Where the rule stands.
    rule: str


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

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def _table(self) -> Table:
        questions = ("stored?", "shown to scripts?", "sent back?")
        rows = [
            (question, "yes" if answer else "NO", rule, because)
            for question, (answer, because, rule) in zip(questions, self[:3], strict=True)
        ]
        rows += [("ignored", "", rule, because) for because, rule in self.ignored]
        return Table(("question", "answer", "rule", "because"), rows)


def why(line: SetCookie | str, url: str, context: Context = Context()) -> Diagnosis:
    """What a browser that has no cookies yet would do with a ``Set-Cookie`` line.

    By the rules of RFC 6265bis, and as Chromium fills their gaps: ``tests/browser`` asks a real one about each case.
    Where the Public Suffix List decides, and the installed one is more than a year old, the answer says so.

    :param line: The value of the header.
    :param url: The address that was answered with it.
    :raises ValueError: if the line is no text that can be sent, or the address is not one of HTTP or HTTPS.
    """
    if not isinstance(line, (str, SetCookie)):
        raise ValueError(f"why({line!r}, …): a line is text, such as the value of a Set-Cookie header.")
    if half := HALF.search(str(line)):
        raise ValueError(f"why({str(line)!r}, …): the line contains {half[0]!r}, which is half a character.")
    origin = address("why(…, url=…)", url)
    page = None if context.page is None else Address(context.page)
    target = origin if context.to is None else Address(context.to)
    cookie = rules.Cookie(str(line), origin)
    ignored = tuple(ignored_words(SetCookie(str(line))))
    answered = rules.Request(context.set_by, origin, None if context.set_by == "script" else page, context.credentials)
    refusal = next(rules.refusals(cookie, answered, context.third_party_cookies), None)
    by_list = cookie.domain is not None or answered.is_between_hosts
    if refusal:
        nothing = Finding(False, "It is not stored.", "")
        return Diagnosis(_dated(Finding(False, *refusal), by_list), nothing, nothing, None, ignored)

    def holds_back(asking: rules.Request, by_script: bool) -> rules.Reason | None:
        return next(rules.held_back(cookie, answered, asking, context.third_party_cookies, by_script), None)

    redirects = tuple(map(Address, context.redirects))
    asking = rules.Request(context.request, target, page, context.credentials, redirects)
    # A frame's scripts are within the page. Images have none: what counts is a page at their address.
    document = asking if asking.kind == "frame" else rules.Request("visit", target, None, context.credentials)
    hidden, held = holds_back(document, by_script=True), holds_back(asking, by_script=False)
    shown = Finding(hidden is None, *(hidden or rules.SHOWN))
    if hidden != rules.HIDDEN:
        shown = shown._replace(because=f"At {context.to or url}: {shown.because}")
    return Diagnosis(
        _dated(Finding(True, *rules.how_long(cookie)), by_list),
        _dated(shown, document.is_between_hosts),
        _dated(Finding(held is None, *(held or rules.let_through(cookie, asking))), asking.is_between_hosts),
        cookie.lifetime,
        ignored,
    )


def _dated(finding: Finding, by_list: bool) -> Finding:
    """The finding, with a remark if it took the Public Suffix List and that is old."""
    return finding._replace(because=finding.because + remark_on_age()) if by_list else finding
