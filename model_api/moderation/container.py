"""A video file, opened; with model_api/video.py the only place that knows how FFmpeg wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from model_api.errors import UnreadableVideo

# Playlists and lists of files are no video here: they would make the server read what they name.
FORMATS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg"
OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}


@contextmanager
def open_video(file: IO[bytes]) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The file from its beginning, and its video. Raises UnreadableVideo."""
    file.seek(0)
    try:
        container = av.open(file, "r", options=OPTIONS, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as exc:
        raise UnreadableVideo("this is no video that can be read") from exc
    with container:
        yield container, _stream(container)


def _stream(container: InputContainer) -> VideoStream:
    for stream in container.streams.video:
        is_cover = bool(stream.disposition & av.stream.Disposition.attached_pic)  # of an album: a picture, no video
        if not is_cover:
            return stream
    kinds = sorted({stream.type for stream in container.streams if stream.type in ("audio", "subtitle")})
    raise UnreadableVideo(f"the file holds no video{', only ' + ' and '.join(kinds) if kinds else ''}")
