"""What axe-core finds in a page: the part of WCAG, and of good practice, that a machine can see."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from tests.express.servers import FOLDER, install

# An element is named by its own text, which is easier to find in a notebook than its selector.
_RUN = """async places => {
    const { violations } = await axe.run(
        places.length ? { include: places.map(place => [place]) } : document,
        { resultTypes: ["violations"] },
    );
    const said = ({ id, help }, { html }) => `${id}: ${help}: ${html.slice(0, 200)}`;
    return violations.flatMap(violation => violation.nodes.map(node => said(violation, node)));
}"""


@cache
def _axe() -> str:
    install()
    return (FOLDER / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *places: str) -> list[str]:
    """What is wrong below the elements that these selectors name, or in the whole page: the rule and the element."""
    page.evaluate(_axe())
    return page.evaluate(_RUN, [place for place in places if page.locator(place).count()])
