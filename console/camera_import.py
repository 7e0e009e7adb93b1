"""Many cameras at once: each row alone is added, changed, left or refused, and says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import structlog
from pydantic import BaseModel

from common.domain.camera import Camera
from common.domain.urls import has_hidden
from common.domain.user import Reach
from common.errors import PermanentError
from console.camera_form import CameraForm, Name, camera_fields
from console.cameras import add_camera, change_camera, draft_camera, saved_camera
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.forms import validate
from console.reach import EVERYWHERE, check_stays

log = structlog.get_logger(__name__)


class Action(StrEnum):
    """What became of a row, or would."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"  # it says what is known already
    SKIPPED = "skipped"  # its name is known, and it was not to be changed
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class RowResult:
    """What became of one row."""

    row: int  # from 1, without a header
    name: str
    action: Action
    camera_id: str | None = None
    fields: tuple[str, ...] = ()  # that change, of an update
    errors: tuple[FieldError, ...] = ()  # never a value: it may be a password


def import_cameras(
    console: Console, rows: Sequence[Any], *, update: bool, is_dry_run: bool, reach: Reach = EVERYWHERE
) -> list[RowResult]:
    """Take the rows one by one; a camera is known by its name. `is_dry_run`: say what would become of them."""
    results = list(_take(Taker(console=console, update=update, is_dry_run=is_dry_run, reach=reach), rows))
    if not is_dry_run:
        log.info("cameras.imported", **{action.value: count for action, count in count_actions(results).items()})
    return results


def count_actions(results: Sequence[RowResult]) -> dict[Action, int]:
    """How many rows of each."""
    counted = Counter(result.action for result in results)
    return {action: counted[action] for action in Action}


def results_json(results: Sequence[RowResult], *, is_dry_run: bool) -> dict[str, Any]:
    """The sums, and each row."""
    counts = {action.value: count for action, count in count_actions(results).items()}
    return {"dry_run": is_dry_run, **counts, "rows": [asdict(result) for result in results]}


@dataclass(frozen=True, kw_only=True)
class Taker:
    """How rows are taken, and by whose right."""

    console: Console
    update: bool
    is_dry_run: bool
    reach: Reach

    def take(self, number: int, name: str, entry: dict[str, Any]) -> RowResult:
        """What became of it. Raises PermanentError where it is refused."""
        with self.console.repository.begin() as unit:
            known = unit.cameras.find(name)
        if known is None:
            return RowResult(row=number, name=name, action=Action.ADDED, camera_id=self._add(entry))
        if not self.reach.includes(known):
            raise _refusal("name", "is in use already")
        if not self.update:
            return RowResult(row=number, name=name, action=Action.SKIPPED, camera_id=known.id)
        wanted = saved_camera(self.console, known.id, entry)
        check_stays(self.reach, wanted)
        fields = _differing(known, wanted)
        if fields and not self.is_dry_run:
            change_camera(self.console, known.id, entry, reach=self.reach)
        action = Action.UPDATED if fields else Action.UNCHANGED
        return RowResult(row=number, name=name, action=action, camera_id=known.id, fields=fields)

    def _add(self, entry: dict[str, Any]) -> str | None:
        form = validate(CameraForm, entry)
        if has_hidden(form.url):
            raise _refusal("url", "holds *** where a secret belongs, which is not exported: write it there")
        if self.is_dry_run:
            check_stays(self.reach, draft_camera(self.console, form))
            return None
        return add_camera(self.console, form, reach=self.reach).id


class _Named(BaseModel):
    """Of a row what says whose it is."""

    name: Name


def _take(taker: Taker, rows: Sequence[Any]) -> Iterator[RowResult]:
    seen: dict[str, int] = {}
    for number, entry in enumerate(rows, 1):
        name = ""
        try:
            if not isinstance(entry, dict):
                raise _refusal("", "is no camera: a camera is a set of named fields")
            name = validate(_Named, entry).name
            if seen.setdefault(name, number) != number:
                raise _refusal("name", f"stands in row {seen[name]} already")
            yield taker.take(number, name, entry)
        except InvalidForm as exc:
            yield RowResult(row=number, name=name, action=Action.REFUSED, errors=tuple(exc.errors))
        except PermanentError as exc:  # what is away for a while ends the import: it can be sent again
            said = (FieldError(field="", message=str(exc)),)
            yield RowResult(row=number, name=name, action=Action.REFUSED, errors=said)


def _differing(before: Camera, after: Camera) -> tuple[str, ...]:
    old, new = _compared(before), _compared(after)
    return tuple(name for name in new if new[name] != old[name])


def _compared(camera: Camera) -> dict[str, Any]:
    """With the secrets that are not shown."""
    return camera_fields(camera) | {"url": camera.url, "password": camera.password}


def _refusal(field: str, message: str) -> InvalidForm:
    return InvalidForm([FieldError(field=field, message=message)])
