"""Addresses and the credentials in them: kept apart, and never shown."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

HIDDEN = "***"  # what is shown in place of a secret

_LOGIN = re.compile(r"(\w[\w+.-]*://)[^/?#\s\"]*@")  # whatever stands between the scheme and the host's last @
_NAMES = "pass|pwd|token|jwt|secret|key|auth|user|login|sig|cred"  # what names of query fields hold that hold secrets
_FIELD = re.compile(rf"([?&;][^=&;#\s\"]*(?:{_NAMES})[^=&;#\s\"]*=)([^&#\s\"]+)", re.IGNORECASE)
_PORT = re.compile(r":\d*$")


def join_credentials(url: str, username: str | None, password: str | None) -> str:
    """The URL with user and password percent-encoded in it: only for the call that connects."""
    if not username:
        return url
    parts = urlsplit(url)
    login = quote(username, safe="") + (f":{quote(password, safe='')}" if password is not None else "")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def redact(text: str) -> str:
    """The text with `***` for the login and the secret query fields of every URL in it: fit for logs and errors.

    What a path holds is not known to be a secret, and stays.
    """
    return _FIELD.sub(rf"\g<1>{HIDDEN}", _LOGIN.sub(rf"\g<1>{HIDDEN}@", text))


def has_hidden(url: str) -> bool:
    """Whether `***` stands where a secret query field's value should."""
    return any(field[2] == HIDDEN for field in _FIELD.finditer(url))


def reveal(url: str, stored: str) -> str:
    """The URL with the stored one's values where `***` stands; only for the same host: a secret is for it alone."""
    if _host(url) != _host(stored):
        return url
    known = {field[1][1:]: field[2] for field in _FIELD.finditer(stored)}

    def value(field: re.Match[str]) -> str:
        return field[1] + (known.get(field[1][1:], HIDDEN) if field[2] == HIDDEN else field[2])

    return _FIELD.sub(value, url)


def is_same_host(one: str, other: str) -> bool:
    """Whether both addresses are of the same host, over whatever protocol and port."""
    return _PORT.sub("", _netloc(one)).lower() == _PORT.sub("", _netloc(other)).lower()


def _host(url: str) -> str:
    """The scheme, the host and the port, without the login."""
    return f"{url.partition('://')[0]}://{_netloc(url)}".lower()


def _netloc(url: str) -> str:
    return re.split("[/?#]", url.partition("://")[2], maxsplit=1)[0].rpartition("@")[2]
