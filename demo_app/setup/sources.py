"""Where packages come from: pip's settings of that, and the same in uv's terms, which does not heed pip's.

All other settings of pip and uv are kept from both: some would lead what is installed out of .venv.
"""

from __future__ import annotations

import ast
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .places import PYTHON
from .problem import Problem
from .running import run
from .variables import for_making

#: What the two share, by pip's names.
SHARED = (
    "index-url", "extra-index-url", "find-links", "no-index",
    "cert", "client-cert", "trusted-host", "proxy", "timeout", "default-timeout", "retries",
    "cache-dir", "no-cache-dir",
)  # fmt: skip
#: What uv has no counterpart of. Where one of them is set, pip installs.
OF_PIP_ALONE = ("keyring-provider", "use-feature", "use-deprecated", "no-binary", "only-binary", "prefer-binary")


class Sources(NamedTuple):
    """The environment variables for each of the two."""

    pip: dict[str, str]
    uv: dict[str, str]
    #: Whether uv's say all that pip's do.
    is_for_uv: bool


def read_sources() -> Sources:
    """Ask the pip of .venv what it is set to. Raises :class:`Problem` if it cannot read its own settings."""
    variables = {name: value for name, value in for_making().items() if name != "PIP_PYTHON"}
    status, said = run([str(PYTHON), "-m", "pip", "config", "list"], variables, lambda line: None)
    if status:
        lines = [line for line in said.splitlines() if line and not line.startswith(" ")]
        raise Problem(
            f"pip cannot read its settings: {' '.join(lines[-3:])}\nCorrect that, and start run.py again. "
            "(python3 -m pip config debug shows which files there are.)"
        )
    own = {name: value for name, value in variables.items() if not name.startswith(("PIP_", "UV_"))}
    return translate(_parse(said), own, os.environ.get("UV_CACHE_DIR"))


def _parse(said: str) -> dict[str, str]:
    """What ``pip config list`` prints, by the names alone: the environment counts most, then what is for install."""
    found = re.findall(r"^(:env:|install|global)\.([\w-]+)=(['\"].*)$", said, re.MULTILINE)
    order = ("global", "install", ":env:")
    entries = sorted(found, key=lambda entry: order.index(entry[0]))
    return {name: ast.literal_eval(value) for _, name, value in entries if ast.literal_eval(value)}


def translate(settings: Mapping[str, str], own: Mapping[str, str], cache: str | None = None) -> Sources:
    """Return pip's settings as variables for pip, and as variables for uv.

    :param own: the other variables, in which both look for a proxy and for certificates.
    :param cache: where uv's cache is, if somebody has said so.
    """
    kept = {name: settings[name] for name in (*SHARED, *OF_PIP_ALONE) if name in settings}
    pip = {"PIP_" + name.upper().replace("-", "_"): " ".join(value.split()) for name, value in kept.items()}
    pip |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    uv = {"UV_PYTHON_DOWNLOADS": "never", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    same = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "client-cert": "SSL_CLIENT_CERT",
        "trusted-host": "UV_INSECURE_HOST",
        "retries": "UV_HTTP_RETRIES",
    }
    uv |= {theirs: " ".join(kept[name].split()) for name, theirs in same.items() if name in kept}
    if "find-links" in kept:
        uv["UV_FIND_LINKS"] = ",".join(map(_as_uri, kept["find-links"].split()))
    if _is_on(kept.get("no-index")):
        uv["UV_NO_INDEX"] = "1"
    if timeout := kept.get("timeout", kept.get("default-timeout")):
        uv["UV_HTTP_TIMEOUT"] = str(math.ceil(float(timeout)))
    if proxy := kept.get("proxy"):
        uv |= {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "http_proxy": proxy, "https_proxy": proxy}
    # pip asks these variables first, and its own setting then.
    if certificate := own.get("REQUESTS_CA_BUNDLE") or own.get("CURL_CA_BUNDLE") or kept.get("cert"):
        uv["SSL_CERT_DIR" if Path(certificate).is_dir() else "SSL_CERT_FILE"] = certificate
    if _is_on(kept.get("no-cache-dir")):
        uv["UV_NO_CACHE"] = "1"
    elif cache := cache or (kept.get("cache-dir") and str(Path(kept["cache-dir"], "uv"))):
        uv["UV_CACHE_DIR"] = cache
    return Sources({**own, **pip}, {**own, **uv}, is_for_uv=not kept.keys() & set(OF_PIP_ALONE))


def _is_on(value: str | None) -> bool:
    return (value or "").lower() in ("1", "true", "yes", "on", "y", "t")


def _as_uri(place: str) -> str:
    """A folder or an address, as an address. In a list for uv, commas stand between them."""
    address = place if "://" in place else Path(place).expanduser().absolute().as_uri()
    return address.replace(",", "%2C")
