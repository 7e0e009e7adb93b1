"""Messages taken together, and one by one where that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import structlog

from analyzer.patience import patiently
from common.domain.prediction import Prediction
from common.domain.shot import Shot
from common.errors import MalformedMessage, TransientError
from common.messages import decode

log = structlog.get_logger(__name__)

Message = TypeVar("Message", Prediction, Shot)


@dataclass(frozen=True, kw_only=True)
class Batches(Generic[Message]):
    """Answers a worker for one queue; `take` records messages in one transaction, all or none of them."""

    kind: type[Message]
    take: Callable[[Sequence[Message]], None]
    stop: threading.Event

    def answers(self, bodies: Sequence[bytes]) -> list[Exception | None]:
        """None for each message that was taken, else why it was not.

        While the database is away they wait here rather than in the broker, where they would lose their order.
        """
        read = [self._read(body) for body in bodies]
        messages = [each for each in read if not isinstance(each, MalformedMessage)]
        taken = iter(self._take(messages))
        return [each if isinstance(each, MalformedMessage) else next(taken) for each in read]

    def _read(self, body: bytes) -> Message | MalformedMessage:
        try:
            return decode(self.kind, body)
        except MalformedMessage as exc:
            return exc

    def _take(self, messages: Sequence[Message]) -> list[Exception | None]:
        if not messages:
            return []
        try:
            patiently(partial(self.take, messages), self.stop)
        except TransientError as exc:
            return [exc] * len(messages)
        except Exception as exc:
            if len(messages) == 1:
                return [exc]
            log.warning("batch.divided", messages=len(messages), exc_info=True)
            return [answer for message in messages for answer in self._take([message])]
        return [None] * len(messages)
