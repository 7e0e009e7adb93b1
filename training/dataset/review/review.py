"""Look for suspicious labels in a whole label file and show them on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from training.dataset.formats.coco import read_document
from training.dataset.formats.labelled import find_picture
from training.dataset.pixel_cache import read_rgb
from training.dataset.review.models import Judges, open_judges
from training.dataset.review.page import Item, draw_thumbnail, render
from training.dataset.review.suspicion import Doubt, Rules, doubts
from training.errors import InvalidOption


@dataclass(frozen=True, kw_only=True)
class ReviewOrder:
    """Which labels, judged by which weights, shown where."""

    labels: Path
    weights: Path
    output: Path
    max_items: int = 500  # a page of 500 thumbnails is some 4 MB


def review_labels(order: ReviewOrder, judges: Judges | None = None, rules: Rules | None = None) -> dict[str, Any]:
    """Write the page and return how many labels of each doubt there are; without `judges` the order's weights judge."""
    if order.max_items < 1:
        raise InvalidOption(f"--max {order.max_items} shows nothing")
    document = read_document(order.labels)
    items = list(_suspicious(order, document, judges or open_judges(order.weights), rules or Rules()))
    kinds = list(Doubt)
    items.sort(key=lambda item: (kinds.index(item.suspicion.doubt), -item.suspicion.sureness))
    shown = items[: order.max_items]
    order.output.parent.mkdir(parents=True, exist_ok=True)
    order.output.write_text(render(order.labels.name, shown, hidden=len(items) - len(shown)))
    counts = Counter(item.suspicion.doubt.name.lower() for item in items)
    return {"pictures": len(document["images"]), "suspicious": dict(counts), "shown": len(shown)}


def _suspicious(order: ReviewOrder, document: Mapping[str, Any], judges: Judges, rules: Rules) -> list[Item]:
    folder = order.labels.parent
    rows: dict[Any, list[dict[str, Any]]] = {image["id"]: [] for image in document["images"]}
    for row in document["annotations"]:
        rows[row["image_id"]].append(row)
    items = []
    for image in tqdm(document["images"], "reviewing", disable=None):
        pixels = read_rgb(find_picture((folder / "images", folder), image["file_name"], str(order.labels)))
        mine = rows[image["id"]]
        sized = {**image, "width": pixels.shape[1], "height": pixels.shape[0]}
        items += [
            Item(suspicion=suspicion, thumbnail=draw_thumbnail(pixels, suspicion.box))
            for suspicion in doubts(sized, mine, judges.opinion(pixels, mine), rules)
        ]
    return items
