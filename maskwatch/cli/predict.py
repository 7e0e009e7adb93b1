"""`maskwatch predict`: the models on files, without cameras or services."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from common.domain.prediction import PictureResult
from common.errors import CannotWrite, InvalidInput
from common.ports.detector import DetectOptions, Detector, Tiles
from common.runtime.logs import configure_logging
from common.settings import load_settings
from maskwatch.predict.face_rows import CsvFile
from maskwatch.predict.inputs import Input, find_sources, read_inputs
from maskwatch.predict.outputs import AnnotatedPictures, FaceTable, JsonLines, Output
from maskwatch.predict.progress import PictureProgress
from maskwatch.wiring import open_detector

AT_ONCE = 16  # pictures in one call of the models


class Variant(StrEnum):
    """The detector's size."""

    SERVER = "server"
    LITE = "lite"


def predict(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH…",
            help="Pictures (JPEG, PNG, WebP), folders, videos or http(s) addresses of them; - is a picture on stdin.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object per picture or video frame.")] = False,
    csv: Annotated[
        Path | None, typer.Option(help="Write a row per face to this file, and one per picture that cannot be read.")
    ] = None,
    annotate: Annotated[Path | None, typer.Option(help="Write pictures with boxes to this folder.")] = None,
    variant: Annotated[Variant | None, typer.Option(help="Accurate, or light.")] = None,
    min_score: Annotated[float | None, typer.Option(min=0, max=1, help="Least score of a face.")] = None,
    tiles: Annotated[
        Tiles | None, typer.Option(help="auto: also look at parts of large pictures, for small faces; slower.")
    ] = None,
) -> None:
    """Find faces and whether they wear a mask: one row per face.

    Folders are searched at every depth; what is no picture or video there is passed over. Of a video about one frame a
    second is looked at. A picture without a face has a line in the table and in --json, and no row in --csv. The exit
    code is 1 when anything could not be read; all else is done nevertheless.
    """
    settings = load_settings(**({"variant": variant.value} if variant else {}))
    configure_logging(form=settings.log_format, level="WARNING", service="predict")
    if not paths:
        raise InvalidInput("nothing to predict: name pictures, folders, videos or URLs")
    sources = find_sources(paths)
    if not sources:
        raise InvalidInput(f"no picture or video in {', '.join(paths)}")
    if annotate:
        _spare_originals(sources, annotate)
    options = DetectOptions(variant=settings.variant, min_score=min_score, tiles=tiles or settings.tiles)
    failed = 0
    with ExitStack() as stack:
        outputs = _open_outputs(as_json, csv, annotate)
        for output in outputs:
            stack.callback(output.close)
        detector = open_detector(settings)
        stack.callback(detector.close)
        lines_on_screen = as_json and sys.stdout.isatty()
        progress = stack.enter_context(PictureProgress(sources=len(sources), is_hidden=lines_on_screen))
        inputs = _read(sources, progress, max_bytes=settings.max_image_bytes)
        for given, result in _predict(inputs, detector, options):
            failed += result.error is not None
            for output in outputs:
                output.add(given, result)
            progress.count()
    if failed:
        raise typer.Exit(1)


def _spare_originals(sources: Sequence[str], annotate: Path) -> None:
    """Annotated pictures have the names of theirs: in the same folder they would take their place."""
    target = annotate.resolve()
    for source in sources:
        if Path(source).is_file() and Path(source).resolve().parent == target:
            raise InvalidInput(f"--annotate {annotate}: {source} lies in this folder; name another")


def _open_outputs(as_json: bool, csv: Path | None, annotate: Path | None) -> list[Output]:
    outputs: list[Output] = [JsonLines() if as_json else FaceTable()]
    try:
        if csv:
            outputs.append(CsvFile(csv))
        if annotate:
            outputs.append(AnnotatedPictures(annotate))
    except CannotWrite as exc:
        raise InvalidInput(str(exc)) from exc
    return outputs


def _read(sources: Sequence[str], progress: PictureProgress, *, max_bytes: int) -> Iterator[Input]:
    for number, source in enumerate(sources):
        for given in read_inputs(source, max_bytes=max_bytes):
            progress.reach(number + given.share)
            yield given


def _predict(
    inputs: Iterable[Input], detector: Detector, options: DetectOptions
) -> Iterator[tuple[Input, PictureResult]]:
    """Pictures in their order, each with its answer; those that could not be read keep their place."""
    stream = iter(inputs)
    while part := list(islice(stream, AT_ONCE)):
        readable = [given for given in part if given.error is None]
        answers = iter(detector.predict([given.data for given in readable], options=options)) if readable else iter(())
        for given in part:
            yield given, PictureResult(error=given.error) if given.error else next(answers)
