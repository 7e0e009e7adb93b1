"""`maskwatch rules`: what an operator wants to be told of."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from maskwatch.cli import rule_options as option
from maskwatch.cli.desk import desk
from maskwatch.cli.finding import find_camera, find_rule
from maskwatch.cli.output import AsJson, print_one, print_rows, row_of
from maskwatch.cli.try_rule import try_rule
from maskwatch.client import Client

rules_app = typer.Typer(help="What to be told of.", no_args_is_help=True)
rules_app.command("test")(try_rule)

ONE_PERSON = {"label": "no_mask", "count": {">=": 1}}  # where nothing else is said
NameOrId = Annotated[str, typer.Argument(metavar="RULE", help="Its name or id.")]
COLUMNS = (
    "id",
    "name",
    "condition",
    "cameras",
    "tags",
    "sites",
    "zone",
    "for_seconds",
    "keep_firing_seconds",
    "severity",
    "receivers",
    "enabled",
)


@rules_app.command("list")
def list_rules(as_json: AsJson = False) -> None:
    """List the rules."""
    with desk() as api:
        rows = [row_of(rule) for rule in api.rules.list()]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no rules yet")


@rules_app.command("show")
def show(rule: NameOrId, as_json: AsJson = False) -> None:
    """Show all of one rule, and what is odd about it."""
    with desk() as api:
        print_one(row_of(api.rules.get(find_rule(api, rule).id)), as_json=as_json)


@rules_app.command("add")
def add(
    name: Annotated[str, typer.Option(help="What to call it.")],
    label: option.LabelOption = None,
    count: option.Count = None,
    share: option.Share = None,
    trouble: option.TroubleOption = None,
    trouble_seconds: option.TroubleSeconds = None,
    for_seconds: option.For = None,
    keep_firing_seconds: option.Keep = None,
    cameras: option.Cameras = None,
    tags: option.Tags = None,
    sites: option.Sites = None,
    zone: option.ZoneOption = None,
    min_face_px: option.MinFace = None,
    hours: option.Hours = None,
    timezone: option.HoursZone = None,
    severity: option.SeverityOption = None,
    receivers: option.Receivers = None,
    group_by: option.GroupOption = None,
    repeat_seconds: option.Repeat = None,
    escalate_seconds: option.Escalate = None,
    escalate_to: option.EscalateTo = None,
) -> None:
    """Add a rule: fires when enough people carry the label, or a trouble lasts; by default one without a mask."""
    options = dict(locals())
    watched = option.condition(label, count, share, trouble, trouble_seconds, old=ONE_PERSON)
    with desk() as api:
        fields = {"condition": ONE_PERSON, **watched, **option.given(_camera_id(api), options)}
        rule = api.rules.add(name=name, **fields)
    _warn(rule.warnings)
    print(f"{rule.id}  {rule.name}")


@rules_app.command("edit")
def edit(
    rule: NameOrId,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    label: option.LabelOption = None,
    count: option.Count = None,
    share: option.Share = None,
    trouble: option.TroubleOption = None,
    trouble_seconds: option.TroubleSeconds = None,
    for_seconds: option.For = None,
    keep_firing_seconds: option.Keep = None,
    cameras: option.Cameras = None,
    tags: option.Tags = None,
    sites: option.Sites = None,
    zone: option.ZoneOption = None,
    min_face_px: option.MinFace = None,
    hours: option.Hours = None,
    timezone: option.HoursZone = None,
    severity: option.SeverityOption = None,
    receivers: option.Receivers = None,
    group_by: option.GroupOption = None,
    repeat_seconds: option.Repeat = None,
    escalate_seconds: option.Escalate = None,
    escalate_to: option.EscalateTo = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it is looked at.")] = None,
) -> None:
    """Change what is given; the rest stays."""
    options = dict(locals())
    with desk() as api:
        found = find_rule(api, rule)
        old = row_of(found)
        patch = option.condition(label, count, share, trouble, trouble_seconds, old=old["condition"])
        patch |= option.given(_camera_id(api), options, old)
        patch |= {"name": name} if name else {}
        patch |= {"enabled": enabled} if enabled is not None else {}
        changed = api.rules.change(found.id, **patch)
    _warn(changed.warnings)
    print(f"{changed.name} changed")


@rules_app.command("enable")
def enable(rule: NameOrId) -> None:
    """Look at a rule again."""
    _switch(rule, {"enabled": True}, "enabled")


@rules_app.command("disable")
def disable(rule: NameOrId) -> None:
    """Look at a rule no more; what it fires ends."""
    _switch(rule, {"enabled": False}, "disabled")


@rules_app.command("remove")
def remove(rule: NameOrId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forget a rule."""
    with desk() as api:
        found = find_rule(api, rule)
        if not yes:
            typer.confirm(f"Remove {found.name}?", abort=True)
        api.rules.remove(found.id)
    print(f"{found.name} removed")


def _switch(name_or_id: str, patch: dict[str, Any], what: str) -> None:
    with desk() as api:
        rule = find_rule(api, name_or_id)
        api.rules.change(rule.id, **patch)
    print(f"{rule.name} {what}")


def _camera_id(api: Client) -> option.CameraId:
    return lambda name_or_id: find_camera(api, name_or_id).id


def _warn(warnings: Sequence[str]) -> None:
    for sentence in warnings:
        print(f"note: {sentence}", file=sys.stderr)
