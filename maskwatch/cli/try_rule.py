"""`maskwatch rules test`: when a rule would have fired."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from common.errors import InvalidInput
from console.backtesting import OnProgress
from console.rule_form import RuleForm
from console.texts import span_text
from maskwatch.cli.desk import desk
from maskwatch.cli.finding import find_camera, find_rule
from maskwatch.cli.output import AsJson, print_one, print_rows, row_of
from maskwatch.client import Client

SHOWN = 50  # firings; --json has more
BAR = 30  # characters of the busiest day


def try_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE|FILE", help="Its name or id, or a JSON file; - reads it.")],
    start: Annotated[str | None, typer.Option("--from", help="From this time on (RFC 3339); else a week.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Before this time (RFC 3339); else now.")] = None,
    camera: Annotated[list[str] | None, typer.Option(help="Only this camera, by name or id; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try a rule on stored predictions: when it would have fired, for how long, how many messages were sent."""
    with desk() as api:
        fields = _read(api, rule)
        cameras = [find_camera(api, name).id for name in camera or []]
        asked = {"from": _time(start), "to": _time(end), "cameras": cameras}
        with _progress() as on_progress:
            told = row_of(api.rules.test_draft(fields, on_progress=on_progress, **asked))
    if as_json:
        print_one(told, as_json=True)
    else:
        _show(told)


def _read(api: Client, rule: str) -> dict[str, Any]:
    if rule != "-" and not rule.endswith(".json"):
        found = row_of(find_rule(api, rule))
        return {name: found[name] for name in RuleForm.model_fields if name in found}
    try:
        text = sys.stdin.read() if rule == "-" else Path(rule).read_text(encoding="utf-8")
        fields = json.loads(text)
    except OSError as exc:
        raise InvalidInput(f"cannot read {rule}: {exc.strerror}") from exc
    except ValueError as exc:
        raise InvalidInput(f"{rule} is no JSON: {exc}") from exc
    if not isinstance(fields, dict):
        raise InvalidInput(f"{rule} holds no rule: a rule is a JSON object, as in `maskwatch rules show --json`")
    known = {name: value for name, value in fields.items() if name not in ("id", "warnings", "state")}
    return {"name": "draft", **known}


def _time(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInput(f"{text!r} is no time; write it like 2026-11-22T08:00:00Z") from exc
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


@contextmanager
def _progress() -> Iterator[OnProgress]:
    """A bar on stderr when that is a terminal."""
    terminal = Terminal(stderr=True)
    columns = (BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} pictures"), TimeRemainingColumn())
    with Progress(
        *columns, console=terminal, transient=True, disable=not terminal.is_terminal, redirect_stdout=False
    ) as progress:
        bar = progress.add_task("pictures", total=0)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def _show(told: dict[str, Any]) -> None:
    print(_summary(told))
    days, most = told["days"], max(day["fired"] for day in told["days"])
    rows = [
        {
            **day,
            "firing": span_text(day["seconds"]),
            "": "█" * round(BAR * day["fired"] / most) if most else "",
        }
        for day in days
    ]
    print()
    print_rows(rows, columns=("day", "fired", "firing", "people", "messages", ""), as_json=False, empty="")
    if told["firings"]:
        print()
        firings = [{**one, "firing": span_text(one["seconds"])} for one in told["firings"][:SHOWN]]
        columns = ("fired_at", "camera", "firing", "people", "reason", "snapshot_id")
        print_rows(firings, columns=columns, as_json=False, empty="")
    if told["fired"] > SHOWN:
        print(f"… and {told['fired'] - SHOWN} more: --json")


def _summary(told: dict[str, Any]) -> str:
    messages = told["messages"]
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(messages.items()))
    to = f" to {', '.join(told['receivers'])}" if told["receivers"] else ""
    lines = [
        f"{told['pictures']:,} pictures of {told['cameras']} cameras",
        f"would have fired {told['fired']} times, for {span_text(told['seconds'])} in all, "
        f"with up to {told['people']} people",
        f"would have sent {sum(messages.values())} messages{to}" + (f": {kinds}" if kinds else ""),
    ]
    if not told["is_complete"]:
        lines.append("it fires so often that some cameras were not looked at to the end")
    return "\n".join(lines)
