"""`maskwatch doctor`: can everything that the settings name be reached and used, and is there room for more cameras?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import typer

from common.errors import MaskwatchError
from common.ports.detector import DetectOptions, Detector
from common.settings import Settings, load_settings
from console.headroom import LOOKING, Headroom, read_headroom
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.state import adapters
from maskwatch.trial import pictures_per_second, sample
from maskwatch.wiring import Adapters, console_context, open_detector


def doctor(as_json: AsJson = False) -> None:
    """Check the database, the broker, the store, coordination and the models, and how many cameras more they can take.

    While no picture was looked at yet the models are tried out for two seconds.
    """
    settings = load_settings()
    with adapters() as opened:
        checks: dict[str, Callable[[], object]] = {
            "database": opened.repository.check,
            "broker": opened.broker.check,
            "store": opened.store.check,
            "coordination": opened.coordination.check,
        }
        rows: list[dict[str, Any]] = [{"part": name, "state": _state(check)} for name, check in checks.items()]
        rows += _models_and_room(settings, opened)
    print_rows(rows, columns=("part", "state", "about"), as_json=as_json, empty="nothing to check")
    if any(row["state"] not in ("ok", "unknown", "overloaded") for row in rows):
        raise typer.Exit(1)


def _models_and_room(settings: Settings, opened: Adapters) -> list[dict[str, Any]]:
    try:
        detector = open_detector(settings)
    except MaskwatchError as exc:
        return [{"part": "models", "state": str(exc)}, _room(settings, opened, None)]
    try:
        state = _state(detector.check)
        models = {"part": "models", "state": state, "about": _runs_by(settings) if state == "ok" else ""}
        return [models, _room(settings, opened, detector if state == "ok" else None)]
    finally:
        detector.close()


def _room(settings: Settings, opened: Adapters, detector: Detector | None) -> dict[str, Any]:
    """How many cameras more; `detector`: is tried out when nobody has said what the models can do."""
    try:
        found = read_headroom(console_context(settings, opened))
        tried = found.limit is None and detector is not None
        if tried and detector is not None:
            found = _tried_out(found, settings, opened, detector)
    except MaskwatchError as exc:
        return {"part": "room", "state": "unknown", "about": str(exc)}
    state = "unknown" if found.cameras is None else "ok" if found.allowed is None else "overloaded"
    return {"part": "room", "state": state, "about": found.sentence, "is_tried": tried, **found.to_json()}


def _tried_out(found: Headroom, settings: Settings, opened: Adapters, detector: Detector) -> Headroom:
    pictures = sample(opened.repository, opened.store, count=settings.batch)
    options = DetectOptions(variant=settings.variant, tiles=settings.tiles)
    rate = pictures_per_second(detector, pictures, options=options)
    return replace(found, capacities={**found.capacities, LOOKING: rate})


def _runs_by(settings: Settings) -> str:
    """What runs the models in this process; a server answers for itself (GET /v1/models)."""
    if not settings.detector.startswith("local:"):
        return settings.detector
    from model_api.engines.choose import told

    return told(settings.engine, settings.device)


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except MaskwatchError as exc:
        return str(exc)
    return "ok"
