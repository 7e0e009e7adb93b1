"""What a channel gets: everything about a message, and the words for those who read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analyzer.notify.chart import Chart
from analyzer.notify.picture import Shown
from common.domain.alert import Alert
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver
from common.domain.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one receiver, ready to travel."""

    id: str  # the notification's: the same at each attempt, so that a receiver may drop a second one
    kind: NotificationKind
    receiver: Receiver
    title: str
    body: str  # plain text
    picture: bytes | None = field(default=None, repr=False)  # JPEG: faces concerned are marked; of a digest its chart
    link: str = ""  # to the alert or the statistics on the console; empty without MASKWATCH_EXTERNAL_URL
    group: AlertGroup | None = None  # None: it is of no alerts (digest, test)
    rule: Rule | None = None  # None: removed meanwhile, or of no alerts
    alerts: Sequence[Alert] = ()  # newest first
    cameras: Mapping[str, Camera] = field(default_factory=dict)  # of the alerts, as far as they still exist
    shown: Shown | Chart | None = field(default=None, repr=False)  # the picture's order, until it is drawn
    at: datetime  # when it was made
