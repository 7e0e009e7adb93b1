"""`maskwatch cameras import` and `export`: the same files that the console's API takes and gives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from common.errors import CannotWrite, InvalidInput, PermanentError
from console.api.shapes.camera_sheets import RowAnswer
from console.camera_sheet import SheetFormat
from maskwatch.cli.desk import desk
from maskwatch.cli.output import AsJson, print_one, print_rows, row_of

ENDINGS = {".csv": SheetFormat.CSV, ".yaml": SheetFormat.YAML, ".yml": SheetFormat.YAML, ".json": SheetFormat.JSON}
COLUMNS = ("row", "name", "action", "about")

Kind = Annotated[SheetFormat | None, typer.Option("--format", help="csv, yaml or json; else by the file's ending.")]


def export_sheet(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None, form: Kind = None
) -> None:
    """Print all cameras as JSON, YAML or CSV, without passwords."""
    kind = form or (ENDINGS.get(output.suffix.lower()) if output else None) or SheetFormat.JSON
    with desk() as api:
        text = api.cameras.export(kind.value)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as exc:
        raise CannotWrite(f"cannot write {output}: {exc.strerror}") from exc


def import_sheet(
    file: Annotated[Path, typer.Argument(help="What `export` wrote, or a sheet with the columns name and url.")],
    form: Kind = None,
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of each row.")] = False,
    update: Annotated[bool, typer.Option("--update/--skip-known", help="What of cameras whose name is known.")] = True,
    as_json: AsJson = False,
) -> None:
    """Add the cameras of a file, or change those whose name is known; a refused row keeps no other back."""
    kind = form or ENDINGS.get(file.suffix.lower(), SheetFormat.JSON)
    sheet = _read(file)
    with desk() as api:
        done = api.cameras.import_sheet(sheet, kind.value, update=update, dry_run=is_dry_run)
    if as_json:
        print_one(row_of(done), as_json=True)
    else:
        print_rows([_row(one) for one in done.rows], columns=COLUMNS, as_json=False, empty="the file holds no cameras")
    if done.refused:
        raise PermanentError(f"{done.refused} of {len(done.rows)} rows were refused")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidInput(f"{file} is not in UTF-8") from exc
    except OSError as exc:
        raise InvalidInput(f"cannot read {file}: {exc.strerror}") from exc


def _row(result: RowAnswer) -> dict[str, Any]:
    wrong = "; ".join(f"{error.field}: {error.message}" if error.field else error.message for error in result.errors)
    return {
        "row": result.row,
        "name": result.name,
        "action": result.action.value,
        "about": wrong or ", ".join(result.fields),
    }
