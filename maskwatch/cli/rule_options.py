"""Options of `maskwatch rules`, and the fields that they become."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Annotated, Any

import typer

from common.domain.prediction import Label
from common.domain.rule import GroupBy, Severity, Trouble
from common.domain.schedule import WEEKDAYS
from common.errors import InvalidInput

CameraId = Callable[[str], str]

LabelOption = Annotated[Label | None, typer.Option(help="Which faces.")]
Count = Annotated[int | None, typer.Option(help="At least so many people with the label.")]
Share = Annotated[float | None, typer.Option(help="More than this share (0 to 1) of the people.")]
TroubleOption = Annotated[Trouble | None, typer.Option(help="Not about faces: what is wrong with a camera.")]
TroubleSeconds = Annotated[float | None, typer.Option(help="For how long it must be wrong.")]
For = Annotated[float | None, typer.Option("--for", help="Seconds that it must hold before it fires.")]
Keep = Annotated[float | None, typer.Option("--keep", help="Seconds that it must not hold before it resolves.")]
Cameras = Annotated[list[str] | None, typer.Option("--camera", help="Name or id; '' for every camera.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Cameras with this tag; '' for none.")]
Sites = Annotated[list[str] | None, typer.Option("--site", help="Cameras at this site; '' for none.")]
ZoneOption = Annotated[str | None, typer.Option(help="Only faces in the cameras' zone of this name; '' for all.")]
MinFace = Annotated[int | None, typer.Option("--min-face", help="Smaller faces (pixels) do not count.")]
Hours = Annotated[list[str] | None, typer.Option(help="Only then, such as 'mon-fri 08:00-18:00'; '' for always.")]
HoursZone = Annotated[str | None, typer.Option("--timezone", help="Of --hours, such as Europe/Berlin.")]
SeverityOption = Annotated[Severity | None, typer.Option(help="How urgent an alert is.")]
Receivers = Annotated[list[str] | None, typer.Option("--receiver", help="Who is told; '' for everybody.")]
GroupOption = Annotated[GroupBy | None, typer.Option(help="Which alerts are told together.")]
Repeat = Annotated[float | None, typer.Option("--repeat", help="Least seconds between two messages of a group.")]
Escalate = Annotated[float | None, typer.Option("--escalate", help="Seconds without an acknowledgement; 0: never.")]
EscalateTo = Annotated[list[str] | None, typer.Option(help="Who is told then.")]

_WINDOW = re.compile(r"(?P<days>[a-z,-]+) +(?P<start>\d\d?:\d\d)-(?P<end>\d\d?:\d\d)")


def condition(
    label: Label | None,
    count: int | None,
    share: float | None,
    trouble: Trouble | None,
    trouble_seconds: float | None,
    *,
    old: dict[str, Any],
) -> dict[str, Any]:
    """What is watched: a new bound replaces the `old` one, whichever of the three it is; empty where none is given."""
    bounds: dict[str, Any] = {"count": {">=": count}} if count is not None else {}
    bounds |= {"share": {">": share}} if share is not None else {}
    bounds |= {"trouble": trouble} if trouble is not None else {}
    rest: dict[str, Any] = {"label": label} if label is not None else {}
    rest |= {"seconds": {">": trouble_seconds}} if trouble_seconds is not None else {}
    if not (bounds or rest):
        return {}
    if bounds:
        old_label = {"label": old["label"]} if "label" in old and trouble is None else {}
        return {"condition": {**old_label, **rest, **bounds}}
    is_new_kind = label is not None and "trouble" in old
    return {"condition": {**({"count": {">=": 1}} if is_new_kind else old), **rest}}


def given(camera_id: CameraId, options: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, Any]:
    """The fields of a rule, but for the condition, that these options by parameter name say something of.

    `camera_id`: of a name or id; `old`: as they were. Raises InvalidInput for a camera or hours that are none.
    """
    plain = {name: options[name] for name in ("severity", "group_by", "min_face_px", "repeat_seconds")}
    plain |= {name: options[name] for name in ("for_seconds", "keep_firing_seconds")}
    lists = {name: _list(options[name]) for name in ("tags", "sites", "receivers", "escalate_to")}
    cameras = _list(options["cameras"])
    fields = {
        **plain,
        **lists,
        "cameras": None if cameras is None else [camera_id(camera) for camera in cameras],
    }
    found = {name: value for name, value in fields.items() if value is not None}
    if options["zone"] is not None:
        found["zone"] = options["zone"] or None
    if options["hours"] is not None or options["timezone"] is not None:
        found["schedule"] = _schedule(options["hours"], options["timezone"], (old or {}).get("schedule"))
    if options["escalate_seconds"] is not None:
        found |= {"escalate_seconds": options["escalate_seconds"]} if options["escalate_seconds"] else NEVER_ESCALATE
    return found


NEVER_ESCALATE: dict[str, Any] = {"escalate_seconds": None, "escalate_to": []}


def _list(values: list[str] | None) -> list[str] | None:
    return None if values is None else [value for value in values if value]


def _schedule(hours: list[str] | None, timezone: str | None, old: dict[str, Any] | None) -> dict[str, Any] | None:
    windows = [_window(text) for text in _list(hours) or []] if hours is not None else (old or {}).get("windows", [])
    if not windows:
        if timezone is not None:
            raise InvalidInput("--timezone is of --hours, and there are none")
        return None
    return {"windows": windows, "timezone": timezone or (old or {}).get("timezone", "UTC")}


def _window(text: str) -> dict[str, Any]:
    """Such as "mon-fri 08:00-18:00", "sat,sun 22:00-06:00", "daily 0:00-24:00"."""
    found = _WINDOW.fullmatch(text.strip().lower())
    if found is None:
        raise InvalidInput(f"{text!r} are no hours; write 'mon-fri 08:00-18:00' or 'daily 22:00-06:00'")
    days = [day for part in found["days"].split(",") for day in _days(part, text)]
    return {"days": list(dict.fromkeys(days)), "start": _time(found["start"], text), "end": _time(found["end"], text)}


def _days(part: str, text: str) -> list[str]:
    first, _, last = ("mon-sun" if part == "daily" else part).partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise InvalidInput(f"{text!r}: {part!r} are no days; they are {', '.join(WEEKDAYS)} and daily")
    start, length = WEEKDAYS.index(first), (WEEKDAYS.index(last or first) - WEEKDAYS.index(first)) % 7 + 1
    return [WEEKDAYS[(start + step) % 7] for step in range(length)]


def _time(written: str, text: str) -> str:
    hours, _, minutes = written.partition(":")
    try:
        at = time(int(hours) % 24 if int(minutes) == 0 and int(hours) == 24 else int(hours), int(minutes))
    except ValueError as exc:
        raise InvalidInput(f"{text!r}: {written} is no time of day") from exc
    return f"{at:%H:%M}"
