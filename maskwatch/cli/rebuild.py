"""`maskwatch stats rebuild`: the statistics counted again."""

from __future__ import annotations

from typing import Annotated

import typer

from common.domain.statistics import Statistics
from common.settings import load_settings
from maskwatch.cli.looking import looking
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.retention import DryRun
from maskwatch.cli.state import adapters
from maskwatch.cli.stats import Camera, From, To, camera_id_of, time_of
from maskwatch.wiring import retention_policy

COLUMNS = ("start", "camera", "zone", "added")


def rebuild(
    camera: Camera = None,
    start: From = None,
    end: To = None,
    fewer: Annotated[
        bool, typer.Option("--fewer", help="Also where fewer shots are found than were counted: none was removed.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Count again from shots, predictions, sightings, events and alerts, and put right what differs.

    It may run at any time. It looks at hours that are over and whose rows are still kept; zones and rules count as
    they are now. An hour of which fewer shots are found than were counted is left alone: some were removed.
    """
    from analyzer.recount import Recount

    with adapters() as opened, looking() as on_progress:
        opened.repository.upgrade()
        with opened.repository.begin() as unit:
            names = {known.id: known.name for known in unit.cameras.list()}
        done = Recount(
            repository=opened.repository,
            keep_alerts=retention_policy(load_settings()).keep_alerts,
            with_fewer=fewer,
            is_dry_run=dry_run,
            on_progress=on_progress,
        ).run(camera_id=camera_id_of(camera, names), start=time_of(start), end=time_of(end))
    changes = [
        {"start": each.start, "camera": names.get(each.camera_id or ""), "zone": each.zone, "added": _numbers(each)}
        for each in done.changes
    ]
    if as_json:
        found = {"dry_run": dry_run, "hours": done.hours, "left": done.left, "sums": done.sums, "changes": changes}
        print_one(found, as_json=True)
        return
    print_rows(changes, columns=COLUMNS, as_json=False, empty="every row is right")
    print(f"{done.hours} hours of cameras looked at; {len(changes)} rows and {done.sums} sums of them were wrong")
    if done.left:
        print(f"{done.left} hours were left alone: fewer of their shots are kept than were counted")


def _numbers(change: Statistics) -> dict[str, int | float]:
    counts = {
        **{f"shots_{outcome.value}": number for outcome, number in change.shots.items()},
        **{f"faces_{label.value}": number for label, number in change.faces.items()},
        **{f"people_{label.value}": number for label, number in change.people.items()},
        "events": change.events,
        "alerts": change.alerts,
        "acknowledged": change.acknowledged,
        "reaction_seconds": round(change.reaction_seconds, 3),
    }
    return {name: number for name, number in counts.items() if number}
