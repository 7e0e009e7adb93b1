"""Hard cases: which labelled faces show a hand, a scarf, a beard and so on, and where a label is wrong.

Every face of `masks/val.json` of 12 px and more was looked at on contact sheets, and so was every crop named here. The
tags lie in `training/cases/`: `val.json` for the faces, `crops.csv` for the crops, which no training may use.

The rule for what we see: only something made as a mask (medical, respirator, sewn) counts as one. A hand, scarf,
bandana or veil over a bare face is `no_mask`; over a mask it changes nothing. Some publishers count cloth as a mask,
`technion24k` above all; so their label and ours are both kept.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from training.errors import BrokenAnnotations, DataMissing

CASES: Mapping[str, str] = MappingProxyType(
    {
        "hand": "a hand, or a thing held by one, covers part of the face or of the mask",
        "scarf": "a scarf, bandana, veil, cloth or collar over mouth or nose, instead of a mask or over one",
        "beard": "a beard that shows, beside a mask, too",
        "profile": "the head is turned so far that one eye is hidden, or nearly",
        "sunglasses": "dark glasses over the eyes, sports glasses too",
        "helmet": "a helmet, hood, cap or hat down to the brows, a visor or face shield",
        "glasses": "glasses one can see through",
        "child": "looks under about twelve years old",
        "blurred": "out of focus, moved, or so few pixels that features run together",
        "dark": "too dark or too much against the light to see the skin's detail",
        "occluded": "another person, a thing or the picture's border hides part of the face",
        "tilted": "the head is bowed, thrown back or leaning by some 25 degrees or more",
        "undecidable": "nobody could tell the class from these pixels",
    }
)
FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "label_wrong": "wrong by the publisher's own rule, too; a seen_ tag says what it should be",
        "box_wrong": "the box misses the face by more than half",
        "seen_no_mask": "by our rule no_mask, whatever the label says",
        "seen_mask_incorrect": "by our rule mask_incorrect, whatever the label says",
        "seen_mask_correct": "by our rule mask_correct, whatever the label says",
    }
)
LABELS = ("no_mask", "mask_incorrect", "mask_correct")
COLUMNS = ("file", "case", "label_given", "label_seen", "source")


@dataclass(frozen=True, kw_only=True)
class CropCase:
    """One crop of `crops/` under one case; a crop with two cases has two of these."""

    file: str
    case: str  # a name of CASES
    label_given: str  # the publisher's
    label_seen: str  # ours, by the rule above
    source: str


def load_cases() -> Mapping[str, Mapping[int, frozenset[str]]]:
    """The tags of validation faces: file name -> annotation id -> names of CASES and FAULTS. Others have none."""
    return parse_cases(_read("val.json"), "training/cases/val.json")


def face_tags(labels: Path) -> Mapping[str, tuple[frozenset[str], ...]]:
    """The tags of each face of a COCO file, by file name and in the order of `load_coco`; most faces have none.

    Raises DataMissing without the file, BrokenAnnotations when it is not COCO.
    """
    cases = load_cases()
    return {
        name: tuple(cases.get(name, {}).get(face, frozenset()) for face in faces)
        for name, faces in _face_ids(labels).items()
    }


def _face_ids(labels: Path) -> Mapping[str, list[int]]:
    if not labels.is_file():
        raise DataMissing(f"no label file at {labels}; give the folder of the data with --data")
    try:
        document = json.loads(labels.read_text())
        names = {image["id"]: image["file_name"] for image in document["images"]}
        faces: dict[str, list[int]] = {name: [] for name in names.values()}
        for row in document["annotations"]:
            if not row.get("iscrowd"):
                faces[names[row["image_id"]]].append(int(row["id"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenAnnotations(f"{labels} is not a COCO label file: {type(error).__name__} {error}") from error
    return faces


def load_crop_cases() -> tuple[CropCase, ...]:
    """The held-out crops, case by case."""
    return parse_crop_cases(_read("crops.csv"), "training/cases/crops.csv")


def held_out_crops() -> frozenset[str]:
    """The names of all files of `crops/` that no training may use."""
    return frozenset(crop.file for crop in load_crop_cases())


def held_out_digest() -> str:
    """A short name of this very list: a classifier's card that names it was trained without these crops."""
    return hashlib.sha256("\n".join(sorted(held_out_crops())).encode()).hexdigest()[:12]


def _read(name: str) -> str:
    return files("training.cases").joinpath(name).read_text(encoding="utf-8")


def parse_cases(text: str, origin: str) -> Mapping[str, Mapping[int, frozenset[str]]]:
    """The content of `val.json`. Raises BrokenAnnotations, with the line, for what the format does not know."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenAnnotations(f"{origin} line {error.lineno}: not JSON: {error.msg}") from error
    if not isinstance(document, dict):
        raise BrokenAnnotations(f"{origin} line 1: not an object of file names")
    return {name: _faces(name, faces, text, origin) for name, faces in document.items()}


def _faces(name: str, faces: object, text: str, origin: str) -> Mapping[int, frozenset[str]]:
    if not isinstance(faces, dict):
        raise BrokenAnnotations(f"{origin} line {_line(text, name)}: {name} holds no object of annotation ids")
    tagged = {}
    for key, tags in faces.items():
        if not key.isdecimal():
            raise BrokenAnnotations(f"{origin} line {_line(text, name, key)}: {key!r} is no annotation id")
        known = isinstance(tags, list) and all(isinstance(tag, str) and _is_tag(tag) for tag in tags)
        if not known:
            message = f"{tags!r} is no list of known cases; they are {', '.join([*CASES, *FAULTS])}"
            raise BrokenAnnotations(f"{origin} line {_line(text, name, key)}: {message}")
        tagged[int(key)] = frozenset(tags)
    return tagged


def _is_tag(tag: str) -> bool:
    return tag in CASES or tag in FAULTS


def _line(text: str, *keys: str) -> int:
    """The line, from 1, on which these keys stand as JSON strings, each after the one before."""
    place = 0
    for key in keys:
        place = max(place, text.find(json.dumps(key), place))
    return text.count("\n", 0, place) + 1


def parse_crop_cases(text: str, origin: str) -> tuple[CropCase, ...]:
    """The content of `crops.csv`. Raises BrokenAnnotations, with the line, for what the format does not know."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BrokenAnnotations(f"{origin} line 1: the columns are not {','.join(COLUMNS)}")
    crops = []
    for row in reader:
        problem = _problem(row)
        if problem:
            raise BrokenAnnotations(f"{origin} line {reader.line_num}: {problem}")
        crops.append(CropCase(**row))
    return tuple(crops)


def _problem(row: Mapping[str | None, object]) -> str | None:
    if None in row or None in row.values():
        return f"not {len(COLUMNS)} values"
    if row["case"] not in CASES:
        return f"no case {row['case']!r}; they are {', '.join(CASES)}"
    for column in ("label_given", "label_seen"):
        if row[column] not in LABELS:
            return f"no label {row[column]!r}; they are {', '.join(LABELS)}"
    return None
