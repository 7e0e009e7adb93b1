"""Stream addresses: the login joined in at the last moment, and never shown."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from common.domain.urls import redact as redacted

__all__ = ["redacted", "scheme_of", "with_login"]


def with_login(url: str, username: str | None, password: str | None) -> str:
    """The URL with user and password, percent-encoded; only for the call that opens it."""
    if not username:
        return url
    parts = urlsplit(url)
    login = quote(username, safe="") + (f":{quote(password, safe='')}" if password else "")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))


def scheme_of(url: str) -> str:
    """The URL's scheme in lower case; paths are `file`, devices `v4l2`."""
    if url.startswith("/dev/"):
        return "v4l2"
    scheme, found, _ = url.partition("://")
    return scheme.lower() if found else "file"
