"""How well faces are found: ours and the peers, by size, and along the whole curve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from training.evaluation.page.markup import Content, Markup, figure, joined, number, table, tag
from training.evaluation.page.svg import COLOURS, Bar, bars, curves

HEADS = (
    "",
    "pictures",
    "faces",
    "AP50",
    "small forgiven",
    "12–24 px",
    "24–48 px",
    "> 48 px",
    "recall at precision 0.95",
    "ms per picture",
)
OURS = "ours"
Parts = Mapping[str, Any]


def face_section(report: Mapping[str, Any]) -> Markup:
    """Average precision, sizes and curves, condition by condition."""
    parts = [tag("h2", "Finding faces"), tag("p", _rules(report), class_="quiet")]
    for condition in report["conditions"]:
        lines = _finders(report, condition)
        parts += [
            tag("h3", f"{condition} pictures"),
            table(HEADS, _rows(lines)),
            tag("div", *_plots(lines, condition), class_="side"),
        ]
    return joined([*parts, _served(report)])


def _rules(report: Mapping[str, Any]) -> str:
    return (
        f"AP50: a detection is right when it overlaps a labelled face by IoU {report['rules']['match_iou']:g} "
        "and more, a second one on the same face is wrong, and so is one without a label, at any size: many such show "
        "faces that nobody labelled. “Small forgiven” does not count wrong detections under the judged size. In a "
        "size class, labelled faces outside of it are ignored, and wrong detections outside of it do not count (COCO's "
        "way). Times are the median on this machine, whatever else it did."
    )


def _finders(report: Mapping[str, Any], condition: str) -> dict[str, Parts]:
    peers = {name: figures[condition] for name, figures in report["peers"].items()}
    return {OURS: report["conditions"][condition], **peers}


def _rows(lines: Mapping[str, Parts]) -> Iterator[tuple[Content, ...]]:
    for source in next(iter(lines.values())):
        for name, parts in lines.items():
            finding = parts[source]["finding"]
            sizes = (figure(size) for size in finding["ap50_by_size"].values())
            yield (
                tag("b", name) if name == OURS else name,
                source,
                str(finding["ap50"]["of"]),
                figure(finding["ap50"]),
                number(finding["ap50_small_forgiven"]["value"]),
                *sizes,
                figure(finding["recall_at_precision_0.95"]),
                f"{finding['milliseconds']['median']:.0f}",
            )


def _plots(lines: Mapping[str, Parts], condition: str) -> Iterator[Markup]:
    sources = list(next(iter(lines.values())))
    title = f"AP50, {condition} pictures"
    yield tag("div", tag("p", title), bars(_bars(lines, sources), title=title))
    points = {name: parts["all"]["finding"]["curve"] for name, parts in lines.items()}
    title = f"Precision and recall, all {condition} pictures"
    yield tag("div", tag("p", title), curves(points, title=title, across="recall", up="precision"))


def _bars(lines: Mapping[str, Parts], sources: Sequence[str]) -> list[Bar]:
    rows = []
    for source in sources:
        for place, (name, parts) in enumerate(lines.items()):
            ap50 = parts[source]["finding"]["ap50"]
            if ap50["value"] is not None:
                label, colour = f"{source}, {name}", COLOURS[place % len(COLOURS)]
                rows.append(Bar(label=label, value=ap50["value"], interval=ap50["interval"], colour=colour))
    return rows


def _served(report: Mapping[str, Any]) -> Markup:
    rows = []
    for condition, parts in report["conditions"].items():
        for source, part in parts.items():
            point = part["finding"]["at_served_score"]
            rows.append((condition, source, figure(point["precision"]), figure(point["recall"])))
    score = report["detector"]["min_score"]
    heads = ("condition", "pictures", "precision", "recall")
    return joined([tag("h3", f"At the served score of {score:g}"), table(heads, rows)])
