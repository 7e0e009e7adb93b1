"""Addresses and the credentials in them: kept apart, and never shown."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit, urlunsplit

from common.errors import InvalidInput


def split_credentials(url: str) -> tuple[str, str | None, str | None]:
    """`scheme://user:password@host/…` as the URL without them, the user and the password (percent-decoded).

    Raises InvalidInput when the text is no URL.
    """
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError as exc:
        raise InvalidInput(f"not a valid address: {redact(url)}: {exc}") from exc
    if parts.username is None and parts.password is None:
        return url, None, None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    bare = urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if has_port else host))
    user = unquote(parts.username) if parts.username else None
    return bare, user, unquote(parts.password) if parts.password is not None else None


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
