"""A camera's address: which kinds there are, and its user and password taken out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from common.domain.sealed import UNREADABLE, WHY_UNREADABLE
from common.domain.urls import has_hidden

SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "onvif", "file")
_WEBCAM = re.compile(r"/dev/video\d+")


@dataclass(frozen=True, kw_only=True)
class Address:
    """A URL without credentials, and the credentials it had."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def split_credentials(url: str) -> Address:
    """Take `user:password@` out of the URL; both are percent-decoded.

    Raises ValueError, with a sentence that never repeats the address: it may hold a password.
    """
    url = url.strip()
    if url == UNREADABLE:
        raise ValueError(f"{WHY_UNREADABLE}; give both again, or put the key back")
    if has_hidden(url):
        raise ValueError("has *** where a secret belongs: what was stored goes to its own host alone, so give it again")
    if _WEBCAM.fullmatch(url):
        return Address(url=url)
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when what follows the host is no number
    except ValueError as exc:
        raise ValueError(
            "is no valid address; a user or password with special characters belongs in its own field"
        ) from exc
    if parts.scheme not in SCHEMES:
        raise ValueError(f"must begin with {', '.join(f'{scheme}://' for scheme in SCHEMES)} or be /dev/video0, …")
    if parts.scheme == "file":
        if not parts.path.strip("/"):
            raise ValueError("names no file")
        return Address(url=url)
    if not parts.hostname:
        raise ValueError("names no host")
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return Address(url=url)
    username, colon, password = userinfo.partition(":")
    return Address(
        url=parts._replace(netloc=host).geturl(),
        username=unquote(username) or None,
        password=unquote(password) if colon else None,
    )
