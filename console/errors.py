"""The console's own errors.

PermanentError
├── NotLoggedIn       no valid session or token
├── WrongCredentials  a name and password that do not match
├── NotVouchedFor     what came back from the identity provider cannot be believed
├── NotAllowed        the role does not include it
├── ForgedRequest     a change by cookie without the matching CSRF token
├── UnsupportedBody   a body of a media type that is not taken there
├── Cancelled         who asked for it no longer waits
└── InvalidInput
    └── InvalidForm   with one message per field
Overloaded
├── TooManyLogins     wrong passwords in a row; come back later
└── TooManyAtOnce     as many requests of this kind as one may have, or all together, are being worked on
TransientError
└── SlowUpload        a request's body does not come in time
"""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import InvalidInput, Overloaded, PermanentError, TransientError


class NotLoggedIn(PermanentError):
    """No valid session or token."""

    code = "not_logged_in"


class WrongCredentials(PermanentError):
    """A name and password that do not match."""

    code = "wrong_credentials"


class NotVouchedFor(PermanentError):
    """What came back from the identity provider cannot be believed."""

    code = "not_vouched_for"


class NotAllowed(PermanentError):
    """The role does not include it."""

    code = "not_allowed"


class ForgedRequest(PermanentError):
    """A change by cookie without the CSRF token of its session."""

    code = "csrf"


class Cancelled(PermanentError):
    """Who asked for it no longer waits."""

    code = "cancelled"


class UnsupportedBody(PermanentError):
    """A body of a media type that is not taken there."""

    code = "unsupported_media_type"


class SlowUpload(TransientError):
    """A request's body does not come in time."""

    code = "slow_upload"


class TooManyAtOnce(Overloaded):
    """As many requests of this kind as one may have, or all together, are being worked on."""

    code = "too_many_at_once"


class TooManyLogins(Overloaded):
    """Too many wrong passwords; come back later."""

    code = "too_many_logins"


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """What is wrong with one field."""

    field: str  # as in the JSON: zones[0].polygon
    message: str


class InvalidForm(InvalidInput):
    """Fields that are wrong, each with its message."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors
