"""Why a message did not arrive; sentences without a secret."""

from __future__ import annotations

from common.errors import PermanentError, TransientError


class Refused(PermanentError):
    """The receiver will never take it: a wrong address, a wrong token, a message that it does not understand."""

    code = "refused"


class NotDelivered(TransientError):
    """It may work later; `retry_after_seconds` when the receiver said when."""

    code = "not_delivered"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
