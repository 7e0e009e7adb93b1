"""Many cameras as one file: CSV, YAML or JSON, written and read back. A password is never written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import yaml

from common.domain.camera import Camera
from common.errors import InvalidInput
from console.camera_csv import read_csv, write_csv
from console.camera_form import CameraForm, camera_fields

MOST_ROWS = 5_000
DEEPEST = 12  # a zone's corner lies six levels down

YamlReader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FIELDS = tuple(name for name in CameraForm.model_fields if name != "password")


class SheetFormat(StrEnum):
    """How a file holds cameras."""

    CSV = "csv"
    YAML = "yaml"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """As HTTP calls it."""
        return {"csv": "text/csv", "yaml": "application/yaml", "json": "application/json"}[self.value]


def write_sheet(cameras: Iterable[Camera], form: SheetFormat) -> str:
    """The cameras, without passwords."""
    rows = [camera_fields(camera) for camera in cameras]
    if form is SheetFormat.CSV:
        return write_csv(rows, FIELDS)
    if form is SheetFormat.YAML:
        return f"# Passwords are not exported.\n{yaml.safe_dump(rows, allow_unicode=True, sort_keys=False)}"
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def read_sheet(text: str, form: SheetFormat) -> list[Any]:
    """The rows, unchecked: mostly dicts of a camera's fields. Raises InvalidInput for what is no such file."""
    read = {SheetFormat.CSV: read_csv, SheetFormat.YAML: _read_yaml, SheetFormat.JSON: _read_json}[form]
    rows = _rows(read(text.removeprefix("\ufeff")))
    _check_text(rows)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"it holds {len(rows)} cameras; at most {MOST_ROWS} are taken at once")
    return list(rows)


def _rows(content: Any) -> Sequence[Any]:
    if isinstance(content, dict) and isinstance(content.get("cameras"), list):
        content = content["cameras"]
    if not isinstance(content, list):
        raise InvalidInput("it is no list of cameras")
    return content


def _check_text(rows: Sequence[Any]) -> None:
    """JSON and YAML can write half a character, which nothing can store, send or show."""
    try:
        json.dumps(rows, ensure_ascii=False, default=str).encode()
    except (ValueError, TypeError, RecursionError) as exc:
        raise InvalidInput("it holds what is no text") from exc


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("it is no JSON") from exc


class _PlainLoader(YamlReader):  # type: ignore[misc, valid-type]  # which of the two depends on the machine
    """Safe, and all that is not null is text: to YAML 1.1, 18:00 is the number 1080 and `no` is false."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # as PyYAML has it
        first: [(tag, shape) for tag, shape in known if tag == "tag:yaml.org,2002:null"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _read_yaml(text: str) -> Any:
    try:
        _check_size_of(text)
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  # nosec B506  # a safe one, see there
    except yaml.MarkedYAMLError as exc:
        place = f" in line {exc.problem_mark.line + 1}" if exc.problem_mark else ""
        raise InvalidInput(f"it is no YAML{place}: {exc.problem}") from exc
    except yaml.YAMLError as exc:
        raise InvalidInput("it is no YAML") from exc


def _check_size_of(text: str) -> None:
    """Nothing of it may be more than it looks: aliases make gigabytes of a line, and depth ends the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=YamlReader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput("it has aliases (*name), which are not taken: write it out")
        if getattr(event, "tag", None):
            raise InvalidInput("it has tags (!!name), which are not taken: leave them out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise InvalidInput("it is nested too deeply for a list of cameras")
