"""Structured logs: an event name and ids, as text for people or as JSON for machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

from common.domain.urls import redact

# What they say below a warning helps nobody here; Apprise's tells whole addresses, and these hold tokens.
_NOISY = ("pika", "botocore", "boto3", "urllib3", "httpx", "httpcore", "alembic", "uvicorn.access", "libav", "apprise")

_REHEARSED: ContextVar[bool] = ContextVar("rehearsed", default=False)


@contextmanager
def rehearsed() -> Iterator[None]:
    """Nothing is logged in here: what is only tried must not read as if it had happened."""
    token = _REHEARSED.set(True)
    try:
        yield
    finally:
        _REHEARSED.reset(token)


def drop_rehearsed(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog's."""
    if _REHEARSED.get():
        raise structlog.DropEvent
    return record


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Whatever a library says of an address, its login and its secret fields do not get into the log."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def configure_logging(*, form: str = "text", level: str = "INFO", service: str = "maskwatch") -> None:
    """Send structlog's and the standard library's records to stderr in one form."""

    def name_service(_logger: Any, _method: str, record: dict[str, Any]) -> dict[str, Any]:
        record.setdefault("service", service)  # not a context variable: threads start with an empty context
        return record

    shared: list[Any] = [
        name_service,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=24,
            exception_formatter=structlog.dev.plain_traceback,  # the default prints local variables: passwords
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            drop_rehearsed,
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    finish: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        finish.append(structlog.processors.format_exc_info)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(foreign_pre_chain=shared, processors=[*finish, renderer]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
