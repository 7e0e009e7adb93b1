"""Paths and URLs -> encoded pictures."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import httpx

from common.errors import ImageTooLarge, InvalidInput, MaskwatchError, NotFound, Unavailable, UnreadableImage

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp"})
VIDEOS = frozenset(
    {".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".ts", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp", ".mts", ".m2ts"}
)
STDIN = "-"
SILENCE_SECONDS = 30.0  # of a web server
MOST_VIDEO_BYTES = 4_000_000_000  # of one from the web: it lies in the temporary folder while it is read


@dataclass(frozen=True, kw_only=True)
class Input:
    """A picture or a video's frame, or why there is none."""

    source: str  # as given; below a folder, joined to it
    frame: int | None = None
    seconds: float | None = None  # of the frame, since the video's beginning
    share: float = 1.0  # of its source that is read with it, 0..1
    data: bytes = field(default=b"", repr=False)
    error: str | None = None


def find_sources(paths: Sequence[str]) -> list[str]:
    """The files to look at: folders are searched, all else is taken as it is, there or not."""
    sources: list[str] = []
    for path in paths:
        sources += _in_folder(path) if Path(path).is_dir() else [path]
    return sources


def read_inputs(source: str, *, max_bytes: int) -> Iterator[Input]:
    """The picture of a source, or the frames of a video; what goes wrong is the last one's error.

    A source is a path, a URL, or - for a picture on standard input. `max_bytes` limits a picture.
    """
    try:
        if source == STDIN:
            yield Input(source=source, data=_read_picture(sys.stdin.buffer, max_bytes))
        elif _is_url(source):
            yield from _from_web(source, max_bytes)
        elif _suffix(source) in VIDEOS:
            yield from _frames(source, path=source)
        else:
            yield Input(source=source, data=_read(Path(source), max_bytes))
    except MaskwatchError as exc:
        yield Input(source=source, error=str(exc))


def _in_folder(folder: str) -> list[str]:
    known = PICTURES | VIDEOS
    return sorted(str(path) for path in Path(folder).rglob("*") if path.suffix.lower() in known and path.is_file())


def _is_url(source: str) -> bool:
    return "://" in source


def _suffix(source: str) -> str:
    return Path(source.partition("?")[0] if _is_url(source) else source).suffix.lower()


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            return _read_picture(file, max_bytes)
    except FileNotFoundError as exc:
        raise NotFound("there is no such file") from exc
    except OSError as exc:
        raise UnreadableImage(f"the file cannot be read: {exc.strerror}") from exc


def _read_picture(file: IO[bytes], max_bytes: int) -> bytes:
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ImageTooLarge(f"the picture has more than the {max_bytes:,} bytes allowed")
    return data


def _from_web(url: str, max_bytes: int) -> Iterator[Input]:
    """A file in between: a video is read from its end, too, and many servers do not send files in parts."""
    if not url.startswith(("http://", "https://")):
        raise InvalidInput("only files and addresses of http:// and https:// are read; cameras: maskwatch up --source")
    with NamedTemporaryFile(prefix="maskwatch-") as file:
        media_type = _download(url, file, max_bytes)
        if _is_video(url, media_type):
            yield from _frames(url, path=file.name)
        else:
            file.seek(0)
            yield Input(source=url, data=file.read())


def _is_video(url: str, media_type: str) -> bool:
    return media_type.startswith("video/") or (_suffix(url) in VIDEOS and not media_type.startswith("image/"))


def _download(url: str, file: IO[bytes], max_bytes: int) -> str:
    """Write what the address holds to the file; its media type."""
    try:
        with httpx.stream("GET", url, timeout=SILENCE_SECONDS, follow_redirects=True) as response:
            response.raise_for_status()
            media_type: str = response.headers.get("content-type", "")
            most = MOST_VIDEO_BYTES if _is_video(url, media_type) else max_bytes
            for chunk in response.iter_bytes():
                if file.tell() + len(chunk) > most:
                    raise ImageTooLarge(f"the file has more than the {most:,} bytes allowed")
                file.write(chunk)
        file.flush()
    except httpx.HTTPStatusError as exc:
        raise NotFound(f"the server answers {exc.response.status_code} {exc.response.reason_phrase}") from exc
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise Unavailable(f"the address cannot be read: {_reason(exc)}") from exc
    except OSError as exc:
        raise UnreadableImage(f"the file cannot be kept in the temporary folder: {exc.strerror}") from exc
    return media_type


def _reason(exc: Exception) -> str:
    """What an exception says, without the system's number, which helps nobody who asked for a picture."""
    text = str(exc)
    return (text.partition("] ")[2] if text.startswith("[Errno ") else text) or type(exc).__name__


def _frames(source: str, *, path: str) -> Iterator[Input]:
    # Only a video needs PyAV: pictures work without it.
    from model_api.draw import to_jpeg
    from model_api.video import sample_frames

    for frame in sample_frames(path):
        data = to_jpeg(frame.pixels, quality=97)
        yield Input(source=source, frame=frame.number, seconds=frame.seconds, share=frame.share, data=data)
