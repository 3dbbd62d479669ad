"""A cookie doctor: what a browser would do with a cookie, and by which rule."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from . import rules
from .context import Context
from .jar import Finding, Jar
from .line import SetCookie
from .table import Table


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
    """What a browser would do with a ``Set-Cookie`` line: a :class:`Jar` with one line.

    By the rules of RFC 6265bis, and as Chromium fills their gaps: ``tests/browser`` asks a real one about each case.
    Where the Public Suffix List decides, and the installed one is more than a year old, the answer says so.

    :param line: The value of the header.
    :param url: The address that was answered with it.
    :raises ValueError: if the line is no text that can be sent, or the address is not one of HTTP or HTTPS.
    """
    jar = Jar()
    taken = jar.take(line, url, context)
    sent, shown = (ask(context.to or url, context) for ask in (jar.sent, jar.shown))
    if not taken.stored.answer:
        nothing = Finding(False, "It is not stored.", "")
        return Diagnosis(taken.stored, nothing, nothing, None, taken.ignored)
    ((_, is_sent),), ((_, is_shown),) = sent, shown
    if is_shown.because != rules.HIDDEN.because:
        is_shown = is_shown._replace(because=f"At {context.to or url}: {is_shown.because}")
    return Diagnosis(taken.stored, is_shown, is_sent, taken.cookie.lifetime, taken.ignored)
