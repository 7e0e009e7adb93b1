"""The whole page: what was judged, whether the goals are reached, plots, tables, and the worst mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from training.evaluation.page.classes import class_section
from training.evaluation.page.faces import face_section
from training.evaluation.page.gallery import Shelf, gallery_section
from training.evaluation.page.goals import goal_section
from training.evaluation.page.hard import case_section
from training.evaluation.page.markup import Markup, joined, table, tag
from training.evaluation.page.pair import pair_section


def render(report: Mapping[str, Any], shelves: Sequence[Shelf]) -> str:
    """One HTML document for a report with its goals; `shelves` hold the mistakes."""
    title = f"{_model(report['detector'])} and {_model(report['classifier'])}"
    style = (files("training.evaluation.page") / "page.css").read_text(encoding="utf-8")
    head = tag("head", Markup(text='<meta charset="utf-8">'), tag("title", title), tag("style", Markup(text=style)))
    body = tag(
        "body",
        tag("h1", title),
        _about(report),
        goal_section(report),
        face_section(report),
        class_section(report),
        pair_section(report),
        case_section(report),
        gallery_section(shelves),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en').text}\n"


def _about(report: Mapping[str, Any]) -> Markup:
    data, rules = report["data"], report["rules"]
    rows = [(source, *map(str, _counts(data, source))) for source in data["pictures"]]
    heads = ("source", "pictures", *(name.replace(", named", "") for name in data["faces"]["all"]))
    return joined(
        [
            tag("p", f"{data['labels']}, {data['pictures']['all']} pictures, {report['created']}.", class_="quiet"),
            *(_checksum(part, report[part]) for part in ("detector", "classifier")),
            tag("p", "labels: sha256 ", tag("code", data["sha256"]), class_="quiet"),
            table(heads, rows),
            tag(
                "p",
                f"A face's size is sqrt(width × height) of its box. Judged: faces of {rules['min_face_px']:g} px and "
                f"more; their classes from {rules['named_face_px']:g} px. Small print: 95 % intervals, for shares by "
                f"Wilson, else from {rules['resamplings']} resamplings of the pictures. Degraded copies are made with "
                "a fixed seed: coarser, blurred, noisy, some dark or moved, through JPEG or H.264.",
            ),
        ]
    )


def _counts(data: Mapping[str, Any], source: str) -> list[int]:
    return [data["pictures"][source], *data["faces"][source].values()]


def _model(facts: Mapping[str, Any]) -> str:
    return f"{facts['name']}@{facts['version']}"


def _checksum(part: str, facts: Mapping[str, Any]) -> Markup:
    says = f"{part}: {_model(facts)}, {facts['megabytes']:.1f} MB, input {facts['input_size']} px, sha256 "
    return tag("p", says, tag("code", facts["sha256"]), class_="quiet")
