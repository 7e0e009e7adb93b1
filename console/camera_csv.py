"""Cameras as a spreadsheet: one per line, RFC 4180, with a header that names the fields."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from common.errors import InvalidInput

DELIMITERS = ",;\t"  # spreadsheets write what the country takes for the decimal point's other half
FORMULA = "=+-@\t\r"  # a cell that begins so is computed by spreadsheets: a camera's name could run a program
JSON_FIELDS = ("zones", "schedule")
TAG_SEPARATOR = ";"


def write_csv(rows: Sequence[dict[str, Any]], fields: Sequence[str]) -> str:
    """A header, and a line for each row; zones and schedule are JSON, tags are separated by semicolons."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(fields)
    writer.writerows([_cell(row.get(field)) for field in fields] for row in rows)
    return out.getvalue()


def read_csv(text: str) -> list[dict[str, Any]]:
    """The rows; what a cell leaves empty is not in its row. Raises InvalidInput."""
    header = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="", strict=True)
    try:
        return [_row(cells) for cells in reader]
    except csv.Error as exc:
        raise InvalidInput(f"line {reader.line_num} is no CSV: {exc}") from exc


def _row(cells: dict[str, Any]) -> dict[str, Any]:
    named = {str(name).strip(): cell for name, cell in cells.items()}
    row = {name: _value(name, cell) for name, cell in named.items() if name and cell}
    if any(named.get("") or ()):  # cells beyond the header: the row is shifted, or the header lacks a name
        row["(without a heading)"] = named[""]
    return row


def _value(field: str, cell: str) -> Any:
    text = cell[1:] if cell[0] == "'" and cell[1:2] in tuple(f"{FORMULA}'") else cell
    if field == "tags" and not text.startswith("["):
        return [tag.strip() for tag in text.split(TAG_SEPARATOR) if tag.strip()]
    if field in (*JSON_FIELDS, "tags"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text  # the form says what it should be
    return text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        is_plain = not any(TAG_SEPARATOR in one or one.startswith("[") or one != one.strip() for one in value)
        return _guarded(f"{TAG_SEPARATOR} ".join(value) if is_plain else _dumped(value))
    return _dumped(value) if isinstance(value, list | dict) else _guarded(str(value))


def _guarded(text: str) -> str:
    """With an apostrophe before what a spreadsheet would compute, and before an apostrophe: reading takes one away."""
    return f"'{text}" if text and text[0] in f"{FORMULA}'" else text


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
