"""`maskwatch queues`: backlog, age and dead letters."""

from __future__ import annotations

from typing import Annotated

import typer

from common.messages import QUEUES
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.queue_desk import known, queue_desk

queues_app = typer.Typer(help="Backlog, age and dead letters of the queues.", no_args_is_help=True)

Ids = Annotated[list[str] | None, typer.Option("--id", help="Only this dead letter; may be repeated. Else all.")]
Queue = Annotated[str, typer.Argument(help=f"One of {', '.join(QUEUES)}.")]
COLUMNS = ("queue", "ready", "unacked", "dead", "oldest_age_seconds")
DEAD_COLUMNS = ("id", "at", "age_seconds", "reason", "body")


@queues_app.command("show")
def show(
    dead: Annotated[str | None, typer.Option(help="List the dead letters of this queue instead.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most dead letters to list.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show every queue, or one queue's dead letters with their reason and age."""
    with queue_desk() as queues:
        rows = queues.states() if dead is None else queues.dead_letters(dead, limit=limit)
    columns, empty = (COLUMNS, "no queues") if dead is None else (DEAD_COLUMNS, f"{dead}: no dead letters")
    print_rows(rows, columns=columns, as_json=as_json, empty=empty)


@queues_app.command("replay")
def replay(queue: Queue, letter: Ids = None) -> None:
    """Put dead letters of a queue back into it."""
    with queue_desk() as queues:
        print(f"{queues.replay(queue, only=letter or None)} replayed")


@queues_app.command("purge")
def purge(
    queue: Queue, letter: Ids = None, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Delete dead letters of a queue."""
    known(queue)
    if not yes:
        which = f"{len(letter)} dead letters" if letter else "all dead letters"
        typer.confirm(f"Delete {which} of {queue}?", abort=True)
    with queue_desk() as queues:
        print(f"{queues.purge(queue, only=letter or None)} deleted")
