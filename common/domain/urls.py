"""Addresses and the credentials in them: kept apart, and never shown."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit


def join_credentials(url: str, username: str | None, password: str | None) -> str:
    """The URL with user and password percent-encoded in it: only for the call that connects."""
    if not username:
        return url
    parts = urlsplit(url)
    login = quote(username, safe="") + (f":{quote(password, safe='')}" if password is not None else "")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def redact(url: str) -> str:
    """The URL with `***` for everything between `//` and the last `@` of its host part: fit for logs and errors."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    host, slash, path = rest.partition("/")
    _, at, address = host.rpartition("@")
    return f"{scheme}://{'***@' if at else ''}{address}{slash}{path}"
