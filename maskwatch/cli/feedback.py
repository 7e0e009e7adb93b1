"""`maskwatch data feedback`: what people said of faces, as training reads it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from common.domain.feedback import Feedback
from common.errors import CannotWrite, InvalidInput, NotFound
from common.ports.store import ObjectStore
from console.feedback_form import NO_FACE, feedback_json
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.state import console

feedback_app = typer.Typer(help="What people said of faces.", no_args_is_help=True)

ALL = 1_000_000  # people say less in a life
SOURCE = "feedback"
LABELS = ("file", "label", "source", "kind", "synthetic")  # as in the data folder's crops/labels.csv
AUDIT = ("file", "meant", "said", "by", "at", "model", "camera_id", "snapshot_id", "face", "alert_id")
COLUMNS = ("at", "by", "said", "meant", "has_crop", "camera_id", "snapshot_id", "face")


@feedback_app.command("list")
def list_feedback(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50, as_json: AsJson = False
) -> None:
    """List what people said of faces."""
    with console() as context, context.repository.begin() as unit:
        rows = [feedback_json(said) for said in unit.feedback.list(limit=limit)]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="nobody has said anything of a face yet")


@feedback_app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Such as DATA/crops; rows of others there stay.")],
    as_json: AsJson = False,
) -> None:
    """Write the faces that were kept to DIR/images with DIR/labels.csv, and who said what to DIR/audit.csv.

    What is no face at all lies in DIR/no_face: it has no label. Only MASKWATCH_KEEP_FEEDBACK_CROPS=true keeps faces.
    """
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder")
    with console() as context:
        with context.repository.begin() as unit:
            said = unit.feedback.list(limit=ALL)
        kept = [one for one in said if one.crop_key]
        try:
            written = [one for one in kept if _write_crop(context.store, one, folder)]
            _write_table(folder / "labels.csv", LABELS, [_label_row(one) for one in written if one.meant])
            _write_table(folder / "audit.csv", AUDIT, [_audit_row(one) for one in written])
        except OSError as exc:
            raise CannotWrite(f"cannot write to {folder}: {exc.strerror}") from exc
    labelled = sum(one.meant is not None for one in written)
    print_one(
        {
            "labelled": labelled,
            "no_face": len(written) - labelled,
            "without_crop": len(said) - len(kept),
            "crop_gone": len(kept) - len(written),
        },
        as_json=as_json,
    )


def _write_crop(store: ObjectStore, said: Feedback, folder: Path) -> bool:
    """Whether the crop is there still."""
    try:
        data = store.get(said.crop_key)
    except NotFound:
        return False
    path = folder / _file(said)
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in ("images", NO_FACE):  # the last word stands: what was a face before may be none now
        (folder / other / path.name).unlink(missing_ok=True)
    path.write_bytes(data)
    return True


def _file(said: Feedback) -> Path:
    return Path("images" if said.meant else NO_FACE) / f"{SOURCE}-{said.id}.jpg"


def _label_row(said: Feedback) -> dict[str, Any]:
    label = said.meant.value if said.meant else NO_FACE
    return {"file": _file(said).name, "label": label, "source": SOURCE, "kind": "crop", "synthetic": "no"}


def _audit_row(said: Feedback) -> dict[str, Any]:
    told = feedback_json(said) | {"file": str(_file(said)), "at": said.at.isoformat()}
    return {name: told[name] for name in AUDIT}


def _write_table(path: Path, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> None:
    """The rows after those that are there already and are not of feedback."""
    others: list[dict[str, Any]] = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            others = [row for row in csv.DictReader(file) if not _is_ours(row.get("file", ""))]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, fieldnames=columns, lineterminator="\n", extrasaction="ignore")
        table.writeheader()
        table.writerows([*others, *rows])


def _is_ours(file: str) -> bool:
    return Path(file).name.startswith(f"{SOURCE}-")
