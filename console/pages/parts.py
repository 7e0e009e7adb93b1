"""Small pieces that pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape

from nicegui import ui
from nicegui.element import Element

from common.domain.prediction import Label
from console.texts import t

# Like the boxes in pictures (console/pictures.py), which are drawn in blue-green-red order.
LABEL_COLORS = {
    Label.NO_MASK: "#d55e00",
    Label.MASK_INCORRECT: "#e69f00",
    Label.MASK_CORRECT: "#009e73",
    Label.UNCERTAIN: "#9aa4af",
}


def tag(kind: str, classes: str = "", text: str = "", /, **attributes: str) -> Element:
    """An HTML element; an attribute's underscores become dashes."""
    element = ui.element(kind).classes(classes)
    for key, value in attributes.items():
        element.props[key.rstrip("_").replace("_", "-")] = value
    if text:
        with element:
            write(text)
    return element


def write(text: str) -> Element:
    """Plain text inside of an element."""
    return ui.html(escape(text), sanitize=False, tag="span")


def set_attribute(element: Element, name: str, value: str) -> None:
    """Change an attribute in place; nothing is sent when it is so already."""
    if element.props.get(name) != value:
        element.props[name] = value
        element.update()


def chip(kind: str, text: str, icon: str = "") -> Element:
    """A state in one word: its icon and its text say it too, not only its colour."""
    element = tag("span", f"chip chip-{kind}")
    with element:
        if icon:
            ui.icon(icon).props("aria-hidden=true")
        write(text)
    return element


def title(text: str) -> Element:
    """The page's heading."""
    return tag("h1", "title", text)


def empty(text: str, icon: str) -> Element:
    """What stands where nothing is."""
    element = tag("div", "empty")
    with element:
        ui.icon(icon).props("aria-hidden=true")
        tag("p", "", text)
    return element


@contextmanager
def table(headings: Sequence[str], *, caption: str) -> Iterator[None]:
    """A table whose body is what is drawn inside; on a telephone its rows become cards (console.css)."""
    with tag("div", "panel table-panel"), tag("table", "table", aria_label=caption):
        with tag("thead"), tag("tr"):
            for heading in headings:
                tag("th", "", heading, scope="col")
        with tag("tbody"):
            yield


def row(cells: Iterable[tuple[str, str]]) -> None:
    """One row of heading and text pairs."""
    with tag("tr"):
        for heading, text in cells:
            tag("td", "", text, data_label=heading)


def legend() -> None:
    """What the boxes mean: colour and line, as they are drawn."""
    with tag("ul", "legend", aria_label=t("wall.legend")):
        for label in Label:
            with tag("li"):
                tag("span", f"line line-{label.value}", aria_hidden="true")
                write(t(f"label.{label.value}"))
