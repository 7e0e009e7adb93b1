"""What a stage is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.alert import Alert
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.decision import Verdict
from common.domain.receiver import Receiver
from common.domain.rule import Rule, Trouble
from common.domain.silence import Silence


@dataclass(frozen=True, kw_only=True)
class Case:
    """One firing alert, and all that matters for whether somebody is told of it now."""

    alert: Alert
    rule: Rule
    camera: Camera | None  # None: it is of the whole installation
    group: AlertGroup  # that the alert belongs to
    count: int  # people concerned in all of the group's alerts that nothing silences
    is_on_its_way: bool = False  # messages of the group are made, and have reached nobody yet
    silences: Sequence[Silence] = ()
    troubles: frozenset[Trouble] = frozenset()  # that fire on the camera
    receivers: Sequence[Receiver] = ()  # all there are
    now: datetime

    @property
    def cooldown_ends_at(self) -> datetime | None:
        """When something new may be told of the group again; None: now."""
        told = self.group.told_at
        return None if told is None else told + timedelta(seconds=self.rule.repeat_seconds)


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """A stage's answer."""

    verdict: Verdict
    reason: str  # one sentence; the same as long as nothing changes
    receivers: Sequence[Receiver] = ()  # of the stage that finds them


Stage = Callable[[Case], Ruling]
