"""Secrets at rest: passwords, tokens and the addresses that hold them."""

from __future__ import annotations

from dataclasses import dataclass

UNREADABLE = "sealed://unreadable"  # in place of an address that none of the keys opens
WHY_UNREADABLE = (
    "its address and password cannot be read: MASKWATCH_ENCRYPTION_KEY does not hold the key that they were stored with"
)


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """What became, or would become, of the secrets that are stored."""

    secrets: int = 0  # in all
    resealed: int = 0  # were plain, or sealed with an older key
    unreadable: int = 0  # none of the keys opens them: left alone
