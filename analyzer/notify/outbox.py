"""Works the outbox off: at least once, in order within a group, no receiver in another's way."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from analyzer.alerting.asking import delivered
from analyzer.notify.channel import Channel
from analyzer.notify.errors import NotDelivered
from analyzer.notify.message import Message
from analyzer.notify.retry import Jitter, is_hopeless, next_try
from analyzer.patience import patiently
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.sealed import UNREADABLE, WHY_UNREADABLE
from common.errors import MaskwatchError, NotFound, TransientError, Unavailable
from common.metrics import NOTIFICATIONS
from common.ports.clock import Clock, utc_now
from common.ports.repository import Repository, Unit

log = structlog.get_logger(__name__)

Compose = Callable[[Unit, Notification, Receiver], Message]  # reads what it tells of; raises NotFound, Unavailable

LOOK_SECONDS = 1.0  # how long a message may wait before somebody looks
CLAIM_SECONDS = 120.0  # after a crash another sender takes it up then; longer than one receiver's share may take
SHARE = 4  # messages of one receiver in hand at once, one after the other
AT_ONCE = 8  # receivers


class Outbox:
    """Any number may run: each message is in one sender's hand, by a claim that lapses.

    A message is sent, then recorded as sent. A crash between the two sends it again, under the same id; nothing else
    doubles.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        compose: Compose,
        illustrate: Callable[[Message], Message] = lambda message: message,
        channels: Mapping[ReceiverKind, Channel],
        clock: Clock = utc_now,
        jitter: Jitter = random.random,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._repository = repository
        self._compose = compose
        self._illustrate = illustrate
        self._channels = channels
        self._clock = clock
        self._jitter = jitter
        self._look_seconds = look_seconds
        self._pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="notify")
        self._busy: dict[str, Future[None]] = {}  # receivers that are being told
        self._stopping = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; messages that are being sent are finished, the others given back."""
        try:
            while not stop.is_set():
                try:
                    self.look()
                except TransientError as exc:
                    log.warning("outbox.postponed", error=str(exc))
                except Exception:
                    log.exception("outbox.failed")  # alerts must go on without it
                stop.wait(self._look_seconds)
        finally:
            self._stopping.set()
            self._pool.shutdown()
            for channel in self._channels.values():
                channel.close()

    def look(self) -> int:
        """Begin to send what is due to receivers that are free; how many messages."""
        self._busy = {receiver: work for receiver, work in self._busy.items() if not work.done()}
        now = self._clock()
        with self._repository.begin() as unit:
            claimed = unit.notifications.claim(
                now=now,
                until=now + timedelta(seconds=CLAIM_SECONDS),
                limit=SHARE * AT_ONCE,
                except_receivers=tuple(self._busy),
            )
        shares: dict[str, list[Notification]] = {}
        for notification in claimed:
            shares.setdefault(notification.receiver_id, []).append(notification)
        for receiver_id, share in shares.items():
            self._busy[receiver_id] = self._pool.submit(self._send_share, share)
        return len(claimed)

    def wait(self) -> None:
        """Until all that was begun is done."""
        for work in list(self._busy.values()):
            work.result()

    def _send_share(self, share: Sequence[Notification]) -> None:
        try:
            self._give_back(share[self._sent_of(share) :])
        except TransientError as exc:  # the database: the claims lapse, then somebody tries again
            ids = [notification.id for notification in share]
            log.warning("outbox.left", notification_ids=ids, error=str(exc))

    def _sent_of(self, share: Sequence[Notification]) -> int:
        """How many of them were tried, up to the first after which the receiver takes no more."""
        done = 0
        for notification in share[:SHARE]:
            if self._stopping.is_set():
                break
            done += 1
            if not self._try(notification):
                break
        return done

    def _try(self, notification: Notification) -> bool:
        """Whether the receiver takes more now."""
        try:
            return self._send(notification)
        except TransientError as exc:  # the database: the claim lapses, then somebody tries again
            log.warning("notification.postponed", notification_id=notification.id, error=str(exc))
        except Exception:
            log.exception("notification.failed", notification_id=notification.id)
            self._put_off(notification, "an unexpected error; the analyzer's log says which", None)
        return False

    def _send(self, notification: Notification) -> bool:
        """Whether the receiver takes more now."""
        prepared = self._prepare(notification)
        if not isinstance(prepared, Message):
            return prepared
        receiver = prepared.receiver
        try:
            self._channels[receiver.kind].send(self._illustrate(prepared))
        except NotDelivered as exc:
            self._put_off(notification, str(exc), exc.retry_after_seconds, receiver=receiver)
            return False
        except MaskwatchError as exc:
            self._give_up(notification, str(exc), receiver=receiver)
            return True
        # An outage of the database now would send it twice: wait for as long as we may.
        patiently(partial(self._record_sent, notification), self._stopping)
        self._tell(notification, receiver, "sent")
        return True

    def _record_sent(self, notification: Notification) -> None:
        with self._repository.begin() as unit:
            delivered(unit, replace(notification, attempts=notification.attempts + 1), at=self._clock())

    def _prepare(self, notification: Notification) -> Message | bool:
        """The message; else whether the receiver's next one may be sent."""
        with self._repository.begin() as unit:
            try:
                receiver = unit.receivers.get(notification.receiver_id)
            except NotFound:
                return self._close(unit, notification, NotificationState.GIVEN_UP, "the receiver was removed")
            if receiver.url == UNREADABLE:
                raise Unavailable(f"{receiver.name}: {WHY_UNREADABLE}")  # the key may come back
            if not receiver.enabled and notification.kind is not NotificationKind.TEST:
                return self._close(unit, notification, NotificationState.GIVEN_UP, "the receiver is disabled")
            if _is_pointless(unit, notification):
                reason = "whoever gets it was never told that it began"
                return self._close(unit, notification, NotificationState.SUPERSEDED, reason)
            wait = self._wait_seconds(unit, notification, receiver)
            if wait is not None:
                due = self._clock() + timedelta(seconds=wait)
                unit.notifications.save(replace(notification, due_at=due, claimed_until=None))
                return True
            try:
                return self._compose(unit, notification, receiver)
            except NotFound as exc:  # what it tells of was erased meanwhile
                return self._close(unit, notification, NotificationState.SUPERSEDED, str(exc))

    def _wait_seconds(self, unit: Unit, notification: Notification, receiver: Receiver) -> float | None:
        """How long it has to wait for an earlier one of its group, or for the receiver's limit."""
        now = self._clock()
        earlier = [
            one.due_at
            for one in unit.notifications.of_group(notification.group_id)
            if notification.group_id
            and one.receiver_id == receiver.id
            and one.state is NotificationState.QUEUED
            and (one.created_at, one.id) < (notification.created_at, notification.id)
        ]
        if earlier:
            return max(self._look_seconds, (max(earlier) - now).total_seconds())
        if receiver.per_minute > 0 and notification.kind is not NotificationKind.TEST:
            minute = timedelta(minutes=max(1.0, 1 / receiver.per_minute))  # 0.1 a minute is one in ten
            allowed = max(1, round(receiver.per_minute * minute.total_seconds() / 60))
            if unit.notifications.count_sent(receiver.id, since=now - minute) >= allowed:
                return minute.total_seconds() / allowed
        return None

    def _close(self, unit: Unit, notification: Notification, state: NotificationState, reason: str) -> bool:
        unit.notifications.save(replace(notification, state=state, error=reason, claimed_until=None))
        log.info(f"notification.{state.value}", notification_id=notification.id, reason=reason)
        return True

    def _put_off(
        self, notification: Notification, error: str, retry_after: float | None, *, receiver: Receiver | None = None
    ) -> None:
        attempts = notification.attempts + 1
        now = self._clock()
        due = next_try(attempts=attempts, now=now, retry_after_seconds=retry_after, jitter=self._jitter)
        failed = replace(notification, attempts=attempts, error=error, claimed_until=None)
        if is_hopeless(created_at=notification.created_at, due_at=due):
            self._give_up(notification, error, receiver=receiver)
            return
        with self._repository.begin() as unit:
            unit.notifications.save(replace(failed, due_at=due))
        self._tell(failed, receiver, "put_off", error=error, due_at=due.isoformat())

    def _give_up(self, notification: Notification, error: str, *, receiver: Receiver | None) -> None:
        attempts = notification.attempts + 1
        given_up = replace(
            notification, attempts=attempts, error=error, claimed_until=None, state=NotificationState.GIVEN_UP
        )
        with self._repository.begin() as unit:
            unit.notifications.save(given_up)
        self._tell(given_up, receiver, "given_up", error=error)

    def _give_back(self, rest: Sequence[Notification]) -> None:
        """What comes after one that did not arrive does not overtake it: it is looked at again in its order."""
        if not rest:
            return
        with self._repository.begin() as unit:
            for notification in rest:
                unit.notifications.save(replace(notification, claimed_until=None))

    def _tell(self, notification: Notification, receiver: Receiver | None, result: str, **more: object) -> None:
        name = receiver.name if receiver else "?"
        NOTIFICATIONS.labels(name, result).inc()
        log.info(
            f"notification.{result}",
            notification_id=notification.id,
            receiver=name,
            kind=notification.kind.value,
            group_id=notification.group_id,
            **more,
        )


def _is_pointless(unit: Unit, notification: Notification) -> bool:
    """An all-clear for somebody whom no alarm has reached, nor will."""
    if notification.kind is not NotificationKind.RESOLVED:
        return False
    told = [
        one
        for one in unit.notifications.of_group(notification.group_id)
        if one.receiver_id == notification.receiver_id
        and one.kind is not NotificationKind.RESOLVED
        and one.state in (NotificationState.SENT, NotificationState.QUEUED)
    ]
    return not told
