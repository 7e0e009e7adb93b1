"""What a caller wants to get, by its headers."""

from __future__ import annotations

from collections.abc import Sequence


def preferred(accept: str, offered: Sequence[str]) -> str | None:
    """The media type that the Accept header wants most, of those offered; the first of equals; None for none of them.

    Source: RFC 9110, 12.5.1: the most specific range that fits a type says how much it is wanted.
    """
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    wanted = {media_type: _quality(media_type, ranges) for media_type in offered}
    best = max(offered, key=lambda media_type: wanted[media_type])
    return best if wanted[best] > 0 else None


def prefers(header: str, preference: str) -> bool:
    """Whether the Prefer header (RFC 7240) names it."""
    return any(part.split(";")[0].strip().lower() == preference for part in header.split(","))


def _range(part: str) -> tuple[str, float]:
    media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((value for value in parameters if value.startswith("q=")), "q=1")
    try:
        return media_range, float(quality[2:])
    except ValueError:
        return media_range, 0.0


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    for fitting in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        for media_range, quality in ranges:
            if media_range == fitting:
                return quality
    return 0.0
