"""The hard cases: of the pair as served, and of the classifier alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from training.evaluation.page.markup import Content, Markup, figure, joined, table, tag

CASE_HEADS = ("case", "faces", "found", "three classes", "three classes, unfound wrong", "mask or none, unfound wrong")
TRUTH_HEADS = (
    "case",
    "faces",
    "truth",
    "number",
    "accuracy",
    "no_mask precision",
    "uncertain",
    "no_mask precision, certain",
)


def case_section(report: Mapping[str, Any]) -> Markup:
    """The hard cases, one row each; nothing where no face is tagged."""
    parts = []
    for condition, sources in report["conditions"].items():
        cases = sources["all"]["cases"]
        if not cases:
            continue
        rows = [
            (
                name,
                str(row["found"]["of"]),
                figure(row["found"]),
                figure(row["accuracy"]),
                figure(row["accuracy_with_unfound"]),
                figure(row["mask_or_none_with_unfound"]),
            )
            for name, row in cases.items()
        ]
        parts += [tag("h3", f"{condition} pictures"), table(CASE_HEADS, rows)]
    if not parts and not report["hard_cases"]:
        return Markup(text="")
    size = report["rules"]["named_face_px"]
    note = f"Faces of {size:g} px and more, tagged by eye; a face with two cases counts under both."
    return joined([tag("h2", "Hard cases"), tag("p", note, class_="quiet"), *parts, *_two_truths(report["hard_cases"])])


def _two_truths(rows: Sequence[Mapping[str, Any]]) -> Iterator[Markup]:
    """The classifier alone, also on held-out crops, by the publisher's label and by what was seen."""
    if not rows:
        return
    yield tag("h3", "The classifier alone, by the publisher's label (given) and by what was seen")
    for note in sorted({row["note"] for row in rows if row["note"]}):
        yield tag("p", f"Of the crops: {note}.", class_="quiet")
    yield table(TRUTH_HEADS, map(_truth_row, rows), class_="truths")


def _truth_row(row: Mapping[str, Any]) -> tuple[Content, ...]:
    return (
        row["case"],
        row["group"],
        row["truth"],
        str(row["n"]),
        figure(row["accuracy"]),
        figure(row["no_mask_precision"]),
        figure(row["uncertain"]),
        figure(row["no_mask_precision_when_certain"]),
    )
