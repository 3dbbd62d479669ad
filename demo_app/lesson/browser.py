"""A page in the reader's browser: a link to it, and the page itself in a frame where that is of the same site.

On a hub, the guest book is not shown: a record of a visit to it takes its place. Nor are pages under other names.
"""

from __future__ import annotations

import os
from html import escape
from urllib.parse import urlsplit

from ..serving import Server

_LINK = '<a href="{0}" target="_blank">{0}</a>'

_ON_A_HUB = (
    "Here it comes through the hub: its address has a path in front, and hub and page share one host. So cookies with "
    "<code>Path=/</code> go to both, and the page receives those of the hub too. If the page does not open, "
    "<code>jupyter-server-proxy</code> is missing here."
)

_FRAME = '<iframe src="{address}" title="{title}" style="width:100%;height:{height};border:1px solid #8888"></iframe>'

# JupyterLab runs it when the cell is run, and strips it from an output that it does not trust. Without it,
# the frame is at 127.0.0.1, where run.py opens JupyterLab.
_SCRIPT = """
<script>
{
  const frame = document.currentScript.previousElementSibling;
  if (location.hostname === "localhost") frame.src = frame.src.replace("127.0.0.1", "localhost");
}
</script>"""


_NAME_ON_A_HUB = (
    "This page is not shown on a hub: its name, {host}, leads to the machine that your browser is on, and the server "
    "is on another. What browsers do with such pages stands in the text. To try it yourself, run the series on your "
    "own machine."
)


class Tab:
    """A page under a name below localhost. Its plain form is the address."""

    def __init__(self, address: str, framed: bool) -> None:
        #: The address for the browser.
        self.address = address
        self._framed = framed

    def __repr__(self) -> str:
        return self.address

    def _repr_html_(self) -> str:
        host, address = escape(str(urlsplit(self.address).hostname)), escape(self.address)
        if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
            return f"<p>{_NAME_ON_A_HUB.format(host=host)}</p>"
        if not self._framed:
            return f"<p>Open {_LINK.format(address)} in a new tab.</p>"
        text = f"This frame is {host} within JupyterLab's page, which is another site: a third party."
        return f"<p>{text}</p>\n{_FRAME.format(address=address, title=host, height='8rem')}"


class Page:
    """Where a page is. Its plain form is the address."""

    def __init__(self, port: int, path: str, title: str) -> None:
        # On JupyterHub and Binder the browser is on another machine: jupyter-server-proxy passes requests on.
        hub = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
        #: The address for the browser; on a hub it starts with the path of the reader's Jupyter server.
        self.address = f"{hub.rstrip('/')}/proxy/{port}{path}" if hub else f"http://127.0.0.1:{port}{path}"
        # The same page under the other name of this machine.
        self._twin = None if hub else f"http://localhost:{port}{path}"
        self._title = title

    def __repr__(self) -> str:
        return self.address

    def _repr_html_(self) -> str:
        address = escape(self.address)
        text = f"Open {_LINK.format(address)} in a new tab, or use the page here."
        if self._twin:
            twin = _LINK.format(escape(self._twin))
            text += f"<br>\nIf your address bar says <code>localhost</code>, open {twin}."
        else:
            text += f"<br>\n{_ON_A_HUB}"
        frame = _FRAME.format(address=address, title=escape(self._title), height="38rem")
        return f"<p>{text}</p>\n{frame}{_SCRIPT if self._twin else ''}"


# What a browser did, for a reader whose browser must not do it. Held against Chromium by tests/browser/test_hub.py.
_RECORD = """\
with a cookie that scripts can read:
  GET /guestbook-<secret>/
  GET /guestbook-<secret>/thief?loot=open_book%3Ds%253A<id>.<signature>
  the thief has: ['open_book=s%3A<id>.<signature>']

with a cookie that is HttpOnly:
  GET /guestbook-<secret>/
  GET /guestbook-<secret>/thief?loot=
  the thief has: ['']"""

_NOT_SHOWN = (
    "This page is not shown on a hub. It would be at the address of your JupyterLab, and a script in it could run code "
    "there in your name. This is what a browser did where it is shown:"
)


class Record:
    """What happened when the guest book was opened elsewhere. Text alone: nothing in it runs."""

    def __repr__(self) -> str:
        return f"{_NOT_SHOWN}\n\n{_RECORD}"

    def _repr_html_(self) -> str:
        return f"<p>{_NOT_SHOWN}</p>\n<pre>{escape(_RECORD)}</pre>"


def browse(server: Server, path: str = "/", host: str | None = None, framed: bool = False) -> Page | Tab | Record:
    """Show a page of a running server: a link that opens a new tab, and a frame.

    ``localhost`` and ``127.0.0.1`` are different sites, and in a frame of another site the browser drops the
    cookie without a word. So the frame takes the name that the address bar has.

    Under a name below ``localhost`` there is a link alone, or, if that is wanted, a frame alone: within JupyterLab's
    page, that one is another site's.

    On a hub, every page is at the origin of the reader's JupyterLab. The guest book is not shown there, and no page is
    under a name of its own.

    :param server: A server over HTTP. Keep it in a variable: the page is gone with it.
    :param host: Another name of this machine, as in :meth:`Server.at`: Chromium and Firefox find it by themselves.
    :param framed: With ``host``: show the page in a frame, as a third party.
    :raises ValueError: if the server uses HTTPS, ``path`` does not start with ``/``, or ``host`` is no such name.
    """
    url = urlsplit(server.url)
    if url.scheme != "http":
        raise ValueError(f"browse({server!r}): no browser trusts this server's certificate. Serve without https=True.")
    if not path.startswith("/"):
        raise ValueError(f"browse(…, {path!r}): the path starts with '/'.")
    assert url.port is not None
    if host is not None:
        return Tab(server.at(host) + path, framed)
    if path != getattr(server.app, "extensions", {}).get("guest_book"):
        return Page(url.port, path, f"{path} of the demo app")
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        return Record()
    return Page(url.port, path, "the guest book of the demo app")
