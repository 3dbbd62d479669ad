"""Writes down what a browser does: ``python -m tests.browser.record [chromium | firefox]``.

Chromium in ``cases.json``; of Firefox, in ``firefox.json``, what it does otherwise: so it comes second.
"""

from __future__ import annotations

import sys
from functools import partial

from playwright.sync_api import sync_playwright

from .cases import cases, dump
from .play import ask
from .site import site_in_chromium, site_in_firefox

if __name__ == "__main__":
    for client in sys.argv[1:] or ("chromium", "firefox"):
        if client == "firefox":
            verdicts = ask(site_in_firefox, cases(client))
        else:
            with sync_playwright() as playwright:
                verdicts = ask(partial(site_in_chromium, playwright), cases(client))
        dump(client, verdicts)
        print(f"{client}: {len(verdicts)} cases")
