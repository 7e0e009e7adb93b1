"""The embedded broker: a durable queue in one file, for one machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from common.adapters.brokers.queue_file import Claimed, QueueFile
from common.adapters.file_lock import FileLock
from common.errors import Unavailable
from common.ports.broker import DeadLetter, Delivery, QueueState
from common.ports.clock import NewId, new_id

LOOK_SECONDS = 1.0  # another process cannot wake us: it may have published, or died with messages in hand


class SqliteBroker:
    """See common/ports/broker.py. Consumers of this process wake at once, those of another within a second."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time, new_id: NewId = new_id) -> None:
        """`now`: seconds since 1970."""
        self._file = QueueFile(path, now=now)
        self._new_id = new_id
        self._locks = path.parent / f"{path.name}.consumers"
        self._changed = threading.Condition()
        self._subscriptions: set[SqliteSubscription] = set()

    @classmethod
    def from_url(cls, url: str) -> SqliteBroker:
        """`sqlite:///path`: what follows the third slash, as it stands."""
        return cls(Path(url.removeprefix("sqlite:///")))

    def publish(self, queue: str, body: bytes) -> None:
        """Return once it is on disk."""
        self._file.add(queue, body)
        self.wake()

    def subscribe(self, queue: str, *, prefetch: int) -> SqliteSubscription:
        """Receive from the queue; what a dead process held is there again."""
        with _translated():
            self._locks.mkdir(exist_ok=True)
        subscription = SqliteSubscription(
            broker=self,
            file=self._file,
            queue=queue,
            prefetch=prefetch,
            owner=self._new_id(),
            locks=self._locks,
            changed=self._changed,
        )
        self._subscriptions.add(subscription)
        return subscription

    def state(self, queue: str) -> QueueState:
        return self._file.state(queue)

    def dead_letters(self, queue: str, *, limit: int = 100) -> list[DeadLetter]:
        return self._file.dead_letters(queue, limit=limit)

    def replay(self, queue: str, *, only: Collection[str] | None = None) -> int:
        replayed = self._file.replay(queue, only=only)
        self.wake()
        return replayed

    def purge(self, queue: str, *, only: Collection[str] | None = None) -> int:
        return self._file.purge(queue, only=only)

    def check(self) -> None:
        self._file.owners()

    def close(self) -> None:
        with ExitStack() as all_of_them:  # also when one cannot give back what it holds
            all_of_them.callback(self._file.close)
            for subscription in list(self._subscriptions):
                all_of_them.callback(subscription.close)

    def forget(self, subscription: SqliteSubscription) -> None:
        """It was closed."""
        self._subscriptions.discard(subscription)
        self.wake()

    def wake(self) -> None:
        """Let waiting consumers look again."""
        with self._changed:
            self._changed.notify_all()


class SqliteSubscription:
    """A consumer. It holds a file lock while it lives: whoever finds it unlocked knows that it died."""

    def __init__(
        self,
        *,
        broker: SqliteBroker,
        file: QueueFile,
        queue: str,
        prefetch: int,
        owner: str,
        locks: Path,
        changed: threading.Condition,
    ) -> None:
        self._broker = broker
        self._file = file
        self._queue = queue
        self._prefetch = prefetch
        self._owner = owner
        self._locks = locks
        self._alive = FileLock(locks / owner)
        self._changed = changed
        self._unsettled = 0  # guarded by `changed`
        self._closed = False
        _acquire(self._alive)
        try:
            self._recover()
        except Unavailable:
            self._alive.release(unlink=True)
            raise

    def receive(self, timeout: float) -> Delivery | None:
        """The next message, or None after `timeout` seconds, or once closed."""
        deadline = time.monotonic() + timeout
        while not self._closed:
            with self._changed:  # held from the look to the wait: no wake-up falls between
                message = self._claim()
                if message is not None:
                    return SqliteDelivery(subscription=self, message=message)
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(min(left, self._patience()))
            self._recover()
        return None

    def close(self) -> None:
        """Give back what is unsettled.

        Raises Unavailable where the file cannot be written: then the others find it dead, and take what it held.
        """
        with self._changed:
            if self._closed:
                return
            self._closed = True
            try:
                self._file.give_back(self._owner)
            finally:
                self._alive.release(unlink=True)
                self._broker.forget(self)

    def settle(self, act: Callable[[str], None]) -> None:
        """Let `act` settle a message in this owner's name."""
        with self._changed:
            act(self._owner)
            self._unsettled -= 1
            self._changed.notify_all()

    @property
    def file(self) -> QueueFile:
        """Where its messages are."""
        return self._file

    def _claim(self) -> Claimed | None:
        if self._closed or self._unsettled >= self._prefetch:
            return None
        message = self._file.claim(self._queue, self._owner)
        self._unsettled += message is not None
        return message

    def _patience(self) -> float:
        if self._unsettled >= self._prefetch:
            return LOOK_SECONDS
        due = self._file.seconds_to_next(self._queue)
        return LOOK_SECONDS if due is None else min(LOOK_SECONDS, due)

    def _recover(self) -> None:
        for owner in self._file.owners() - {self._owner}:
            lock = FileLock(self._locks / owner)
            if _acquire(lock):
                try:
                    self._file.recover(owner)
                finally:  # held on, it would look alive
                    lock.release(unlink=True)


class SqliteDelivery:
    """One message in hand."""

    def __init__(self, *, subscription: SqliteSubscription, message: Claimed) -> None:
        self._subscription = subscription
        self._message = message

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def attempt(self) -> int:
        return self._message.attempt

    def ack(self) -> None:
        self._subscription.settle(lambda owner: self._subscription.file.remove(self._message, owner))

    def retry(self, *, after: float) -> None:
        file = self._subscription.file
        self._subscription.settle(lambda owner: file.postpone(self._message, owner, seconds=after))

    def reject(self, reason: str) -> None:
        file = self._subscription.file
        self._subscription.settle(lambda owner: file.bury(self._message, owner, reason=reason))


def _acquire(lock: FileLock) -> bool:
    with _translated():
        return lock.acquire()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable(f"cannot lock beside the queue: {exc}") from exc
