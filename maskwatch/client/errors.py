"""What the API answers instead of what was asked for, and when it does not answer.

MaskwatchError
├── Problem          the API said no: status, a stable code, a sentence, and one message per wrong field
│   ├── NotAllowed   401, 403: no valid token, or one that may not do this
│   ├── NotThere     404; also a NotFound
│   ├── InConflict   409; also a Conflict
│   ├── WrongInput   413, 415, 422; also an InvalidInput
│   ├── Busy         429, 503: come back later; also an Overloaded
│   └── Refused      all other statuses
└── Interrupted      nobody answers, or no console does; also an Unavailable
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from common.errors import Conflict, InvalidInput, MaskwatchError, NotFound, Overloaded, Unavailable


@dataclass(frozen=True, kw_only=True)
class WrongField:
    """What is wrong with one field."""

    field: str  # as in the JSON: zones[0].polygon
    message: str


class Problem(MaskwatchError):
    """The API said no."""

    status: int = 0  # HTTP's
    fields: tuple[WrongField, ...] = ()


class NotAllowed(Problem):
    """No valid token, or one that may not do this."""


class NotThere(Problem, NotFound):
    """There is no such thing, or it is out of reach."""


class InConflict(Problem, Conflict):
    """A name in use, or a state that does not allow it."""


class WrongInput(Problem, InvalidInput):
    """Something that was sent is wrong: `fields` says what."""


class Busy(Problem, Overloaded):
    """Come back later: `retry_after_seconds`."""


class Refused(Problem):
    """Any other status."""


class Interrupted(Unavailable):
    """Nobody answers there, or what answers is no console."""


KINDS: dict[int, type[Problem]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotThere,
    409: InConflict,
    413: WrongInput,
    415: WrongInput,
    422: WrongInput,
    429: Busy,
    503: Busy,
}


def problem_of(response: httpx.Response) -> Problem:
    """The error that an answer stands for; its body has been read."""
    return to_problem(response.status_code, _body(response), retry_after=response.headers.get("retry-after", ""))


def to_problem(status: int, body: dict[str, Any], *, retry_after: str = "") -> Problem:
    """The same of a problem document."""
    detail = str(body.get("detail") or f"the server answered with the status {status}")
    kind = KINDS.get(status, Refused)
    made = kind(detail)
    if isinstance(made, Busy):
        made.retry_after_seconds = float(retry_after) if retry_after.isdecimal() else 1.0
    made.status = status
    made.code = str(body.get("code") or f"http_{status}")
    made.fields = tuple(
        WrongField(field=str(one.get("field")), message=str(one.get("message"))) for one in body.get("errors") or ()
    )
    return made


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}  # a proxy's page
    return found if isinstance(found, dict) else {}
