"""`maskwatch alerts`: what people were told, and why; and what they do not want to be told."""

from __future__ import annotations

import re
from itertools import islice
from typing import Annotated

import typer

from common.domain.alert import AlertState
from common.errors import InvalidInput
from maskwatch.cli.desk import By, desk
from maskwatch.cli.finding import find_camera, find_rule
from maskwatch.cli.output import AsJson, print_one, print_rows, row_of

alerts_app = typer.Typer(help="What people were told, and why.", no_args_is_help=True)

AlertId = Annotated[str, typer.Argument(help="The alert's id.")]
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
    with desk() as api:
        rows = [row_of(alert) for alert in islice(api.alerts.list(state=state), limit)]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no alerts")


@alerts_app.command("show")
def show(alert_id: AlertId, as_json: AsJson = False) -> None:
    """Show one alert: why who was told of it, or not, and what became of the messages."""
    with desk() as api:
        found = row_of(api.alerts.get(alert_id))
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
def acknowledge(alert_id: AlertId, by: By = "", note: Annotated[str, typer.Option(help="What was done.")] = "") -> None:
    """Say that somebody takes care of it; the first acknowledgement stands."""
    with desk(by=by) as api:
        alert = api.alerts.acknowledge(alert_id, note=note)
    print(f"{alert_id} acknowledged by {alert.acknowledged_by}")


@alerts_app.command("snooze")
def snooze(alert_id: AlertId, duration: For = "1h", by: By = "") -> None:
    """Tell nothing more of one alert for a while; 0s: tell again."""
    with desk(by=by) as api:
        alert = api.alerts.snooze(alert_id, _seconds(duration))
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
    by: By = "",
) -> None:
    """Tell nothing of some rules or cameras for a while; what still goes on afterwards is told then."""
    with desk(by=by) as api:
        made = api.silences.add(
            rules=[find_rule(api, name).id for name in rule or []],
            cameras=[find_camera(api, name).id for name in camera or []],
            sites=site or [],
            tags=tag or [],
            seconds=_seconds(duration),
            comment=comment,
        )
    print(f"{made.id}  silenced until {made.ends_at:%Y-%m-%d %H:%M:%S} UTC")


@alerts_app.command("silences")
def list_silences(
    past: Annotated[bool, typer.Option("--past", help="Also those that have ended.")] = False, as_json: AsJson = False
) -> None:
    """List what is not told now, or will not be."""
    with desk() as api:
        rows = [row_of(one) for one in api.silences.list(past=past)]
    print_rows(rows, columns=SILENCE_COLUMNS, as_json=as_json, empty="nothing is silenced")


@alerts_app.command("unsilence")
def unsilence(silence_id: Annotated[str, typer.Argument(help="The silence's id.")], by: By = "") -> None:
    """End a silence now."""
    with desk(by=by) as api:
        api.silences.end(silence_id)
    print(f"{silence_id} ended")


def _seconds(duration: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", duration.strip())
    if found is None:
        raise InvalidInput(f"{duration!r} is no duration; write 90s, 30m, 2h or 7d")
    return float(found[1]) * _SECONDS[found[2]]
