"""What can be said of how a page looks: how its texts stand out, and how far a part of two pictures is alike."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import FloatRect, Locator, Page

#: The contrast that WCAG 2.2 (1.4.3) asks of text.
LEAST_CONTRAST = 4.5

# Each text below an element, with the colours that it is drawn in and on.
_TEXTS = """root => {
    const ground = element => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const text = texts.currentNode.data.trim();
        if (text && element.checkVisibility()) found.push([text, getComputedStyle(element).color, ground(element)]);
    }
    return found;
}"""

# The mean difference of brightness between two pictures in a box, 0 to 255. Drawn at a quarter of their size, so that
# other letters in the same place make little difference, and a part that has moved or is missing makes much.
_DIFFERENCE = """async ([one, other, box]) => {
    const brightness = async source => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = Math.ceil(box.width / 4);
        canvas.height = Math.ceil(box.height / 4);
        const context = canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(image, box.x, box.y, box.width, box.height, 0, 0, canvas.width, canvas.height);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        return Array.from({ length: data.length / 4 }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3);
    };
    const [a, b] = [await brightness(one), await brightness(other)];
    return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}"""


def texts(element: Locator) -> list[tuple[str, str, str]]:
    """The visible texts in an element, each with its colour and that of its ground."""
    return [tuple(found) for found in element.evaluate(_TEXTS)]


def hard_to_read(element: Locator) -> dict[str, float]:
    """The texts that do not stand out enough, and their contrast."""
    contrasts = {text: contrast(colour, ground) for text, colour, ground in texts(element)}
    return {text: found for text, found in contrasts.items() if found < LEAST_CONTRAST}


def luminance(colour: str) -> float:
    """The relative luminance of ``rgb(…)`` (WCAG 2.2)."""
    channels = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def cut_off(element: Locator) -> list[str]:
    """The parts of an element whose content is wider than they are."""
    return element.evaluate(
        """root => [root, ...root.querySelectorAll("*")]
            .filter(element => getComputedStyle(element).display !== "inline")
            .filter(element => element.scrollWidth > element.clientWidth + 1)
            .map(element => element.outerHTML.slice(0, 80))"""
    )


def difference(page: Page, one: bytes, other: bytes, box: FloatRect) -> float:
    """How much two pictures differ in a box, from 0 to 255; ``page`` lends its browser."""
    sources = [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in (one, other)]
    return page.evaluate(_DIFFERENCE, [*sources, box])
