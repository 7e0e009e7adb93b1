"""What a key may look like: the same in every store."""

from __future__ import annotations

from common.errors import InvalidInput

LONGEST_KEY = 1024  # bytes, S3's limit


def checked(key: str) -> str:
    """The key, or InvalidInput: `a/b/c.jpg`, no empty, `.` or `..` part, nothing a path could escape by."""
    parts = key.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in key or not key.isprintable():
        raise InvalidInput(f"{key!r} is no key of a picture: expected a path like snapshots/camera/shot.jpg")
    if len(key.encode()) > LONGEST_KEY:
        raise InvalidInput(f"the key {key[:40]!r}… is longer than {LONGEST_KEY} bytes")
    return key
