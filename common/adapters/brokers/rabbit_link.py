"""A thread that owns one connection and does what others ask of it, in their order."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any, TypeVar

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError

from common.adapters.brokers.rabbit_connection import connect, translated
from common.errors import MaskwatchError, Unavailable

IDLE_SECONDS = 5.0  # how long it waits for requests before it looks at its heartbeats by itself
ANSWER_SECONDS = 60.0  # longest that a caller waits; a dead server is noticed earlier by the heartbeats
CLOSE_SECONDS = 5.0  # longest wait at the end; what the server has not confirmed by then comes again

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class _Request:
    work: Callable[[BlockingChannel], Any]
    answer: Future[Any]


class Link:
    """Connects when asked for something, stays connected, forgets a lost connection: the next request connects anew.

    Its channel confirms what is published. Calls may come from any thread.
    """

    def __init__(self, to: pika.URLParameters) -> None:
        self._to = to
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()  # None: close
        self._connection: BlockingConnection | None = None
        self._lock = threading.Lock()  # guards `thread` and `closed`
        self._thread: threading.Thread | None = None
        self._closed = False

    def call(self, work: Callable[[BlockingChannel], Result]) -> Result:
        """What `work` returns, run in the connection's thread; raises Unavailable."""
        answer: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise Unavailable("the broker was closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="rabbit-link", daemon=True)
                self._thread.start()
            self._requests.put(_Request(work=work, answer=answer))
        self._wake()
        try:
            return answer.result(ANSWER_SECONDS)
        except FutureTimeout as exc:
            raise Unavailable(f"RabbitMQ at {self._to.host}:{self._to.port} gave no answer in time") from exc

    def close(self) -> None:
        """Finish what was asked for, then disconnect."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._requests.put(None)
        self._wake()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _wake(self) -> None:
        connection = self._connection
        if connection is not None:
            # Lost meanwhile? Then the thread is about to look at the requests anyway.
            with contextlib.suppress(AMQPError):
                connection.add_callback_threadsafe(lambda: None)

    def _run(self) -> None:
        while (request := self._requests.get()) is not None:
            try:
                connection = connect(self._to)
            except MaskwatchError as exc:
                self._refuse(request, exc)
                continue
            self._connection = connection
            try:
                if not self._serve(connection, request):
                    return
            finally:
                self._connection = None
                with contextlib.suppress(AMQPError, OSError):
                    connection.close()

    def _serve(self, connection: BlockingConnection, request: _Request | None) -> bool:
        """Work until the connection is lost (True) or the link closed (False)."""
        try:
            with translated(self._to):
                channel = connection.channel()
                channel.confirm_delivery()
        except MaskwatchError as exc:
            if request is not None:
                self._refuse(request, exc)
            return True
        while True:
            if request is not None:
                self._answer(channel, request)
                if not channel.is_open:
                    return True
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                request = None
                try:
                    connection.process_data_events(time_limit=IDLE_SECONDS)
                except (AMQPError, OSError):
                    return True
            else:
                if request is None:
                    return False

    def _answer(self, channel: BlockingChannel, request: _Request) -> None:
        try:
            with translated(self._to):
                result = request.work(channel)
        except Exception as exc:  # noqa: BLE001  # it belongs to the caller, whatever it is
            request.answer.set_exception(exc)
        else:
            request.answer.set_result(result)

    def _refuse(self, request: _Request, error: MaskwatchError) -> None:
        # Everybody who waits hears it now: each would otherwise try, and wait, for itself.
        request.answer.set_exception(error)
        waiting = self._requests.qsize()
        for _ in range(waiting):
            other = self._requests.get()
            if other is None:
                self._requests.put(None)
                return
            other.answer.set_exception(error)
