"""Where commands work: on a console elsewhere, or on this machine's adapters. Either way by the console's API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from common.errors import InvalidInput
from maskwatch.cli.server import chosen_server
from maskwatch.cli.state import console
from maskwatch.client import Client
from maskwatch.in_process import URL, InProcess, command_line_api

By = Annotated[str, typer.Option(help="Who says so; at a console elsewhere its token says it.", show_default=False)]


@contextmanager
def desk(*, by: str = "") -> Iterator[Client]:
    """The API to work with; `by`: who works here. Raises InvalidInput for a name at a console elsewhere."""
    server = chosen_server()
    if server:
        if by:
            raise InvalidInput(f"--by says who works here; at {server} MASKWATCH_TOKEN says it")
        with Client(server) as client:
            yield client
        return
    with console() as context:
        transport = InProcess(command_line_api(context, by=by))
        with Client(URL, token="", transport=transport, patience_seconds=0) as client:
            yield client
