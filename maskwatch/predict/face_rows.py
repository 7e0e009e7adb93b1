"""Answers -> a CSV file: a detection table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from common.answers import PictureAnswer, to_answer
from common.domain.prediction import PictureResult
from maskwatch.predict.inputs import Input
from maskwatch.predict.outputs import writing

PICTURE = ("source", "frame", "time_seconds", "width", "height")
BOX = ("x1", "y1", "x2", "y2")
SHARES = ("no_mask", "mask_incorrect", "mask_correct")
POINTS = ("eye_left", "eye_right", "nose", "mouth_left", "mouth_right")  # left and right of the picture
MODELS = ("detector", "classifier", "fit")
COLUMNS = (
    *PICTURE,
    *("face", *BOX, "score", "label"),
    *(f"p_{name}" for name in SHARES),
    "uncovered",
    *(f"{point}_{axis}" for point in POINTS for axis in "xy"),
    *MODELS,
    "error",
)


class CsvFile:
    """One row per face; a picture that could not be read has one with its error, one without a face has none."""

    def __init__(self, path: Path) -> None:
        """Begin the file anew. Raises CannotWrite."""
        self._path = path
        with writing(path):
            self._file = path.open("w", encoding="utf-8", newline="")
            self._writer = csv.DictWriter(self._file, COLUMNS, restval="")
            self._writer.writeheader()

    def add(self, given: Input, result: PictureResult) -> None:
        """Write the picture's rows, at once: whoever interrupts has what was done."""
        answer = to_answer(result, source=given.source, frame=given.frame)
        with writing(self._path):
            self._writer.writerows(_rows(answer, given.seconds))
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with writing(self._path):
            self._file.close()


def _rows(answer: PictureAnswer, seconds: float | None) -> Iterator[dict[str, object]]:
    time_seconds = None if seconds is None else round(seconds, 3)
    picture = {
        "source": answer["source"],
        "frame": answer["frame"],
        "time_seconds": time_seconds,
        "width": answer["width"],
        "height": answer["height"],
        **{part: answer["model"].get(part) for part in MODELS},
    }
    if answer["error"]:
        yield {**picture, "width": None, "height": None, "error": answer["error"]}
    for number, face in enumerate(answer["faces"], start=1):
        points = {
            f"{name}_{axis}": value
            for name, point in zip(POINTS, face["landmarks"], strict=True)
            for axis, value in zip("xy", point, strict=True)
        }
        yield {
            **picture,
            "face": number,
            **dict(zip(BOX, face["box"], strict=True)),
            "score": face["score"],
            "label": face["label"],
            **{f"p_{name}": face["probabilities"][name] for name in SHARES},
            "uncovered": " ".join(face["uncovered"]),
            **points,
        }
