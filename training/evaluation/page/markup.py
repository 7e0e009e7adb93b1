"""HTML from values: everything that comes from outside is escaped here and nowhere else."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Markup:
    """Text that is HTML already."""

    text: str


Content = str | Markup


def escape(content: Content) -> str:
    """HTML as it is, any other text escaped."""
    return content.text if isinstance(content, Markup) else html.escape(content)


def tag(name: str, *contents: Content, **attributes: str) -> Markup:
    """One element; an attribute's trailing underscore is dropped (`class_`), others become hyphens (`stroke_width`)."""
    given = "".join(f' {_attribute(key)}="{html.escape(value)}"' for key, value in attributes.items())
    return Markup(text=f"<{name}{given}>{''.join(map(escape, contents))}</{name}>")


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def joined(parts: Iterable[Markup]) -> Markup:
    """One after the other."""
    return Markup(text="\n".join(part.text for part in parts))


def table(heads: Sequence[Content], rows: Iterable[Sequence[Content]], *, class_: str = "") -> Markup:
    """A table whose first column names the row."""
    head = tag("tr", *(tag("th", cell, scope="col") for cell in heads))
    body = [tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])) for row in rows]
    return tag("table", tag("thead", head), tag("tbody", *body), class_=class_)


def number(value: float | None) -> str:
    """Three digits, or a dash where there is no figure."""
    return "–" if value is None else f"{value:.3f}"


def figure(row: Mapping[str, Any]) -> Markup:
    """A figure with its interval in small print."""
    return joined([tag("b", number(row["value"])), *spread(row)])


def spread(row: Mapping[str, Any]) -> list[Markup]:
    """The interval in small print; nothing without one."""
    if row.get("interval") is None:
        return []
    low, high = row["interval"]
    return [tag("small", f"{low:.3f} – {high:.3f}")]
