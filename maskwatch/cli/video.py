"""`maskwatch video`: the report of POST /v1/video on one file or address, in process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from common.errors import InvalidInput, NotFound
from common.ports.detector import DetectOptions
from common.runtime.logs import configure_logging
from common.settings import Settings, load_settings
from maskwatch.cli.output import AsJson
from maskwatch.cli.predict import Variant
from maskwatch.wiring import open_detector

if TYPE_CHECKING:
    from model_api.moderation.moderate import OnProgress, Progress
    from model_api.moderation.report import Report


def video(
    path: Annotated[str, typer.Argument(metavar="PATH|URL", help="A video file, or its address.")],
    html: Annotated[Path | None, typer.Option(help="Write the report as a page, with pictures, to this file.")] = None,
    as_json: AsJson = False,
    every: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds between two frames looked at.")] = 1.0,
    variant: Annotated[Variant | None, typer.Option(help="Accurate, or light.")] = None,
) -> None:
    """Say who wore no mask in a video, or wore it wrongly, and when."""
    settings = load_settings(**({"variant": variant.value} if variant else {}))
    configure_logging(form=settings.log_format, level="WARNING", service="video")
    with _opened(path, settings) as (name, file), _kept(html):
        report = _look(name, file, every, settings)
        _print(report, html, as_json=as_json)
    if report.error:
        raise typer.Exit(1)


@contextmanager
def _opened(path: str, settings: Settings) -> Iterator[tuple[str, IO[bytes]]]:
    """How the report calls the video, and its file."""
    if path.startswith(("http://", "https://")):
        name, file = _fetched(path, settings)
    else:
        name, file = path, _local(path)
    with file:
        yield name, file


def _fetched(url: str, settings: Settings) -> tuple[str, IO[bytes]]:
    import asyncio  # a start-up costs more than a local file needs

    from common.outbound.policy import ANYWHERE
    from model_api.fetch import FetchLimits
    from model_api.routes.video_body import fetch_video, public_name

    # Whoever types the command may ask every host that this machine reaches.
    limits = FetchLimits(max_bytes=settings.max_video_bytes, seconds=settings.fetch_seconds, policy=ANYWHERE)
    return public_name(url), asyncio.run(fetch_video(url, limits=limits))


def _local(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except FileNotFoundError as exc:
        raise NotFound(f"{path}: there is no such file") from exc
    except OSError as exc:
        raise InvalidInput(f"{path}: the file cannot be read: {exc.strerror}") from exc


@contextmanager
def _kept(html: Path | None) -> Iterator[None]:
    """Try the page's file before the work: a wrong name is told at once. An earlier page stays until the next."""
    if html is None:
        yield
        return
    is_new = not html.exists()
    try:
        html.open("a").close()
    except OSError as exc:
        raise InvalidInput(f"cannot write {html}: {exc.strerror}") from exc
    try:
        yield
    except BaseException:
        if is_new:
            html.unlink(missing_ok=True)
        raise


def _look(name: str, file: IO[bytes], every: float, settings: Settings) -> Report:
    from model_api.moderation.moderate import VideoLimits, Wish, moderate

    wish = Wish(source=name, every_seconds=every, options=DetectOptions(variant=settings.variant))
    limits = VideoLimits(max_seconds=settings.max_video_seconds, max_pixels=settings.max_image_pixels)
    with closing(open_detector(settings)) as detector, _progress() as on_progress:
        return moderate(
            file, detector=detector, wish=wish, limits=limits, stop=threading.Event(), on_progress=on_progress
        )


@contextmanager
def _progress() -> Iterator[OnProgress]:
    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("frames")

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.frames, total=progress.planned_frames)

        yield show


def _print(report: Report, html: Path | None, *, as_json: bool) -> None:
    from model_api.moderation.answer import to_report_answer
    from model_api.moderation.page import to_page
    from model_api.moderation.texts import summary

    if html:
        html.write_text(to_page(report), encoding="utf-8")
    if as_json:
        print(json.dumps(to_report_answer(report), ensure_ascii=False))
    else:
        print(summary(report))
        if report.error:
            print(report.error)
