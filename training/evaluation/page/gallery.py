"""The worst mistakes as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.evaluation.mistakes import Mistake
from training.evaluation.page.markup import Markup, joined, tag
from training.evaluation.page.thumbnail import thumbnail
from training.evaluation.seen import Change, read_picture


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Mistakes of one kind, the worst first."""

    title: str
    note: str
    mistakes: Sequence[Mistake]
    change: Change | None  # what was done to the pictures before the models saw them


def gallery_section(shelves: Sequence[Shelf]) -> Markup:
    """Every shelf with its pictures."""
    parts = [tag("h2", "The worst mistakes")]
    for shelf in shelves:
        pictures = [_picture(mistake, shelf.change) for mistake in shelf.mistakes]
        parts += [tag("h3", shelf.title), tag("p", shelf.note if pictures else "None.", class_="quiet")]
        parts.append(tag("div", *pictures, class_="pictures"))
    return joined(parts)


def _picture(mistake: Mistake, change: Change | None) -> Markup:
    name = mistake.seen.picture.path.name
    image = read_picture(mistake.seen.picture, change)
    caption = tag("figcaption", mistake.says, Markup(text="<br>"), tag("span", name))
    return tag("figure", thumbnail(image, mistake.box, title=f"{name}: {mistake.says}"), caption)
