"""`maskwatch rules`: what an operator wants to be told of."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from common.domain.prediction import Label
from common.domain.rule import Severity
from common.errors import InvalidInput
from common.ports.repository import Repository
from console.forms import validate
from console.rule_form import RuleForm, rule_fields
from console.rules import add_rule, change_rule, remove_rule
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.state import console
from maskwatch.sources import find_camera

rules_app = typer.Typer(help="What to be told of.", no_args_is_help=True)

NameOrId = Annotated[str, typer.Argument(metavar="RULE", help="Its name or id.")]
Count = Annotated[int | None, typer.Option(help="At least so many faces with the label.")]
Share = Annotated[float | None, typer.Option(help="More than this share (0 to 1) of the faces.")]
For = Annotated[float | None, typer.Option("--for", help="Seconds that it must hold before it fires.")]
Keep = Annotated[float | None, typer.Option("--keep", help="Seconds that it must not hold before it resolves.")]
LabelOption = Annotated[Label | None, typer.Option(help="Which faces.")]
Cameras = Annotated[list[str] | None, typer.Option("--camera", help="Name or id; none: every camera.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Cameras with this tag.")]
Zone = Annotated[str | None, typer.Option(help="Only faces in the cameras' zone of this name.")]
SeverityOption = Annotated[Severity | None, typer.Option(help="How urgent an alert is.")]
Enabled = Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it is looked at.")]
COLUMNS = ("id", "name", "condition", "cameras", "tags", "for_seconds", "keep_firing_seconds", "severity", "enabled")


@rules_app.command("list")
def list_rules(as_json: AsJson = False) -> None:
    """List the rules."""
    with console() as context, context.repository.begin() as unit:
        rows = [{"id": rule.id, **rule_fields(rule)} for rule in unit.rules.list()]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no rules yet")


@rules_app.command("add")
def add(
    name: Annotated[str, typer.Option(help="What to call it.")],
    label: LabelOption = Label.NO_MASK,
    count: Count = None,
    share: Share = None,
    for_seconds: For = None,
    keep: Keep = None,
    camera: Cameras = None,
    tag: Tags = None,
    zone: Zone = None,
    severity: SeverityOption = None,
) -> None:
    """Add a rule: fires when enough faces carry the label for long enough."""
    if count is None and share is None:
        count = 1
    with console() as context:
        given = _given(context.repository, label, count, share, for_seconds, keep, camera, tag, zone, severity, None)
        rule = add_rule(context, validate(RuleForm, {"name": name, **given}))
    print(f"{rule.id}  {rule.name}")


@rules_app.command("edit")
def edit(
    rule: NameOrId,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    label: LabelOption = None,
    count: Count = None,
    share: Share = None,
    for_seconds: For = None,
    keep: Keep = None,
    camera: Cameras = None,
    tag: Tags = None,
    zone: Zone = None,
    severity: SeverityOption = None,
    enabled: Enabled = None,
) -> None:
    """Change what is given; the rest stays."""
    with console() as context:
        rule_id, fields = _find(context.repository, rule)
        given = _given(context.repository, label, count, share, for_seconds, keep, camera, tag, zone, severity, enabled)
        if "condition" in given:
            given["condition"] = _merged(fields["condition"], given["condition"])
        changed = change_rule(context, rule_id, given | ({"name": name} if name else {}))
    print(f"{changed.name} changed")


@rules_app.command("remove")
def remove(rule: NameOrId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forget a rule."""
    with console() as context:
        rule_id, fields = _find(context.repository, rule)
        if not yes:
            typer.confirm(f"Remove {fields['name']}?", abort=True)
        remove_rule(context, rule_id)
    print(f"{fields['name']} removed")


def _find(repository: Repository, name_or_id: str) -> tuple[str, dict[str, Any]]:
    with repository.begin() as unit:
        rules = unit.rules.list()
    for rule in rules:
        if name_or_id in (rule.id, rule.name):
            return rule.id, rule_fields(rule)
    there = ", ".join(rule.name for rule in rules) or "none yet"
    raise InvalidInput(f"there is no rule {name_or_id!r}; there are: {there}")


def _given(
    repository: Repository,
    label: Label | None,
    count: int | None,
    share: float | None,
    for_seconds: float | None,
    keep: float | None,
    cameras: list[str] | None,
    tags: list[str] | None,
    zone: str | None,
    severity: Severity | None,
    enabled: bool | None,
) -> dict[str, Any]:
    condition: dict[str, Any] = {"label": label.value} if label else {}
    condition |= {"count": {">=": count}} if count is not None else {}
    condition |= {"share": {">": share}} if share is not None else {}
    fields = {
        "condition": condition or None,
        "for_seconds": for_seconds,
        "keep_firing_seconds": keep,
        "cameras": [find_camera(repository, camera).id for camera in cameras] if cameras else None,
        "tags": tags or None,
        "zone": zone,
        "severity": severity,
        "enabled": enabled,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A new bound replaces the old one, whichever of the two it is."""
    is_new_bound = "count" in new or "share" in new
    kept = {"label": old["label"]} if is_new_bound else old
    return {**kept, **new}
