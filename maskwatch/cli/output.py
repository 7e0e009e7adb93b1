"""How every listing is printed: a table for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

WIDE = 240  # columns of a table that goes to a file or another program: nothing need be folded there

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_rows(rows: Sequence[dict[str, Any]], *, columns: Sequence[str], as_json: bool, empty: str) -> None:
    """Print the rows: all fields as a JSON array, or these columns as a table; `empty` says so when there is none."""
    if as_json:
        print(json.dumps(rows, default=_plain, ensure_ascii=False))
        return
    if not rows:
        print(empty)
        return
    table = Table(box=None, header_style="bold")
    for column in columns:  # an id cut short cannot be pasted into the next command
        table.add_column(column.replace("_", " "), no_wrap=column == "id", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def print_one(row: dict[str, Any], *, as_json: bool) -> None:
    """Print one thing: a JSON object, or a line per field."""
    if as_json:
        print(json.dumps(row, default=_plain, ensure_ascii=False))
        return
    for name, value in row.items():
        print(f"{name:<22} {_cell(value)}")


def row_of(answer: BaseModel) -> dict[str, Any]:
    """What the API said, as it said it."""
    return answer.model_dump(exclude_unset=True, by_alias=True)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(part) for part in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(part)}" for name, part in value.items()) or "-"
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a time, too, is one
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value)
