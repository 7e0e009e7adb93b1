"""What may be shown of an address that can hold a password."""

from __future__ import annotations

from common.domain.urls import redact


def masked(text: str) -> str:
    """A URL without its user and password; any other text as it is."""
    return redact(text) if "://" in text else text
