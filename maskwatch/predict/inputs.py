"""Paths and URLs -> encoded pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from common.errors import ImageTooLarge, MaskwatchError, NotFound, Unavailable, UnreadableImage

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp"})
VIDEOS = frozenset({".mp4", ".m4v", ".mkv", ".mov", ".avi", ".webm", ".ts", ".mpg", ".mpeg"})
DOWNLOAD_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Input:
    """A picture or a video's frame, or why there is none."""

    source: str  # as given; below a folder, joined to it
    frame: int | None = None
    data: bytes = field(default=b"", repr=False)
    error: str | None = None


def find_sources(paths: Sequence[str]) -> list[str]:
    """The files to look at: folders are searched, all else is taken as it is, there or not."""
    sources: list[str] = []
    for path in paths:
        sources += _in_folder(path) if Path(path).is_dir() else [path]
    return sources


def read_inputs(source: str, *, max_bytes: int) -> Iterator[Input]:
    """The picture of a source, or the frames of a video; what goes wrong is the last one's error."""
    try:
        if Path(source.partition("?")[0]).suffix.lower() in VIDEOS:
            yield from _frames(source)
        elif _is_url(source):
            yield Input(source=source, data=_download(source, max_bytes))
        else:
            yield Input(source=source, data=_read(Path(source)))
    except MaskwatchError as exc:
        yield Input(source=source, error=str(exc))


def _in_folder(folder: str) -> list[str]:
    known = PICTURES | VIDEOS
    return sorted(str(path) for path in Path(folder).rglob("*") if path.suffix.lower() in known and path.is_file())


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise NotFound("there is no such file") from exc
    except OSError as exc:
        raise UnreadableImage(f"the file cannot be read: {exc.strerror}") from exc


def _download(url: str, max_bytes: int) -> bytes:
    data = bytearray()
    try:
        with httpx.stream("GET", url, timeout=DOWNLOAD_SECONDS, follow_redirects=True) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > max_bytes:
                    raise ImageTooLarge(f"the picture has more than the {max_bytes:,} bytes allowed")
    except httpx.HTTPStatusError as exc:
        raise NotFound(f"the server answers {exc.response.status_code} {exc.response.reason_phrase}") from exc
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise Unavailable(f"the address cannot be read: {exc}") from exc
    return bytes(data)


def _frames(source: str) -> Iterator[Input]:
    # Only a video needs PyAV: pictures work without it.
    from model_api.draw import to_jpeg
    from model_api.video import sample_frames

    for number, pixels in sample_frames(source):
        yield Input(source=source, frame=number, data=to_jpeg(pixels, quality=97))
