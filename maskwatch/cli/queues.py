"""`maskwatch queues`: backlog, age and dead letters."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from common.errors import InvalidInput
from common.messages import QUEUES
from common.ports.broker import DeadLetter
from common.ports.clock import utc_now
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.state import adapters

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
    with adapters() as opened:
        if dead is None:
            rows = [asdict(opened.broker.state(queue)) for queue in QUEUES]
            print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no queues")
            return
        letters = [_row(letter, now=utc_now()) for letter in opened.broker.dead_letters(_known(dead), limit=limit)]
        print_rows(letters, columns=DEAD_COLUMNS, as_json=as_json, empty=f"{dead}: no dead letters")


@queues_app.command("replay")
def replay(queue: Queue, letter: Ids = None) -> None:
    """Put dead letters of a queue back into it."""
    with adapters() as opened:
        print(f"{opened.broker.replay(_known(queue), only=letter or None)} replayed")


@queues_app.command("purge")
def purge(
    queue: Queue, letter: Ids = None, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Delete dead letters of a queue."""
    _known(queue)
    if not yes:
        which = f"{len(letter)} dead letters" if letter else "all dead letters"
        typer.confirm(f"Delete {which} of {queue}?", abort=True)
    with adapters() as opened:
        print(f"{opened.broker.purge(queue, only=letter or None)} deleted")


def _row(letter: DeadLetter, *, now: datetime) -> dict[str, Any]:
    age = None if letter.at is None else round(max(0.0, (now - letter.at).total_seconds()), 1)
    body = letter.body.decode(errors="replace")
    return {"id": letter.id, "at": letter.at, "age_seconds": age, "reason": letter.reason, "body": body}


def _known(queue: str) -> str:
    if queue not in QUEUES:
        raise InvalidInput(f"no queue {queue!r}; there are {', '.join(QUEUES)}")
    return queue
