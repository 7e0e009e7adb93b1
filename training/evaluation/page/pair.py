"""What detector and classifier are worth together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from training.evaluation.page.markup import Content, Markup, figure, joined, number, table, tag

HEADS = (
    "condition",
    "pictures",
    "faces",
    "found",
    "mask or none, of found",
    "mask or none, unfound wrong",
    "three classes, of found",
    "three classes, unfound wrong",
    "mAP50, 3 classes",
    "mAP50, 2 classes",
)
CLASS_HEADS = ("condition", "pictures", "no_mask", "mask_incorrect", "mask_correct", "no_mask, of 2", "any_mask, of 2")


def pair_section(report: Mapping[str, Any]) -> Markup:
    """One table per size of face."""
    parts = [
        tag("h2", "Both together"),
        tag(
            "p",
            "A labelled face is found when a detection at the served score overlaps it by IoU 0.5 and more; the "
            "classifier judges that detection's box in the full picture. mAP50: a detection's score for a class is its "
            "own times the class's probability; one on a face of another class is wrong. Detections under a score of "
            "0.1, and beyond the 100 surest of a picture, are left out, which can only lower mAP50.",
            class_="quiet",
        ),
    ]
    for size in next(iter(report["conditions"].values()))["all"]["pipeline"]:
        parts += [
            tag("h3", f"Faces of {size.removeprefix('>=')} px and more"),
            table(HEADS, _rows(report, size)),
            tag("p", "AP50 of each class:", class_="quiet"),
            table(CLASS_HEADS, _class_rows(report, size)),
        ]
    return joined(parts)


def _rows(report: Mapping[str, Any], size: str) -> Iterator[tuple[Content, ...]]:
    for condition, source, pipeline in _each(report, size):
        yield (
            condition,
            source,
            str(pipeline["found"]["of"]),
            figure(pipeline["found"]),
            figure(pipeline["mask_or_none_of_found"]),
            figure(pipeline["mask_or_none_with_unfound"]),
            figure(pipeline["accuracy_of_found"]),
            figure(pipeline["accuracy_with_unfound"]),
            figure(pipeline["map50_three_classes"]),
            figure(pipeline["map50_two_classes"]),
        )


def _class_rows(report: Mapping[str, Any], size: str) -> Iterator[tuple[Content, ...]]:
    for condition, source, pipeline in _each(report, size):
        three, two = (pipeline[key]["classes"] for key in ("map50_three_classes", "map50_two_classes"))
        yield condition, source, *map(number, three.values()), *map(number, two.values())


def _each(report: Mapping[str, Any], size: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for condition, parts in report["conditions"].items():
        for source, part in parts.items():
            yield condition, source, part["pipeline"][size]
