"""Why a camera's stream gives no pictures; each sentence tells the operator what to do.

StreamError
├── Unreachable        nothing answers there
│   └── TransportRefused  it answers, but not over the transport that was asked for
├── StreamTimeout      something is there, but says nothing in time
├── AuthFailed         user or password is wrong or missing
├── StreamNotFound     the server has no such stream, or the file is not there
│   └── NotOnvif       something answers there that is no ONVIF device
├── TlsFailed          the encrypted connection could not be made
├── CodecUnsupported   it sends what cannot be decoded
├── NoVideo            it sends no video at all
└── StreamEnded        it stopped sending
    └── VideoFinished  a file came to its end: opening it again is not asked for

PictureUnreadable      a single picture of the stream is broken; the stream goes on
"""

from __future__ import annotations

from common.errors import StreamError


class Unreachable(StreamError):
    """Nothing answers at that address."""

    code = "unreachable"


class TransportRefused(Unreachable):
    """The camera does not send over UDP, or not over TCP."""


class StreamTimeout(StreamError):
    """No answer, or no picture, in time."""

    code = "timeout"


class AuthFailed(StreamError):
    """The camera refuses the user or the password."""

    code = "auth_failed"


class StreamNotFound(StreamError):
    """There is no such stream or file."""

    code = "not_found"


class NotOnvif(StreamNotFound):
    """No ONVIF device answers at that address."""


class TlsFailed(StreamError):
    """The encrypted connection could not be made."""

    code = "tls"


class CodecUnsupported(StreamError):
    """What comes cannot be decoded."""

    code = "codec_unsupported"


class NoVideo(StreamError):
    """The stream has no video."""

    code = "no_video"


class StreamEnded(StreamError):
    """The stream was there and stopped."""

    code = "ended"


class VideoFinished(StreamEnded):
    """A video file was played to its end."""


class PictureUnreadable(StreamError):
    """One picture of a working stream is broken."""

    code = "unreadable"


ADVICE: dict[type[StreamError], str] = {
    Unreachable: "nothing answers there: check the address, the port, and that the camera is on and in this network",
    TransportRefused: "the camera does not offer this transport: leave #transport=… out, or name another",
    StreamTimeout: "no answer in time: check the network and whether the camera is overloaded",
    AuthFailed: "the camera refuses the login: check user and password",
    StreamNotFound: "the camera has no stream of that name: check the path in the address",
    NotOnvif: "no ONVIF device answers there: check the port, and that ONVIF is switched on in the camera",
    TlsFailed: "the encrypted connection failed: a camera's own certificate must be in MASKWATCH_CA_FILE "
    "and name its address, or use rtsp:// or http:// instead",
    CodecUnsupported: "it sends video that cannot be decoded: set the camera to H.264, H.265 or MJPEG",
    NoVideo: "it sends no video: choose the camera's video stream",
    StreamEnded: "the stream stopped: check whether the camera restarted or allows too few viewers",
    VideoFinished: "the video is over",
    PictureUnreadable: "a broken picture arrived: check the network if this goes on",
}


def stream_error(kind: type[StreamError], address: str) -> StreamError:
    """The error of that kind with the address (already redacted) and the advice."""
    return kind(f"{address}: {ADVICE[kind]}")
