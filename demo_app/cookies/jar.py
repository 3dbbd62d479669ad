"""The cookies that a browser has: it takes lines in their order, and answers for the next request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from . import rules
from .clients import Browser, find_browser
from .context import Context, address, place
from .limits import MOST, TOO_MANY, too_many
from .line import SetCookie
from .preloaded import is_preloaded
from .sources import read_line
from .suffixes import remark_on_age
from .table import Table, Tabular
from .words import ignored_words

_SAME = "RFC 6265bis, 5.7, step 23"
_REPLACED = rules.Reason("One of the same name, domain and path takes its place.", _SAME)
_DELETED = rules.Reason("A line that deletes it has come.", _SAME)

#: How long a cookie without ``SameSite`` goes along with a POST of another site (section 5.6.7.2).
_NEW = timedelta(minutes=2)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Finding(NamedTuple):
    """The answer to one question."""

    answer: bool
    because: str
    #: Where the rule stands.
    rule: str
    #: What Chromium's own tools call it; empty where they are silent.
    word: str = ""

    @property
    def text(self) -> str:
        """The reason, with Chromium's word for it."""
        return f"{self.because} Chromium calls it `{self.word}`." if self.word else self.because


@dataclass(frozen=True, eq=False)
class Kept:
    """A cookie in the jar."""

    cookie: rules.Cookie
    #: The request whose answer brought it.
    answered: rules.Request
    #: When it came. The same value once more does not make it younger.
    since: datetime
    #: ``None``: until the browser session ends.
    until: datetime | None
    #: For which pages alone it is kept; ``None`` if it is for all. See :func:`~demo_app.cookies.rules.partition`.
    partition: rules.Partition | None

    @property
    def identity(self) -> tuple[object, ...]:
        """What no other cookie of the jar has (section 5.7, step 23)."""
        cookie = self.cookie
        return cookie.name, cookie.domain, cookie.domain or cookie.host, cookie.path, self.partition

    def is_at(self, moment: datetime) -> bool:
        """Whether it has not ended by then."""
        return self.until is None or self.until > moment

    def __str__(self) -> str:
        return str(self.cookie)


class Taken(NamedTuple):
    """What became of a line."""

    #: As the browser reads it.
    cookie: rules.Cookie
    #: The request whose answer brought it.
    answered: rules.Request
    stored: Finding
    #: The cookie in the jar, if it is stored.
    kept: Kept | None
    #: How long it is kept; ``None`` for a browser session, and where it is not stored.
    lifetime: timedelta | None
    #: Whether it is not stored because it is there to delete a cookie.
    deletes: bool
    #: The cookies that have left the jar because of it, and why.
    gone: tuple[tuple[Kept, rules.Reason], ...]
    #: The parts of the line that a browser ignores, with the nearest right ones.
    ignored: tuple[rules.Reason, ...]

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def _table(self) -> Table:
        rows = [("stored?", "yes" if self.stored.answer else "NO", self.stored.rule, self.stored.text)]
        rows += [("gone", "", reason.rule, f"{str(kept).capitalize()}: {reason.because}") for kept, reason in self.gone]
        rows += [("ignored", "", reason.rule, reason.because) for reason in self.ignored]
        return Table(("question", "answer", "rule", "because"), rows)


class Carried(Tabular, list[tuple[Kept, Finding]]):
    """Each cookie of the jar, and whether it goes along; in the order in which they go."""

    def __init__(self, asking: rules.Request) -> None:
        super().__init__()
        #: What they go along with.
        self.asking = asking

    @property
    def text(self) -> str:
        """The value of the ``Cookie`` header, or of ``document.cookie``."""
        cookies = (kept.cookie for kept, finding in self if finding.answer)
        return "; ".join(f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in cookies)

    def _table(self) -> Table:
        rows = [(str(kept), "yes" if one.answer else "NO", one.rule, one.text) for kept, one in self]
        return Table(("cookie", "goes along?", "rule", "because"), rows, empty="(no cookies)")


class Jar:
    """The cookies of a browser, which has none at first.

    ``take()`` gives it a line of an answer; ``sent()`` and ``shown()`` say what it makes of all that it has taken. By
    the rules of RFC 6265bis, and as its browser fills their gaps: ``tests/browser`` asks a real one. In two
    things it is simpler: where a site has too many cookies, the oldest leave, not those that were not used for longest;
    and all sites together have no limit.
    """

    def __init__(self, client: str = "chromium", now: Callable[[], datetime] = _now) -> None:
        """A jar without cookies.

        :param client: Whose: ``"chromium"`` or ``"firefox"``.
        :param now: Its clock, with a time zone.
        :raises ValueError: if it is neither.
        """
        find_browser(client, None)
        self._client, self._now = client, now
        self._kept: list[Kept] = []  # the oldest first

    def take(
        self,
        line: SetCookie | str,
        url: str,
        context: Context = Context(),
        at: datetime | None = None,
        redirects: Sequence[str] = (),
    ) -> Taken:
        """Store the cookie of a ``Set-Cookie`` line, or delete the one that it names, or refuse it.

        :param line: The value of the header, or what :func:`~demo_app.cookies.sources.read_line` makes it of.
        :param url: The address that was answered with it.
        :param context: How that came about: ``set_by``, ``page``, ``credentials``.
        :param at: When, with a time zone. ``None``: now, by its clock.
        :param redirects: The addresses that have led there.
        :raises ValueError: if the line is no text that can be sent, or the address is not one of HTTP or HTTPS.
        """
        at = at or self._now()
        browser = self._browser(context)
        before = tuple(address("redirects", one) for one in redirects)
        answered = context.answered(browser, place("url", url), before)
        cookie = rules.Cookie(read_line(line), answered.url, at, browser)
        partition = rules.partition(cookie, answered)
        lifetime, how_long = rules.how_long(cookie, partition, browser)
        new = Kept(cookie, answered, at, None if lifetime is None else at + lifetime, partition)
        self._kept = [kept for kept in self._kept if kept.is_at(at)]
        refusal = next(self._refusals(new), None)
        kept = None
        gone: list[tuple[Kept, rules.Reason]] = []
        if refusal:
            stored = Finding(False, *refusal)
        elif cookie.is_over:
            stored = Finding(False, *self._delete(new, gone))
        else:
            kept = self._put(new, gone)
            stored = Finding(True, *how_long) if kept else Finding(False, *TOO_MANY)
        if cookie.domain is not None or answered.is_between_hosts:
            stored = _dated(stored)
        stored = _told(stored, answered)
        deletes = cookie.is_over and not refusal
        ignored = tuple(ignored_words(cookie.line))
        return Taken(cookie, answered, stored, kept, lifetime if kept else None, deletes, tuple(gone), ignored)

    def sent(self, url: str, context: Context = Context(), at: datetime | None = None) -> Carried:
        """Which cookies a request carries.

        :param url: Where it goes.
        :param context: How it comes about: ``request``, ``page``, ``redirects``, ``credentials``.
        :param at: When, with a time zone. ``None``: now, by its clock.
        :raises ValueError: if the address is not one of HTTP or HTTPS.
        """
        return self._carried(context.asking(self._browser(context), place("url", url)), at, by_script=False)

    def shown(self, url: str, context: Context = Context(), at: datetime | None = None) -> Carried:
        """Which cookies a script sees in ``document.cookie``, on the page that such a request leads to."""
        return self._carried(context.document(self._browser(context), place("url", url)), at, by_script=True)

    def _browser(self, context: Context) -> Browser:
        return find_browser(self._client, context.third_party_cookies)

    def _refusals(self, new: Kept) -> Iterator[rules.Reason]:
        """Why a cookie is neither stored nor deletes another one."""
        yield from rules.refusals(new.cookie, new.answered)
        browser, is_plain = new.answered.browser, not new.answered.url.is_secure
        for old in self._kept:
            if old.cookie.name != new.cookie.name or old.partition != new.partition:
                continue
            if old.cookie.secure and is_plain and new.cookie.is_beside(old.cookie, browser):
                because = f"Plain HTTP leaves Secure cookies alone, and there is {old}."
                yield rules.Reason(because, "RFC 6265bis, 5.7, step 16", "OverwriteSecure")
            if old.cookie.httponly and new.answered.kind == "script" and old.identity == new.identity:
                yield rules.Reason("It is there already, HttpOnly, and no script can change that one.", _SAME)

    def _delete(self, new: Kept, gone: list[tuple[Kept, rules.Reason]]) -> rules.Reason:
        if old := self._same(new):
            self._kept.remove(old)
            gone.append((old, _DELETED))
        reason = rules.deletion(new.cookie, new.since)
        others = " and ".join(str(kept) for kept in self._kept if kept.cookie.name == new.cookie.name)
        return reason._replace(because=reason.because + (f" There is still {others}." if others else ""))

    def _put(self, new: Kept, gone: list[tuple[Kept, rules.Reason]]) -> Kept | None:
        old = self._same(new)
        if old:
            gone.append((old, _REPLACED))
        if old and (old.cookie.value == new.cookie.value or new.answered.browser.values_keep_age):
            new = replace(new, since=old.since)
            self._kept[self._kept.index(old)] = new
            return new
        if old:
            self._kept.remove(old)
        out = self._pushed_out(new)
        gone += [(kept, TOO_MANY) for kept in out if kept is not new]
        self._kept = [kept for kept in (*self._kept, new) if kept not in out]
        return None if new in out else new

    def _same(self, new: Kept) -> Kept | None:
        """The cookie in whose place this one comes."""
        return next((kept for kept in self._kept if kept.identity == new.identity), None)

    def _pushed_out(self, new: Kept) -> list[Kept]:
        """What has to leave because there are too many with this one."""
        near = [kept for kept in (*self._kept, new) if kept.partition == new.partition]
        if new.partition is None and len(near) <= MOST:
            return []  # and so nobody has to know whose site is whose
        site = new.answered.url.site[1]
        near = [kept for kept in near if kept.answered.url.site[1] == site]
        leaving = too_many([kept.cookie for kept in near], bool(new.partition), new.answered.browser)
        return [kept for kept in near if kept.cookie in leaving]

    def _carried(self, asking: rules.Request, at: datetime | None, by_script: bool) -> Carried:
        at = at or self._now()
        found = Carried(asking)
        for kept in sorted(self._kept, key=lambda kept: -rules.octets(kept.cookie.path)):
            if kept.is_at(at):
                held = next(_held_back(kept, asking, by_script, at), None)
                reason = held or (rules.SHOWN if by_script else rules.let_through(kept.cookie, asking))
                finding = Finding(held is None, *reason)
                found.append((kept, _told(_dated(finding) if asking.is_between_hosts else finding, asking)))
        return found


def _held_back(kept: Kept, asking: rules.Request, by_script: bool, at: datetime) -> Iterator[rules.Reason]:
    yield from rules.held_back(kept.cookie, kept.answered, asking, by_script)
    is_lax = kept.cookie.samesite is None and not asking.browser.no_samesite_is_none
    if is_lax and asking.is_cross_site and asking.is_post and at - kept.since > _NEW:
        because = "Without SameSite, a POST of another site carries it for two minutes, and they are over."
        yield rules.Reason(because, "RFC 6265bis, 5.6.7.2", rules.SAMESITE_WORDS[None])


def _told(finding: Finding, request: rules.Request) -> Finding:
    """The finding, with a remark if the browser asks another address than the one that is written."""
    if not request.url.is_upgraded:
        return finding
    if is_preloaded(request.url.host):
        said = f"No browser asks {request.url.host} over plain HTTP, whatever the address says: this is over HTTPS."
    else:
        said = "A page over HTTPS asks for images over HTTPS, whatever their address says."
    return finding._replace(because=f"{finding.because} ({said})")


def _dated(finding: Finding) -> Finding:
    """The finding, with a remark if the Public Suffix List has decided it and is old."""
    remark = remark_on_age()
    return finding._replace(because=finding.because + remark) if remark else finding
