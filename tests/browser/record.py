"""Writes down what Chromium does, in ``cases.json``: ``python -m tests.browser.record``."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import sync_playwright

from .cases import FILE, cases, dump
from .play import ask
from .site import site_in_chromium

if __name__ == "__main__":
    with sync_playwright() as playwright:
        verdicts = ask(partial(site_in_chromium, playwright), cases())
    dump(verdicts)
    print(f"{len(verdicts)} cases in {FILE.name}")
