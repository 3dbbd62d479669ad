"""The inspector page, used by hand."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page, expect


def press(page: Page | FrameLocator, *buttons: str) -> None:
    """Press buttons, each when the page shows the answer to the one before."""
    for button in buttons:
        page.get_by_role("button", name=button, exact=True).click()
        wait_until_idle(page)


def wait_until_idle(page: Page | FrameLocator) -> None:
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
