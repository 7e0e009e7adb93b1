"""How many messages firings would have been: the analyzer's own stages, on paper, with each message delivered at once.

What stood in the way of messages then counts where it is still known: silences by their times, receivers and their
hours as they are now. Troubles of cameras, snoozes and acknowledgements of that time do not.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from analyzer.alerting.asking import delivered
from analyzer.alerting.notice import look_again, notice
from analyzer.backtest.paper import Paper
from analyzer.backtest.replay import Told
from analyzer.changes import tell_turns
from common.domain.camera import Camera
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Rule
from common.domain.silence import Silence

LOOK_AGAIN = timedelta(minutes=15)  # at those who are on duty only at times


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One message that would have been delivered."""

    at: datetime
    kind: NotificationKind
    receiver: str  # its name; empty: of somebody, for there is no receiver yet


class Messages:
    """Made of what was told, in its order."""

    def __init__(
        self,
        rule: Rule,
        *,
        cameras: Mapping[str, Camera],
        receivers: Sequence[Receiver],
        silences: Sequence[Silence],
        start: datetime,
    ) -> None:
        """Without any receiver one is thought of who gets everything."""
        somebody = Receiver(id="", name="", kind=ReceiverKind.WEBHOOK, url="", created_at=start)
        self._rule = rule
        self._names = {receiver.id: receiver.name for receiver in receivers}
        self._paper = Paper(
            rule=rule,
            known_cameras=cameras,
            known_receivers=receivers or [somebody],
            known_silences=silences,
        )
        self._unit = self._paper.unit()
        self._has_hours = any(receiver.schedule is not None for receiver in receivers)
        self._due = [silence.ends_at for silence in silences if silence.ends_at > start]
        heapq.heapify(self._due)
        numbers = count(1)
        self._new_id = lambda: str(next(numbers))

    def of(self, told: Iterable[Told], *, end: datetime) -> Iterator[Sent]:
        """The messages, in the order of time."""
        for each in told:
            yield from self._pass_time(each.at)
            camera = self._paper.known_cameras[each.turn.event.camera_id]
            tell_turns(
                self._unit,
                [(each.turn, camera)],
                {self._rule.id: self._rule},
                now=each.at,
                notice=partial(notice, new_id=self._new_id),
            )
            yield from self._deliver(each.at)
        yield from self._pass_time(end)

    def _pass_time(self, until: datetime) -> Iterator[Sent]:
        """What becomes due as time passes: cooldowns, silences and hours off duty end, nobody acknowledges."""
        while self._due and self._due[0] <= until:
            now = heapq.heappop(self._due)
            if self._paper.open_groups:
                look_again(self._unit, now=now, new_id=self._new_id)
                yield from self._deliver(now)

    def _deliver(self, now: datetime) -> Iterator[Sent]:
        queued = self._paper.queued()
        for message in queued:
            yield Sent(at=now, kind=message.kind, receiver=self._names.get(message.receiver_id, ""))
            delivered(self._unit, message, at=now)
        self._paper.forget_closed()
        if queued:
            self._look_again(now + timedelta(seconds=self._rule.repeat_seconds))
            if self._rule.escalate_seconds is not None:
                self._look_again(now + timedelta(seconds=self._rule.escalate_seconds))
        if self._has_hours and self._paper.open_groups and not (self._due and self._due[0] <= now + LOOK_AGAIN):
            self._look_again(now + LOOK_AGAIN)

    def _look_again(self, at: datetime) -> None:
        heapq.heappush(self._due, at)
