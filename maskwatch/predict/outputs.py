"""Answers -> a table, JSON Lines, annotated pictures."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.answers import to_answer
from common.domain.prediction import PictureResult
from common.errors import CannotWrite
from maskwatch.predict.inputs import Input

COLOURS = {"no_mask": "red", "mask_incorrect": "yellow", "mask_correct": "green", "uncertain": "cyan"}
WIDE = 240  # columns of a table that goes to a file or another program: nothing need be folded there


class Output(Protocol):
    """Takes each picture and its result as they come. Both raise CannotWrite."""

    def add(self, given: Input, result: PictureResult) -> None: ...
    def close(self) -> None:
        """Write what is not written yet."""


class JsonLines:
    """One JSON object per line, as soon as it is known."""

    def add(self, given: Input, result: PictureResult) -> None:
        """Print the line."""
        answer = to_answer(result, source=given.source, frame=given.frame)
        with printing():
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")  # at once: Ctrl-C cuts no line in two
            sys.stdout.flush()

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
        with printing():
            Console(width=None if sys.stdout.isatty() else WIDE).print(self._table)
            sys.stdout.flush()


class AnnotatedPictures:
    """JPEG pictures with the faces drawn on."""

    def __init__(self, folder: Path) -> None:
        """Make the folder. Raises CannotWrite."""
        self._folder = folder
        self._taken: set[str] = set()
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def add(self, given: Input, result: PictureResult) -> None:
        """Write the picture, named for its source; nothing for one that could not be read."""
        from model_api.decode import Limits, decode
        from model_api.draw import draw_faces, to_jpeg

        if result.error:
            return
        # It was decoded before under the real limits.
        pixels = decode(given.data, Limits(max_bytes=len(given.data), max_pixels=result.width * result.height))
        path = self._folder / self._name(given)
        with writing(path):
            path.write_bytes(to_jpeg(draw_faces(pixels, result)))

    def close(self) -> None:
        """Nothing is left."""

    def _name(self, given: Input) -> str:
        stem = Path(given.source.partition("?")[0]).stem.strip("-") or "picture"
        stem += "" if given.frame is None else f"-{given.frame:06}"
        name, number = f"{stem}.jpg", 1
        while name in self._taken:  # of another folder, or another format
            number += 1
            name = f"{stem}-{number}.jpg"
        self._taken.add(name)
        return name


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say which file takes nothing. Raises CannotWrite."""
    try:
        yield
    except OSError as exc:
        raise CannotWrite(f"cannot write {path}: {exc.strerror}") from exc


@contextmanager
def printing() -> Iterator[None]:
    """The same for standard output."""
    try:
        yield
    except OSError as exc:
        # What is left in its buffer would fail once more when Python ends, and say so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CannotWrite(f"cannot write the output: {exc.strerror}") from exc
