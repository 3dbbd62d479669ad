"""A page of the demo app in the reader's browser: a link to it, and the page itself in a frame."""

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

_FRAME = (
    '<iframe src="{address}" title="{path} of the demo app" '
    'style="width:100%;height:38rem;border:1px solid #8888"></iframe>'
)

# JupyterLab runs it when the cell is run, and strips it from an output that it does not trust. Without it,
# the frame is at 127.0.0.1, where run.py opens JupyterLab.
_SCRIPT = """
<script>
{
  const frame = document.currentScript.previousElementSibling;
  if (location.hostname === "localhost") frame.src = frame.src.replace("127.0.0.1", "localhost");
}
</script>"""


class Page:
    """Where a page is. Its plain form is the address."""

    def __init__(self, port: int, path: str) -> None:
        # On JupyterHub and Binder the browser is on another machine: jupyter-server-proxy passes requests on.
        hub = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
        #: The address for the browser; on a hub it starts with the path of the reader's Jupyter server.
        self.address = f"{hub.rstrip('/')}/proxy/{port}{path}" if hub else f"http://127.0.0.1:{port}{path}"
        # The same page under the other name of this machine.
        self._twin = None if hub else f"http://localhost:{port}{path}"
        self._path = path

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
        frame = _FRAME.format(address=address, path=escape(self._path))
        return f"<p>{text}</p>\n{frame}{_SCRIPT if self._twin else ''}"


def browse(server: Server, path: str = "/") -> Page:
    """Show a page of a running server: a link that opens a new tab, and a frame.

    ``localhost`` and ``127.0.0.1`` are different sites, and in a frame of another site the browser drops the
    cookie without a word. So the frame takes the name that the address bar has.

    :param server: A server over HTTP. Keep it in a variable: the page is gone with it.
    :raises ValueError: if the server uses HTTPS, or ``path`` does not start with ``/``.
    """
    url = urlsplit(server.url)
    if url.scheme != "http":
        raise ValueError(f"browse({server!r}): no browser trusts this server's certificate. Serve without https=True.")
    if not path.startswith("/"):
        raise ValueError(f"browse(…, {path!r}): the path starts with '/'.")
    assert url.port is not None
    return Page(url.port, path)
