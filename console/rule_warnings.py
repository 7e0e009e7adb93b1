"""What is odd about a rule, though it may be meant: what it names may be made later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.domain.rule import Rule
from common.ports.repository import Unit


def rule_warnings(unit: Unit, rule: Rule) -> list[str]:
    """A sentence for each name that nothing has, and for a rule that would tell nobody."""
    cameras, receivers = unit.cameras.list(), unit.receivers.list()
    names = {receiver.name for receiver in receivers}
    told = [one for one in receivers if one.enabled and (not rule.receivers or one.name in rule.receivers)]
    return [
        *_missing("receiver", rule.receivers, names),
        *_missing("receiver", (name for name in rule.escalate_to if name not in rule.receivers), names),
        *_missing("camera", rule.cameras, {camera.id for camera in cameras}),
        *_missing("site", rule.sites, {camera.site for camera in cameras}),
        *_missing("tag", rule.tags, {tag for camera in cameras for tag in camera.tags}),
        *_missing("zone", [rule.zone] if rule.zone else [], {zone.name for camera in cameras for zone in camera.zones}),
        *([] if told else ["it tells nobody: none of its receivers is enabled" if receivers else "nobody is told yet"]),
    ]


def _missing(what: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield (
                f"there is no {what} {name!r}"
                if what in ("receiver", "camera")
                else f"no camera has the {what} {name!r}"
            )
