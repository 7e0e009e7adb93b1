"""What can go wrong with a model.

PermanentError
├── ModelNotFound      the repository has no such model or version
├── BrokenModel        its file is damaged, or its description and its file do not fit together
├── BrokenAliases      the file that says which version answers is damaged
├── FetchFailed        the server at a URL gave no file
├── UnreadableVideo    a file that holds no video, or none of whose frames can be decoded
└── VideoTooLarge      a video over the limit of bytes, length or pixels
RunCancelled           nobody wants a video's report any more
Unavailable
└── InferenceFailed    the engine failed on a batch; another try may work (memory ran out, …)
TransientError
└── SlowBody           a request's body does not come in time
"""

from __future__ import annotations

from common.errors import (
    ImageTooLarge,
    MaskwatchError,
    NotFound,
    PermanentError,
    TransientError,
    Unavailable,
    UnreadableImage,
)


class ModelNotFound(NotFound):
    """The repository has no such model or version."""

    code = "model_not_found"


class BrokenModel(PermanentError):
    """The model's file is damaged, or its description is wrong."""

    code = "broken_model"


class BrokenAliases(PermanentError):
    """The file that says which version of a model answers is damaged."""

    code = "broken_aliases"


class FetchFailed(PermanentError):
    """The server at a URL gave no file."""

    code = "fetch_failed"


class UnreadableVideo(UnreadableImage):
    """A file that holds no video, or none of whose frames can be decoded."""

    code = "unreadable_video"


class VideoTooLarge(ImageTooLarge):
    """A video over the limit of bytes, length or pixels."""

    code = "video_too_large"


class RunCancelled(MaskwatchError):
    """Nobody wants a video's report any more."""

    code = "cancelled"


class InferenceFailed(Unavailable):
    """The engine failed on a batch."""

    code = "inference_failed"


class SlowBody(TransientError):
    """A request's body does not come in time."""

    code = "slow_body"
