"""`maskwatch retention`: remove now what is not to be kept, or see what would go."""

from __future__ import annotations

from typing import Annotated

import typer

from common.settings import load_settings
from maskwatch.cli.looking import looking
from maskwatch.cli.output import AsJson, print_one
from maskwatch.cli.state import adapters
from maskwatch.wiring import retention_policy

retention_app = typer.Typer(help="What is kept, and for how long.", no_args_is_help=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell; change nothing.")]


@retention_app.command("run")
def run(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Remove pictures and rows by age, by label and by the store's bound; the analyzer does so once an hour.

    Each camera's retention_days, MASKWATCH_KEEP_CLEAN_DAYS, MASKWATCH_KEEP_ALERT_DAYS, MASKWATCH_KEEP_FEEDBACK_DAYS,
    MASKWATCH_KEEP_CROPS_HOURS and MASKWATCH_STORE_MEGABYTES say what goes. Statistics stay; an alert's picture stays as
    long as its alert.
    """
    from analyzer.upkeep.retention import Retention

    with adapters() as opened, looking() as on_progress:
        opened.repository.upgrade()
        removed = Retention(
            repository=opened.repository,
            store=opened.store,
            policy=retention_policy(load_settings()),
            is_dry_run=dry_run,
            on_progress=on_progress,
        ).run()
    by_reason = {
        f"{name}_by_{reason.value}": count
        for name, counts in (("pictures", removed.pictures), ("bytes", removed.picture_bytes))
        for reason, count in counts.items()
    }
    print_one(
        {
            "dry_run": dry_run,
            "alerts": removed.alerts,
            "shots": removed.shots,
            "feedback": removed.feedback,
            "audit": removed.audit,
            "crops": removed.crops,
            **by_reason,
        },
        as_json=as_json,
    )
