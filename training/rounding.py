"""Figures for people: no more digits than there is precision."""

from __future__ import annotations

from typing import Any

DIGITS = 4


def rounded(value: Any) -> Any:
    """The same tree of dicts and lists with every float at four digits."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
