"""Which console commands work on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Annotated

import typer

from common.errors import InvalidInput
from common.settings import load_settings

SERVER: ContextVar[str] = ContextVar("server", default="")  # as --server says

Server = Annotated[
    str, typer.Option("--server", help="Work on the console at this address, with MASKWATCH_TOKEN.", metavar="URL")
]


def chosen_server() -> str:
    """--server, else MASKWATCH_SERVER; empty: this machine."""
    return SERVER.get() or load_settings().server


def only_here() -> None:
    """Raise InvalidInput where another console is meant: what asks works on this machine's files and adapters."""
    server = chosen_server()
    if server:
        raise InvalidInput(f"this command works on its own machine only, not on {server}: run it there")
