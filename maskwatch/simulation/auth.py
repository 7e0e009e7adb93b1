"""Basic and Digest authentication as cameras ask for it (RFC 2617, RFC 2326 section D)."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import md5
from typing import Literal

REALM = "Simulated camera"
_FIELD = re.compile(r'(\w+)="?([^",]*)"?')


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who may watch."""

    username: str
    password: str = field(repr=False)
    scheme: Literal["basic", "digest"] = "digest"
    nonce: str = "5c7d9a1e"  # fixed: this guards a test, not a place

    def challenge(self) -> str:
        """The WWW-Authenticate header's value."""
        if self.scheme == "basic":
            return f'Basic realm="{REALM}"'
        return f'Digest realm="{REALM}", nonce="{self.nonce}"'

    def admits(self, method: str, authorization: str) -> bool:
        """Whether the Authorization header's value is right for that request."""
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() != self.scheme:
            return False
        if self.scheme == "basic":
            expected = b64encode(f"{self.username}:{self.password}".encode()).decode()
            return hmac.compare_digest(value.strip(), expected)
        return self._admits_digest(method, dict(_FIELD.findall(value)))

    def _admits_digest(self, method: str, given: dict[str, str]) -> bool:
        first = _md5(f"{self.username}:{REALM}:{self.password}")
        second = _md5(f"{method}:{given.get('uri', '')}")
        expected = _md5(f"{first}:{self.nonce}:{second}")
        return given.get("username") == self.username and hmac.compare_digest(given.get("response", ""), expected)


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()  # the algorithm that RTSP cameras speak
