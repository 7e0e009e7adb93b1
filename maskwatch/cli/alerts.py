"""`maskwatch alerts`: what people were told."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer

from common.domain.alert import AlertState
from common.ports.clock import utc_now
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.state import unit

alerts_app = typer.Typer(help="What people were told.", no_args_is_help=True)

AlertId = Annotated[str, typer.Argument(help="The alert's id.")]
COLUMNS = ("id", "fired_at", "state", "severity", "summary", "acknowledged_by")


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
    """Show one alert."""
    with unit() as work:
        print_one(asdict(work.alerts.get(alert_id)), as_json=as_json)


@alerts_app.command("ack")
def acknowledge(
    alert_id: AlertId,
    by: Annotated[str, typer.Option(help="Who has seen it.")] = "cli",
    note: Annotated[str | None, typer.Option(help="What was done.")] = None,
) -> None:
    """Say that somebody takes care of it."""
    with unit() as work:
        alert = work.alerts.get(alert_id, to_change=True)
        note = alert.note if note is None else note
        work.alerts.save(replace(alert, acknowledged_at=utc_now(), acknowledged_by=by, note=note))
    print(f"{alert_id} acknowledged")
