"""How much lies in the store: counted when upkeep lists it, kept in coordination for whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

STORAGE_KEY = "storage"  # in coordination


@dataclass(frozen=True, kw_only=True)
class Storage:
    """The snapshots' pictures as they lay there then; without the crops of what people judged."""

    at: datetime
    pictures: int
    bytes: int
