"""`maskwatch privacy`: what is kept of people, and erasing it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.context import Console
from console.erasure_form import ErasureForm
from console.forms import validate
from console.privacy import erased_json, erasure_json, preview_erasure, read_retention, request_erasure
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.records import record
from maskwatch.cli.retention import DryRun
from maskwatch.cli.state import adapters, console
from maskwatch.cli.stats import Camera, From, To, camera_id_of, time_of

privacy_app = typer.Typer(help="What is kept of people, and erasing it.", no_args_is_help=True)

COLUMNS = ("requested_at", "by", "camera", "start", "end", "state", "gone", "reason")
KEPT = ("name", "site", "retention_days", "blur_faces", "shots", "oldest_at")
BY = "command line"


@privacy_app.command("erase")
def erase(
    camera: Camera = None,
    start: From = None,
    end: To = None,
    reason: Annotated[str, typer.Option(help="Stays in the ledger: name nobody who wants to be forgotten.")] = "",
    everything: Annotated[bool, typer.Option("--all-cameras", help="Where no camera is named.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Erase for good: pictures, faces, and all that was made of them but statistics, which name nobody.

    A running analyzer begins within a minute, `maskwatch privacy run` at once. Of a camera that was removed give its
    id.
    """
    if camera is None and not everything:
        raise typer.BadParameter("name a --camera, or say --all-cameras")
    with console() as context:
        form = _form(context, camera, start, end, reason)
        gone = erased_json(preview_erasure(context, form))
        if dry_run:
            print_one({"dry_run": True, **gone}, as_json=as_json)
            return
        if not yes:
            told = ", ".join(f"{count} {name}" for name, count in gone.items())
            typer.confirm(f"Erase {told} of {camera or 'all cameras'}? Nothing brings them back.", abort=True)
        asked = request_erasure(context, form, by=BY)
        record(context, "request_erasure", target=f"privacy/erasures/{asked.id}", fields=sorted(form.model_fields_set))
    print_one(erasure_json(asked), as_json=as_json)


@privacy_app.command("ledger")
def ledger(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50, as_json: AsJson = False
) -> None:
    """List what was erased: when, by whom, why, and how far it is."""
    with console() as context, context.repository.begin() as unit:
        rows = [erasure_json(erasure) for erasure in unit.erasures.list(limit=limit)]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="nothing was ever erased on request")


@privacy_app.command("retention")
def retention(as_json: AsJson = False) -> None:
    """Show how long what is kept, and how much there is."""
    with console() as context:
        found = read_retention(context)
    if as_json:
        print_one(found, as_json=True)
        return
    print_one(found["settings"], as_json=False)
    print_rows(found["cameras"], columns=KEPT, as_json=False, empty="no cameras yet")


@privacy_app.command("run")
def run(as_json: AsJson = False) -> None:
    """Work off now what was asked for; a running analyzer does so every minute. It may run at any time."""
    from analyzer.upkeep.erase import Erase

    with adapters() as opened:
        opened.repository.upgrade()
        waiting = Erase(repository=opened.repository, store=opened.store).run()
    told: dict[str, Any] = {"waiting": waiting}
    print_one(told, as_json=as_json)


def _form(context: Console, camera: str | None, start: str | None, end: str | None, reason: str) -> ErasureForm:
    with context.repository.begin() as unit:
        names = {known.id: known.name for known in unit.cameras.list()}
    asked = {"start": time_of(start), "end": time_of(end), "reason": reason}
    return validate(ErasureForm, {"camera_id": camera_id_of(camera, names) or "", **asked})
