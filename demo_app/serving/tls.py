"""HTTPS for a server in a notebook: a certificate authority that this process makes and that ends with it."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .names import is_below_localhost

if TYPE_CHECKING:
    import trustme

# Whom the first certificate is for: the two names of the loopback address. Names below localhost get their own.
_NAMES = ("localhost", "127.0.0.1")

# For how many names below localhost certificates are kept.
_MOST_NAMES = 32

# Company machines set these. Where one is set, requests ignores the verify of a Session and trusts that file
# instead (psf/requests#3829), which cannot hold an authority that was made a moment ago.
_OVERRULING = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

_lock = threading.RLock()  # a forgotten server may be cleared away, and give back, in the middle of lend()
_borrowers = 0
_set_aside: dict[str, str] = {}


@contextmanager
def lend() -> Iterator[tuple[ssl.SSLContext, str]]:
    """Lend the TLS settings of a server, and the path of the certificate that its clients have to trust.

    The file exists while anybody borrows it, and always under the same name, so that a client that was told
    the path can go on using it. For the same time, ``REQUESTS_CA_BUNDLE`` and ``CURL_CA_BUNDLE`` are out of
    this process's environment: with them, ``requests`` would ignore ``Session.verify``. Meanwhile ``requests``
    trusts, unless it is told otherwise, the authorities that come with it (``certifi``). So servers that only
    the variables' files vouch for are refused, and where such a file is there to allow less, the others are trusted.
    Our authority in one file with theirs would avoid that, but then who was not told to trust it would do so.

    :raises OSError: if the file cannot be written.
    """
    global _borrowers
    with _lock:
        context, certificate, path = _authority()
    try:
        with _lock:
            is_first = _borrowers == 0
            _borrowers += 1
            _set_aside.update((name, os.environ.pop(name)) for name in _OVERRULING if name in os.environ)
            if is_first:
                with path.open("xb") as file:  # not a file that somebody else put there
                    file.write(certificate)
        yield context, str(path)
    finally:
        with _lock:
            _borrowers -= 1
            if _borrowers == 0:
                path.unlink(missing_ok=True)
                for name, value in _set_aside.items():
                    os.environ.setdefault(name, value)
                _set_aside.clear()


@cache
def _authority() -> tuple[ssl.SSLContext, bytes, Path]:
    """The settings, the authority's certificate, and where that is to be written: once per process."""
    import trustme  # here, because only HTTPS needs it and it is slow to import

    authority = trustme.CA()
    context = _settings(authority, *_NAMES)
    # No certificate for *.localhost: clients do not accept a star right below the root of all names.
    # Anybody's page can ask for any name below localhost, so not all of them are kept.
    of_name = lru_cache(_MOST_NAMES)(partial(_settings, authority))

    def choose(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name and is_below_localhost(name):
            with suppress(
                ValueError
            ):  # no name for a certificate, such as "xn--a.localhost": the first one does not fit
                connection.context = of_name(name.lower())

    context.sni_callback = choose
    path = Path(tempfile.gettempdir(), f"set-cookie-ca-{secrets.token_hex(8)}.pem")
    return context, authority.cert_pem.bytes(), path


def _settings(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
