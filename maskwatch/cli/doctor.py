"""`maskwatch doctor`: can everything that the settings name be reached and used?"""

from __future__ import annotations

from collections.abc import Callable

import typer

from common.errors import MaskwatchError
from common.settings import Settings, load_settings
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.state import adapters
from maskwatch.wiring import open_detector


def doctor(as_json: AsJson = False) -> None:
    """Check the database, the broker, the store, coordination and the models, one line each."""
    with adapters() as opened:
        checks: dict[str, Callable[[], object]] = {
            "database": opened.repository.check,
            "broker": opened.broker.check,
            "store": opened.store.check,
            "coordination": opened.coordination.check,
            "models": lambda: _check_models(load_settings()),
        }
        rows = [{"part": name, "state": _state(check)} for name, check in checks.items()]
    if rows[-1]["state"] == "ok":
        rows[-1]["about"] = _runs_by(load_settings())
    print_rows(rows, columns=("part", "state", "about"), as_json=as_json, empty="nothing to check")
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)


def _check_models(settings: Settings) -> None:
    detector = open_detector(settings)
    try:
        detector.check()
    finally:
        detector.close()


def _runs_by(settings: Settings) -> str:
    """What runs the models in this process; a server answers for itself (GET /v1/models)."""
    from model_api.engines.choose import told

    return told(settings.engine, settings.device) if settings.detector.startswith("local:") else settings.detector


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except MaskwatchError as exc:
        return str(exc)
    return "ok"
