"""Stream addresses: the login joined in at the last moment, and never shown."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

_LOGIN = re.compile(r"(\w[\w+.-]*://)[^/@\s]*@")  # whatever stands between the scheme and the host's @
_SECRET_FIELD = re.compile(r"([?&][^=&\s]*(?:pass|pwd|token|jwt|secret|key|auth|user)[^=&\s]*=)[^&\s]*", re.IGNORECASE)


def with_login(url: str, username: str | None, password: str | None) -> str:
    """The URL with user and password, percent-encoded; only for the call that opens it."""
    if not username:
        return url
    parts = urlsplit(url)
    login = quote(username, safe="") + (f":{quote(password, safe='')}" if password else "")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))


def redacted(text: str) -> str:
    """The text with logins and secret query fields of any URL in it replaced by stars."""
    return _SECRET_FIELD.sub(r"\1***", _LOGIN.sub(r"\1***@", text))


def scheme_of(url: str) -> str:
    """The URL's scheme in lower case; paths are `file`, devices `v4l2`."""
    if url.startswith("/dev/"):
        return "v4l2"
    scheme, found, _ = url.partition("://")
    return scheme.lower() if found else "file"
