"""Writes down what Chromium does, in ``cases.json``: ``python -m tests.browser.record``."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from .cases import FILE, cases, dump
from .play import ask_chromium

if __name__ == "__main__":
    with sync_playwright() as playwright:
        verdicts = ask_chromium(playwright, cases())
    dump(verdicts)
    print(f"{len(verdicts)} cases in {FILE.name}")
