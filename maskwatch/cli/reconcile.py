"""`maskwatch reconcile`: the store and the database brought into agreement."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from maskwatch.cli.looking import looking
from maskwatch.cli.output import AsJson, print_one
from maskwatch.cli.retention import DryRun
from maskwatch.cli.state import adapters


def reconcile(
    dry_run: DryRun = False,
    strangers: Annotated[
        bool,
        typer.Option(
            "--strangers", help="Delete pictures of cameras unknown to this database, too; of others' as well."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete pictures that no shot names, mark shots whose picture is gone, settle shots whose job was lost.

    What is younger than an hour is left alone. The analyzer does so once a day; it may run at any time.
    """
    from analyzer.upkeep.reconcile import Reconcile

    with adapters() as opened, looking() as on_progress:
        opened.repository.upgrade()
        done = Reconcile(
            repository=opened.repository,
            store=opened.store,
            broker=opened.broker,
            with_strangers=strangers,
            is_dry_run=dry_run,
            on_progress=on_progress,
        ).run()
    print_one({"dry_run": dry_run, **asdict(done)}, as_json=as_json)
