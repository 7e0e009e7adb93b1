"""Every error of the system, drawn once.

    MaskwatchError                 has a stable `code` and a sentence a user can act on
    ├── PermanentError             trying again changes nothing
    │   ├── InvalidInput           what was given is wrong (a setting, a URL, a field)
    │   │   └── AddressRefused     a host that is not connected to: this machine, a metadata service, …
    │   ├── NotFound               the thing named is not there
    │   ├── Conflict               it exists already, or changed meanwhile
    │   ├── LeaseLost              somebody else holds now what was ours
    │   ├── MalformedMessage       a queue message of an unknown version or shape
    │   ├── UnreadableImage        bytes that are no picture, or a broken one
    │   ├── ImageTooLarge          refused before it is decoded whole
    │   └── CannotWrite            a file or a pipe that was asked for takes nothing
    ├── TransientError             trying again later may work
    │   ├── Unavailable            a server (broker, store, database, model API) does not answer
    │   └── Overloaded             it answers, and asks to come back later
    └── StreamError                a camera's stream broke; grabber/errors.py has its kinds

An adapter translates foreign errors at its edge, `from exc`: above it nobody knows pika's or botocore's.
"""

from __future__ import annotations


class MaskwatchError(Exception):
    """An error with one clear sentence as its message."""

    code = "error"


class PermanentError(MaskwatchError):
    """Trying again changes nothing."""

    code = "permanent"


class InvalidInput(PermanentError):
    """What was given is wrong."""

    code = "invalid_input"


class AddressRefused(InvalidInput):
    """An address of another machine that is not connected to."""

    code = "address_refused"


class NotFound(PermanentError):
    """The thing named is not there."""

    code = "not_found"


class Conflict(PermanentError):
    """It exists already, or it changed meanwhile."""

    code = "conflict"


class LeaseLost(PermanentError):
    """Somebody else holds now what was ours: what was done under the old lease does not count."""

    code = "lease_lost"


class MalformedMessage(PermanentError):
    """A queue message of an unknown version or shape."""

    code = "malformed_message"


class UnreadableImage(PermanentError):
    """Bytes that are no picture, or a broken one."""

    code = "unreadable_image"


class ImageTooLarge(PermanentError):
    """A picture over the limit of bytes or pixels, refused before it is decoded whole."""

    code = "image_too_large"


class CannotWrite(PermanentError):
    """A file or a pipe that was asked for takes nothing (a full disk, a reader who left)."""

    code = "cannot_write"


class TransientError(MaskwatchError):
    """Trying again later may work."""

    code = "transient"


class Unavailable(TransientError):
    """A server does not answer."""

    code = "unavailable"


class Overloaded(TransientError):
    """A server answers, and asks to come back later."""

    code = "overloaded"

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class StreamError(MaskwatchError):
    """A camera's stream could not be opened or broke."""

    code = "stream_error"
