"""Where commands work: on a console elsewhere, or on this machine's adapters. Either way by the console's API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from common.errors import InvalidInput, Unavailable
from console.context import Console
from maskwatch.cli.server import chosen_server
from maskwatch.cli.state import console
from maskwatch.client import Client
from maskwatch.in_process import URL, InProcess, command_line_api

PATIENCE_SECONDS = 10.0  # with a console that is busy or away: somebody sits there

By = Annotated[str, typer.Option(help="Who says so; at a console elsewhere its token says it.", show_default=False)]


@contextmanager
def desk(*, by: str = "") -> Iterator[Client]:
    """The API to work with; `by`: who works here. Raises InvalidInput for a name at a console elsewhere."""
    server = chosen_server()
    if server:
        if by:
            raise InvalidInput(f"--by says who works here; at {server} MASKWATCH_TOKEN says it")
        with Client(server, patience_seconds=PATIENCE_SECONDS) as client:
            yield client
        return
    with (
        console() as context,
        Client(URL, token="", transport=_transport(context, by), patience_seconds=0) as client,
    ):
        yield client


def _transport(context: Console, by: str) -> InProcess:
    try:
        return InProcess(command_line_api(context, by=by))
    except ModuleNotFoundError as exc:  # as in the image of another service
        raise Unavailable(
            f"this needs the console's packages ({exc.name} is not installed): run it where the console runs, "
            "or name one by --server"
        ) from exc
