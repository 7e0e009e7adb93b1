"""Answers -> a table, JSON Lines, CSV, annotated pictures."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.answers import PictureAnswer, to_answer
from common.domain.prediction import PictureResult
from maskwatch.predict.inputs import Input

COLOURS = {"no_mask": "red", "mask_incorrect": "yellow", "mask_correct": "green", "uncertain": "cyan"}
COLUMNS = ("source", "frame", "width", "height", "x1", "y1", "x2", "y2", "score", "label")
SHARES = ("no_mask", "mask_incorrect", "mask_correct")


class Output(Protocol):
    """Takes each picture and its result as they come."""

    def add(self, given: Input, result: PictureResult) -> None: ...
    def close(self) -> None:
        """Write what is not written yet."""


class JsonLines:
    """One JSON object per line, as soon as it is known."""

    def add(self, given: Input, result: PictureResult) -> None:
        """Print the line."""
        answer = to_answer(result, source=given.source, frame=given.frame)
        print(json.dumps(answer, ensure_ascii=False), flush=True)

    def close(self) -> None:
        """Nothing is left."""


class FaceTable:
    """A table for people: a row per face."""

    def __init__(self) -> None:
        self._table = Table(box=None, header_style="bold")
        self._table.add_column("picture", overflow="fold")
        for name in ("face", "score", "box", "uncovered"):
            self._table.add_column(name, no_wrap=True)

    def add(self, given: Input, result: PictureResult) -> None:
        """Add the picture's rows."""
        answer = to_answer(result, source=given.source, frame=given.frame)
        name = escape(given.source if given.frame is None else f"{given.source} frame {given.frame}")
        if answer["error"]:
            self._table.add_row(f"{name}\n  [red]{escape(answer['error'])}[/]", "-")
        elif not answer["faces"]:
            self._table.add_row(name, "no face")
        for face in answer["faces"]:
            share = max(face["probabilities"].values())
            label = f"[{COLOURS[face['label']]}]{face['label']}[/] {share:.0%}"
            box = " ".join(f"{value:.0f}" for value in face["box"])
            self._table.add_row(name, label, f"{face['score']:.2f}", box, " ".join(face["uncovered"]))

    def close(self) -> None:
        """Print the table."""
        Console().print(self._table)


class CsvFile:
    """One row per face; a picture that could not be read has one with its error."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._writer = csv.writer(file)
        self._writer.writerow([*COLUMNS, *SHARES, "uncovered", "error"])

    def add(self, given: Input, result: PictureResult) -> None:
        """Write the picture's rows."""
        self._writer.writerows(_rows(to_answer(result, source=given.source, frame=given.frame)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class AnnotatedPictures:
    """JPEG pictures with the faces drawn on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[str] = set()

    def add(self, given: Input, result: PictureResult) -> None:
        """Write the picture, named for its source; nothing for one that could not be read."""
        from model_api.decode import Limits, decode
        from model_api.draw import draw_faces, to_jpeg

        if result.error:
            return
        # It was decoded before under the real limits.
        pixels = decode(given.data, Limits(max_bytes=len(given.data), max_pixels=result.width * result.height))
        (self._folder / self._name(given)).write_bytes(to_jpeg(draw_faces(pixels, result)))

    def close(self) -> None:
        """Nothing is left."""

    def _name(self, given: Input) -> str:
        stem = Path(given.source.partition("?")[0]).stem or "picture"
        stem += "" if given.frame is None else f"-{given.frame:06}"
        name, number = f"{stem}.jpg", 1
        while name in self._taken:  # of another folder, or another format
            number += 1
            name = f"{stem}-{number}.jpg"
        self._taken.add(name)
        return name


def _rows(answer: PictureAnswer) -> Iterable[list[object]]:
    picture = [answer["source"], answer["frame"], answer["width"], answer["height"]]
    for face in answer["faces"]:
        shares = [face["probabilities"][name] for name in SHARES]
        yield [*picture, *face["box"], face["score"], face["label"], *shares, " ".join(face["uncovered"]), ""]
    if answer["error"]:
        yield [*picture, *[""] * (len(COLUMNS) - 4 + len(SHARES) + 1), answer["error"]]
