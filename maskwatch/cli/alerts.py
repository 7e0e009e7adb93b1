"""`maskwatch alerts`: what people were told, and why; and what they do not want to be told."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

import typer

from common.domain.alert import AlertState
from common.errors import InvalidInput
from common.ports.repository import Repository
from console import alerts
from console.alert_history import history_json
from console.forms import validate
from console.silence_form import SilenceForm, silence_json
from console.silences import add_silence, end_silence
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.state import console, unit
from maskwatch.sources import find_camera

alerts_app = typer.Typer(help="What people were told, and why.", no_args_is_help=True)

AlertId = Annotated[str, typer.Argument(help="The alert's id.")]
By = Annotated[str, typer.Option(help="Who says so.")]
For = Annotated[str, typer.Option("--for", help="How long, such as 90s, 30m, 2h, 7d.")]
COLUMNS = ("id", "started_at", "fired_at", "state", "reason", "severity", "summary", "acknowledged_by")
PAST = 200  # silences shown when those that have ended are asked for, too
SILENCE_COLUMNS = ("id", "starts_at", "ends_at", "is_active", "rules", "cameras", "sites", "tags", "comment")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@alerts_app.command("list")
def list_alerts(
    state: Annotated[AlertState | None, typer.Option(help="Only alerts in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first."""
    with unit() as work:
        rows = [asdict(alert) for alert in work.alerts.list(state=state, limit=limit)]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no alerts")


@alerts_app.command("show")
def show(alert_id: AlertId, as_json: AsJson = False) -> None:
    """Show one alert: why who was told of it, or not, and what became of the messages."""
    with unit() as work:
        alert = work.alerts.get(alert_id)
        found = asdict(alert) | history_json(work, alert)
    if as_json:
        print_one(found, as_json=True)
        return
    decisions, messages = found.pop("decisions"), found.pop("messages")
    print_one(found, as_json=False)
    print()
    print_rows(decisions, columns=("at", "stage", "verdict", "reason"), as_json=False, empty="nothing was decided yet")
    print()
    columns = ("created_at", "kind", "receiver", "state", "sent_at", "error")
    print_rows(messages, columns=columns, as_json=False, empty="no message was made")


@alerts_app.command("ack")
def acknowledge(
    alert_id: AlertId, by: By = "cli", note: Annotated[str, typer.Option(help="What was done.")] = ""
) -> None:
    """Say that somebody takes care of it; the first acknowledgement stands."""
    with console() as context:
        alert = alerts.acknowledge(context, alert_id, by=by, note=note)
    print(f"{alert_id} acknowledged by {alert.acknowledged_by}")


@alerts_app.command("snooze")
def snooze(alert_id: AlertId, duration: For = "1h", by: By = "cli") -> None:
    """Tell nothing more of one alert for a while; 0s: tell again."""
    with console() as context:
        alert = alerts.snooze(context, alert_id, by=by, seconds=_seconds(duration))
    until = alert.snoozed_until
    print(f"{alert_id} snoozed until {until:%Y-%m-%d %H:%M:%S} UTC" if until else f"{alert_id} is told again")


@alerts_app.command("silence")
def silence(
    duration: For,
    rule: Annotated[list[str] | None, typer.Option(help="Name or id; none: every rule.")] = None,
    camera: Annotated[list[str] | None, typer.Option(help="Name or id; none: every camera.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Cameras at this site.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Cameras with this tag.")] = None,
    comment: Annotated[str, typer.Option(help="Why.")] = "",
    by: By = "cli",
) -> None:
    """Tell nothing of some rules or cameras for a while; what still goes on afterwards is told then."""
    with console() as context:
        form = {
            "rules": [_find_rule(context.repository, name) for name in rule or []],
            "cameras": [find_camera(context.repository, name).id for name in camera or []],
            "sites": site or [],
            "tags": tag or [],
            "seconds": _seconds(duration),
            "comment": comment,
        }
        made = add_silence(context, validate(SilenceForm, form), by=by)
    print(f"{made.id}  silenced until {made.ends_at:%Y-%m-%d %H:%M:%S} UTC")


@alerts_app.command("silences")
def list_silences(
    past: Annotated[bool, typer.Option("--past", help="Also those that have ended.")] = False, as_json: AsJson = False
) -> None:
    """List what is not told now, or will not be."""
    with console() as context, context.repository.begin() as work:
        now = context.clock()
        found = work.silences.list(limit=PAST) if past else work.silences.list(ending_after=now)
        rows: list[dict[str, Any]] = [silence_json(one, now=now) for one in found]
    print_rows(rows, columns=SILENCE_COLUMNS, as_json=as_json, empty="nothing is silenced")


@alerts_app.command("unsilence")
def unsilence(silence_id: Annotated[str, typer.Argument(help="The silence's id.")], by: By = "cli") -> None:
    """End a silence now."""
    with console() as context:
        end_silence(context, silence_id, by=by)
    print(f"{silence_id} ended")


def _seconds(duration: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", duration.strip())
    if found is None:
        raise InvalidInput(f"{duration!r} is no duration; write 90s, 30m, 2h or 7d")
    return float(found[1]) * _SECONDS[found[2]]


def _find_rule(repository: Repository, name_or_id: str) -> str:
    with repository.begin() as work:
        rules = work.rules.list()
    for rule in rules:
        if name_or_id in (rule.id, rule.name):
            return rule.id
    there = ", ".join(rule.name for rule in rules) or "none yet"
    raise InvalidInput(f"there is no rule {name_or_id!r}; there are: {there}")
