"""Lessons in a real JupyterLab in a real Chromium: all cells run, the embedded pages are used, the result is looked at.

The picture in the README comes from here: ``SCREENSHOTS=store python3 run.py test tests/browser/test_jupyterlab.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from demo_app.setup.blank import all_notebooks
from tests.browser.lab import (
    begin_kernels_with,
    cell,
    copy_project,
    jupyterlab,
    open_lesson,
    output,
    run,
    run_all,
    save,
    set_preferences,
)
from tests.browser.looks import cut_off, difference, hard_to_read
from tests.browser.use import press
from tests.setup.setup_files import ROOT

PICTURE = ROOT / "docs" / "lesson.png"
NOTEBOOKS = ROOT / "notebooks"
LESSONS = [path.relative_to(NOTEBOOKS).with_suffix("").as_posix() for path in all_notebooks(NOTEBOOKS)]
#: Looked at in more detail, and in both themes.
CLOSELY = ("00_start_here", "04_secure", "05_httponly")
# The ids of sessions, the same in every run: two pictures of a lesson can be compared.
# No names that a lesson may have as well.
SAME_IDS = """
import base64, random, secrets
def _same(size, numbers=random.Random(1), encode=base64.urlsafe_b64encode):
    return encode(numbers.randbytes(size)).decode()
secrets.token_urlsafe = _same
del base64, random, secrets, _same
"""
#: How wide ten letters are in the fonts of that picture, prose and bold code.
WIDTHS = [70.16, 84.29]
#: How wide a picture is by itself, and on the page.
SIZES = "image => image.decode().then(() => [image.naturalWidth, image.width])"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@pytest.fixture(scope="module", params=THEMES)
def theme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def url(theme: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab in the theme."""
    folder, environment = copy_project(tmp_path_factory.mktemp("lab"))
    settings = {
        "apputils-extension/themes": {"theme": THEMES[theme]},
        # All cells are in the page, not only those in sight.
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    set_preferences(environment["HOME"], settings)
    begin_kernels_with(environment["HOME"], SAME_IDS)
    with jupyterlab(folder, environment) as address:
        yield address


@pytest.fixture
def lesson(page: Page, url: str, theme: str, request: pytest.FixtureRequest) -> Page:
    """The lesson that the test names, when all its cells have run."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme=theme)
    open_lesson(page, url.replace("my-lessons", "notebooks"), request.param)
    check_outputs(page)  # as they are stored; JupyterLab does not trust them yet, and leaves out some of their style
    run_all(page)
    return page


def check_outputs(lesson: Page) -> None:
    """Nothing failed, nothing is hard to read, and nothing is wider than its place, beside the open file browser.

    Pictures are there, with words for those who do not see them.
    """
    shown = lesson.locator(".jp-OutputArea-output").all()
    kinds = {one.get_attribute("data-mime-type") for one in shown}
    assert kinds.isdisjoint({"application/vnd.jupyter.stderr", "application/vnd.jupyter.error"})
    for one in shown:
        assert hard_to_read(one) == {}
        assert cut_off(one) == []
    for picture in lesson.locator(".jp-OutputArea-output img, .jp-MarkdownOutput img").all():
        assert picture.evaluate(SIZES)[0] > 0
        assert picture.get_attribute("alt")


@pytest.mark.parametrize("theme", ["light"], indirect=True, scope="module")
@pytest.mark.parametrize("lesson", [name for name in LESSONS if name not in CLOSELY], indirect=True)
def test_outputs_read_well_on_a_small_laptop(lesson):
    check_outputs(lesson)


@pytest.mark.parametrize("lesson", ["03_max_age", "04_secure", "05_httponly"], indirect=True)
def test_axe_finds_nothing_in_what_a_lesson_says_and_shows(lesson, axe):
    assert axe(lesson, ".jp-OutputArea-output", ".jp-MarkdownOutput") == []


@pytest.mark.parametrize("lesson", ["00_start_here"], indirect=True)
def test_00_shows_the_header(lesson):
    check_outputs(lesson)
    expect(output(lesson, "check_environment()")).not_to_contain_text("NO")
    expect(output(lesson, "exchange(first)").locator("b")).to_contain_text("< Set-Cookie: connect.sid=s%3A")


@pytest.mark.parametrize("theme", ["light"], indirect=True, scope="module")
@pytest.mark.parametrize("lesson", ["00_start_here"], indirect=True)
def test_the_picture_in_the_readme_is_what_a_lesson_looks_like(lesson):
    lesson.set_viewport_size({"width": 1440, "height": 1400})
    heading = lesson.locator(".jp-MarkdownCell", has_text="The first answer sets a cookie")
    code, header, table = (
        cell(lesson, "exchange(first)").locator(".jp-InputArea"),
        output(lesson, "exchange(first)").locator("b"),
        output(lesson, "anatomy(first)"),
    )
    if [width(part) for part in (heading, header)] != WIDTHS:
        pytest.skip("this machine has other fonts than the one that took the picture")
    heading.evaluate("element => element.scrollIntoView()")
    clip = heading.bounding_box()
    end = table.bounding_box()
    clip["height"] = end["y"] + end["height"] - clip["y"]
    picture = lesson.screenshot(clip=clip)
    if os.environ.get("SCREENSHOTS") == "store":
        PICTURE.write_bytes(picture)
    for part in (code, header, table):
        box = part.bounding_box()
        box |= {"x": box["x"] - clip["x"], "y": box["y"] - clip["y"]}
        assert difference(lesson, PICTURE.read_bytes(), picture, box) < 3, "look at it, then store it as above"


def width(element: Locator) -> float:
    return element.evaluate(
        """element => {
            const context = document.createElement("canvas").getContext("2d");
            context.font = getComputedStyle(element).font;
            return Math.round(context.measureText("Set-Cookie").width * 100) / 100;
        }"""
    )


@pytest.mark.parametrize("lesson", ["04_secure"], indirect=True)
def test_04_draws_the_traffic(lesson):
    check_outputs(lesson)
    drawn = output(lesson, "replace(options, proxy=True)").last
    assert drawn.get_by_role("img").evaluate(SIZES) == [800, 800]
    text = drawn.get_by_text("client → proxy")
    expect(text).to_be_hidden()
    drawn.get_by_text("The diagram as text").click()
    expect(text).to_be_visible()


@pytest.mark.parametrize("lesson", ["05_httponly"], indirect=True)
def test_05_robs_the_guest_book(lesson):
    check_outputs(lesson)
    for server in ("hidden", "visible"):
        page = cell(lesson, f"browse({server})").frame_locator("iframe")
        press(page, "Visit", "Visit")
        expect(page.locator("#result")).to_contain_text('{"visits":2}')
        scripts = page.locator("#scripts")  # they see a cookie of JupyterLab, too
        if server == "visible":
            expect(scripts).to_contain_text("visible=s%3A")
        else:
            expect(scripts).not_to_contain_text("connect.sid")
    for book in ("open_book", "closed_book"):
        press(cell(lesson, f"browse({book})").frame_locator("iframe"), "Log in as ada")
        with lesson.expect_response("**/thief*"):
            run(lesson, f"browse({book}, {book.replace('book', 'path')})")
    run(lesson, "thief/loot")
    loot = output(lesson, "thief/loot")
    expect(loot).to_contain_text("open_book=s%3A")
    expect(loot).not_to_contain_text("closed_book=")


def test_an_answer_is_there_after_a_restart(page, tmp_path):
    """No learner's work is lost: what is saved is what comes back."""
    folder, environment = copy_project(tmp_path)
    set_preferences(environment["HOME"], {"notebook-extension/tracker": {"windowingMode": "none"}})
    exercise = "second_visitor.check(visit_as_somebody_new)"
    answer = (
        "def visit_as_somebody_new(url):\n    return requests.get(f'{url}/api/visits').json()['visits']\n\n" + exercise
    )
    with jupyterlab(folder, environment) as url:
        open_lesson(page, url, "00_start_here")
        run_all(page)
        expect(output(page, exercise)).to_contain_text("Not tried yet.")
        cell(page, exercise).locator(".jp-InputArea-editor").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("from demo_app.lesson.checks.start import second_visitor\n" + answer)
        run(page, exercise)
        expect(output(page, exercise)).to_contain_text("Right.")
        save(page)
    with jupyterlab(folder, environment) as url:
        open_lesson(page, url, "00_start_here")
        expect(cell(page, exercise).locator(".jp-InputArea")).to_contain_text("json()['visits']")
        expect(output(page, exercise)).to_contain_text("Right.")
