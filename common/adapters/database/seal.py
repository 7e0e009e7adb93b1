"""Sealed text: readable with the installation's key alone."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.domain.sealed import WHY_UNREADABLE
from common.errors import InvalidInput

log = structlog.get_logger(__name__)

SEALED = "enc1:"  # a Fernet token follows (AES-128-CBC and HMAC-SHA256, with a random IV and the time)
LEAST_CHARACTERS = 32  # of a key: 43 of `maskwatch config key`, 48 of `openssl rand -hex 24`
KEPT = 8192  # texts that were opened: a process reads the same few hundred every second


class Seal:
    """Seals with the first key and opens with any; thread-safe. Without a key text stays as it is."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """`keys`: random text, the newest first. Raises InvalidInput for one that is too short to be that."""
        fernets = [Fernet(_derived(key)) for key in keys]
        self._newest = fernets[0] if fernets else None
        self._all = MultiFernet(fernets) if fernets else None
        self._opened = lru_cache(maxsize=KEPT)(self._open)

    def seal(self, text: str) -> str:
        """Never the same twice."""
        return text if self._newest is None else SEALED + self._newest.encrypt(text.encode()).decode()

    def unseal(self, stored: str) -> str | None:
        """The text, also of what was stored before there was a key; None when none of the keys opens it."""
        return self._opened(stored) if stored.startswith(SEALED) else stored

    def is_current(self, stored: str) -> bool:
        """Whether it needs no other seal."""
        if self._newest is None:
            return True
        return stored.startswith(SEALED) and _opens(self._newest, stored) is not None

    def _open(self, stored: str) -> str | None:
        text = None if self._all is None else _opens(self._all, stored)
        if text is None:
            log.error("secret.unreadable", why=WHY_UNREADABLE)  # once for each: the answer is kept
        return text


def _opens(fernet: Fernet | MultiFernet, stored: str) -> str | None:
    try:
        return fernet.decrypt(stored.removeprefix(SEALED)).decode()
    except InvalidToken:
        return None


def _derived(key: str) -> bytes:
    """A Fernet key. The text is random already, so no salt is needed (RFC 5869); this makes 32 bytes of it."""
    if len(key) < LEAST_CHARACTERS:
        raise InvalidInput(
            f"MASKWATCH_ENCRYPTION_KEY: a key has at least {LEAST_CHARACTERS} characters: `maskwatch config key`"
        )
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"maskwatch: secrets at rest").derive(key.encode())
    return base64.urlsafe_b64encode(derived)
