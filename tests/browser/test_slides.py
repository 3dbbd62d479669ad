"""The slides in a real Chromium, at the size of a projector."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from demo_app.setup.blank import NOTEBOOKS
from demo_app.teach.slides import slides
from tests.browser.looks import cut_off, hard_to_read

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
#: A slide may be drawn at this size, and not smaller: code is then as high as a text of 13 points.
SMALLEST = 0.65


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("slides")
    for lesson in LESSONS:
        (place / f"{lesson.stem}.html").write_text(slides(lesson), encoding="utf-8")
    return place


@pytest.fixture
def opened(page, folder, request):
    """The slides of the lesson that the test names, on a projector."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto((folder / f"{request.param}.html").as_uri())
    return page


@pytest.mark.parametrize("opened", [path.stem for path in LESSONS], indirect=True)
def test_no_slide_overflows(opened):
    slides = opened.evaluate(
        """slides.map((slide, number) => {
            show(number, Infinity);
            const content = document.createRange();
            content.selectNodeContents(slide);
            const { right, bottom } = content.getBoundingClientRect();
            return [number + 1, right, bottom, Number(slide.style.zoom || 1)];
        })"""
    )
    assert len(slides) >= 12
    assert [slide for slide in slides if slide[1] > 1280 or slide[2] > 720 or slide[3] < SMALLEST] == []
    assert cut_off(opened.locator("main")) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", ["01_name", "04_secure"], indirect=True)
def test_text_stands_out_in_both_themes(opened, scheme):
    opened.emulate_media(color_scheme=scheme)
    for number in range(opened.evaluate("slides.length")):
        opened.evaluate(f"show({number}, Infinity)")
        assert hard_to_read(opened.locator("section section.present")) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", [path.stem for path in LESSONS], indirect=True)
def test_axe_finds_nothing(opened, scheme, axe):
    opened.emulate_media(color_scheme=scheme, media="print")  # all slides at once
    assert axe(opened) == []


@pytest.mark.parametrize("opened", ["01_name"], indirect=True)
class TestTheKeys:
    def place(self, page) -> str:
        return page.locator("#place").inner_text()

    def test_they_lead_forward_and_back_and_to_both_ends(self, opened):
        last = opened.evaluate("slides.length")
        for key, place in (
            ("ArrowRight", 2),
            (" ", 3),
            ("PageDown", 4),
            ("ArrowLeft", 3),
            ("PageUp", 2),
            ("End", last),
            ("ArrowRight", last),
            ("Home", 1),
            ("ArrowLeft", 1),
        ):
            # Fragments and explanations have tests of their own: all are open before a step on, none before one back.
            opened.evaluate(f"show(at, {0 if key in ('ArrowLeft', 'PageUp') else 'Infinity'})")
            opened.keyboard.press("Space" if key == " " else key)
            assert self.place(opened) == f"{place} / {last}"

    def test_fragments_come_one_by_one(self, opened):
        number = opened.evaluate("steps.findIndex(some => some[0]?.matches('.fragment'))")
        opened.evaluate(f"show({number}, 0)")
        fragment = opened.locator("section section.present .fragment").first
        assert not fragment.is_visible()
        opened.keyboard.press("ArrowRight")
        assert fragment.is_visible()
        assert self.place(opened).startswith(f"{number + 1} /")
        opened.keyboard.press("ArrowLeft")
        assert not fragment.is_visible()

    def test_an_explanation_opens_and_closes_in_its_turn(self, opened):
        number, step = opened.evaluate(
            """(() => {
                const number = steps.findIndex(some => some.some(step => step.matches("details")));
                return [number, steps[number].findIndex(step => step.matches("details"))];
            })()"""
        )
        opened.evaluate(f"show({number}, {step})")
        summary = opened.locator("section section.present summary").first
        explanation = opened.locator("section section.present details > p").first
        assert summary.inner_text() == "Answer: is the article right?"
        assert not explanation.is_visible()
        for key, is_open in (("ArrowRight", True), ("ArrowLeft", False), ("PageDown", True), ("PageUp", False)):
            opened.keyboard.press(key)
            assert explanation.is_visible() == is_open
            assert self.place(opened).startswith(f"{number + 1} /")
        summary.click()  # as anywhere else
        assert explanation.is_visible()
        assert self.place(opened).startswith(f"{number + 1} /")

    def test_a_click_leads_on_and_one_at_the_left_back(self, opened):
        opened.mouse.click(1000, 600)
        assert self.place(opened).startswith("2 /")
        opened.mouse.click(100, 600)
        assert self.place(opened).startswith("1 /")

    def test_a_reload_stays_at_the_place(self, opened):
        opened.keyboard.press("ArrowRight")
        opened.reload()
        assert self.place(opened).startswith("2 /")


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768), (800, 450)])
@pytest.mark.parametrize("opened", ["00_start_here"], indirect=True)
def test_a_slide_is_as_large_as_the_window(opened, size):
    opened.set_viewport_size({"width": size[0], "height": size[1]})
    box = opened.locator("main").bounding_box()
    assert (box["width"] == pytest.approx(size[0])) or (box["height"] == pytest.approx(size[1]))
    assert box["x"] >= -0.5
    assert box["y"] >= -0.5
    assert box["x"] + box["width"] <= size[0] + 0.5


@pytest.mark.parametrize("opened", ["02_secret"], indirect=True)
def test_printed_each_slide_is_a_page_with_its_explanations(opened):
    opened.evaluate("slides.forEach((_, number) => show(number, 0))")  # all are closed, as after a walk back
    opened.evaluate(
        """addEventListener("beforeprint", () => {
            globalThis.printed = [...document.querySelectorAll(".jp-MarkdownCell details")].map(each => each.open);
        })"""
    )
    pages = re.findall(rb"/Type\s*/Page\b", opened.pdf(prefer_css_page_size=True))
    assert len(pages) == opened.evaluate("slides.length")
    printed = opened.evaluate("printed")
    assert printed
    assert all(printed)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_they_need_no_network_and_spoil_no_exercise(path, page, folder):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / f"{path.stem}.html").as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    pictures = page.locator("img").all()
    assert all(picture.get_attribute("src").startswith("data:") for picture in pictures), "a file needs nothing else"
    assert all(picture.evaluate("image => image.decode().then(() => image.naturalWidth)") for picture in pictures)
    html = page.content()
    assert "<summary>Solution" not in html
    assert "hint()" not in html
    assert ".ipynb" not in html


@pytest.mark.parametrize("opened", ["05_httponly"], indirect=True)
def test_a_page_is_shown_in_jupyterlab_and_its_cell_stands_on_the_slide(opened):
    assert opened.locator("iframe").count() == 0
    pages = opened.locator(".jp-CodeCell", has_text="browse(")
    assert pages.count() == 6
    loot = opened.locator(".jp-CodeCell", has_text="thief/loot")  # empty where nobody has logged in
    for shown in (*pages.all(), loot):
        assert shown.locator(".jp-OutputArea-output").text_content().strip() == "(Shown in JupyterLab.)"
