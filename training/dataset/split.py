"""Split a label file into train and val: whole groups of near-duplicates, with like shares of sources and classes.

Greedy iterative stratification in the spirit of Sechidis, Tsoumakas & Vlahavas (ECML PKDD 2011,
doi:10.1007/978-3-642-23808-6_10), on groups instead of single pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset.formats.coco import read_document, write_document
from training.dataset.formats.labelled import find_picture
from training.dataset.formats.placing import place_picture
from training.dataset.near_duplicates import find_pairs_within, group
from training.dataset.sketches import open_sketches
from training.errors import InvalidOption, TooFewPictures

Groups = NDArray[np.int64]
Numbers = NDArray[np.float64]
TRIES = 20  # random orders, of which the one closest to the wished shares is kept


@dataclass(frozen=True, kw_only=True)
class SplitOrder:
    """Which label file, how much of it is held out, and where the parts go."""

    labels: Path
    output: Path
    val_share: float = 0.1
    seed: int = 1
    is_copying: bool = False


def split_labels(order: SplitOrder) -> dict[str, Any]:
    """Write `train.json`, `val.json` and `images/` (links, unless copied) and return counts."""
    if not 0 < order.val_share < 1:
        raise InvalidOption(f"--val-share {order.val_share:g} is not between 0 and 1")
    if order.labels.resolve() in {(order.output / f"{part}.json").resolve() for part in ("train", "val")}:
        raise InvalidOption(f"--output {order.output} would overwrite {order.labels}")
    document = read_document(order.labels)
    folder = order.labels.parent
    paths = [
        find_picture((folder / "images", folder), image["file_name"], str(order.labels)) for image in document["images"]
    ]
    groups = group(find_pairs_within(open_sketches(paths)), len(paths))
    held_out = hold_out(groups, features(document), order.val_share, np.random.default_rng(order.seed))
    places = [place_picture(path, order.output / "images", is_copying=order.is_copying) for path in paths]
    document["images"] = [
        {**image, "file_name": place.name} for image, place in zip(document["images"], places, strict=True)
    ]
    parts = {"train": ~held_out, "val": held_out}
    for name, chosen in parts.items():
        write_document(choose(document, chosen), order.output / f"{name}.json")
    table = features(document)
    return {
        "groups_of_several": int((np.bincount(groups) > 1).sum()),
        **{
            name: {"pictures": int(chosen.sum()), **_counts(document, table[chosen].sum(axis=0))}
            for name, chosen in parts.items()
        },
    }


def hold_out(groups: Groups, table: Numbers, share: float, random: np.random.Generator) -> NDArray[np.bool_]:
    """Which pictures [N] are held out, from their groups [N] and counts [N, F]: never a part of a group.

    Raises TooFewPictures when there are not two groups.
    """
    names, members = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise TooFewPictures(f"{len(groups)} pictures in {len(names)} groups of near-duplicates cannot be split")
    sums = np.zeros((len(names), table.shape[1]))
    np.add.at(sums, members, table)
    relative = sums / np.maximum(sums.sum(axis=0), 1)
    tries = [_fill(relative, share, random) for _ in range(TRIES)]
    best = min(tries, key=lambda chosen: _distance(relative[chosen].sum(axis=0), share))
    return np.asarray(best[members], np.bool_)


def _fill(relative: Numbers, share: float, random: np.random.Generator) -> NDArray[np.bool_]:
    """Take groups [G, F] in random order as long as each brings the shares closer; at least one, never all."""
    chosen, filled = np.zeros(len(relative), np.bool_), np.zeros(relative.shape[1])
    order = random.permutation(len(relative))
    for position in order:
        with_it = filled + relative[position]
        if _distance(with_it, share) < _distance(filled, share):
            chosen[position], filled = True, with_it
    if not chosen.any():
        chosen[min(order, key=lambda position: _distance(relative[position], share))] = True
    if chosen.all():
        chosen[order[-1]] = False
    return chosen


def _distance(shares: Numbers, wished: float) -> float:
    return float(np.square(shares - wished).sum())


def features(document: Mapping[str, Any]) -> Numbers:
    """What is to be shared out, per picture [N, F]: itself, its source, its boxes of each class."""
    images = document["images"]
    sources, classes = _sources(document), _classes(document)
    positions = {image["id"]: position for position, image in enumerate(images)}
    table = np.zeros((len(images), 1 + len(sources) + len(classes)))
    table[:, 0] = 1
    for position, image in enumerate(images):
        table[position, 1 + sources.index(_source(image))] = 1
    for row in document["annotations"]:
        if not row.get("iscrowd"):
            table[positions[row["image_id"]], 1 + len(sources) + classes.index(row["category_id"])] += 1
    return table


def _counts(document: Mapping[str, Any], sums: Numbers) -> dict[str, Any]:
    sources, classes = _sources(document), _classes(document)
    names = {row["id"]: row["name"] for row in document.get("categories", [])}
    values = [int(value) for value in sums[1:]]
    return {
        "sources": dict(zip(sources, values, strict=False)),
        "boxes": {
            str(names.get(label, label)): count for label, count in zip(classes, values[len(sources) :], strict=True)
        },
    }


def _source(image: Mapping[str, Any]) -> str:
    return str(image.get("source", "unknown"))


def _sources(document: Mapping[str, Any]) -> list[str]:
    return sorted({_source(image) for image in document["images"]})


def _classes(document: Mapping[str, Any]) -> list[int]:
    return sorted({row["category_id"] for row in document["annotations"] if not row.get("iscrowd")})


def choose(document: Mapping[str, Any], chosen: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    """The part of a COCO document with these pictures."""
    images = [image for image, is_in in zip(document["images"], chosen, strict=True) if is_in]
    kept = {image["id"] for image in images}
    rows = [row for row in document["annotations"] if row["image_id"] in kept]
    return {**document, "images": images, "annotations": rows}
