"""How well a classifier names the hard cases: one row per case, for validation faces and for held-out crops.

Every row is given twice: by the publisher's label, and by what was seen (`training.dataset.cases` states the rule).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.cases import CASES, LABELS, CropCase, face_tags, held_out_digest, load_crop_cases
from training.dataset.coco import FACE, Picture, load_coco
from training.dataset.crop_bank import surest_box
from training.dataset.pixel_cache import Pixels, read_rgb
from training.evaluation.classifier import confusion
from training.evaluation.figures import Figure, share
from training.evaluation.seen import FaceNamer
from training.evaluation.served import ServedClassifier
from training.evaluation.statistics import Numbers
from training.finders.yunet import YuNet
from training.geometry import Floats, face_sizes

MIN_FACE_PX = 24.0
NO_MASK = LABELS.index("no_mask")
SAW_THEM = "the network was trained on these crops: these figures flatter it"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One face, what it is by label and by eye, and the network's answer."""

    tags: frozenset[str]
    given: int  # a position in LABELS
    seen: int  # a position in LABELS
    probabilities: Numbers  # [3]


def evaluate_cases(weights: Path, data: Path, labels: Path) -> list[dict[str, Any]]:
    """A row per case, group of faces and kind of truth, as JSON; cases without a face have none.

    The faces are those of a label file; held-out crops that this data folder does not have are left out, and it is
    said how many. Raises DataMissing without the pictures, the teacher's or the classifier's weights.
    """
    namer = ServedClassifier(weights)
    uncertain_below = float(namer.card["uncertain_below"])
    rows = case_rows(judge_faces(namer, labels), "validation faces", uncertain_below=uncertain_below, note=None)
    folder, every = data / "crops" / "images", load_crop_cases()
    here = present(every, folder)
    if here:
        teacher = YuNet(data / "weights" / "yunet_n_dynamic.onnx")

        def frame(image: Pixels) -> Floats:
            return cast(Floats, surest_box(image, teacher, is_crop=True))  # never None, with is_crop

        judged = judge_crops(namer, folder, here, frame)
        note = _note(str(namer.card.get("held_out_crops")), here, every)
        rows += case_rows(judged, "held-out crops", uncertain_below=uncertain_below, note=note)
    return rows


def present(crops: Sequence[CropCase], folder: Path) -> list[CropCase]:
    """Those whose picture lies in the folder: another data folder has other crops."""
    return [crop for crop in crops if (folder / crop.file).is_file()]


def _note(digest: str, here: Sequence[CropCase], every: Sequence[CropCase]) -> str | None:
    missing = len(_by_file(every)) - len(_by_file(here))
    told = [] if digest == held_out_digest() else [SAW_THEM]
    if missing:
        told.append(f"{missing} of {len(_by_file(every))} held-out crops are not in this data folder")
    return "; ".join(told) or None


def judge_faces(namer: FaceNamer, labels: Path, min_face: float = MIN_FACE_PX) -> list[Judgement]:
    """All faces of a label file that are large enough and have a mask label; those without a case, too."""
    tags = face_tags(labels)
    judged: list[Judgement] = []
    for picture in tqdm(load_coco(labels), "case faces", disable=None):
        judged += _judge_picture(namer, picture, tags[picture.path.name], min_face)
    return judged


def _judge_picture(
    namer: FaceNamer, picture: Picture, tags: Sequence[frozenset[str]], min_face: float
) -> list[Judgement]:
    wanted = (face_sizes(picture.boxes) >= min_face) & (picture.categories != FACE)
    places = np.flatnonzero(wanted).tolist()
    if not places:
        return []
    answers = namer.probabilities(read_rgb(picture.path), picture.boxes[places])
    given = [int(picture.categories[place]) - 1 for place in places]
    return [
        Judgement(tags=tags[place], given=label, seen=seen_label(tags[place], label), probabilities=answer)
        for place, label, answer in zip(places, given, answers, strict=True)
    ]


def seen_label(tags: frozenset[str], given: int) -> int:
    """The label, a position in LABELS, by our eye: that of a `seen_` tag, or the given one."""
    return next((place for place, label in enumerate(LABELS) if f"seen_{label}" in tags), given)


def judge_crops(
    namer: FaceNamer, folder: Path, crops: Sequence[CropCase], frame: Callable[[Pixels], Floats]
) -> list[Judgement]:
    """Crops of a folder, each once with all its cases; `frame` says where in the crop a detector's box [4] would be."""
    judged = []
    for name, rows in tqdm(_by_file(crops).items(), "case crops", disable=None):
        image = read_rgb(folder / name)
        judged.append(
            Judgement(
                tags=frozenset(row.case for row in rows),
                given=LABELS.index(rows[0].label_given),
                seen=LABELS.index(rows[0].label_seen),
                probabilities=namer.probabilities(image, frame(image)[None])[0],
            )
        )
    return judged


def _by_file(crops: Sequence[CropCase]) -> Mapping[str, list[CropCase]]:
    files: dict[str, list[CropCase]] = {}
    for crop in crops:
        files.setdefault(crop.file, []).append(crop)
    return files


def case_rows(
    judged: Sequence[Judgement], group: str, *, uncertain_below: float, note: str | None
) -> list[dict[str, Any]]:
    """The rows of all faces, of those without any case, and of each case that has faces."""
    parts: dict[str, list[Judgement]] = {"all": list(judged), "no case": [one for one in judged if not one.tags]}
    parts |= {case: [one for one in judged if case in one.tags] for case in CASES}
    return [
        {"group": group, "case": case, "truth": truth, **case_figures(part, truth, uncertain_below), "note": note}
        for case, part in parts.items()
        for truth in ("given", "seen")
        if part
    ]


def case_figures(judged: Sequence[Judgement], truth: str, uncertain_below: float) -> dict[str, Any]:
    """Accuracy, confusion (rows: truth), share of uncertain answers and precision of no_mask, all and when certain."""
    labels = np.asarray([one.given if truth == "given" else one.seen for one in judged], np.int64)
    probabilities = np.stack([one.probabilities for one in judged])
    called = np.asarray(probabilities.argmax(axis=1), np.int64)
    certain = probabilities.max(axis=1) >= uncertain_below
    alarms, right = called == NO_MASK, labels == NO_MASK
    return {
        "n": len(judged),
        "accuracy": _share(called == labels),
        "confusion": confusion(called, labels).tolist(),
        "uncertain": _share(~certain),
        "no_mask_precision": _share(right[alarms]),
        "no_mask_precision_when_certain": _share(right[alarms & certain]),
    }


def _share(hits: NDArray[np.bool_]) -> Figure:
    return share(int(hits.sum()), len(hits))
