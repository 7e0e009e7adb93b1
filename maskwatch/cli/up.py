"""Everything in one process."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import MaskwatchError
from common.runtime.logs import configure_logging
from common.runtime.service import stop_on_signals
from common.settings import load_settings
from maskwatch.addresses import allowing
from maskwatch.folder_lock import lock_folder
from maskwatch.sources import register_simulated, register_sources
from maskwatch.wiring import console_context, open_adapters, prepare_folder

if TYPE_CHECKING:
    from maskwatch.simulation import RunningCameras

Sources = Annotated[list[str] | None, typer.Option("--source", help="rtsp://, http://, a video file, /dev/video0 …")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder for the database, the queue and the pictures.")]
Port = Annotated[int | None, typer.Option(help="The page's port.", show_default="8000")]
For = Annotated[float | None, typer.Option("--for", min=1, help="Stop after so many seconds and print a summary.")]
Interval = Annotated[float, typer.Option(min=0.5, max=3600, help="Seconds between shots of a new --source.")]
Demo = Annotated[bool, typer.Option("--demo", help="Without a --source, watch a simulated RTSP camera.")]


class MainJobFailed(MaskwatchError):
    """The run ended, but nothing was taken, predicted or alerted, or something was lost."""


def up(
    source: Sources = None,
    data: Data = None,
    port: Port = None,
    for_seconds: For = None,
    interval: Interval = 2.0,
    demo: Demo = False,
) -> None:
    """Run everything in one process: cameras, models, alerts and the page."""
    overrides = {"data": data, "port": port}
    settings = load_settings(**{name: value for name, value in overrides.items() if value is not None})
    # This command talks to a person: unless told otherwise only what went wrong is logged.
    level = settings.log_level if "MASKWATCH_LOG_LEVEL" in os.environ else "WARNING"
    configure_logging(form=settings.log_format, level=level, service="up")
    prepare_folder(settings.data)
    stop = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(lock_folder(settings.data))
        simulated = _simulated(stack) if demo and not source else None
        settings = allowing(settings, [simulated.url] if simulated else source or [])
        adapters = open_adapters(settings)
        stack.callback(adapters.close)
        adapters.repository.upgrade()
        console = console_context(settings, adapters)
        register_sources(console, source or [], interval_seconds=interval)
        if simulated:
            register_simulated(console, simulated.url, interval_seconds=interval)
        stop_on_signals(stop)
        from maskwatch.embedded import Embedded  # needs every service's libraries; `--help` needs none

        embedded = Embedded(settings=settings, adapters=adapters, one_time_login=demo)
        summary = embedded.run(stop, seconds=for_seconds)
    if for_seconds is not None and not summary.is_success:
        raise MainJobFailed("the main job did not run: see the summary above")


def _simulated(stack: ExitStack) -> RunningCameras:
    from maskwatch.simulation import start_camera

    return stack.enter_context(start_camera())
