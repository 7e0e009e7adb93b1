"""Queue messages: JSON with a version; keys and metadata, never pictures."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from common.domain.job import Job
from common.domain.prediction import Prediction
from common.domain.shot import Shot
from common.errors import MalformedMessage

VERSION = 1
JOBS = "jobs"  # grabber -> processor, a Job each
PREDICTIONS = "predictions"  # processor -> analyzer, a Prediction each
SHOTS = "shots"  # grabber, processor -> analyzer: what became of a shot, a Shot each
QUEUES = (JOBS, PREDICTIONS, SHOTS)

_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Job, Prediction, Shot)}

Message = TypeVar("Message", Job, Prediction, Shot)


def encode(message: Job | Prediction | Shot) -> bytes:
    """The message as UTF-8 JSON with its type and version."""
    kind = type(message)
    body = _ADAPTERS[kind].dump_python(message, mode="json")
    return json.dumps({"type": kind.__name__.lower(), "version": VERSION, "body": body}).encode()


def decode(kind: type[Message], data: bytes) -> Message:
    """The message of that kind.

    Raises MalformedMessage when it is no JSON, of another type or version, or lacks a field.
    """
    try:
        envelope = json.loads(data)
        found = (envelope["type"], envelope["version"])
    except (ValueError, TypeError, KeyError) as exc:
        raise MalformedMessage(f"expected a JSON {kind.__name__} message, got {data[:80]!r}") from exc
    if found != (kind.__name__.lower(), VERSION):
        raise MalformedMessage(f"expected {kind.__name__} version {VERSION}, got {found[0]} version {found[1]}")
    try:
        message: Message = _ADAPTERS[kind].validate_python(envelope["body"])
    except (KeyError, ValidationError) as exc:
        raise MalformedMessage(f"{kind.__name__} message is incomplete: {exc}") from exc
    return message
