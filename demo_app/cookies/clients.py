"""The browsers that the rules speak of: one table of where each goes its own way.

``tests/browser`` asks a real Chromium and a real Firefox ESR about every entry. Safari is not asked, so it has no row.
Addresses are not in the table: they are read as Chromium reads them, and Firefox refuses a few that nobody has
(``tests/cookies/urls.py`` names them).
"""

from __future__ import annotations

import difflib
from typing import NamedTuple


class Browser(NamedTuple):
    """A browser, with its setting for third parties. Where a flag is off, it does as Chromium does."""

    #: As people call it, with its setting where there are several.
    name: str
    #: Whether what a page loads from other sites has cookies (RFC 6265bis, section 7.1).
    third_party_cookies: bool = True
    #: Whether it keeps the cookies of third parties apart, for each site in whose pages they are.
    keeps_third_parties_apart: bool = False
    #: Whether ``Partitioned`` helps where third parties have no cookies.
    partitioned_is_enough: bool = True
    #: Whether a cookie without ``SameSite`` goes along everywhere, where Chromium takes it for ``Lax``.
    no_samesite_is_none: bool = False
    #: Whether ``http`` and ``https`` of a host are one site.
    sites_have_no_scheme: bool = False
    #: Whether another site on the way, by a redirect, makes it a request of another site.
    redirects_cross_sites: bool = False
    #: Whether name and value may contain a tab; attributes may not.
    takes_tabs: bool = False
    #: Whether what has no ``=`` is a name without a value, where Chromium sees a value without a name; without a name
    #: there is then no cookie.
    needs_names: bool = False
    #: Whether a ``__Host-`` name is content with a path ``/`` that is only the default.
    host_path_may_be_default: bool = False
    #: Whether it may have a ``Domain`` that names a public suffix itself, and so says nothing.
    host_domain_may_be_suffix: bool = False
    #: Whether ``Domain`` is read as it stands, in ASCII alone.
    domains_are_ascii: bool = False
    #: Whether an age is told by its first sign: ``Max-Age=+5`` is not read, and one with a minus deletes, whatever
    #: follows.
    ages_by_first_sign: bool = False
    #: Whether a page within a page over HTTPS may load over plain HTTP if it has come so itself, from this machine.
    guards_by_page_alone: bool = False
    #: Whether a page over HTTPS asks for images over HTTPS also where their host is an IP address.
    upgrades_ip_addresses: bool = False
    #: Whether what is kept for a page of an opaque origin is kept for the browser session at most.
    forgets_opaque_pages: bool = False
    #: Whether a cookie keeps its age when it has another value (RFC 6265bis, section 5.7, step 23).
    values_keep_age: bool = False
    #: Whether plain HTTP leaves a Secure cookie alone only where one request may carry both.
    minds_own_hosts_alone: bool = False
    #: Whether of too many cookies the oldest leave whatever their ``Priority``, and the Secure ones for no others.
    knows_no_priority: bool = False
    #: Whether dates are read by other rules than the RFC's: what is in none of the usual forms may be another date.
    reads_dates_otherwise: bool = False


_CHROMIUM = Browser("Chromium")
_FIREFOX = Browser(
    "Firefox",
    no_samesite_is_none=True,
    sites_have_no_scheme=True,
    redirects_cross_sites=True,
    takes_tabs=True,
    needs_names=True,
    host_path_may_be_default=True,
    host_domain_may_be_suffix=True,
    domains_are_ascii=True,
    ages_by_first_sign=True,
    forgets_opaque_pages=True,
    guards_by_page_alone=True,
    upgrades_ip_addresses=True,
    values_keep_age=True,
    minds_own_hosts_alone=True,
    knows_no_priority=True,
    reads_dates_otherwise=True,
)

#: By the client and by what is said of third parties; ``None`` is how it comes.
_BROWSERS = {
    "chromium": {
        None: _CHROMIUM,
        True: _CHROMIUM,
        False: _CHROMIUM._replace(third_party_cookies=False),
    },
    "firefox": {  # the names are those of its setting network.cookie.cookieBehavior
        None: _FIREFOX._replace(name="Firefox (cookieBehavior 5, the default)", keeps_third_parties_apart=True),
        True: _FIREFOX._replace(name="Firefox (cookieBehavior 0)"),
        False: _FIREFOX._replace(
            name="Firefox (cookieBehavior 1)", third_party_cookies=False, partitioned_is_enough=False
        ),
    },
}


def find_browser(client: str, third_party_cookies: bool | None) -> Browser:
    """The row of a client.

    :param third_party_cookies: As in :class:`~demo_app.cookies.Context`.
    :raises ValueError: for a client that is not in the table.
    """
    if client not in _BROWSERS:
        near = difflib.get_close_matches(str(client).lower(), _BROWSERS, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"client={client!r}: it is one of {', '.join(map(repr, (*_BROWSERS, 'both')))}.{hint}")
    return _BROWSERS[client][third_party_cookies]
