"""Cleaner labels for the detector: teachers look at every training picture, and what they agree on changes labels.

A round of self-training (Xie et al., arXiv:1911.04252) is the same call with the newest own weights among the teachers.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from training.dataset.cases import held_out_crops
from training.dataset.coco import load_coco
from training.dataset.written import write_coco
from training.errors import TooFewTeachers
from training.finders.found import FaceFinder
from training.labels.cleaning import Rules, clean_labels, clean_made_labels
from training.labels.panel import consult, has_doubtful_face
from training.labels.portraits import Framed, label_portrait, load_portraits, shows_any
from training.labels.teachers import Teacher, open_teacher
from training.labels.verdicts import Change, Cleaned

MAKER = "yunet-s"  # made the labels of crowds/


@dataclass(frozen=True, kw_only=True)
class RelabelOrder:
    """What is looked at, by whom, and where answers and new labels go."""

    data: Path
    cache: Path
    output: Path
    teachers: tuple[str, ...]  # names or weights folders; from the third on they see what the first two disagree on
    rules: Rules = field(default_factory=Rules)


def relabel(order: RelabelOrder) -> dict[str, Any]:
    """Write masks.json, crowds.json, portraits.json, changes.jsonl and report.json; return the report.

    Raises TooFewTeachers for less than two different ones.
    """
    if len(set(order.teachers)) < 2:
        raise TooFewTeachers("agreement needs two different teachers at least")
    teachers = [open_teacher(name, order.data) for name in dict.fromkeys(order.teachers)]
    portraits, left_out = _portraits(order, teachers)
    parts = {"masks": _masks(order, teachers), "crowds": _crowds(order, teachers), "portraits": portraits}
    for name, cleaned in parts.items():
        folder = "crops" if name == "portraits" else name
        rows = [one.labelled for one in cleaned]
        write_coco(rows, order.output / f"{name}.json", order.data / folder / "images")
    report = {
        "teachers": {teacher.name: asdict(teacher.trust) for teacher in teachers},
        "rules": asdict(order.rules),
        "sets": {name: _counts(cleaned) for name, cleaned in parts.items()},
        "portraits_left_out": left_out,
    }
    with (order.output / "changes.jsonl").open("w") as file:
        file.writelines(json.dumps(row) + "\n" for name, cleaned in parts.items() for row in _changes(name, cleaned))
    (order.output / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    return report


def _masks(order: RelabelOrder, teachers: Sequence[Teacher]) -> list[Cleaned]:
    pictures, rules = load_coco(order.data / "masks" / "train.json"), order.rules
    is_open = partial(has_doubtful_face, enough=rules.votes, touch=rules.touch)
    agreed = consult(teachers, pictures, part="masks", cache=order.cache, is_open=is_open)
    return [clean_labels(picture, faces, rules) for picture, faces in zip(pictures, agreed, strict=True)]


def _crowds(order: RelabelOrder, teachers: Sequence[Teacher]) -> list[Cleaned]:
    """The maker of these labels has had its say in them: only the others are asked."""
    pictures = load_coco(order.data / "crowds" / "pseudo.json")
    others = [teacher for teacher in teachers if teacher.name != MAKER]
    agreed = consult(others, pictures, part="crowds", cache=order.cache, is_open=lambda *_: True)
    return [clean_made_labels(picture, faces, order.rules) for picture, faces in zip(pictures, agreed, strict=True)]


def _portraits(order: RelabelOrder, teachers: Sequence[Teacher]) -> tuple[list[Cleaned], dict[str, int]]:
    """The portraits with agreed faces, and how many are left out, by reason."""
    pictures, rules = load_portraits(order.data / "crops"), order.rules
    framed = [replace(teacher, open=partial(_open_framed, teacher)) for teacher in teachers]
    is_open = partial(has_doubtful_face, enough=rules.votes, touch=rules.touch)
    agreed = consult(framed, pictures, part="portraits", cache=order.cache, is_open=is_open)
    labelled = [label_portrait(picture, faces, rules) for picture, faces in zip(pictures, agreed, strict=True)]
    clear = [one for one in labelled if one is not None]
    kept = _without_held_out(clear, order.data)
    return kept, {"no_agreement": len(labelled) - len(clear), "held_out": len(clear) - len(kept)}


def _without_held_out(cleaned: Sequence[Cleaned], data: Path) -> list[Cleaned]:
    """Leave out what figures are measured on: held-out portraits, their twins and those of validation faces."""
    named = held_out_crops()
    mine = [one for one in cleaned if one.labelled.picture.path.name not in named]
    apart = [one.labelled.picture for one in cleaned if one.labelled.picture.path.name in named]
    held_out = [*load_coco(data / "masks" / "val.json"), *apart]
    is_twin = shows_any([one.labelled.picture for one in mine], held_out)
    return [one for one, twin in zip(mine, is_twin, strict=True) if not twin]


def _open_framed(teacher: Teacher, longer_side: int) -> FaceFinder:
    return Framed(teacher.open(longer_side))


def _counts(cleaned: Sequence[Cleaned]) -> dict[str, Any]:
    """Pictures, faces and changes by source."""
    sources: dict[str, Counter[str]] = defaultdict(Counter)
    for one in cleaned:
        picture = one.labelled.picture
        sources[picture.source].update(pictures=1, faces=len(picture.boxes), regions=len(picture.ignored))
        sources[picture.source].update(str(verdict.change) for verdict in one.verdicts)
    return {source: dict(counts) for source, counts in sorted(sources.items())}


def _changes(part: str, cleaned: Sequence[Cleaned]) -> Iterator[dict[str, Any]]:
    """Every change but lent landmarks, one row each: what is worth looking at."""
    for one in cleaned:
        picture = one.labelled.picture
        for verdict in one.verdicts:
            if verdict.change is not Change.LENT:
                box = [round(value, 1) for value in verdict.box]
                where = {"set": part, "source": picture.source, "file": picture.path.name, "box": box}
                yield {**where, "change": verdict.change, "votes": verdict.votes, "score": round(verdict.score, 3)}
