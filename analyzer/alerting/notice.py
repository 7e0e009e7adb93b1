"""What the analyzer calls: after each batch, and from time to time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from analyzer.alerting.considering import consider
from analyzer.alerting.digests import ask_digests
from analyzer.alerting.joining import group_key, join
from analyzer.alerting.scene import read_shared
from analyzer.changes import EventChange
from analyzer.machine import Change
from common.domain.alert_group import AlertGroup
from common.ports.clock import NewId
from common.ports.repository import Repository, Unit

Notice = Callable[..., None]

AT_ONCE = 8  # groups in one transaction of the sweep: some 50 ms


def notice(unit: Unit, changes: Sequence[EventChange], *, now: datetime, new_id: NewId) -> None:
    """Act on the changes of a batch, in its transaction.

    Groups are taken in the order of their keys, by everybody: two analyzers never wait for each other's.
    """
    groups: dict[str, AlertGroup] = {}
    for change in sorted((one for one in changes if one.alert is not None), key=_order):
        alert = change.alert
        if alert is None:
            continue
        group = unit.groups.get(alert.group_id, to_change=True) if alert.group_id else None
        is_over = group is not None and group.closed_at is not None  # nobody looks at a closed one again
        is_new = change.change is Change.FIRED if is_over else group is None and change.change is not Change.RESOLVED
        if is_new and change.rule is not None:
            group = join(unit, alert, change.rule, change.camera, now=now, new_id=new_id)
        if group is None:
            continue
        groups[group.id] = group
    if groups:
        shared = read_shared(unit, now=now)
        for group in groups.values():
            consider(unit, group, shared, now=now, new_id=new_id)


def tick(repository: Repository, *, now: datetime, new_id: NewId) -> None:
    """Look at every open group again, a few in a transaction, and see whether a digest is due.

    Groups are held until their transaction ends: pictures that fire an alert must not wait for hundreds of others.
    """
    with repository.begin() as unit:
        keys = sorted(group.key for group in unit.groups.open())
    for start in range(0, len(keys), AT_ONCE):
        with repository.begin() as unit:
            _consider_open(unit, keys[start : start + AT_ONCE], now=now, new_id=new_id)
    with repository.begin() as unit:
        ask_digests(unit, now=now, new_id=new_id)


def look_again(unit: Unit, *, now: datetime, new_id: NewId) -> None:
    """At every open group: cooldowns, silences and troubles end, nobody acknowledges, receivers come."""
    _consider_open(unit, sorted(group.key for group in unit.groups.open()), now=now, new_id=new_id)


def _consider_open(unit: Unit, keys: Iterable[str], *, now: datetime, new_id: NewId) -> None:
    shared = read_shared(unit, now=now)
    for key in keys:
        for group in unit.groups.open(key=key, to_change=True):
            consider(unit, group, shared, now=now, new_id=new_id)


def _order(change: EventChange) -> str:
    if change.rule is None:
        return change.event.rule_id
    return group_key(change.rule, change.camera)[0]
