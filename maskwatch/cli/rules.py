"""`maskwatch rules`: what an operator wants to be told of."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from common.domain.rule import Rule
from console.context import Console
from console.forms import validate
from console.rule_form import RuleForm, rule_fields
from console.rule_warnings import rule_warnings
from console.rules import add_rule, change_rule, remove_rule
from maskwatch.cli import rule_options as option
from maskwatch.cli.finding import find_rule
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.state import console
from maskwatch.cli.try_rule import try_rule

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
    with console() as context, context.repository.begin() as unit:
        rows = [{"id": rule.id, **rule_fields(rule)} for rule in unit.rules.list()]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no rules yet")


@rules_app.command("show")
def show(rule: NameOrId, as_json: AsJson = False) -> None:
    """Show all of one rule, and what is odd about it."""
    with console() as context:
        found = find_rule(context.repository, rule)
        with context.repository.begin() as unit:
            warnings = rule_warnings(unit, found)
    print_one({"id": found.id, **rule_fields(found), "warnings": warnings}, as_json=as_json)


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
    with console() as context:
        fields = {"condition": ONE_PERSON, **watched, **option.given(context.repository, options)}
        rule = add_rule(context, validate(RuleForm, {"name": name, **fields}))
        _warn(context, rule)
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
    with console() as context:
        found = find_rule(context.repository, rule)
        old = rule_fields(found)
        patch = option.condition(label, count, share, trouble, trouble_seconds, old=old["condition"])
        patch |= option.given(context.repository, options, old)
        patch |= {"name": name} if name else {}
        patch |= {"enabled": enabled} if enabled is not None else {}
        changed = change_rule(context, found.id, patch)
        _warn(context, changed)
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
    with console() as context:
        found = find_rule(context.repository, rule)
        if not yes:
            typer.confirm(f"Remove {found.name}?", abort=True)
        remove_rule(context, found.id)
    print(f"{found.name} removed")


def _switch(name_or_id: str, patch: dict[str, Any], what: str) -> None:
    with console() as context:
        rule = find_rule(context.repository, name_or_id)
        change_rule(context, rule.id, patch)
    print(f"{rule.name} {what}")


def _warn(context: Console, rule: Rule) -> None:
    with context.repository.begin() as unit:
        for sentence in rule_warnings(unit, rule):
            print(f"note: {sentence}", file=sys.stderr)
