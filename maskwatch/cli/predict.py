"""`maskwatch predict`: the models on files, without cameras or services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from common.domain.prediction import PictureResult
from common.errors import InvalidInput
from common.ports.detector import DetectOptions, Detector, Tiles
from common.runtime.logs import configure_logging
from common.settings import load_settings
from maskwatch.predict.inputs import Input, find_sources, read_inputs
from maskwatch.predict.outputs import AnnotatedPictures, CsvFile, FaceTable, JsonLines, Output
from maskwatch.wiring import open_detector

AT_ONCE = 16  # pictures in one call of the models


class Variant(StrEnum):
    """The detector's size."""

    SERVER = "server"
    LITE = "lite"


def predict(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH…", help="Pictures, folders, videos or URLs.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object per picture or video frame.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write a row per face to this file.")] = None,
    annotate: Annotated[Path | None, typer.Option(help="Write pictures with boxes to this folder.")] = None,
    variant: Annotated[Variant | None, typer.Option(help="Accurate, or light.")] = None,
    min_score: Annotated[float | None, typer.Option(min=0, max=1, help="Least score of a face.")] = None,
    tiles: Annotated[
        Tiles | None, typer.Option(help="auto: also look at parts of large pictures, for small faces; slower.")
    ] = None,
) -> None:
    """Find faces and whether they wear a mask: one row per face."""
    settings = load_settings(**({"variant": variant.value} if variant else {}))
    configure_logging(form=settings.log_format, level="WARNING", service="predict")
    if not paths:
        raise InvalidInput("nothing to predict: name pictures, folders, videos or URLs")
    sources = find_sources(paths)
    if not sources:
        raise InvalidInput(f"no picture or video in {', '.join(paths)}")
    options = DetectOptions(variant=settings.variant, min_score=min_score, tiles=tiles or settings.tiles)
    failed = 0
    with ExitStack() as stack:
        outputs = _open_outputs(as_json, csv, annotate)
        for output in outputs:
            stack.callback(output.close)
        detector = open_detector(settings)
        stack.callback(detector.close)
        progress = stack.enter_context(
            Progress(console=Console(stderr=True), transient=True, disable=not _is_watched())
        )
        inputs = _read(sources, progress, max_bytes=settings.max_image_bytes)
        for given, result in _predict(inputs, detector, options):
            failed += result.error is not None
            for output in outputs:
                output.add(given, result)
    if failed:
        raise typer.Exit(1)


def _open_outputs(as_json: bool, csv: Path | None, annotate: Path | None) -> list[Output]:
    outputs: list[Output] = [JsonLines() if as_json else FaceTable()]
    try:
        if csv:
            outputs.append(CsvFile(csv.open("w", encoding="utf-8", newline="")))
        if annotate:
            annotate.mkdir(parents=True, exist_ok=True)
            outputs.append(AnnotatedPictures(annotate))
    except OSError as exc:
        raise InvalidInput(f"cannot write {exc.filename}: {exc.strerror}") from exc
    return outputs


def _is_watched() -> bool:
    return Console(stderr=True).is_terminal


def _read(sources: Sequence[str], progress: Progress, *, max_bytes: int) -> Iterator[Input]:
    task = progress.add_task("predict", total=len(sources))
    for source in sources:
        yield from read_inputs(source, max_bytes=max_bytes)
        progress.advance(task)


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
