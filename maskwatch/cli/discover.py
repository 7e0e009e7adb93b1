"""`maskwatch cameras discover`: the same search that the console's API makes."""

from __future__ import annotations

from typing import Annotated

import typer

from maskwatch.cli.cameras import Password, Username, ask_password
from maskwatch.cli.desk import desk
from maskwatch.cli.output import AsJson, print_rows, row_of

COLUMNS = ("url", "name", "hardware", "streams", "is_added", "problem")

Hosts = Annotated[
    list[str] | None,
    typer.Option("--host", help="Also look there: a host, host:port, or a subnet as 192.168.1.0/24. May be repeated."),
]


def discover(
    host: Hosts = None,
    username: Username = None,
    password: Password = None,
    seconds: Annotated[float, typer.Option(help="How long to wait for answers.")] = 3.0,
    multicast: Annotated[bool, typer.Option(help="Ask the whole network; else only the named hosts.")] = True,
    as_json: AsJson = False,
) -> None:
    """Look for ONVIF cameras in the network; with a login also for their streams."""
    fields = {"hosts": host or [], "username": username, "seconds": seconds, "multicast": multicast}
    with desk() as api:
        found = [row_of(one) for one in api.cameras.discover(**fields, password=ask_password(username, password))]
    rows = [row | {"streams": " ".join(one["url"].rpartition("/")[2] for one in row["profiles"])} for row in found]
    print_rows(
        found if as_json else rows,
        columns=COLUMNS,
        as_json=as_json,
        empty="no camera answers; where multicast does not reach, name the hosts: --host 192.168.1.0/24",
    )
