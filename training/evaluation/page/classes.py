"""How well labelled faces are named: shares, confusion, calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from training.dataset.crop_bank import CLASSES
from training.evaluation.page.markup import Content, Markup, figure, joined, table, tag
from training.evaluation.page.svg import reliability

HEADS = (
    "condition",
    "pictures",
    "faces",
    "accuracy",
    "balanced",
    "mask or none",
    "wrongly worn: recall at precision 0.70",
    "calibration error",
    "uncertain",
    "no_mask precision, certain",
)


def class_section(report: Mapping[str, Any]) -> Markup:
    """Everything on the classifier alone."""
    parts = [
        tag("h2", "Naming faces"),
        tag(
            "p",
            f"Labelled boxes of {report['rules']['named_face_px']:g} px and more, cut out of the full picture. Mask or "
            "none: the two kinds of worn masks together against none. The calibration error's interval leans upwards, "
            "as resampling makes it. “Without doubtful labels” leaves out faces whose label or box is wrong, or "
            "that nobody can tell.",
            class_="quiet",
        ),
        table(HEADS, _rows(report, "naming")),
        tag("h3", "Without doubtful labels"),
        table(HEADS, _rows(report, "naming_of_trusted")),
    ]
    for condition, sources in report["conditions"].items():
        parts += [tag("h3", f"{condition} pictures"), tag("div", *_details(sources["all"]["naming"]), class_="side")]
    return joined(parts)


def _rows(report: Mapping[str, Any], key: str) -> Iterator[tuple[Content, ...]]:
    for condition, parts in report["conditions"].items():
        for source, part in parts.items():
            naming = part[key]
            yield (
                condition,
                source,
                str(naming["accuracy"]["of"]),
                figure(naming["accuracy"]),
                figure(naming["balanced_accuracy"]),
                figure(naming["mask_or_none"]),
                figure(naming["mask_incorrect_recall_at_precision_0.70"]),
                figure(naming["calibration_error"]),
                figure(naming["uncertain_share"]),
                figure(naming["no_mask_precision_when_certain"]),
            )


def _details(naming: Mapping[str, Any]) -> Iterator[Markup]:
    classes = [
        (name, figure(naming["recall"][name]), figure(naming["precision"][name]), str(naming["recall"][name]["of"]))
        for name in CLASSES
    ]
    yield tag("div", table(("class", "recall", "precision", "faces"), classes), *_confusion(naming["confusion"]))
    bins = [
        (row["confidence"], row["accuracy"]["value"], row["accuracy"]["interval"], row["accuracy"]["of"])
        for row in naming["reliability"]
    ]
    yield tag("div", tag("p", "Calibration"), reliability(bins, title="Calibration"))


def _confusion(confusion: list[list[int]]) -> list[Markup]:
    """Rows: labels; columns: answers. A cell is the darker the larger its share of its row."""
    body = []
    for name, row in zip(CLASSES, confusion, strict=True):
        cells = [_cell(count, count / max(sum(row), 1)) for count in row]
        body.append(tag("tr", tag("th", name, scope="row"), *cells))
    head = tag("tr", tag("th", "label ↓ answer →"), *(tag("th", name, scope="col") for name in CLASSES))
    return [tag("table", tag("thead", head), tag("tbody", *body), class_="confusion")]


def _cell(count: int, share: float) -> Markup:
    ink = "#fff" if share > 0.55 else "#1c1c1c"
    return tag("td", str(count), style=f"background:rgba(11,98,196,{0.06 + 0.94 * share:.2f});color:{ink}")
