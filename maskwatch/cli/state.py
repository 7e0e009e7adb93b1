"""What every command starts with: the settings, the logs, and the adapters when it needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from common.ports.repository import Unit
from common.runtime.logs import configure_logging
from common.settings import Settings, load_settings, unknown_variables
from console.context import Console
from maskwatch.cli.server import only_here
from maskwatch.wiring import Adapters, console_context, open_adapters

log = structlog.get_logger(__name__)


def start(service: str, **overrides: Any) -> Settings:
    """Settings and logs for a command that runs a service."""
    settings = load_settings(**overrides)
    configure_logging(form=settings.log_format, level=settings.log_level, service=service)
    for sentence in unknown_variables():
        log.warning("settings.unknown", about=sentence)
    return settings


@contextmanager
def adapters() -> Iterator[Adapters]:
    """The adapters, for a short command: only warnings are logged, and all is closed at the end."""
    only_here()
    settings = load_settings()
    configure_logging(form=settings.log_format, level="WARNING", service="cli")
    opened = open_adapters(settings)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def unit() -> Iterator[Unit]:
    """One unit of work on a database whose schema is current."""
    with adapters() as opened:
        opened.repository.upgrade()
        with opened.repository.begin() as work:
            yield work


@contextmanager
def console() -> Iterator[Console]:
    """What the console's use cases work with, on a database whose schema is current."""
    with adapters() as opened:
        opened.repository.upgrade()
        yield console_context(load_settings(), opened)
