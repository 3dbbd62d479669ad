"""The page of lesson 05 where it comes through jupyter-server-proxy, as on Binder and JupyterHub."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.lab import (
    cell,
    copy_project,
    jupyterlab_of_a_hub,
    open_lesson,
    output,
    run,
    run_all,
    set_preferences,
)
from tests.browser.use import press


def test_the_page_comes_below_a_prefix_and_does_all_it_does_elsewhere(page, tmp_path):
    folder, environment = copy_project(tmp_path)
    set_preferences(environment["HOME"], {"notebook-extension/tracker": {"windowingMode": "none"}})
    page.set_viewport_size({"width": 1280, "height": 900})
    with jupyterlab_of_a_hub(folder, environment, "/user/ada/") as url:
        open_lesson(page, url, "05_httponly")
        run_all(page)
        shown = output(page, "browse(visible)")
        expect(shown).to_contain_text("it comes through the hub")
        frame = shown.frame_locator("iframe")
        press(frame, "Visit", "Visit")
        expect(frame.locator("#result")).to_contain_text('{"visits":2}')

        # The cookie is for the whole host, and the page gets those of the Jupyter server, without their values.
        (cookie,) = (cookie for cookie in page.context.cookies() if cookie["name"] == "visible")
        assert cookie["path"] == "/"
        expect(frame.locator("#sent")).to_contain_text("_xsrf=…")

        # Its redirect, its form and its link stay below the prefix.
        press(cell(page, "browse(open_book)").frame_locator("iframe"), "Log in as ada")
        with page.expect_response("**/thief*"):
            run(page, 'browse(open_book, "/guestbook")')
        book = cell(page, 'browse(open_book, "/guestbook")').frame_locator("iframe")
        book.get_by_label("Your entry").fill("Hello")
        book.get_by_role("button", name="Sign the guest book").click()
        expect(book.get_by_text("Hello")).to_be_visible()
        run(page, "/thief/loot")
        expect(output(page, "/thief/loot")).to_contain_text("open_book=s%3A")
