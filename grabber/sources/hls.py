"""HTTP Live Streaming (RFC 8216): FFmpeg reads the playlist, our own client fetches what it names.

So logins, certificates and errors are the same as with every other HTTP camera, and a playlist can name no local file.
A picture is as old as its segment is long; intervals shorter than that give late shots.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urljoin

import av

from grabber.errors import CodecUnsupported, stream_error
from grabber.sources.container import ContainerSource, Fetch, open_container
from grabber.sources.source import Reading

Get = Callable[[str, Mapping[str, str]], bytes]  # URL and headers -> the whole body; raises StreamError

KINDS = ("mpegurl",)  # of application/vnd.apple.mpegurl, application/x-mpegURL, audio/mpegurl
LONGEST_SEGMENT = 12.0  # seconds; nothing comes between two segments, and RFC 8216 bounds them by nothing
ANALYSE_MICROSECONDS = 500_000  # more than the newest segment may hold would wait for the next
_BANDWIDTH = re.compile(r"[:,]BANDWIDTH=(\d+)")


def is_playlist(content_type: str, path: str) -> bool:
    """Whether an answer is an HLS playlist."""
    return any(kind in content_type.lower() for kind in KINDS) or path.lower().endswith(".m3u8")


class HlsSource(ContainerSource):
    """A live playlist; owns the client that fetches it."""

    def __init__(
        self, container: av.container.InputContainer, *, url: str, reading: Reading, hang_up: Callable[[], None]
    ) -> None:
        self._hang_up = hang_up
        super().__init__(container, url=url, reading=reading)

    def close(self) -> None:
        """Close the stream, then the client."""
        super().close()
        self._hang_up()


def open_hls(
    playlist: str, *, at: str, get: Get, hang_up: Callable[[], None], address: str, reading: Reading
) -> HlsSource:
    """Play the best variant of a playlist that was fetched from `at`; `address` is shown in errors."""
    if "#EXTM3U" not in playlist:
        raise stream_error(CodecUnsupported, address)
    patient = replace(reading, timeout=reading.timeout + LONGEST_SEGMENT)
    container = open_container(
        best_variant(playlist, at) or at,
        url=address,
        timeout=patient.timeout,
        form="hls",
        fetch=_fetch(get, address),
        options={
            "analyzeduration": str(ANALYSE_MICROSECONDS),
            "live_start_index": "-1",  # the newest segment; FFmpeg's own choice is two older
            "http_persistent": "0",  # connections are the client's business
            "allowed_extensions": "ALL",  # go2rtc's segments carry a query; `_fetch` opens nothing but HTTP anyway
            "allowed_segment_extensions": "ALL",
            "extension_picky": "0",
        },
    )
    return HlsSource(container, url=address, reading=patient, hang_up=hang_up)


def best_variant(playlist: str, at: str) -> str | None:
    """The URL of the variant of the highest bandwidth; None when the playlist lists segments itself.

    FFmpeg would download all variants beside each other.
    """
    best, variant, lines = -1, None, playlist.splitlines()
    for number, line in enumerate(lines):
        found = _BANDWIDTH.search(line) if line.startswith("#EXT-X-STREAM-INF") else None
        if found and int(found[1]) > best:
            best = int(found[1])
            variant = next((one.strip() for one in lines[number + 1 :] if one and not one.startswith("#")), variant)
    return urljoin(at, variant) if variant else None


def _fetch(get: Get, address: str) -> Fetch:
    def fetch(url: str, _flags: int, options: Mapping[str, object]) -> io.BytesIO:
        if not url.startswith(("http://", "https://")):  # file:, crypto+http: (encrypted segments), …
            raise stream_error(CodecUnsupported, address)
        return io.BytesIO(get(url, _part(options)))

    return fetch


def _part(options: Mapping[str, object]) -> dict[str, str]:
    """The byte range that a segment is of its file (EXT-X-BYTERANGE)."""
    begin, end = options.get("offset"), options.get("end_offset")
    return {} if begin is None or end is None else {"Range": f"bytes={begin}-{int(str(end)) - 1}"}
