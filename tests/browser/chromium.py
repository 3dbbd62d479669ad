"""The real Chromium, driven by Playwright, with an empty profile."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

#: The certificates of the servers in this process, one for each name, count as those that the world trusts.
TRUSTING = "--ignore-certificate-errors"

#: Where Debian, Ubuntu, Fedora and Google install it.
NAMES = ("chromium", "chromium-browser", "google-chrome")

FLAGS = (
    "--headless",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # It would ask for https:// where a test says http://; and ask people before a page of an opaque origin loads
    # something from this machine.
    "--disable-features=HttpsUpgrades,LocalNetworkAccessChecks",
)


def executable() -> str | None:
    """The path of Chromium, ``None`` where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(
    playwright: Playwright, *flags: str, third_party_cookies: bool = True, har: Path | None = None
) -> Iterator[BrowserContext]:
    """A running Chromium with a profile of its own.

    :param third_party_cookies: Chromium's own default is ``True``, Debian's is ``False``, so tests say it.
    :param har: Where it records what it asks for; the file is there when it has ended.
    """
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        preferences = Path(profile, "Default", "Preferences")
        preferences.parent.mkdir()
        preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0 if third_party_cookies else 1}}))
        with start(playwright, profile, *flags, har=har) as browser:
            yield browser


@contextmanager
def start(
    playwright: Playwright, profile: str | Path, *flags: str, har: Path | None = None
) -> Iterator[BrowserContext]:
    """A running Chromium with a profile that outlives it."""
    browser = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable(),
        # Playwright's own flags would make this another browser than the one that people have.
        ignore_default_args=True,
        args=[*FLAGS, *flags, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
        record_har_path=har,
        record_har_content="omit",
    )
    try:
        yield browser
    finally:
        browser.close()


def leading(hosts: Mapping[str, str]) -> str:
    """The flag with which hosts, such as ``*.example`` or ``shop.example:443``, lead elsewhere."""
    return "--host-resolver-rules=" + ",".join(f"MAP {host} {place}" for host, place in hosts.items())
