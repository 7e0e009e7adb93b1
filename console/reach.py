"""What belongs to the cameras that somebody may see. The one place that decides it.

Whatever is out of reach is treated as if it were not there: lists leave it out, asking for it answers 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from common.domain.camera import Camera
from common.domain.rule import Rule, Trouble
from common.domain.silence import Silence
from common.domain.user import Reach
from common.errors import NotFound
from common.ports.repository import Unit
from console.errors import FieldError, InvalidForm, NotAllowed

if TYPE_CHECKING:
    from console.scene import Scene

EVERYWHERE = Reach()  # of whoever runs the machine: the command line

Named = TypeVar("Named", Rule, Silence)


def cameras_within(unit: Unit, reach: Reach) -> list[Camera]:
    """By name."""
    return [camera for camera in unit.cameras.list() if reach.includes(camera)]


def camera_ids_within(unit: Unit, reach: Reach) -> frozenset[str] | None:
    """What the repository's lists take as `camera_ids`; None: all, also of cameras that were removed."""
    return frozenset(camera.id for camera in cameras_within(unit, reach)) if reach.is_limited else None


def check_camera(unit: Unit, reach: Reach, camera_id: str, *, missing: str) -> None:
    """Raises NotFound with the words in `missing`, as for what does not exist, where that camera is out of reach.

    A camera that was removed, or an empty id (what is of the whole installation), is in nobody's reach but of those
    who may see everything.
    """
    if not reach.is_limited:
        return
    camera = unit.cameras.get_many([camera_id]).get(camera_id)
    if camera is None or not reach.includes(camera):
        raise NotFound(missing)


def check_stays(reach: Reach, camera: Camera) -> None:
    """Raises InvalidForm where whoever adds the camera, or changes it so, could not see it afterwards."""
    if not reach.includes(camera):
        sites = f"at the site {' or '.join(reach.sites)}" if reach.sites else ""
        tags = f"with the tag {' or '.join(reach.tags)}" if reach.tags else ""
        mine = " or ".join(part for part in (sites, tags) if part)
        raise InvalidForm([FieldError(field="site", message=f"you may only have cameras {mine}")])


def within(scene: Scene, reach: Reach) -> Scene:
    """What they may see of the scene."""
    if not reach.is_limited:
        return scene
    sights = tuple(sight for sight in scene.sights if reach.includes(sight.camera))
    ids = {sight.camera.id for sight in sights}
    return replace(
        scene,
        sights=sights,
        predictions={key: found for key, found in scene.predictions.items() if found.camera_id in ids},
        events=tuple(event for event in scene.events if event.camera_id in ids),
        alerts=tuple(alert for alert in scene.alerts if alert.camera_id in ids),
    )


def seen(unit: Unit, reach: Reach, found: Iterable[Named]) -> list[Named]:
    """The rules, or silences, that can concern a camera within reach; of what they name, only what is within reach."""
    if not reach.is_limited:
        return list(found)
    mine = cameras_within(unit, reach)
    rules = _rules_about(unit, mine)
    return [_part(one, mine, rules) for one in found if _is_about(one, mine, rules)]


def check_named(unit: Unit, reach: Reach, named: Rule | Silence) -> None:
    """Raises unless whatever the rule or silence is about, now and later, is within reach.

    InvalidForm for a camera or a rule that is not: as if it were not there. NotAllowed where it could be about others.
    """
    if not reach.is_limited:
        return
    mine = cameras_within(unit, reach)
    _refuse_foreign("camera", named.cameras, {camera.id for camera in mine})
    if isinstance(named, Silence):
        _refuse_foreign("rule", named.rules, _rules_about(unit, mine))
    if not _is_inside(reach, named):
        raise NotAllowed("This may be about cameras that you may not see: name cameras, sites or tags of yours.")


def check_own(unit: Unit, reach: Reach, kept: Rule | Silence) -> None:
    """Raises NotAllowed unless a rule or silence that is to be changed lies within reach as a whole."""
    if not reach.is_limited:
        return
    mine = {camera.id for camera in cameras_within(unit, reach)}
    if not mine.issuperset(kept.cameras) or not _is_inside(reach, kept):
        raise NotAllowed("This is about cameras, too, that you may not see: only who may see them can change it.")


def _is_inside(reach: Reach, named: Rule | Silence) -> bool:
    is_of_mine = set(named.sites) <= set(reach.sites) and set(named.tags) <= set(reach.tags)
    return is_of_mine and bool(named.cameras or named.sites or named.tags)


def _refuse_foreign(what: str, ids: Iterable[str], mine: set[str]) -> None:
    foreign = [one for one in ids if one not in mine]
    if foreign:
        raise InvalidForm([FieldError(field=f"{what}s", message=f"there is no {what} {', '.join(foreign)}")])


def _rules_about(unit: Unit, mine: list[Camera]) -> set[str]:
    return {rule.id for rule in unit.rules.list() if any(_concerns(rule, camera) for camera in mine)}


def _is_about(named: Rule | Silence, mine: list[Camera], rules: set[str]) -> bool:
    if isinstance(named, Silence) and named.rules and rules.isdisjoint(named.rules):
        return False
    return any(_concerns(named, camera) for camera in mine)


def _concerns(named: Rule | Silence, camera: Camera) -> bool:
    if isinstance(named, Rule):
        return named.watches(camera) and named.condition.trouble is not Trouble.QUEUE_LAG
    return named.covers(rule_id=next(iter(named.rules), ""), camera=camera, at=named.starts_at)


def _part(named: Named, mine: list[Camera], rules: set[str]) -> Named:
    ids, sites = {camera.id for camera in mine}, {camera.site for camera in mine}
    tags = {tag for camera in mine for tag in camera.tags}
    within_reach: dict[str, Any] = {
        "cameras": tuple(camera_id for camera_id in named.cameras if camera_id in ids),
        "sites": tuple(site for site in named.sites if site in sites),
        "tags": tuple(tag for tag in named.tags if tag in tags),
    }
    if isinstance(named, Silence):
        within_reach["rules"] = tuple(rule_id for rule_id in named.rules if rule_id in rules)
    return replace(named, **within_reach)
